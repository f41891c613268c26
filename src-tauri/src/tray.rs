//! The tray: calm, working, or needs you, and who; fed by the snapshot.
//!
//! Where no tray host answers the app runs without an icon.

use kernel::WorkspaceId;
use snapshot::{Glance, Mood, Store, glance};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use crate::{quit, window};

const OPEN: &str = "open";
const QUIT: &str = "quit";
/// Menu ids of workspaces: this, then the id.
const WORKSPACE: &str = "workspace:";
/// At most this many workspaces in the menu; a last line counts the rest.
const LISTED: usize = 12;

/// Shows the tray and keeps it true until the app ends.
pub fn start(app: &AppHandle, snapshot: &Store) -> tauri::Result<()> {
    let first = glance(&snapshot.cards());
    let tray = TrayIconBuilder::with_id("main")
        .icon(icon(first.mood)?)
        .menu(&menu(app, &first)?)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)?;
    let (app, snapshot) = (app.clone(), snapshot.clone());
    let mut news = snapshot.subscribe();
    tauri::async_runtime::spawn(async move {
        let mut shown = first;
        loop {
            news.next().await;
            let now = glance(&snapshot.cards());
            if says(&now) != says(&shown) {
                if let Err(error) = show(&app, &tray, &now) {
                    tracing::warn!(%error, "the tray could not be changed");
                }
                shown = now;
            }
        }
    });
    Ok(())
}

fn show(app: &AppHandle, tray: &TrayIcon, glance: &Glance) -> tauri::Result<()> {
    tray.set_icon(Some(icon(glance.mood)?))?;
    tray.set_menu(Some(menu(app, glance)?))
}

/// What of a glance the tray shows: it is redrawn only when this changes.
fn says(glance: &Glance) -> (Mood, usize, Vec<(WorkspaceId, String)>) {
    let lines = glance
        .needed
        .iter()
        .map(|card| (card.id.clone(), line(card)))
        .collect();
    (glance.mood, glance.working, lines)
}

fn line(card: &snapshot::Card) -> String {
    format!("{} — {}", card.workspace.name, card.status.label)
}

fn icon(mood: Mood) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match mood {
        Mood::Calm => include_bytes!("../../icons/tray-calm.png"),
        Mood::Working => include_bytes!("../../icons/tray-working.png"),
        Mood::NeedsYou => include_bytes!("../../icons/tray-needs.png"),
    })
}

fn menu(app: &AppHandle, glance: &Glance) -> tauri::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(app);
    for card in glance.needed.iter().take(LISTED) {
        menu = menu.text(format!("{WORKSPACE}{}", card.id), line(card));
    }
    if glance.needed.len() > LISTED {
        menu = menu.text(OPEN, format!("{} more…", glance.needed.len() - LISTED));
    }
    let summary = match (glance.needed.is_empty(), glance.working) {
        (_, 0) if glance.needed.is_empty() => "All calm".to_owned(),
        (_, 0) => "No agent is working".to_owned(),
        (_, 1) => "1 workspace is working".to_owned(),
        (_, working) => format!("{working} workspaces are working"),
    };
    let summary = MenuItemBuilder::new(summary).enabled(false).build(app)?;
    menu.item(&summary)
        .separator()
        .text(OPEN, "Open Shopfloor")
        .text(QUIT, "Quit")
        .build()
}

fn chosen(app: &AppHandle, id: &str) {
    match id {
        QUIT => quit::wish(app),
        OPEN => window::show(app),
        other => {
            if let Some(workspace) = other.strip_prefix(WORKSPACE) {
                window::show_workspace(app, WorkspaceId::new(workspace));
            }
        }
    }
}
