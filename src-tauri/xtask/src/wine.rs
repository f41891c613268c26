//! Our Windows programs under Wine: its folder is made for one run of them, and removed after it.
//!
//! It sees no display and leaves nothing in the person's menus.

use crate::places::Places;
use crate::step::{Failure, Outcome, is_installed, run_silently};
use crate::windows::MINGW;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What Wine before version 9 lacks; see there.
const MISSING: &str = include_str!("wine/bcryptprimitives.c");

/// A Windows of its own.
pub struct Wine {
    program: &'static str,
    folder: PathBuf,
}

/// Wine's name here, where it is installed.
pub fn installed() -> Option<&'static str> {
    ["wine", "wine64"]
        .into_iter()
        .find(|name| is_installed(name))
}

impl Wine {
    /// Makes it, which takes some seconds.
    pub fn begin(places: &Places, program: &'static str) -> Outcome<Self> {
        let wine = Self {
            program,
            folder: places.debug.join("wine"),
        };
        wine.remove();
        fs::create_dir_all(&wine.folder)
            .map_err(|error| Failure::new(format!("No folder for Wine can be made: {error}.")))?;
        wine.run(Command::new(program).args(["wineboot", "--init"]))?;
        wine.complete()?;
        Ok(wine)
    }

    /// Runs a command with its Windows programs here, silently; what it printed is shown only if it fails. It prints into a
    /// file: Wine's services go on after a command and would hold its pipes, whose end would then never come.
    pub fn run(&self, command: &mut Command) -> Outcome {
        let log = self.folder.join("printed.txt");
        let unusable =
            |error: std::io::Error| Failure::new(format!("Wine's folder can't be used: {error}."));
        let file = fs::File::create(&log).map_err(unusable)?;
        let too = file.try_clone().map_err(unusable)?;
        let command = self.around(command).stdin(Stdio::null());
        let status = command.stdout(file).stderr(too).status();
        if status.map_err(unusable)?.success() {
            return Ok(());
        }
        let printed = fs::read(&log).unwrap_or_default();
        let program = command.get_program().to_string_lossy();
        Err(Failure::new(format!(
            "`{program}` failed under Wine:\n{}",
            String::from_utf8_lossy(&printed)
        )))
    }

    /// Makes a command's Windows programs run here: cargo's, of the target that is named as its variables have it.
    fn around<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", self.program)
            .env("WINEPREFIX", &self.folder)
            .env("WINEDEBUG", "-all")
            // It would offer to fetch the first two, and write its programs into the person's menus by the third.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe=")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
    }

    fn complete(&self) -> Outcome {
        let libraries = self.folder.join("drive_c/windows/system32");
        let library = libraries.join("bcryptprimitives.dll");
        if library.exists() {
            return Ok(());
        }
        let source = self.folder.join("bcryptprimitives.c");
        fs::write(&source, MISSING)
            .map_err(|error| Failure::new(format!("Wine's folder can't be written: {error}.")))?;
        let mut compiler = Command::new(MINGW);
        compiler.args(["-shared", "-O1", "-s", "-o"]);
        run_silently(compiler.args([&library, &source]).arg("-ladvapi32"))
    }

    fn remove(&self) {
        remove(&self.folder);
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let mut server = Command::new("wineserver");
        // Ends what still runs there, and only there.
        let server = self.around(&mut server).arg("-k").stdin(Stdio::null());
        let _ = server.stdout(Stdio::null()).stderr(Stdio::null()).status();
        self.remove();
    }
}

/// Some hundred megabytes. What resists is removed by the next run.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
