//! A conversation of 100,000 entries: opening it, scrolling back through it, and what that costs in memory.
//!
//! The floor is a conversation of 100 entries, in the same window.

use crate::driver::{board_is_there, driven, pid_of};
use crate::furnish::{conversation, furnished};
use crate::report::{Number, is_quick, median, percentile};
use crate::stage::Stage;
use crate::start::{memory_beside, weights_when_quiet};
use serde_json::{Value, json};

const LONG: u32 = 100_000;
const SHORT: u32 = 100;
const FLOOR: &str = "one of 100 entries";

/// Opens a workspace from the board: milliseconds from the click to the newest entry painted.
const OPEN: &str = r#"
const [card, newest, done] = arguments;
const start = performance.now();
const look = () => {
    const chat = document.querySelector('[data-testid="chat"]');
    if (chat?.textContent.includes(newest)) requestAnimationFrame(() => done(performance.now() - start));
    else requestAnimationFrame(look);
};
document.querySelector(`[data-card="${card}"]`).click();
look();
"#;

/// Scrolls up by a screen per frame: the time between frames, and how many elements the chat has at the end.
const SCROLL: &str = r#"
const [screens, done] = arguments;
const chat = document.querySelector('[data-testid="chat"]');
const box = [chat, ...chat.querySelectorAll('*')].find((part) => part.scrollHeight > part.clientHeight + 100 && getComputedStyle(part).overflowY !== 'visible') ?? chat;
const frames = [];
let last = performance.now(), left = screens;
const step = (now) => {
    frames.push(now - last);
    last = now;
    // As by hand: what scrolls by itself is brought back to the end.
    box.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    box.scrollTop = Math.max(0, box.scrollTop - box.clientHeight);
    if (left-- > 0) requestAnimationFrame(step);
    else done({ frames: frames.slice(1), elements: chat.querySelectorAll('*').length });
};
requestAnimationFrame(step);
"#;

/// Prints all of it.
pub fn measure() {
    let turns = if is_quick() { 3 } else { 7 };
    let screens = if is_quick() { 100 } else { 600 };
    let stage = Stage::set();
    let home = stage.folder().join("home");
    let threads = tokio::runtime::Runtime::new().expect("threads can be started");
    threads.block_on(async {
        let workspaces = furnished(&stage, &home).await;
        conversation(&home, &workspaces[0], None, LONG);
        conversation(&home, &workspaces[1], None, SHORT);
        let (window, _driver) = driven(&stage, &home).await;
        board_is_there(&window).await;
        let (mut long, mut short) = (Vec::new(), Vec::new());
        let mut scrolled = Vec::new();
        let app = pid_of(&stage.path_of("shopfloor"));
        let before = weights_when_quiet(app);
        for _ in 0..turns {
            for (workspace, entries, times) in [
                (&workspaces[0], LONG, &mut long),
                (&workspaces[1], SHORT, &mut short),
            ] {
                let newest = format!("Done with {}", entries - 1);
                let opened = window
                    .execute_async(OPEN, vec![json!(workspace.as_str()), json!(newest)])
                    .await
                    .expect("the conversation opens");
                times.push(opened.as_f64().expect("milliseconds"));
                let answer = window
                    .execute_async(SCROLL, vec![json!(screens)])
                    .await
                    .expect("the window scrolls");
                scrolled.push((entries, answer));
                to_board(&window).await;
            }
        }
        let after = weights_when_quiet(app);
        for (name, after, before) in memory_beside(&after, &before) {
            Number {
                what: format!("memory (PSS) of {name}, read back and forth"),
                value: after / 1024.0,
                unit: "MB",
                floor: Some((before / 1024.0, "before any was opened")),
            }
            .print();
        }
        Number {
            what: "opening 100,000 entries, median".to_owned(),
            value: median(&long),
            unit: "ms",
            floor: Some((median(&short), FLOOR)),
        }
        .print();
        let of = |wanted: u32, field: &str| -> Vec<f64> {
            let answers = scrolled.iter().filter(|(entries, _)| *entries == wanted);
            answers
                .flat_map(|(_, answer)| match &answer[field] {
                    Value::Array(all) => all.iter().filter_map(Value::as_f64).collect(),
                    one => one.as_f64().into_iter().collect::<Vec<_>>(),
                })
                .collect()
        };
        for (name, part) in [("median", 0.5), ("99th percentile", 0.99)] {
            Number {
                what: format!("frame while scrolling back, {name}"),
                value: percentile(&of(LONG, "frames"), part),
                unit: "ms",
                floor: Some((percentile(&of(SHORT, "frames"), part), FLOOR)),
            }
            .print();
        }
        Number {
            what: format!("elements of the page after {screens} screens"),
            value: percentile(&of(LONG, "elements"), 1.0),
            unit: "",
            floor: Some((percentile(&of(SHORT, "elements"), 1.0), FLOOR)),
        }
        .print();
    });
}

async fn to_board(window: &fantoccini::Client) {
    let go = "document.querySelector('[data-testid=\"nav-board\"]').click()";
    window
        .execute(go, Vec::new())
        .await
        .expect("the sidebar is there");
    board_is_there(window).await;
}
