//! What can go wrong with projects and workspaces, as the caller can act on it.

use crate::machine::InvalidTransition;

/// An error of this domain. `Display` says what happened; [`WorkspaceError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The path does not exist.
    #[error("There is no folder at {path}.")]
    Missing {
        /// As the person typed it.
        path: String,
    },
    /// The folder is not inside a git repository.
    #[error("{path} is not a git repository.")]
    NotARepository {
        /// The folder.
        path: String,
    },
    /// The repository has no working tree.
    #[error("{path} is a bare repository: it has no files to work in.")]
    Bare {
        /// The folder.
        path: String,
    },
    /// The repository has no commit yet.
    #[error("{path} has no commit yet, so there is nothing to branch from.")]
    Unborn {
        /// The folder.
        path: String,
    },
    /// The project is already on the list.
    #[error("{name} is already on the list.")]
    AlreadyAdded {
        /// The project's name.
        name: String,
    },
    /// A repository was to be made where something is already.
    #[error("{path} is not empty.")]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// The project still has workspaces on the board.
    #[error("{name} still has {count} on the board.", count = plural(*workspaces))]
    InUse {
        /// The project's name.
        name: String,
        /// How many are not archived.
        workspaces: usize,
    },
    /// The base branch does not exist.
    #[error("There is no branch or commit named {base}.")]
    NoSuchBase {
        /// As the person named it.
        base: String,
    },
    /// The installed git could not be found.
    #[error("git is not installed, or not on the PATH.")]
    GitMissing,
    /// git refused or failed.
    #[error("git could not {action}: {said}")]
    Git {
        /// What was tried, as a verb phrase: "create the worktree".
        action: String,
        /// git's own words, trimmed.
        said: String,
    },
    /// A text of the project's settings is too long.
    #[error("The {what} are longer than {limit_kib} KiB.")]
    TooLong {
        /// "instructions" or "checks".
        what: &'static str,
        /// The limit.
        limit_kib: usize,
    },
    /// The disk is full.
    #[error("The disk is full.")]
    DiskFull,
    /// Something else of the file system.
    #[error("{action} failed: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A folder that isn't ours, is a symlink, or lies outside our root would have been removed.
    #[error("Refused to remove {path}: {why}.")]
    NotOurs {
        /// The folder.
        path: String,
        /// Why it is not ours.
        why: String,
    },
    /// The id is unknown.
    #[error("There is no such {what} any more.")]
    Unknown {
        /// "project" or "workspace".
        what: &'static str,
    },
    /// There is nothing at the path.
    #[error("There is no file {path} any more.")]
    NoFile {
        /// As it was asked for.
        path: String,
    },
    /// The path leads out of the worktree.
    #[error("{path} is not in the worktree of {name}, so it was not opened.")]
    Outside {
        /// As it was asked for.
        path: String,
        /// The workspace's name.
        name: String,
    },
    /// An editor's command is not one.
    #[error("The editor's command can't be read: {said}.")]
    EditorUnreadable {
        /// What is wrong with it.
        said: &'static str,
    },
    /// No editor took the file.
    #[error("{editor} could not open the file: {said}.")]
    EditorFailed {
        /// The program, or "The system".
        editor: String,
        /// Why.
        said: String,
    },
    /// There is no worktree to look into.
    #[error("{name} has no worktree.")]
    NoTree {
        /// The workspace's name.
        name: String,
    },
    /// Set-up stopped because the workspace was archived meanwhile.
    #[error("The set-up was stopped because the workspace was archived.")]
    Cancelled,
    /// The step does not apply in the state it is in.
    #[error(transparent)]
    Invalid(#[from] InvalidTransition),
    /// The database failed.
    #[error("The app's database could not be used: {0}")]
    Store(String),
}

impl WorkspaceError {
    /// What happened and what to do, in one text for a card.
    pub fn for_card(&self) -> String {
        format!("{self} {}", self.hint())
    }

    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "Check the path for typing errors, or pick the folder.",
            Self::NotARepository { .. } => {
                "Pick a folder that holds a git repository, or run `git init` and make a first commit there."
            }
            Self::Bare { .. } => "Clone it, and add the clone.",
            Self::Unborn { .. } => "Make a first commit, then add it again.",
            Self::AlreadyAdded { .. } => "Pick it in the sidebar.",
            Self::NotEmpty { .. } => "Pick an empty folder, or move what is there.",
            Self::InUse { .. } => "Archive its workspaces first, then remove it.",
            Self::NoSuchBase { .. } => "Pick a branch from the list.",
            Self::GitMissing => "Install git (https://git-scm.com) and try again.",
            Self::Git { .. } => "Mend what git says, then try again. Nothing was lost.",
            Self::TooLong { .. } => {
                "Shorten them, or put them into a file of the repository and name it here."
            }
            Self::DiskFull => "Free some space, then try again. Nothing was lost.",
            Self::Io { .. } => "Check the folder's permissions, then try again.",
            Self::NotOurs { .. } => "Remove it by hand if you are sure.",
            Self::Unknown { .. } => "The board may be a moment behind; it will catch up.",
            Self::NoFile { .. } => "It was moved or removed; the changes show what is there now.",
            Self::Outside { .. } => "Open it yourself if you trust it.",
            Self::EditorUnreadable { .. } => {
                "Write it as in a terminal, such as `code -g {path}:{line}`."
            }
            Self::EditorFailed { .. } => "Choose your editor's command in the settings.",
            Self::NoTree { .. } => "Wait for its set-up, or retry it.",
            Self::Cancelled => "Un-archive it to go on.",
            Self::Invalid(_) => "Wait until the running step is done.",
            Self::Store(_) => {
                "Free disk space and check the data directory's permissions. What was saved stays."
            }
        }
    }
}

fn plural(workspaces: usize) -> String {
    match workspaces {
        1 => "one workspace".into(),
        many => format!("{many} workspaces"),
    }
}
