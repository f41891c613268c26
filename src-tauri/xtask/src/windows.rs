//! Whether our crates hold together on Windows: type-checked for it, and under Wine those that own processes are run.
//!
//! Where a tool is missing it says so in one line and succeeds.

use crate::places::Places;
use crate::step::{Outcome, answer, cargo, is_installed, run, step};
use crate::wine::{self, Wine};
use std::path::Path;
use std::process::Command;

/// The target, which `rustup target add` installs anywhere.
const TARGET: &str = "x86_64-pc-windows-gnu";

/// The C compiler and linker for it: the package `mingw-w64` of Debian and Ubuntu.
pub const MINGW: &str = "x86_64-w64-mingw32-gcc";

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

/// A package, and which of its tests can run there.
type Tests = (&'static str, &'static [&'static str]);

/// What owns processes.
const PROCESSES: Tests = ("process", &["--lib", "--test", "jobs"]);
/// The practice agent through the adapter.
const AGENTS: Tests = ("agents", &["--test", "on_windows"]);
/// A program in a pseudo-console.
const TERMINALS: Tests = ("pty", &["--test", "on_windows"]);

/// Type-checks the crates that need no C compiler.
pub fn check(places: &Places) -> Outcome {
    if !has_target() {
        return skipped(&no_target());
    }
    let crates = CRATES.iter().flat_map(|name| ["--package", name]);
    lint(places, crates)
}

/// Type-checks everything, the app too, and all the tests that can run there; then runs these. The first time it takes some
/// minutes, too many for every check: libgit2, SQLite and the web view's bindings are built.
pub fn check_all(places: &Places) -> Outcome {
    step("types on Windows, of everything", || everything(places))?;
    step("tests on Windows, with an agent and a terminal", || {
        run_under_wine(places, &[PROCESSES, AGENTS, TERMINALS])
    })
}

fn everything(places: &Places) -> Outcome {
    if has_target() && !is_installed(MINGW) {
        eprintln!(
            "  Only the crates that need no C compiler: {}.",
            no_compiler()
        );
        return check(places);
    }
    if !has_target() {
        return skipped(&no_target());
    }
    // The tests across rooms are Linux's: they drive a desktop.
    lint(places, ["--workspace", "--exclude", "tests"])?;
    for (package, which) in [PROCESSES, AGENTS, TERMINALS] {
        let which = which.iter().copied().chain(["--package", package]);
        lint(places, which)?;
    }
    Ok(())
}

fn run_under_wine(places: &Places, all: &[Tests]) -> Outcome {
    if !has_target() {
        return skipped(&no_target());
    }
    if !is_installed(MINGW) {
        return skipped(&no_compiler());
    }
    let Some(program) = wine::installed() else {
        return skipped("Wine is not installed");
    };
    let cargo = || cargo(&places.root);
    let of_target = ["--quiet", "--target", TARGET];
    if all.contains(&AGENTS) {
        run(cargo()
            .arg("build")
            .args(of_target)
            .args(["--package", "practice-agent"]))?;
    }
    let wine = Wine::begin(places, program)?;
    for (package, which) in all {
        let mut tests = cargo();
        tests.arg("test").args(of_target);
        tests.args(["--package", package]).args(*which);
        wine.run(&mut tests)?;
    }
    Ok(())
}

fn lint<'a>(places: &Places, which: impl IntoIterator<Item = &'a str>) -> Outcome {
    run(cargo(&places.root)
        .args(["clippy", "--quiet", "--target", TARGET])
        .args(which)
        .args(["--", "-D", "warnings"]))
}

fn has_target() -> bool {
    let libraries =
        answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_some_and(|folder| Path::new(&folder).is_dir())
}

fn no_target() -> String {
    format!("the target {TARGET} is not installed (`rustup target add {TARGET}`)")
}

fn no_compiler() -> String {
    format!("{MINGW} is not installed (the package mingw-w64)")
}

fn skipped(why: &str) -> Outcome {
    eprintln!("  Skipped: {why}.");
    Ok(())
}
