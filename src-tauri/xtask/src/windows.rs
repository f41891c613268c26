//! Whether our crates that need no C compiler hold together on Windows. They are type-checked; nothing is run there.

use crate::places::Places;
use crate::step::{Outcome, answer, cargo, run};
use std::path::Path;
use std::process::Command;

/// The target, which `rustup target add` installs anywhere.
const TARGET: &str = "x86_64-pc-windows-gnu";

/// All of ours but those over libgit2, SQLite and the web view.
const CRATES: [&str; 12] = [
    "kernel",
    "workspace",
    "session",
    "terminal",
    "snapshot",
    "orchestration",
    "process",
    "agents",
    "editor",
    "export",
    "pty",
    "practice-agent",
];

/// Type-checks them. Where the target is not installed it says so and succeeds.
pub fn check(places: &Places) -> Outcome {
    let libraries =
        answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    if !libraries.is_some_and(|folder| Path::new(&folder).is_dir()) {
        eprintln!(
            "  Skipped: the target {TARGET} is not installed (`rustup target add {TARGET}`)."
        );
        return Ok(());
    }
    let crates = CRATES.iter().flat_map(|name| ["--package", name]);
    run(cargo(&places.root)
        .args(["clippy", "--quiet", "--target", TARGET])
        .args(crates)
        .args(["--", "-D", "warnings"]))
}
