//! The window: made once everything behind it is ready, shown again on demand.

use kernel::WorkspaceId;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event;

use crate::bindings::ShowWorkspace;
use crate::quit;

const MAIN: &str = "main";

/// Opens the main window.
pub fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Shopfloor")
        .inner_size(1360.0, 860.0)
        .min_inner_size(760.0, 480.0)
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && !quit::may_go(&app)
        {
            api.prevent_close();
        }
    });
    Ok(())
}

/// Whether the main window is there.
pub fn is_open(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some()
}

/// Brings the main window to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
    tracing::info!("the window was brought to the front");
}

/// Brings the window to the front and opens a workspace in it.
pub fn show_workspace(app: &AppHandle, workspace: WorkspaceId) {
    show(app);
    if let Err(error) = (ShowWorkspace { workspace }).emit(app) {
        tracing::warn!(%error, "the window could not be told which workspace to show");
    }
}
