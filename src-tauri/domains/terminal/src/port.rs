//! What this domain needs from outside.

use crate::error::TerminalError;
use crate::terminal::{Exit, Program, Size};
use kernel::TerminalId;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The terminal it is for; goes into the process's environment tag.
    pub terminal: TerminalId,
    /// What to run.
    pub program: Program,
    /// The folder to start in.
    pub cwd: PathBuf,
    /// Variables added to what is inherited.
    pub env: Vec<(String, String)>,
    /// The size at the start.
    pub size: Size,
}

/// Starts programs in pseudo-terminals. Implemented by `adapters/pty`.
pub trait Ptys: Send + Sync {
    /// Starts the program. What happens comes as events, in order, the last of which is always `Ended`; a full
    /// channel slows the program down, nothing is dropped. Blocking; within a tokio runtime.
    fn open(
        &self,
        launch: &Launch,
        events: mpsc::Sender<PtyEvent>,
    ) -> Result<Arc<dyn Pty>, TerminalError>;
}

/// A program in its pseudo-terminal. Its methods return at once. Letting go of it kills the program.
pub trait Pty: Send + Sync {
    /// Types these bytes. Refused while too much that was typed before is not read.
    fn write(&self, bytes: Vec<u8>) -> Result<(), TerminalError>;
    /// Changes the size; the program is told.
    fn resize(&self, size: Size);
    /// Ends it: SIGHUP → SIGTERM → SIGKILL to its group → sweep by tag. `Ended` follows.
    fn close(&self);
}

/// What comes from a program in its pseudo-terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PtyEvent {
    /// Raw bytes for the screen.
    Output(Vec<u8>),
    /// The program and all it left behind are gone, and all it wrote was passed on. Always the last event.
    Ended(Exit),
}
