//! npm packages, installed as a folder's lock names them, only when the lock is newer than what is there; optional ones
//! without a lock.

use crate::step::{Failure, Outcome, run_silently, step};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// npm, in this folder.
pub fn npm(folder: &Path) -> Command {
    // On Windows npm is a script, which only its full name starts.
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder);
    npm
}

/// Installs the packages that the folder's lock names, if they aren't there.
pub fn packages(folder: &Path) -> Outcome {
    let lock = folder.join("package-lock.json");
    let Some(locked) = changed(&lock) else {
        return Err(Failure::new(format!(
            "{} is missing: the checkout is not whole.",
            lock.display()
        )));
    };
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some_and(|installed| installed >= locked) {
        return Ok(());
    }
    step("npm packages", || {
        run_silently(npm(folder).args(["ci", "--no-audit", "--no-fund"]))
    })
}

/// Installs the packages that the folder names itself, at its exact versions, if they aren't there. Those that the registry
/// has not for this platform stay away; a lock could not name them where it was written.
pub fn optional_packages(folder: &Path) -> Outcome {
    let named = changed(&folder.join("package.json"));
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= named {
        return Ok(());
    }
    step("optional npm packages", || {
        run_silently(npm(folder).args(["install", "--no-audit", "--no-fund"]))
    })
}

/// When the file changed last; none if there is no such file.
pub fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
