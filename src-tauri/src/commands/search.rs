//! Finding what was said, and taking it along.

use crate::app::App;
use crate::commands::Answered;
use kernel::{ProjectId, SessionId, WorkspaceId};
use orchestration::flows::{FoundHit, Wanted};
use serde::{Deserialize, Serialize};
use session::export::{Existing, ExportFormat, Exported};
use session::search::{Cursor, Hit, PromptLine, SearchKind};
use specta::Type;
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// What to look for, and where.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// As typed: words that must all be there, `"words in quotes"` that stand together, the last word may be begun.
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

/// At most 50 hits, newest first.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// The hits.
    pub hits: Vec<SearchHit>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
    /// How many entries could not be looked at yet.
    pub unread: u32,
}

/// A hit and its workspace.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// The hit.
    pub hit: Hit,
    /// The workspace's project.
    pub project: ProjectId,
    /// The workspace's name.
    pub workspace_name: String,
    /// Whether the workspace is off the board.
    pub archived: bool,
}

/// Looks through all transcripts, also of archived workspaces. Any text is a query.
#[tauri::command]
#[specta::specta]
pub async fn search_transcripts(
    app: State<'_, App>,
    request: SearchRequest,
) -> Answered<SearchResults> {
    let wanted = Wanted {
        text: request.text,
        project: request.project,
        workspace: request.workspace,
        kinds: request.kinds,
        after: request.after,
    };
    let page = app.flows.search_transcripts(wanted).await?;
    Ok(SearchResults {
        hits: page.hits.into_iter().map(SearchHit::from).collect(),
        next: page.next,
        unread: page.unread,
    })
}

/// The ordinals of all entries of a session that match, ascending.
#[tauri::command]
#[specta::specta]
pub async fn find_in_session(
    app: State<'_, App>,
    session: SessionId,
    text: String,
) -> Answered<Vec<u32>> {
    Ok(app.flows.rooms().transcripts.find(&session, &text).await?)
}

/// The person's messages in a session, in order, to jump between them.
#[tauri::command]
#[specta::specta]
pub async fn session_prompts(app: State<'_, App>, session: SessionId) -> Answered<Vec<PromptLine>> {
    Ok(app.flows.rooms().transcripts.prompts(&session).await?)
}

/// Where the person wants an exported conversation.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportPath {
    /// Absolute path of the file.
    pub path: String,
    /// `replace` when a file is there: the dialog asked whether to replace it.
    pub existing: Existing,
}

/// Lets the person choose where a conversation goes; `None` when they changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn pick_export_path(
    app: State<'_, App>,
    handle: AppHandle,
    session: SessionId,
    format: ExportFormat,
) -> Answered<Option<ExportPath>> {
    let name = app.flows.export_name(&session, format).await?;
    let (picked, answer) = tokio::sync::oneshot::channel();
    handle
        .dialog()
        .file()
        .set_title("Export the conversation")
        .set_file_name(name)
        .save_file(move |file| {
            // The window is gone when nobody waits for the answer.
            let _ = picked.send(file);
        });
    let file = answer.await.ok().flatten();
    let path = file.and_then(|file| file.into_path().ok());
    // Every system's dialog for saving asks before it answers with a file that is there (GTK's because it is told to), so
    // such an answer is the person's word. Nothing else replaces: a file that comes up later is kept, and said.
    Ok(path.map(|path| ExportPath {
        existing: match path.exists() {
            true => Existing::Replace,
            false => Existing::Keep,
        },
        path: path.display().to_string(),
    }))
}

/// Writes a conversation to a file, whole or not at all, without the secrets that are known or look like one.
#[tauri::command]
#[specta::specta]
pub async fn export_session(
    app: State<'_, App>,
    session: SessionId,
    format: ExportFormat,
    path: String,
    existing: Existing,
) -> Answered<Exported> {
    let path = PathBuf::from(path);
    Ok(app
        .flows
        .export_session(&session, format, path, existing)
        .await?)
}

impl From<FoundHit> for SearchHit {
    fn from(found: FoundHit) -> Self {
        Self {
            hit: found.hit,
            project: found.project,
            workspace_name: found.workspace_name,
            archived: found.archived,
        }
    }
}
