//! From start to first paint and to the settled board with 50 workspaces, against an empty window; memory when all is quiet.
//!
//! The page cache is warm: each program starts once unmeasured. Both count from their `main`.

use crate::driver::PATIENCE;
use crate::furnish::{WORKSPACES, furnished};
use crate::report::{Number, is_quick, median};
use crate::stage::Stage;
use process::Owned;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const FLOOR: &str = "an empty window";

/// Prints the moments and the memory.
pub fn measure() {
    let turns = if is_quick() { 3 } else { 7 };
    let stage = Stage::set();
    let home = stage.folder().join("home");
    let threads = Runtime::new().expect("threads can be started");
    threads.block_on(furnished(&stage, &home));

    let mut empty = Vec::new();
    let mut ours = Vec::new();
    let (mut memory, mut empty_memory) = (Vec::new(), Vec::new());
    for turn in 0..=turns {
        let (window, floor) = first_paint_of_empty(&stage);
        if turn == turns {
            empty_memory = weights_when_quiet(window.pid().expect("the window is open"));
        }
        threads.block_on(window.kill());
        let (app, moments) = moments_of_app(&stage, &home);
        if turn == turns {
            memory = weights_when_quiet(app.pid().expect("the app is running"));
        }
        threads.block_on(app.kill());
        if turn > 0 {
            empty.push(floor);
            ours.push(moments);
        }
    }
    let floor = median(&empty);
    let of = |moment: fn(&Moments) -> f64| median(&ours.iter().map(moment).collect::<Vec<_>>());
    let number = |what: &str, value, floor: Option<f64>| {
        Number {
            what: format!("{what}, {WORKSPACES} workspaces"),
            value,
            unit: "ms",
            floor: floor.map(|floor| (floor, FLOOR)),
        }
        .print();
    };
    number("core ready", of(|moments| moments.core_ready), None);
    number(
        "first paint",
        of(|moments| moments.first_paint),
        Some(floor),
    );
    number("settled board", of(|moments| moments.settled), Some(floor));
    for (name, ours, empty) in memory_beside(&memory, &empty_memory) {
        Number {
            what: format!("memory (PSS) of {name}"),
            value: ours / 1024.0,
            unit: "MB",
            floor: Some((empty / 1024.0, FLOOR)),
        }
        .print();
    }
}

/// Kilobytes of the core and of the web view's processes: the app's and the empty window's.
pub fn memory_beside(
    ours: &[(String, f64)],
    empty: &[(String, f64)],
) -> [(&'static str, f64, f64); 3] {
    let sum = |weights: &[(String, f64)], wanted: &str| {
        let part = |name: &str| match name {
            _ if name.starts_with("WebKitWeb") => "the web process",
            _ if name.starts_with("WebKitNet") => "the network process",
            // Agents are not counted as ours.
            _ if name.starts_with("practice-agent") => "an agent",
            _ => "the core",
        };
        weights
            .iter()
            .filter(|(name, _)| part(name) == wanted)
            .map(|(_, weight)| weight)
            .sum()
    };
    ["the core", "the web process", "the network process"]
        .map(|name| (name, sum(ours, name), sum(empty, name)))
}

/// Milliseconds from the app's start.
struct Moments {
    core_ready: f64,
    first_paint: f64,
    settled: f64,
}

fn first_paint_of_empty(stage: &Stage) -> (Owned, f64) {
    let (window, mut child) = stage.start(&mut stage.program("empty-window"));
    let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let millis = stdout
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("first-paint ")?.parse().ok())
        .expect("the window says when it painted before it ends");
    (window, millis)
}

fn moments_of_app(stage: &Stage, home: &Path) -> (Owned, Moments) {
    let logs = home.join("logs");
    if logs.exists() {
        std::fs::remove_dir_all(&logs).expect("the log is ours");
    }
    let (app, _pipes) = stage.start(stage.program("shopfloor").env("SHOPFLOOR_HOME", home));
    let reached = |word| logged(stage, &logs, "the window reached a moment", word);
    let moments = Moments {
        core_ready: logged(stage, &logs, "the core is ready", ""),
        first_paint: reached("FirstPaint"),
        settled: reached("Settled"),
    };
    (app, moments)
}

/// Waits for the log's line with this message and word; answers its `millis`.
fn logged(stage: &Stage, logs: &Path, message: &str, word: &str) -> f64 {
    let start = Instant::now();
    loop {
        let files = std::fs::read_dir(logs).into_iter().flatten().flatten();
        let text: String = files
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect();
        let line = text
            .lines()
            .find(|line| line.contains(message) && line.contains(word));
        let millis = line.and_then(|line| {
            let (_, number) = line.split_once("millis=")?;
            number.split_whitespace().next()?.parse().ok()
        });
        if let Some(millis) = millis {
            return millis;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "the app logs `{message}` {word}; its log: {text} its stderr: {}",
            std::fs::read_to_string(stage.complaints()).unwrap_or_default()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The memory of the app and of each process below it, in kB, once it has stopped changing.
pub fn weights_when_quiet(pid: i32) -> Vec<(String, f64)> {
    let start = Instant::now();
    let sum = |weights: &[(String, f64)]| weights.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut before = weights(pid);
    loop {
        std::thread::sleep(Duration::from_secs(2));
        let now = weights(pid);
        if (sum(&now) - sum(&before)).abs() < sum(&now) / 100.0 || start.elapsed() > PATIENCE {
            return now;
        }
        before = now;
    }
}

pub fn weights(pid: i32) -> Vec<(String, f64)> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let weight = rollup.lines().find_map(|line| {
        line.strip_prefix("Pss:")?
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    });
    let own = weight.map(|weight| (name.trim().to_owned(), weight));
    // Each thread has the children that it started.
    let threads = std::fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children: String = threads
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .collect();
    let children = children
        .split_whitespace()
        .filter_map(|child| child.parse().ok());
    own.into_iter().chain(children.flat_map(weights)).collect()
}
