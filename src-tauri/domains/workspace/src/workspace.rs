//! A workspace: one task's worktree, branch and state.

use crate::machine::WorkspaceState;
use kernel::{AgentId, ProjectId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;

/// One row of `workspace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Display name, from the prompt's first words.
    pub name: String,
    /// Its branch, e.g. `shopfloor/fix-the-login`. Kept at archive.
    pub branch: String,
    /// The branch it started from, as the person named it.
    pub base: String,
    /// Commit the branch started at (40 hex digits); known once the worktree exists.
    pub base_commit: Option<String>,
    /// Absolute path of the worktree: ours, under the data directory's `worktrees/`.
    pub path: PathBuf,
    /// The agent it was created for; sessions may use others.
    pub agent: Option<AgentId>,
    /// Where it is in its life.
    pub state: WorkspaceState,
    /// Steps of the last set-up, in order.
    pub steps: Vec<SetupStep>,
    /// What a restart had to mend, said on the card until the person dismisses it.
    pub notice: Option<String>,
    /// Commit of the checkpoint taken at archive (40 hex digits), under `refs/shopfloor/`.
    pub archive_checkpoint: Option<String>,
    /// When the person last looked at it.
    pub seen_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub state_since: Timestamp,
}

/// One visible step of set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SetupStep {
    /// For people: "Create worktree".
    pub title: String,
    /// How far it is.
    pub state: SetupStepState,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// A remark worth keeping, e.g. what the tool said.
    pub note: Option<String>,
}

/// How far a step of set-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SetupStepState {
    /// Running now.
    Running,
    /// Done.
    Done,
    /// It failed; the note says why.
    Failed,
}

/// What happened to a workspace.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "facts are few, and nearly all of them are this variant"
)]
pub enum WorkspaceFact {
    /// Its row is now this (created, moved on in its life, a step of set-up, seen, renamed).
    Saved(Workspace),
    /// Its worktree's files changed, by us or by its agent: what was derived from them is old.
    TreeTouched(WorkspaceId),
}
