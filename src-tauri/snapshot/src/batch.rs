//! What goes to a window at once.

use kernel::WorkspaceId;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::card::{Card, ProjectCard};

/// Whole cards that changed. On a gap in `sequence` the window subscribes anew and gets the full picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Counts the batches of one subscription, from 0, without gaps.
    pub sequence: u32,
    /// Whether this is the full picture: cards that are not in it are gone.
    pub full: bool,
    /// Cards that are new or changed.
    pub cards: Vec<Card>,
    /// Workspaces that left the board.
    pub removed: Vec<WorkspaceId>,
    /// All projects, when one of them changed; always in a full picture.
    pub projects: Option<Vec<ProjectCard>>,
}
