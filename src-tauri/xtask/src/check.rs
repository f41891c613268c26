//! `check`: everything that can be wrong without running the product. All checks run; the end names those that failed.

use crate::places::Places;
use crate::step::{Failure, Outcome, cargo, run, run_silently, step};
use crate::{bindings, deny, npm, windows};

/// Runs every check.
pub fn check(places: &Places) -> Outcome {
    bindings::prepare(places)?;
    let cargo = || cargo(&places.root);
    let checks: [(&str, &dyn Fn() -> Outcome); 10] = [
        ("format", &|| run(cargo().args(["fmt", "--all", "--check"]))),
        ("lints", &|| {
            run(cargo()
                .args([
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--all-features",
                    "--keep-going",
                    "--quiet",
                ])
                .args(["--", "-D", "warnings"]))
        }),
        ("types on Windows", &|| windows::check(places)),
        ("documentation", &|| {
            run(cargo()
                .args(["doc", "--workspace", "--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings"))
        }),
        ("architecture", &|| {
            run_silently(
                cargo()
                    .args(["test", "--workspace"])
                    .args(["--test", "architecture"]),
            )
        }),
        ("bindings", &|| bindings::compare(places)),
        ("the window's lints", &|| {
            run_silently(npm::npm(&places.ui).args(["run", "lint"]))
        }),
        ("the window's types", &|| {
            run_silently(npm::npm(&places.ui).args(["run", "check"]))
        }),
        ("licences and owners of outside crates", &|| {
            deny::rules(places)
        }),
        ("advisories", &|| deny::advisories(places)),
    ];
    let mut failed = Vec::new();
    for (name, work) in checks {
        if let Err(failure) = step(name, work) {
            eprintln!("{failure}\n");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("Failed: {}.", failed.join(", "))))
}
