//! From a change of one card to its paint in the app's own window, with 50 workspaces on the board.
//!
//! The floor is a text that the page changes by itself: what any paint in this window costs.

use crate::driver::{board_is_there, driven};
use crate::furnish::furnished;
use crate::report::{Number, is_quick, percentile};
use crate::stage::Stage;
use serde_json::json;
use std::path::Path;

/// Renames per call of the script, which the driver ends after 30 s.
const ROUND: u32 = 10;

/// Renames one workspace so many times, each time waiting for the name on its card and for the frame after the one that shows it, with
/// the floor between.
const SCRIPT: &str = r#"
const [times, round, done] = arguments;
const invoke = window.__TAURI_INTERNALS__.invoke;
const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
// What came before is on the screen and nothing is left to do.
const quiet = () => painted().then(() => new Promise((done) => setTimeout(done, 40)));
const says = (text) => new Promise((found) => {
    const holds = () => [...document.querySelectorAll('[data-testid^="card-"]')].some((card) => card.textContent.includes(text));
    const watch = new MutationObserver(() => { if (holds()) { watch.disconnect(); found() } });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
});
(async () => {
    const card = document.querySelector('[data-testid^="card-"]');
    const workspace = card.dataset.testid.slice('card-'.length);
    const note = document.body.appendChild(document.createElement('output'));
    note.style = 'position: fixed; right: 0; bottom: 0';
    const drawn = [], ours = [], floor = [];
    for (let turn = 0; turn < times; turn++) {
        await quiet();
        let start = performance.now();
        note.textContent = `note ${turn} of ${round}`;
        await painted();
        floor.push(performance.now() - start);
        const name = `Name ${turn} of ${round} done`;
        const shown = says(name);
        await quiet();
        start = performance.now();
        invoke('rename_workspace', { workspace, name });
        await shown;
        drawn.push(performance.now() - start);
        await painted();
        ours.push(performance.now() - start);
    }
    note.remove();
    done([drawn, ours, floor]);
})().catch((error) => done(JSON.stringify(error) + error));
"#;

/// Prints the middle and the worst one in a hundred.
pub fn measure() {
    let rounds = if is_quick() { 10 } else { 50 };
    let stage = Stage::set();
    let home = stage.folder().join("home");
    let threads = tokio::runtime::Runtime::new().expect("threads can be started");
    let [drawn, ours, floor] = threads.block_on(async {
        furnished(&stage, &home).await;
        rename_and_watch(&stage, &home, rounds).await
    });
    for (name, part) in [("median", 0.5), ("99th percentile", 0.99)] {
        let number = |what: &str, numbers: &[f64], floor| {
            Number {
                what: format!("card update to {what}, {name}"),
                value: percentile(numbers, part),
                unit: "ms",
                floor,
            }
            .print();
        };
        let floor = (percentile(&floor, part), "a change by the page");
        number("its new text in the page", &drawn, None);
        number("paint", &ours, Some(floor));
    }
}

async fn rename_and_watch(stage: &Stage, home: &Path, rounds: u32) -> [Vec<f64>; 3] {
    let (window, _driver) = driven(stage, home).await;
    board_is_there(&window).await;
    let mut all = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..rounds {
        let numbers = window
            .execute_async(SCRIPT, vec![json!(ROUND), json!(format!("round {round}"))])
            .await
            .expect("the window measures");
        let numbers: [Vec<f64>; 3] = serde_json::from_value(numbers.clone())
            .unwrap_or_else(|_| panic!("the window measures, but: {numbers}"));
        for (all, new) in all.iter_mut().zip(numbers) {
            all.extend(new);
        }
    }
    all
}
