//! What changed in a workspace's tree.

use crate::app::App;
use crate::commands::Answered;
use kernel::WorkspaceId;
use tauri::State;
use workspace::changes::{Against, Changes, FileDiff};

/// The changed files, against the base (merge base) or against HEAD; untracked ones included.
#[tauri::command]
#[specta::specta]
pub async fn workspace_changes(
    app: State<'_, App>,
    workspace: WorkspaceId,
    against: Against,
) -> Answered<Changes> {
    Ok(app
        .flows
        .rooms()
        .workspaces
        .changes(&workspace, against)
        .await?)
}

/// One file's diff; `key` names the file byte for byte.
#[tauri::command]
#[specta::specta]
pub async fn file_diff(
    app: State<'_, App>,
    workspace: WorkspaceId,
    against: Against,
    key: String,
) -> Answered<FileDiff> {
    Ok(app
        .flows
        .rooms()
        .workspaces
        .file_diff(&workspace, against, &key)
        .await?)
}
