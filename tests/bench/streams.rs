//! Twenty conversations that stream 200 pieces of text a second each, one of them open in the window: the core's CPU, the
//! window's frames, and how old the newest text is when it is on the page.
//!
//! Floors: the same page when it writes a piece per frame into itself and nothing streams (what painting costs here), and
//! reading as many lines of JSON as the agents write.

use crate::driver::{board_is_there, driven, pid_of};
use crate::furnish::{conversation, furnished};
use crate::report::{Number, is_quick, percentile};
use crate::stage::Stage;
use serde_json::{Value, json};
use sqlite::Database;
use std::path::Path;
use std::time::{Duration, Instant};

const SESSIONS: usize = 20;
const PER_SECOND: u32 = 200;

/// Watches frames for so many milliseconds: the time between two, and the age of the newest piece at each. Wanted so, the
/// page adds a piece of text to its end at each frame.
const SCRIPT: &str = r#"
const [millis, writes, done] = arguments;
const chat = document.querySelector('[data-testid="chat"]');
// The last text there is: looking through all of it would be a load of its own.
const newest = () => {
    const walk = document.createTreeWalker(chat, NodeFilter.SHOW_TEXT);
    let node = walk.root;
    for (let child = node; child; child = walk.lastChild()) node = child;
    for (let turn = 0; turn < 40 && node; turn++, node = walk.previousNode()) {
        const stamps = [...(node.nodeValue ?? '').matchAll(/⟨(\d+)⟩/g)];
        if (stamps.length) return Number(stamps.at(-1)[1]);
    }
    return null;
};
const line = document.createElement('p');
if (writes) {
    chat.firstElementChild.append(line);
    chat.scrollTop = chat.scrollHeight;
}
const frames = [], ages = [];
const began = performance.now();
let last = began;
const watch = (now) => {
    frames.push(now - last);
    last = now;
    if (writes) {
        line.append('**board** piece ');
        chat.scrollTop = chat.scrollHeight;
    }
    const stamp = newest();
    if (stamp !== null) ages.push(Date.now() - stamp);
    if (now - began < millis) requestAnimationFrame(watch);
    else done([frames.slice(1), ages]);
};
requestAnimationFrame(watch);
"#;

/// Prints all of it.
pub fn measure() {
    let seconds = if is_quick() { 8 } else { 20 };
    let stage = Stage::set();
    let home = stage.folder().join("home");
    let threads = tokio::runtime::Runtime::new().expect("threads can be started");
    threads.block_on(async {
        let workspaces = furnished(&stage, &home).await;
        admit_all(&home);
        for workspace in &workspaces[..SESSIONS] {
            let time = seconds + 20;
            let script = format!("script:\nstream {PER_SECOND}/s for {time}s");
            conversation(&home, workspace, Some(script), 0);
        }
        let (window, _driver) = driven(&stage, &home).await;
        board_is_there(&window).await;
        let card = format!("[data-card=\"{}\"]", workspaces[0]);
        let open = format!("document.querySelector('{card}').click()");
        window
            .execute(&open, Vec::new())
            .await
            .expect("the card is there");
        until(
            &window,
            "document.querySelector('[data-testid=\"chat\"]')?.textContent.includes('⟨')",
        )
        .await;
        let app = pid_of(&stage.path_of("shopfloor"));
        let millis = json!(seconds * 1_000);
        let (before, start) = (cpu(app), Instant::now());
        let streamed = watched(&window, &millis, false).await;
        let core = (cpu(app) - before) / start.elapsed().as_secs_f64();
        until(&window, "!document.querySelector('[data-testid=\"stop\"]')").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let quiet = watched(&window, &millis, true).await;
        let percent = |what: &str, value: f64, floor| Number {
            what: what.to_owned(),
            value: value * 100.0,
            unit: "% core",
            floor,
        };
        percent(
            "CPU of the core, 20 × 200 pieces/s",
            core,
            Some((parsing() * 100.0, "reading the lines")),
        )
        .print();
        for (name, part) in [("median", 0.5), ("99th percentile", 0.99)] {
            Number {
                what: format!("frame while 20 stream, {name}"),
                value: percentile(&streamed[0], part),
                unit: "ms",
                floor: Some((percentile(&quiet[0], part), "a page that writes itself")),
            }
            .print();
            Number {
                what: format!("age of the newest text, {name}"),
                value: percentile(&streamed[1], part),
                unit: "ms",
                floor: None,
            }
            .print();
        }
    });
}

/// All of them may be live at once.
fn admit_all(home: &Path) {
    let preferences = json!({ "theme": "system", "defaultAgent": null, "maxLiveAgents": SESSIONS });
    Database::open(&home.join("shopfloor.db"))
        .map(|database| database.set_setting("preferences", &preferences.to_string()))
        .expect("the database is whole")
        .expect("the row is written");
}

async fn watched(window: &fantoccini::Client, millis: &Value, writes: bool) -> [Vec<f64>; 2] {
    let numbers = window
        .execute_async(SCRIPT, vec![millis.clone(), json!(writes)])
        .await
        .expect("the window measures");
    serde_json::from_value(numbers).expect("the window answers numbers")
}

async fn until(window: &fantoccini::Client, condition: &str) {
    let start = Instant::now();
    let script = format!("return !!({condition})");
    while window
        .execute(&script, Vec::new())
        .await
        .expect("the window answers")
        != json!(true)
    {
        assert!(start.elapsed() < 2 * crate::driver::PATIENCE, "{condition}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Seconds of CPU that a process used; the kernel counts hundredths.
fn cpu(pid: i32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the app runs");
    let after_name = stat.rsplit_once(')').expect("its name is in parentheses").1;
    let times = after_name.split_whitespace().skip(11).take(2);
    times
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The part of a core that reading as many lines takes, with nothing done about them.
fn parsing() -> f64 {
    let line = json!({"jsonrpc": "2.0", "method": "session/update", "params": {
        "sessionId": "0193e1f6-a3b7-7c5d-8a3e-5f7b2c9d1e4a",
        "update": {"sessionUpdate": "agent_message_chunk", "messageId": "stream-4711-12",
            "content": {"type": "text", "text": "**board** ⟨1763737200000⟩ "}},
    }})
    .to_string();
    let lines = SESSIONS * PER_SECOND as usize;
    let start = Instant::now();
    for _ in 0..lines {
        let read: Value = serde_json::from_str(&line).expect("it is JSON");
        std::hint::black_box(read);
    }
    start.elapsed().as_secs_f64()
}
