//! `run`: from a fresh clone to the open app.

use crate::places::Places;
use crate::step::{Failure, Outcome, cargo, run as run_program, step};
use crate::{setup, ui};
use std::process::Command;

/// Builds the app and starts it, with the arguments passed on. A fresh data directory opens with the practice project.
pub fn run(places: &Places, arguments: &[String]) -> Outcome {
    if !has_display() {
        return Err(Failure::new(
            "There is no display: neither WAYLAND_DISPLAY nor DISPLAY is set, so no window can open. Start this in a \
             desktop session, or in a virtual one: xvfb-run cargo xtask run",
        ));
    }
    setup::to_build()?;
    ui::build(places)?;
    step("the app", || build_programs(places))?;
    start(
        Command::new(places.program("shopfloor"))
            .args(arguments)
            .env("SHOPFLOOR_PRACTICE_PROJECT", "1"),
    )
}

/// Builds every program of ours. The whole workspace at once, so that features are the same as in the tests' build and
/// nothing is compiled twice.
pub fn build_programs(places: &Places) -> Outcome {
    run_program(cargo(&places.root).args(["build", "--workspace", "--bins"]))
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")
}

/// Becomes the app, so that signals and its exit status are the app's own.
#[cfg(unix)]
fn start(app: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = app.exec();
    Err(Failure::new(format!(
        "The app could not be started: {error}"
    )))
}

#[cfg(not(unix))]
fn start(app: &mut Command) -> Outcome {
    run_program(app)
}
