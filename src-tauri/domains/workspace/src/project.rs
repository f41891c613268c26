//! A project: a local git repository known to the app.

use kernel::{AgentId, ProjectId, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;
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
    /// What the person set for it.
    pub settings: ProjectSettings,
}

/// What the person set for a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProjectSettings {
    /// Told to every agent that begins a conversation in one of its workspaces; empty for none. At most 64 KiB.
    pub instructions: String,
    /// The commands that check the work, told to agents; empty when unknown. At most 4 KiB.
    pub checks: String,
    /// The agent for its new workspaces; the app's default when `None`.
    pub agent: Option<AgentId>,
}

/// What happened to a project.
#[derive(Clone, Debug)]
pub enum ProjectFact {
    /// It was added, or its row changed.
    Saved(Project),
    /// It was taken off the list; nothing on disk was touched.
    Removed(ProjectId),
}
