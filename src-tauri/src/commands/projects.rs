//! Projects.

use crate::app::App;
use crate::commands::Answered;
use kernel::ProjectId;
use orchestration::projections;
use serde::Serialize;
use snapshot::ProjectCard;
use specta::Type;
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use workspace::ProjectSettings;

/// A branch that a workspace can start from.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// `main`, `origin/main`.
    pub name: String,
    /// Whether it is a remote-tracking one.
    pub remote: bool,
}

/// Adds the repository at this path; a leading `~` is the home directory.
#[tauri::command]
#[specta::specta]
pub async fn add_project(app: State<'_, App>, path: String) -> Answered<ProjectCard> {
    let project = app.flows.rooms().projects.add(expand_home(&path)).await?;
    Ok(projections::project::card(&project))
}

/// Lets the person pick a folder; `None` when they changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(handle: AppHandle) -> Answered<Option<String>> {
    let (picked, answer) = tokio::sync::oneshot::channel();
    handle
        .dialog()
        .file()
        .set_title("Add a project")
        .pick_folder(move |folder| {
            // The window is gone when nobody waits for the answer.
            let _ = picked.send(folder);
        });
    let folder = answer.await.ok().flatten();
    Ok(folder.map(|folder| folder.to_string()))
}

/// Takes a project off the list; refused while it has workspaces on the board. Nothing on disk is touched.
#[tauri::command]
#[specta::specta]
pub async fn remove_project(app: State<'_, App>, project: ProjectId) -> Answered<()> {
    Ok(app.flows.remove_project(&project).await?)
}

/// Makes the practice project if it is not there, and adds it.
#[tauri::command]
#[specta::specta]
pub async fn open_practice_project(app: State<'_, App>) -> Answered<ProjectCard> {
    let project = app.flows.open_practice_project().await?;
    Ok(projections::project::card(&project))
}

/// Branches a workspace can start from.
#[tauri::command]
#[specta::specta]
pub async fn project_bases(app: State<'_, App>, project: ProjectId) -> Answered<Vec<Base>> {
    let bases = app.flows.rooms().projects.bases(&project).await?;
    Ok(bases
        .into_iter()
        .map(|base| Base {
            name: base.name,
            remote: base.remote,
        })
        .collect())
}

fn expand_home(path: &str) -> PathBuf {
    let path = path.trim();
    match (path.strip_prefix('~'), dirs::home_dir()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(path),
    }
}

/// What the person set for a project.
#[tauri::command]
#[specta::specta]
pub async fn project_settings(
    app: State<'_, App>,
    project: ProjectId,
) -> Answered<ProjectSettings> {
    Ok(app.flows.rooms().projects.get(&project).await?.settings)
}

/// Changes what the person set for a project; its agents are told with their next prompt.
#[tauri::command]
#[specta::specta]
pub async fn save_project_settings(
    app: State<'_, App>,
    project: ProjectId,
    settings: ProjectSettings,
) -> Answered<()> {
    Ok(app.flows.save_project_settings(&project, settings).await?)
}
