//! The edge: every error a command can answer with.

use orchestration::FlowError;
use serde::Serialize;
use session::SessionError;
use specta::Type;
use terminal::TerminalError;
use workspace::WorkspaceError;

/// What the window shows where the error happened.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// What the window branches on.
    pub code: ErrorCode,
    /// What happened, for people.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// For the log and "copy details".
    pub detail: Option<String>,
}

/// A code exists only where the window branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request named something that is gone: the window refreshes.
    Gone,
    /// What was asked was settled before: the window shows the newest state.
    Settled,
    /// Anything else: shown where it happened.
    Failed,
}

impl From<WorkspaceError> for CommandError {
    fn from(error: WorkspaceError) -> Self {
        let code = match &error {
            WorkspaceError::Unknown { .. } => ErrorCode::Gone,
            WorkspaceError::Invalid(_) => ErrorCode::Settled,
            _ => ErrorCode::Failed,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().to_owned(),
            detail: detail(&error),
        }
    }
}

impl From<SessionError> for CommandError {
    fn from(error: SessionError) -> Self {
        let code = match &error {
            SessionError::Unknown { .. } => ErrorCode::Gone,
            SessionError::Lapsed | SessionError::AlreadySent => ErrorCode::Settled,
            SessionError::Unfit { .. }
            | SessionError::Busy
            | SessionError::Empty
            | SessionError::StillRunning
            | SessionError::Closing
            | SessionError::Agent(_)
            | SessionError::NotExported { .. }
            | SessionError::Store(_) => ErrorCode::Failed,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().to_owned(),
            detail: detail(&error),
        }
    }
}

impl From<TerminalError> for CommandError {
    fn from(error: TerminalError) -> Self {
        let code = match &error {
            TerminalError::Unknown => ErrorCode::Gone,
            TerminalError::Ended | TerminalError::Running => ErrorCode::Settled,
            TerminalError::NotStarted { .. }
            | TerminalError::NotReading
            | TerminalError::TooMany { .. }
            | TerminalError::Stuck
            | TerminalError::PlaceClosed
            | TerminalError::Closing => ErrorCode::Failed,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().to_owned(),
            detail: detail(&error),
        }
    }
}

impl From<FlowError> for CommandError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Workspace(error) => error.into(),
            FlowError::Session(error) => error.into(),
            FlowError::Terminal(error) => error.into(),
        }
    }
}

impl CommandError {
    /// A failure that only the edge knows.
    pub fn failed(message: impl Into<String>, hint: &str) -> Self {
        Self {
            code: ErrorCode::Failed,
            message: message.into(),
            hint: hint.to_owned(),
            detail: None,
        }
    }
}

fn detail(error: &dyn std::error::Error) -> Option<String> {
    tracing::warn!(%error, "a command failed");
    error.source().map(ToString::to_string)
}
