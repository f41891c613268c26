//! The feed of cards, and what the person saw.

use crate::app::App;
use crate::commands::Answered;
use kernel::WorkspaceId;
use snapshot::Batch;
use tauri::State;
use tauri::async_runtime::spawn;
use tauri::ipc::Channel;

/// Sends the full picture, then every change, over one channel. A second call replaces the first.
#[tauri::command]
#[specta::specta]
pub async fn subscribe_board(app: State<'_, App>, channel: Channel<Batch>) -> Answered<()> {
    let mut feed = app.flows.snapshot().subscribe();
    app.feed_board(spawn(async move {
        while channel.send(feed.next().await).is_ok() {}
    }));
    Ok(())
}

/// The person opened this workspace.
#[tauri::command]
#[specta::specta]
pub async fn mark_seen(app: State<'_, App>, workspace: WorkspaceId) -> Answered<()> {
    app.flows.rooms().workspaces.mark_seen(&workspace).await?;
    Ok(())
}
