//! Memory with 50 workspaces and 8 live conversations, against the same board with none; agents are not counted.

use crate::driver::PATIENCE;
use crate::furnish::{WORKSPACES, conversation, furnished};
use crate::report::Number;
use crate::stage::Stage;
use crate::start::{memory_beside, weights, weights_when_quiet};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How many agents are live.
const LIVE: usize = 8;

/// Prints the memory of the app's parts.
pub fn measure() {
    let stage = Stage::set();
    let home = stage.folder().join("home");
    let threads = Runtime::new().expect("threads can be started");
    let workspaces = threads.block_on(furnished(&stage, &home));
    let open = || stage.start(stage.program("shopfloor").env("SHOPFLOOR_HOME", &home));

    let (app, _pipes) = open();
    let calm = weights_when_quiet(app.pid().expect("the app runs"));
    threads.block_on(app.kill());
    for workspace in &workspaces[..LIVE] {
        let prompt = "script:\nsay Here I am.".to_owned();
        conversation(&home, workspace, Some(prompt), 0);
    }
    let (app, _pipes) = open();
    let pid = app.pid().expect("the app runs");
    let start = Instant::now();
    while agents(pid) < LIVE {
        assert!(start.elapsed() < PATIENCE, "the agents start");
        std::thread::sleep(Duration::from_millis(100));
    }
    let live = weights_when_quiet(pid);
    for (name, live, calm) in memory_beside(&live, &calm) {
        Number {
            what: format!("memory (PSS) of {name}, {WORKSPACES} workspaces, {LIVE} live"),
            value: live / 1024.0,
            unit: "MB",
            floor: Some((calm / 1024.0, "the board with none")),
        }
        .print();
    }
    threads.block_on(app.kill());
}

fn agents(pid: i32) -> usize {
    let all = weights(pid);
    all.iter()
        .filter(|(name, _)| name.starts_with("practice-agent"))
        .count()
}
