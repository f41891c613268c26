//! Which file a click may open: one of the worktree, or one that a conversation named.

use kernel::{SessionId, WorkspaceId};
use session::{Attachment, Entry, EntryBody, SessionError, ToolCall, ToolContent};
use std::path::{Path, PathBuf};
use workspace::WorkspaceError;

use crate::Orchestration;
use crate::flows::FlowError;

/// Entries looked through at a time, and how often.
const PAGE: u32 = 500;
const PAGES: u32 = 8;

impl Orchestration {
    /// The file to open, symbolic links followed. A path that is not absolute is one of the worktree.
    #[tracing::instrument(skip(self))]
    pub async fn file_to_open(&self, id: &WorkspaceId, path: &str) -> Result<PathBuf, FlowError> {
        let row = self.rooms.workspaces.get(id).await?;
        let files = &self.rooms.files;
        let missing = || WorkspaceError::Missing { path: path.into() };
        let wanted = row.path.join(path);
        let real = files.resolved(&wanted).await.ok_or_else(missing)?;
        let tree = files.resolved(&row.path).await.ok_or_else(missing)?;
        if real.starts_with(&tree) {
            return Ok(real);
        }
        let is_named = Path::new(path).is_absolute() && self.is_named(id, path).await?;
        if is_named {
            return Ok(real);
        }
        let why = format!("{path} is not in this workspace, so it was not opened.");
        Err(SessionError::Unfit { why }.into())
    }

    /// Whether a conversation of the workspace named this file, lately.
    async fn is_named(&self, id: &WorkspaceId, path: &str) -> Result<bool, FlowError> {
        let sessions = self.rooms.sessions.summaries();
        for session in sessions.iter().filter(|session| session.workspace == *id) {
            if self.is_named_in(&session.id, path).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_named_in(&self, session: &SessionId, path: &str) -> Result<bool, FlowError> {
        let mut before = None;
        for _ in 0..PAGES {
            let page = self.rooms.sessions.entries(session, before, PAGE).await?;
            if page.entries.iter().any(|entry| names(entry, path)) {
                return Ok(true);
            }
            before = page.entries.first().map(|entry| entry.ordinal);
            if !page.more {
                break;
            }
        }
        Ok(false)
    }
}

fn names(entry: &Entry, path: &str) -> bool {
    let in_call = |call: &ToolCall| {
        let in_content = |content: &ToolContent| match content {
            ToolContent::Diff { path: of, .. } => of == path,
            ToolContent::Text { .. } => false,
        };
        call.locations.iter().any(|location| location.path == path)
            || call.content.iter().any(in_content)
    };
    match &entry.body {
        EntryBody::Tool { call } => in_call(call),
        EntryBody::Request { ask, .. } => {
            ask.call.as_ref().is_some_and(in_call) || ask.paths.iter().any(|of| of == path)
        }
        EntryBody::Prompt { attachments, .. } => attachments
            .iter()
            .any(|one| matches!(one, Attachment::File { path: of, .. } if of == path)),
        _ => false,
    }
}
