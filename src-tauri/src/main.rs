//! Shopfloor's program: the app, or one of its hidden modes.
#![cfg_attr(
    all(not(debug_assertions), target_os = "windows"),
    windows_subsystem = "windows"
)]

use process::Tag;
use shopfloor::{bindings, start};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: shopfloor [--version | --help | --bindings FILE]

Without arguments it opens the window. --bindings writes the TypeScript of the typed commands to FILE.
SHOPFLOOR_HOME names the data directory.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => start::run(),
        [start::REAPER_ARGUMENT, tag] => match Tag::parse(tag) {
            Some(tag) => {
                process::reaper::run(&tag);
                ExitCode::SUCCESS
            }
            None => ExitCode::FAILURE,
        },
        ["--bindings", file] => match bindings::export(Path::new(file)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("shopfloor: the bindings can't be written to {file}: {error}");
                ExitCode::FAILURE
            }
        },
        ["--version"] => {
            println!("shopfloor {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        ["--help"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::FAILURE
        }
    }
}
