//! What goes along with messages, and the files of a worktree.

use crate::app::App;
use crate::commands::Answered;
use crate::error::CommandError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{AttachmentId, WorkspaceId};
use session::Attachment;
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use workspace::FileHit;

/// Stores what was pasted or dropped: a picture (PNG, JPEG, GIF, WebP; at most 10 MiB) or a UTF-8 text (at most 1 MiB).
#[tauri::command]
#[specta::specta]
pub async fn attach_bytes(
    app: State<'_, App>,
    name: String,
    mime: String,
    base64: String,
) -> Answered<Attachment> {
    let bytes = STANDARD.decode(base64).map_err(|_| {
        CommandError::failed(
            format!("{name} did not arrive whole."),
            "Paste or drop it again.",
        )
    })?;
    Ok(app
        .flows
        .rooms()
        .sessions
        .attach(name, &mime, bytes)
        .await?)
}

/// Files to go with a message: pictures as they are, all else by its path. Relative paths are the worktree's.
#[tauri::command]
#[specta::specta]
pub async fn attach_files(
    app: State<'_, App>,
    workspace: WorkspaceId,
    paths: Vec<String>,
) -> Answered<Vec<Attachment>> {
    let paths = paths.into_iter().map(PathBuf::from).collect();
    Ok(app.flows.attach_files(&workspace, paths).await?)
}

/// Lets the person pick files; none when they changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn pick_files(handle: AppHandle) -> Answered<Vec<String>> {
    let (picked, answer) = tokio::sync::oneshot::channel();
    handle
        .dialog()
        .file()
        .set_title("Attach files")
        .pick_files(move |files| {
            // The window is gone when nobody waits for the answer.
            let _ = picked.send(files);
        });
    let files = answer.await.ok().flatten().unwrap_or_default();
    Ok(files.iter().map(ToString::to_string).collect())
}

/// An attachment's bytes, to draw it.
#[tauri::command]
#[specta::specta]
pub async fn attachment_bytes(app: State<'_, App>, id: AttachmentId) -> Answered<String> {
    let bytes = app.flows.rooms().sessions.attachment(&id).await?;
    Ok(STANDARD.encode(bytes))
}

/// What the window's drafts hold, told once at its start: attachments older than 30 days that nothing else refers to are
/// removed.
#[tauri::command]
#[specta::specta]
pub async fn keep_drafts(app: State<'_, App>, attachments: Vec<AttachmentId>) -> Answered<()> {
    app.flows.keep_drafts(attachments.into_iter().collect());
    Ok(())
}

/// At most 50 files of the workspace that fit the letters, best first; git's ignored ones are left out.
#[tauri::command]
#[specta::specta]
pub async fn workspace_files(
    app: State<'_, App>,
    workspace: WorkspaceId,
    query: String,
) -> Answered<Vec<FileHit>> {
    Ok(app.flows.find_files(&workspace, query).await?)
}
