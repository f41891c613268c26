//! What was said anywhere, and where that was: hits of the sessions with the names of their workspaces.

use kernel::{ProjectId, WorkspaceId};
use session::search::{Cursor, Hit, Query, Search, SearchKind};
use std::collections::HashMap;
use workspace::Workspace;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

/// Hits a page holds.
const PAGE: u32 = 50;

/// What the person looks for, and where.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// As typed.
    pub text: String,
    /// Only in this project.
    pub project: Option<ProjectId>,
    /// Only in this workspace.
    pub workspace: Option<WorkspaceId>,
    /// Only in entries of these kinds; in all when empty.
    pub kinds: Vec<SearchKind>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// Hits, newest first.
#[derive(Clone, Debug)]
pub struct FoundPage {
    /// The hits.
    pub hits: Vec<FoundHit>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
    /// How many entries could not be looked at yet.
    pub unread: u32,
}

/// A hit and its workspace.
#[derive(Clone, Debug)]
pub struct FoundHit {
    /// The hit.
    pub hit: Hit,
    /// The workspace's project.
    pub project: ProjectId,
    /// The workspace's name.
    pub workspace_name: String,
    /// Whether the workspace is off the board.
    pub archived: bool,
}

impl Orchestration {
    /// What matches in all transcripts, also of archived workspaces; at most 50.
    #[tracing::instrument(skip_all)]
    pub async fn search_transcripts(&self, wanted: Wanted) -> Result<FoundPage, FlowError> {
        let rows = self.rooms.workspaces.list().await?;
        let workspaces = within(&wanted, &rows);
        let search = Search {
            query: Query::parse(&wanted.text),
            workspaces,
            kinds: wanted.kinds,
            after: wanted.after,
            limit: PAGE,
        };
        let page = self.rooms.transcripts.search(search).await?;
        let rows: HashMap<WorkspaceId, Workspace> =
            rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        let hits = page.hits.into_iter();
        Ok(FoundPage {
            hits: hits.filter_map(|hit| located(hit, &rows)).collect(),
            next: page.next,
            unread: page.unread,
        })
    }
}

/// The workspaces to look into; `None` for all.
fn within(wanted: &Wanted, rows: &[Workspace]) -> Option<Vec<WorkspaceId>> {
    if wanted.project.is_none() && wanted.workspace.is_none() {
        return None;
    }
    let meant = rows.iter().filter(|row| {
        wanted.project.as_ref().is_none_or(|id| row.project == *id)
            && wanted.workspace.as_ref().is_none_or(|id| row.id == *id)
    });
    Some(meant.map(|row| row.id.clone()).collect())
}

/// `None` when the workspace came after the rows were read; the next search knows it.
fn located(hit: Hit, rows: &HashMap<WorkspaceId, Workspace>) -> Option<FoundHit> {
    let row = rows.get(&hit.workspace)?;
    Some(FoundHit {
        project: row.project.clone(),
        workspace_name: row.name.clone(),
        archived: row.state == WorkspaceState::Archived,
        hit,
    })
}
