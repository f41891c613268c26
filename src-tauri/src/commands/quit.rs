//! Quitting from the window.

use crate::commands::Answered;
use crate::quit;
use tauri::AppHandle;

/// Quits, or asks first (`QuitAsked`) while agents work.
#[tauri::command]
#[specta::specta]
pub async fn quit(app: AppHandle) -> Answered<()> {
    quit::wish(&app);
    Ok(())
}

/// The person was asked and said yes: agents are stopped and the app ends.
#[tauri::command]
#[specta::specta]
pub async fn quit_now(app: AppHandle) -> Answered<()> {
    app.exit(0);
    Ok(())
}

/// The person was asked and stays.
#[tauri::command]
#[specta::specta]
pub async fn keep_running(app: AppHandle) -> Answered<()> {
    quit::stay(&app);
    Ok(())
}
