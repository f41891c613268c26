//! A project: a local git repository known to the app.

use kernel::{ProjectId, Timestamp};
use std::path::PathBuf;

/// One row of `project`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The folder's name, or what the person called it.
    pub name: String,
    /// Absolute path of the main checkout's top level. Bytes are kept as the system gave them.
    pub path: PathBuf,
    /// Branch new workspaces start from unless told otherwise, e.g. `main`.
    pub default_branch: String,
    /// When it was added.
    pub added_at: Timestamp,
}

/// What happened to a project.
#[derive(Clone, Debug)]
pub enum ProjectFact {
    /// It was added, or its row changed.
    Saved(Project),
    /// It was taken off the list; nothing on disk was touched.
    Removed(ProjectId),
}
