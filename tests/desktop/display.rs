//! A display of the test's own.

use crate::children::Program;
use crate::wait::until;
use std::path::Path;

/// An X server that nobody sees.
pub struct Display {
    _server: Program,
    /// For the variable `DISPLAY`: `:7`.
    pub name: String,
}

impl Display {
    /// Starts Xvfb on a number that it finds free itself.
    pub async fn start(logs: &Path) -> Self {
        let (log, number) = (logs.join("xvfb.log"), logs.join("xvfb.display"));
        // Xvfb tells its number through a file descriptor; the shell opens it, since a program can't inherit a file
        // of ours without unsafe code.
        let run = format!(
            "exec {} -displayfd 3 -screen 0 1440x900x24 -nolisten tcp -noreset 3>'{}'",
            crate::children::find("Xvfb").display(),
            number.display()
        );
        let mut server = Program::start("sh", ["-c", &run], &[], &log);
        let name = until("Xvfb says its display", async || {
            server.must_live(&log);
            let said = std::fs::read_to_string(&number).ok()?;
            said.ends_with('\n').then(|| format!(":{}", said.trim()))
        })
        .await;
        Self {
            _server: server,
            name,
        }
    }
}
