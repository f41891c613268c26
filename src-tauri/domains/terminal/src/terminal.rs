//! A terminal as others see it.

use kernel::{TerminalId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;

/// A terminal to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTerminal {
    /// What people call it.
    pub title: String,
    /// What runs in it.
    pub program: Program,
    /// The folder it starts in.
    pub cwd: PathBuf,
    /// Variables added to what is inherited.
    pub env: Vec<(String, String)>,
    /// Its first size.
    pub size: Size,
    /// The workspace it belongs to; its terminals end before its tree goes.
    pub workspace: Option<WorkspaceId>,
}

/// What runs in a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// The person's own shell, interactive.
    Shell,
    /// A program.
    Command {
        /// An absolute path, or a name to be found on the PATH.
        command: String,
        /// Its arguments.
        args: Vec<String>,
    },
}

/// Size in characters. A side below 1 is taken as 1, one above 1000 as 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Size {
    /// Characters in a line.
    pub cols: u16,
    /// Lines.
    pub rows: u16,
}

impl Size {
    /// The same, with each side between 1 and 1000: programs fail in strange ways on none.
    pub(crate) fn bounded(self) -> Self {
        Self {
            cols: self.cols.clamp(1, 1000),
            rows: self.rows.clamp(1, 1000),
        }
    }
}

/// How a program ended; neither is known when the system did not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Exit {
    /// Exit code, if it exited.
    pub code: Option<i32>,
    /// Signal, if one ended it.
    pub signal: Option<i32>,
}

/// Whether there is somebody to type to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TerminalState {
    /// The program runs.
    Running,
    /// It ended, and all it left behind is gone. What it wrote can still be read.
    Ended {
        /// How.
        exit: Exit,
    },
}

/// A terminal as the window lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TerminalSummary {
    /// Its id.
    pub id: TerminalId,
    /// The workspace it belongs to.
    pub workspace: Option<WorkspaceId>,
    /// What people call it.
    pub title: String,
    /// Whether its program runs.
    pub state: TerminalState,
    /// When its program was started.
    pub opened_at: Timestamp,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalFact {
    /// A program was started, in a new terminal or again in an old one.
    Opened(TerminalSummary),
    /// Its program ended and all it left behind is gone.
    Ended(TerminalSummary),
    /// It is off the list.
    Closed(TerminalId),
}
