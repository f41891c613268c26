//! Programs of the harness: each in its own group, its output in a file, killed when dropped and when the test dies.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running program.
pub struct Program {
    child: Child,
}

impl Program {
    /// Starts a program; what it writes goes to `log`. Must be called on a thread that lives as long as the test:
    /// the kernel kills the program when that thread ends.
    pub fn start<A: AsRef<OsStr>>(
        program: &str,
        arguments: impl IntoIterator<Item = A>,
        environment: &[(String, String)],
        log: &Path,
    ) -> Self {
        let log = File::create(log).unwrap();
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(find(program))
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} can't be started: {error}"));
        Self { child }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fails when the program has ended already.
    pub fn must_live(&mut self, log: &Path) {
        if let Some(status) = self.child.try_wait().unwrap() {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            panic!("a program of the harness ended with {status}:\n{said}");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Not its group: what a driver started stays to be found by the sweep.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The absolute path of a program that the desktop tests need.
pub fn find(program: &str) -> std::path::PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!(
                "{program} is not installed, and the desktop tests can't do without it. \
                 `cargo xtask test` installs all that is needed (on Debian and Ubuntu)."
            )
        })
}
