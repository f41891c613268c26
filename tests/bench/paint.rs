//! From a change of one card to its paint in the app's own window, with 50 workspaces on the board.
//!
//! The floor is a text that the page changes by itself: what any paint in this window costs.

use crate::furnish::furnished;
use crate::report::{Number, is_quick, percentile};
use crate::stage::Stage;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Renames per call of the script, which the driver ends after 30 s.
const ROUND: u32 = 10;
/// How long anything may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(60);

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
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let mut driver = Command::new("WebKitWebDriver");
    stage
        .dress(&mut driver)
        .arg(format!("--port={port}"))
        .env("TAURI_AUTOMATION", "true")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("SHOPFLOOR_HOME", home);
    let (_driver, _pipes) = stage.start(&mut driver);
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "the driver listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let app =
        json!({ "webkitgtk:browserOptions": { "binary": stage.path_of("shopfloor"), "args": [] } });
    let window = ClientBuilder::new(HttpConnector::new())
        .capabilities(app.as_object().expect("it is one").clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the app's window opens");
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

async fn board_is_there(window: &Client) {
    let start = Instant::now();
    let count = "return document.querySelectorAll('[data-testid^=\"card-\"]').length";
    loop {
        let cards = window
            .execute(count, Vec::new())
            .await
            .expect("the window answers");
        if cards.as_u64() >= Some(1) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the board is drawn");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
