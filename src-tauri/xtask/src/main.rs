//! `cargo xtask`: the commands that people and CI run. Each does all the set-up it needs.
//!
//! Invariant: nothing but the standard library, so that it compiles at once on a machine with only Rust and Node.

mod bench;
mod bindings;
mod check;
mod deny;
mod npm;
mod places;
mod run;
mod setup;
mod step;
mod test;
mod ui;
mod windows;
mod wine;

use places::Places;
use std::process::ExitCode;
use step::Failure;

const HELP: &str = "\
Usage: cargo xtask <command>

  run [arguments]   set up, build, and open the app with the practice project
  test [filter]     set up, build, and run every test; with a filter only the Rust tests it names
  test --agents [filter]
                    install the real agents from npm and run the stories with them
  test --crashes [number]
                    kill the app and its agent at so many random points (1000), and print what came of it
  check             format, lints, types on Windows, docs, architecture, bindings, the window's lints, licences and advisories
  check --windows   type-check everything for Windows, the app too, and run there (under Wine) what owns processes
  bench [--quick] [name…]
                    measure, each number beside its floor; all benchmarks or those named
  bindings          write the TypeScript bindings of the commands to ui/src/backend/bindings.ts
  help              this text
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let places = Places::find();
    let outcome = match command.as_str() {
        "run" => run::run(&places, &rest),
        "test" => test::test(&places, &rest),
        "check" if rest.iter().any(|one| one == "--windows") => windows::check_all(&places),
        "check" => check::check(&places),
        "bench" => bench::bench(&places, &rest),
        "bindings" => bindings::write(&places),
        "" | "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failure::new(format!(
            "There is no command `{other}`.\n\n{HELP}"
        ))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n✗ {failure}");
            ExitCode::FAILURE
        }
    }
}
