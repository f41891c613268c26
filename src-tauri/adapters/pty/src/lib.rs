//! Pseudo-terminals behind the terminal domain's ports: real programs with a real screen size and raw bytes.
//!
//! Invariants: every program bears the tag of its terminal and leads a session of its own; `Ended` is told once it
//! and all it left behind are gone; nothing is typed that the person did not type, also while a program is ended.

mod environment;
mod input;
mod launch;
mod output;
mod running;

use std::ffi::OsString;
use std::sync::Arc;
use terminal::TerminalError;
use terminal::port::{Launch, Pty, PtyEvent, Ptys};
use tokio::sync::mpsc;

/// Starts programs in pseudo-terminals.
#[derive(Debug)]
pub struct Terminals {
    tag: process::Tag,
    search: OsString,
}

impl Terminals {
    /// `tag`: the app's run, under which every terminal gets its own. `search`: the PATH that programs are found on
    /// and get; a desktop's is shorter than a shell's.
    pub fn new(tag: process::Tag, search: OsString) -> Self {
        Self { tag, search }
    }
}

impl Ptys for Terminals {
    fn open(
        &self,
        launch: &Launch,
        events: mpsc::Sender<PtyEvent>,
    ) -> Result<Arc<dyn Pty>, TerminalError> {
        // A restart follows only after the sweep for the run before: it may bear the same tag.
        let tag = self.tag.of_owner(&format!("terminal.{}", launch.terminal));
        let started = launch::start(launch, &tag, &self.search)?;
        Ok(Arc::new(running::Running::watch(started, events)))
    }
}
