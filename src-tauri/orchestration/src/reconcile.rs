//! The safety net: the picture recomputed from the stores; what facts drew already stays as it is.

use kernel::WorkspaceId;
use snapshot::Group;
use std::collections::BTreeSet;

use crate::flows::FlowError;
use crate::{Rooms, projections};

/// Draws every row anew and answers the workspaces whose cards had to be mended.
pub async fn reconcile(
    rooms: &Rooms,
    snapshot: &snapshot::Store,
) -> Result<BTreeSet<WorkspaceId>, FlowError> {
    const SOURCE: &str = "reconciliation";
    let stamp = snapshot.stamp();
    let projects = rooms.projects.list().await?;
    let workspaces = rooms.workspaces.list().await?;
    let sessions = rooms.sessions.summaries();
    snapshot.set_projects(projects.iter().map(projections::project::card).collect());
    let mut mended = BTreeSet::new();
    for row in &workspaces {
        let group = Group::Workspace(projections::workspace::group(row));
        if snapshot.update(&row.id, group, stamp, SOURCE) {
            mended.insert(row.id.clone());
        }
    }
    for summary in &sessions {
        let group = Group::Session(projections::session::group(summary));
        if snapshot.update(&summary.workspace, group, stamp, SOURCE) {
            mended.insert(summary.workspace.clone());
        }
    }
    Ok(mended)
}
