//! Workspaces.

use crate::app::App;
use crate::commands::Answered;
use crate::preferences;
use kernel::{AgentId, ProjectId, Timestamp, WorkspaceId};
use orchestration::flows::Task;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;
use workspace::machine::WorkspaceState;

/// A task to begin.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewTask {
    /// The project.
    pub project: ProjectId,
    /// What the agent should do; may be empty for a workspace without a conversation yet.
    pub prompt: String,
    /// The agent; when `None` the project's, else the default one.
    pub agent: Option<AgentId>,
    /// Branch or commit to start from; the project's default branch when `None`.
    pub base: Option<String>,
}

/// A workspace that is off the board.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedWorkspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Its branch, which was kept.
    pub branch: String,
    /// The commit that holds what was in its tree, uncommitted content too.
    pub checkpoint: Option<String>,
    /// When it was archived.
    pub archived_at: Timestamp,
}

/// Records the task at once, then makes branch and worktree and hands the prompt to the agent.
#[tauri::command]
#[specta::specta]
pub async fn create_workspace(app: State<'_, App>, task: NewTask) -> Answered<WorkspaceId> {
    let task = Task {
        project: task.project,
        prompt: task.prompt,
        agent: task.agent,
        preferred: preferences::load(&app.database).await?.default_agent,
        base: task.base,
    };
    Ok(app.flows.create_workspace(task).await?)
}

/// Tries the set-up again.
#[tauri::command]
#[specta::specta]
pub async fn retry_workspace(app: State<'_, App>, workspace: WorkspaceId) -> Answered<()> {
    Ok(app.flows.retry_set_up(&workspace).await?)
}

/// Changes the display name.
#[tauri::command]
#[specta::specta]
pub async fn rename_workspace(
    app: State<'_, App>,
    workspace: WorkspaceId,
    name: String,
) -> Answered<()> {
    app.flows
        .rooms()
        .workspaces
        .rename(&workspace, &name)
        .await?;
    Ok(())
}

/// The person has read what its notice says.
#[tauri::command]
#[specta::specta]
pub async fn dismiss_notice(app: State<'_, App>, workspace: WorkspaceId) -> Answered<()> {
    app.flows
        .rooms()
        .workspaces
        .dismiss_notice(&workspace)
        .await?;
    Ok(())
}

/// Ends its sessions, saves its tree as a checkpoint, verifies that, then removes the tree. The branch stays.
#[tauri::command]
#[specta::specta]
pub async fn archive_workspace(app: State<'_, App>, workspace: WorkspaceId) -> Answered<()> {
    Ok(app.flows.archive_workspace(&workspace).await?)
}

/// Brings an archived workspace back with every byte that was in its tree.
#[tauri::command]
#[specta::specta]
pub async fn unarchive_workspace(app: State<'_, App>, workspace: WorkspaceId) -> Answered<()> {
    Ok(app.flows.unarchive_workspace(&workspace).await?)
}

/// What is off the board, newest first.
#[tauri::command]
#[specta::specta]
pub async fn archived_workspaces(app: State<'_, App>) -> Answered<Vec<ArchivedWorkspace>> {
    let rows = app.flows.rooms().workspaces.list().await?;
    Ok(rows
        .into_iter()
        .rev()
        .filter(|row| row.state == WorkspaceState::Archived)
        .map(|row| ArchivedWorkspace {
            id: row.id,
            project: row.project,
            name: row.name,
            branch: row.branch,
            checkpoint: row.archive_checkpoint,
            archived_at: row.state_since,
        })
        .collect())
}
