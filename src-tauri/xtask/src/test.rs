//! `test`: everything, from the window's units to the built app driven in a real window.

use crate::places::Places;
use crate::run::build_programs;
use crate::step::{Outcome, answer, cargo, run, run_silently, step};
use crate::{setup, ui};
use std::process::Command;

/// Runs all tests; with a filter only the Rust tests whose name contains it.
pub fn test(places: &Places, filter: &[String]) -> Outcome {
    setup::to_test()?;
    ui::build(places)?;
    if filter.is_empty() {
        step("tests of the window's units", || {
            run(ui::npm(places).args(["test"]))
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
