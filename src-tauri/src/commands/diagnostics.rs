//! Health, timings, and doors to the outside.

use crate::app::App;
use crate::commands::Answered;
use crate::error::CommandError;
use crate::preferences;
use kernel::WorkspaceId;
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlite::Database;
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

/// What to look at when something is odd.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    /// The app's version.
    pub version: String,
    /// Where state is kept.
    pub data_directory: String,
    /// Where logs are.
    pub log_directory: String,
    /// `git --version`, or why it could not be asked.
    pub git: String,
    /// What a quick check of the database found: "good", or what is wrong with it.
    pub database: String,
    /// Milliseconds from process start until the core was ready.
    pub core_ready_ms: u32,
    /// Milliseconds from process start to the window's first paint, as far as reported.
    pub first_paint_ms: Option<u32>,
    /// Milliseconds from process start until the first full board was painted, as far as reported.
    pub settled_ms: Option<u32>,
    /// Cards that reconciliation had to mend since the start.
    pub drift_repaired: u32,
    /// Live agent processes.
    pub live_agents: u32,
}

/// Moments of the window worth timing.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The first paint of the shell.
    FirstPaint,
    /// The first full board was painted.
    Settled,
}

/// What to look at when something is odd.
#[tauri::command]
#[specta::specta]
pub async fn diagnostics(app: State<'_, App>) -> Answered<Diagnostics> {
    let moments = app.moments();
    Ok(Diagnostics {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_directory: app.home.display().to_string(),
        log_directory: app.home.join("logs").display().to_string(),
        git: git_version().await,
        database: checked(&app.database).await,
        core_ready_ms: app.core_ready_ms,
        first_paint_ms: moments.first_paint,
        settled_ms: moments.settled,
        drift_repaired: app.flows.drift_repaired(),
        live_agents: app.flows.rooms().sessions.live_agents(),
    })
}

/// The window reached a moment; logged with the time since the process started.
#[tauri::command]
#[specta::specta]
pub async fn report_moment(app: State<'_, App>, moment: Moment) -> Answered<()> {
    app.reached(moment);
    Ok(())
}

/// Opens a link in the browser; only http, https and mailto.
#[tauri::command]
#[specta::specta]
pub async fn open_link(handle: AppHandle, url: String) -> Answered<()> {
    let allowed = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    if !allowed {
        return Err(CommandError::failed(
            format!("{url} is not a web link, so it was not opened."),
            "Copy it and open it yourself if you trust it.",
        ));
    }
    handle
        .opener()
        .open_url(&url, None::<&str>)
        .map_err(|error| {
            CommandError::failed(
                format!("The link could not be opened: {error}."),
                "Copy it into your browser.",
            )
        })
}

/// Shows a workspace's folder in the file manager.
#[tauri::command]
#[specta::specta]
pub async fn reveal_workspace(
    app: State<'_, App>,
    handle: AppHandle,
    workspace: WorkspaceId,
) -> Answered<()> {
    let row = app.flows.rooms().workspaces.get(&workspace).await?;
    handle
        .opener()
        .reveal_item_in_dir(&row.path)
        .map_err(|error| {
            CommandError::failed(
                format!("{} could not be shown: {error}.", row.path.display()),
                "Copy the path and open it yourself.",
            )
        })
}

/// Opens a file of a workspace (a path of its worktree, or an absolute one in it) in the person's editor, at a line from 1.
#[tauri::command]
#[specta::specta]
pub async fn open_in_editor(
    app: State<'_, App>,
    workspace: WorkspaceId,
    path: String,
    line: Option<u32>,
) -> Answered<()> {
    let editor = preferences::load(&app.database).await?.editor;
    let path = PathBuf::from(path);
    Ok(app
        .flows
        .open_in_editor(&workspace, path, line, editor)
        .await?)
}

async fn git_version() -> String {
    match tokio::process::Command::new("git")
        .arg("--version")
        .output()
        .await
    {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(error) => format!("git can't be run: {error}"),
    }
}

async fn checked(database: &Arc<Database>) -> String {
    let database = Arc::clone(database);
    match tokio::task::spawn_blocking(move || database.damage()).await {
        Ok(Ok(None)) => "good".to_owned(),
        Ok(Ok(Some(damage))) => damage,
        Ok(Err(error)) => format!("it can't be checked: {error}"),
        Err(error) => format!("it can't be checked: {error}"),
    }
}
