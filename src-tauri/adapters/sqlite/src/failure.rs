//! Why the database could not do it, in words for people.

use ::session::SessionError;
use ::workspace::WorkspaceError;
use rusqlite::ErrorCode;

/// A read or write that failed. Nothing was half written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No room for the write.
    #[error("The disk is full. What was saved before is intact.")]
    DiskFull,
    /// The file's pages are not what SQLite wrote.
    #[error("The database file is damaged ({said}).")]
    Damaged {
        /// SQLite's words.
        said: String,
    },
    /// Anything else.
    #[error("{said}")]
    Other {
        /// SQLite's words.
        said: String,
    },
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        let said = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { said },
            _ => Self::Other { said },
        }
    }
}

impl From<Failure> for SessionError {
    fn from(failure: Failure) -> Self {
        Self::Store(failure.to_string())
    }
}

impl From<Failure> for WorkspaceError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::DiskFull => Self::DiskFull,
            Failure::Damaged { .. } | Failure::Other { .. } => Self::Store(failure.to_string()),
        }
    }
}
