//! Where a session works, and what its agent is told of it.

use kernel::ProjectId;
use std::path::PathBuf;

/// A folder to work in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The worktree; the agent starts in it.
    pub cwd: PathBuf,
    /// The worktree with symbolic links resolved: what a request's paths are compared with.
    pub tree: PathBuf,
    /// The project it is of; `None` where rules of projects do not matter.
    pub project: Option<PlaceProject>,
    /// What the agent is told of its place, in its first prompt and again when it changed. Empty for nothing.
    pub context: String,
}

/// The project a place is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceProject {
    /// Its id.
    pub id: ProjectId,
    /// Its name, for people.
    pub name: String,
}

impl From<PathBuf> for Place {
    /// A folder of no project, of which nothing is told.
    fn from(cwd: PathBuf) -> Self {
        Self {
            tree: cwd.clone(),
            cwd,
            project: None,
            context: String::new(),
        }
    }
}
