//! `test`: everything, from the window's units to the built app driven in a real window.

use crate::places::Places;
use crate::run::build_programs;
use crate::step::{Outcome, answer, cargo, run, run_silently, step};
use crate::{npm, setup, ui};
use std::path::Path;
use std::process::Command;

/// Asks for the stories with real agents instead of all the others.
const AGENTS: &str = "--agents";
/// Asks for the random crashes alone, as many as the next word says.
const CRASHES: &str = "--crashes";
/// How many they are when no word says it.
const MANY: &str = "1000";

/// Runs all tests; with a filter only the Rust tests whose name contains it.
pub fn test(places: &Places, filter: &[String]) -> Outcome {
    match filter
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        Some((AGENTS, filter)) => return with_agents(places, filter),
        Some((CRASHES, rest)) => return crashes(places, rest),
        _ => {}
    }
    setup::to_test()?;
    ui::build(places)?;
    if filter.is_empty() {
        step("tests of the window's units", || {
            run(npm::npm(&places.ui).args(["test"]))
        })?;
    }
    step("the app", || build_programs(places))?;
    if !has_nextest(places) {
        return step("tests", || {
            run(with_programs(places, &mut cargo(&places.root))
                .args(["test", "--workspace"])
                .args(filter))
        });
    }
    // nextest runs no examples in documentation; first, so that its summary comes last.
    if filter.is_empty() {
        step("examples in the documentation", || {
            run_silently(cargo(&places.root).args(["test", "--workspace", "--doc"]))
        })?;
    }
    step("tests", || {
        run(with_programs(places, &mut cargo(&places.root))
            .args(["nextest", "run", "--workspace"])
            .args(filter))
    })
}

/// Agents that npm may leave out where it finds no package for the platform: what it calls the program, and what the
/// names of the stories with it hold.
const OPTIONAL: [(&str, &str); 5] = [
    ("gemini", "::gemini_"),
    ("opencode", "::opencode_"),
    ("copilot", "::copilot_"),
    ("goose", "::goose_"),
    ("qwen", "::qwen_"),
];

/// Installs the real agents from npm and runs the stories with them. Where they can't be had, says so and succeeds.
fn with_agents(places: &Places, filter: &[String]) -> Outcome {
    setup::to_build()?;
    let packages = places.root.join("tests/real-agents");
    if let Err(failure) = npm::packages(&packages) {
        let said = failure.to_string();
        let why = said.lines().next().unwrap_or_default();
        let why = why.trim_end_matches(':');
        println!("skipped: the real agents can't be installed from npm here ({why})");
        return Ok(());
    }
    let optional = packages.join("optional");
    if let Err(failure) = npm::optional_packages(&optional) {
        println!("{failure}");
    }
    let left_out = left_out(&optional);
    // The whole workspace, so that features are the same as in every other build; only these are built and run.
    let chosen = ["--workspace", "--test", "with_installed_agents"];
    step("tests with the real agents", || {
        let mut tests = cargo(&places.root);
        if has_nextest(places) {
            tests.args(["nextest", "run", "--run-ignored", "only"]);
            run(tests.args(chosen).args(filter).arg("--").args(left_out))
        } else {
            tests.arg("test").args(chosen).args(filter);
            run(tests.args(["--", "--ignored"]).args(left_out))
        }
    })
}

/// Says which agents are missing, and what keeps their stories from being run.
fn left_out(packages: &Path) -> Vec<&'static str> {
    let programs = packages.join("node_modules/.bin");
    let missing = OPTIONAL
        .into_iter()
        .filter(|(program, _)| !programs.join(program).exists());
    missing
        .flat_map(|(program, stories)| {
            println!("skipped: the stories with {program}, which npm did not install here");
            ["--skip", stories]
        })
        .collect()
}

/// The same test that is among all the others, with more crashes and its table printed.
fn crashes(places: &Places, rest: &[String]) -> Outcome {
    let count = rest.first().map_or(MANY, String::as_str);
    setup::to_build()?;
    step("the practice agent", || {
        run(cargo(&places.root).args(["build", "--workspace", "--bin", "practice-agent"]))
    })?;
    step(&format!("{count} random crashes"), || {
        run(with_programs(places, &mut cargo(&places.root))
            .env("SHOPFLOOR_CRASHES", count)
            .args(["test", "--workspace", "--test", "crashes"])
            .args(["--", "--nocapture", "no_crash"]))
    })
}

fn has_nextest(places: &Places) -> bool {
    answer(cargo(&places.root).args(["nextest", "--version"])).is_some()
}

/// Tells the tests that drive the built programs where these are.
fn with_programs<'a>(places: &Places, command: &'a mut Command) -> &'a mut Command {
    command
        .env("SHOPFLOOR_BIN", places.program("shopfloor"))
        .env(
            "SHOPFLOOR_PRACTICE_AGENT_BIN",
            places.program("practice-agent"),
        )
}
