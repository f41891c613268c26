//! The life of a workspace as a pure function. No IO, no clock, no async.

use serde::{Deserialize, Serialize};

/// Where a workspace is in its life. Stored as JSON in its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkspaceState {
    /// Recorded, nothing on disk yet.
    New,
    /// Its branch and worktree are being made.
    Provisioning,
    /// There is a worktree to work in.
    Ready,
    /// Set-up did not succeed.
    Failed {
        /// What happened and what to do, for people.
        cause: String,
    },
    /// Its content is being saved and its worktree removed.
    Archiving {
        /// Whether it was ready before, so that a rollback knows where to return.
        was_ready: bool,
    },
    /// Off the board; branch and checkpoint are kept.
    Archived,
}

/// What may move a workspace on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceInput {
    /// Begin, or begin again, to make the worktree.
    Provision,
    /// The worktree exists and is what the row says.
    Provisioned,
    /// It could not be made.
    ProvisionFailed {
        /// What happened and what to do, for people.
        cause: String,
    },
    /// Take it off the board.
    Archive,
    /// Checkpoint verified, worktree gone.
    Archived,
    /// Archiving was not possible; nothing was lost.
    ArchiveFailed {
        /// What happened and what to do, for people.
        cause: String,
    },
}

/// The input does not apply in this state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a workspace that is {from} can't take the step \"{input}\"")]
pub struct InvalidTransition {
    /// Name of the state it is in.
    pub from: &'static str,
    /// Name of the input.
    pub input: &'static str,
}
