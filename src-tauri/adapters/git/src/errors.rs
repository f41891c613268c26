//! From what git, libgit2 and the file system say to the domain's errors.

use std::io;
use std::path::Path;
use workspace::WorkspaceError;

/// git refused or failed while it tried to `action`, a verb phrase.
pub(crate) fn git(action: &str, said: impl Into<String>) -> WorkspaceError {
    let said = said.into();
    if said.contains("No space left on device") {
        return WorkspaceError::DiskFull;
    }
    WorkspaceError::Git {
        action: action.to_owned(),
        said,
    }
}

/// For `map_err` on libgit2's answers.
pub(crate) fn lib(action: &'static str) -> impl Fn(git2::Error) -> WorkspaceError {
    move |error| git(action, error.message())
}

/// For `map_err` on the file system's answers.
pub(crate) fn io(action: &str, path: &Path) -> impl Fn(io::Error) -> WorkspaceError {
    let action = format!("{action} {}", path.display());
    move |source| match source.kind() {
        io::ErrorKind::StorageFull => WorkspaceError::DiskFull,
        _ => WorkspaceError::Io {
            action: action.clone(),
            source,
        },
    }
}

/// There is nothing at the path.
pub(crate) fn missing(path: &Path) -> WorkspaceError {
    WorkspaceError::Missing {
        path: path.display().to_string(),
    }
}
