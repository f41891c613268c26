//! `bindings`: the TypeScript side of the typed commands, written by the app itself and checked in.

use crate::places::Places;
use crate::run::build_programs;
use crate::step::{Failure, Outcome, run_silently, step};
use crate::{setup, ui};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes the bindings into the window's sources.
pub fn write(places: &Places) -> Outcome {
    prepare(places)?;
    step("bindings", || generate(places, &checked_in(places)))
}

/// Fails when the bindings in the window's sources aren't what the app would write now.
pub fn compare(places: &Places) -> Outcome {
    let fresh = std::env::temp_dir().join(format!("shopfloor-bindings-{}.ts", std::process::id()));
    generate(places, &fresh)?;
    let same = same_text(&fresh, &checked_in(places));
    // Only a temporary file; if it stays, the system removes it.
    std::fs::remove_file(&fresh).ok();
    if same {
        return Ok(());
    }
    Err(Failure::new(
        "ui/src/backend/bindings.ts is not what the commands say now. Write it anew: cargo xtask bindings",
    ))
}

/// What the app needs to be built before it can write its bindings.
pub fn prepare(places: &Places) -> Outcome {
    setup::to_build()?;
    ui::build(places)?;
    step("the app", || build_programs(places))
}

fn checked_in(places: &Places) -> PathBuf {
    places.ui.join("src/backend/bindings.ts")
}

fn generate(places: &Places, file: &Path) -> Outcome {
    run_silently(
        Command::new(places.program("shopfloor"))
            .arg("--bindings")
            .arg(file),
    )
}

fn same_text(one: &Path, other: &Path) -> bool {
    match (std::fs::read(one), std::fs::read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
