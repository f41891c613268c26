//! Our Windows programs under Wine: its folder is made for one run of them, and removed after it.
//!
//! It sees no display and leaves nothing in the person's menus.

use crate::places::Places;
use crate::step::{Failure, Outcome, is_installed, run_silently};
use crate::windows::MINGW;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
        let mut boot = Command::new(program);
        run_silently(wine.around(&mut boot).args(["wineboot", "--init"]))?;
        wine.complete()?;
        Ok(wine)
    }

    /// Makes a command's Windows programs run here: cargo's, of the target that is named as its variables have it.
    pub fn around<'c>(&self, command: &'c mut Command) -> &'c mut Command {
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
        let _ = self.around(&mut server).arg("-k").output();
        self.remove();
    }
}

/// Some hundred megabytes. What resists is removed by the next run.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
