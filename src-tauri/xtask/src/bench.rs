//! `bench`: numbers, each beside the floor it is compared with, measured in the same run, with the machine's load.
//!
//! Nothing here fails because a number is bad: the reader judges. Programs measure (`tests/bench/`), this lays out.
//! `TMPDIR` chooses the file system that is measured on.

use crate::places::Places;
use crate::setup;
use crate::step::{Failure, Outcome, cargo, run, step};
use crate::ui;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The benchmarks: name, and what each tells.
const BENCHES: &[(&str, &str)] = &[
    (
        "worktrees",
        "creating a worktree, against plain git worktree add",
    ),
    (
        "search",
        "full-text search over a million entries, against reading as many rows by key",
    ),
    (
        "start",
        "start to first paint and to settled with 50 workspaces, against an empty window; memory",
    ),
    (
        "paint",
        "a change of one card to its paint, against a change by the page itself",
    ),
    (
        "feed",
        "batches of cards over the window's channel, against plain strings",
    ),
    (
        "flood",
        "another agent's question to its card while one floods, against no flood; memory in floods and huge lines",
    ),
    (
        "streams",
        "20 conversations that stream 200 pieces a second each: CPU, frames, age of what is seen",
    ),
    (
        "transcript",
        "a conversation of 100,000 entries: opening, scrolling, elements, against one of 100",
    ),
    (
        "live",
        "memory with 50 workspaces and 8 live conversations, against none live",
    ),
];

/// Those that need neither the app nor a window, so that they can be had without a build of minutes.
const WITHOUT_APP: &[&str] = &["worktrees", "flood", "search"];

/// Runs the benchmarks that were named, or all.
pub fn bench(places: &Places, arguments: &[String]) -> Outcome {
    let (options, names): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| argument.starts_with('-'));
    let unknown = names
        .iter()
        .find(|name| !BENCHES.iter().any(|(known, _)| known == *name));
    let strange = options.iter().find(|option| **option != "--quick");
    if let Some(word) = unknown.or(strange) {
        return Err(Failure::new(format!(
            "There is no benchmark `{word}`.\n{}",
            list()
        )));
    }
    setup::to_test()?;
    ui::build(places)?;
    let chosen: Vec<_> = BENCHES
        .iter()
        .filter(|(name, _)| names.is_empty() || names.iter().any(|chosen| chosen == name))
        .collect();
    let with_app = chosen.iter().any(|(name, _)| !WITHOUT_APP.contains(name));
    step("release build", || build(places, with_app))?;
    for (name, what) in chosen {
        step(&format!("{name}: {what}"), || {
            measure(places, name, &options)
        })?;
    }
    Ok(())
}

fn list() -> String {
    let lines = BENCHES
        .iter()
        .map(|(name, what)| format!("  {name:<12}{what}\n"));
    format!(
        "cargo xtask bench [--quick] [name…]\n{}",
        lines.collect::<String>()
    )
}

fn build(places: &Places, with_app: bool) -> Outcome {
    let mut build = cargo(&places.root);
    build.args(["build", "--release", "--workspace", "--example", "bench"]);
    if with_app {
        build.args(["--bins", "--features", "shopfloor/bench"]);
    } else {
        build.args(["--bin", "practice-agent"]);
    }
    run(&mut build)
}

fn measure(places: &Places, name: &str, options: &[&String]) -> Outcome {
    let program = places.release().join("examples/bench");
    let mut child = Command::new(&program)
        .arg(name)
        .args(options)
        .env("SHOPFLOOR_BIN_DIR", places.release())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("{} does not start: {error}", program.display())))?;
    let numbers = child.stdout.take().expect("its stdout is piped");
    for line in BufReader::new(numbers).lines() {
        let line = line.map_err(|error| Failure::new(format!("Its numbers break off: {error}")))?;
        println!("  {}", layout(&line, load().as_deref()));
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("The benchmark failed ({status})."))),
        Err(error) => Err(Failure::new(format!("The benchmark is lost: {error}"))),
    }
}

/// One number for people: what, number, unit, ratio to its floor, load.
fn layout(line: &str, load: Option<&str>) -> String {
    let fields: Vec<&str> = line.split('\t').collect();
    let [what, value, unit, ratio, floor] = fields.as_slice() else {
        return line.to_owned();
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let value = number(value).map_or_else(|| (*value).to_owned(), |value| format!("{value:.1}"));
    let ratio = number(ratio).map_or_else(String::new, |ratio| format!("({ratio:.2} of {floor})"));
    let load = load.map_or_else(String::new, |load| format!("load {load}"));
    format!("{what:<46}{value:>10} {unit:<7}{ratio:<34}{load}")
        .trim_end()
        .to_owned()
}

/// The load of the last minute, where the system tells.
fn load() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::layout;

    #[test]
    fn a_number_is_shown_with_unit_ratio_and_load() {
        assert_eq!(
            layout(
                "first paint\t901.26\tms\t1.127\tan empty window",
                Some("0.42")
            ),
            "first paint                                        901.3 ms     (1.13 of an empty window)         load 0.42"
        );
    }

    #[test]
    fn a_number_without_a_floor_is_shown_alone() {
        assert_eq!(
            layout("memory of the core\t31\tMB\t\t", None),
            "memory of the core                                  31.0 MB"
        );
    }
}
