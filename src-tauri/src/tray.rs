//! The tray: calm, working, or needs you, and who; fed by the snapshot.
//!
//! Where no tray host answers the app runs without an icon. The menu is made once and only what differs in it is changed:
//! a desktop refuses a click on a menu that was replaced while it was open.

mod lines;

use kernel::WorkspaceId;
use lines::{Change, Line, changes};
use snapshot::{Glance, Mood, Store, glance};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Wry};

use crate::{quit, window};

const OPEN: &str = "open";
const QUIT: &str = "quit";
/// The line that counts the workspaces which are not listed.
const MORE: &str = "more";
/// Menu ids of workspaces: this, then the id.
const WORKSPACE: &str = "workspace:";
/// At most this many workspaces in the menu; a last line counts the rest.
const LISTED: usize = 12;

/// What the tray shows.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    mood: Mood,
    /// Who needs the person.
    lines: Vec<Line>,
    summary: String,
}

/// The menu: lines of workspaces, then what is always there.
struct Lines {
    menu: Menu<Wry>,
    /// As they are in the menu, also where a change of it failed half-way.
    lines: Vec<(Line, MenuItem<Wry>)>,
    summary: MenuItem<Wry>,
}

/// Shows the tray and keeps it true until the app ends.
pub fn start(app: &AppHandle, snapshot: &Store) -> tauri::Result<()> {
    let mut shown = Shown::of(&glance(&snapshot.cards()));
    let mut lines = Lines::new(app, &shown)?;
    let tray = TrayIconBuilder::with_id("main")
        .icon(icon(shown.mood)?)
        .menu(&lines.menu)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)?;
    let (app, snapshot) = (app.clone(), snapshot.clone());
    let mut news = snapshot.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            news.next().await;
            let now = Shown::of(&glance(&snapshot.cards()));
            if now == shown {
                continue;
            }
            let followed = lines.follow(&app, &now);
            let followed = followed.and_then(|()| match now.mood == shown.mood {
                true => Ok(()),
                false => tray.set_icon(Some(icon(now.mood)?)),
            });
            if let Err(error) = followed {
                tracing::warn!(%error, "the tray could not be changed");
            }
            shown = now;
        }
    });
    Ok(())
}

impl Shown {
    fn of(glance: &Glance) -> Self {
        let listed = glance.needed.iter().take(LISTED).map(|card| Line {
            id: format!("{WORKSPACE}{}", card.id),
            text: plain(&format!("{} — {}", card.workspace.name, card.status.label)),
        });
        let left = glance.needed.len().saturating_sub(LISTED);
        let more = (left > 0).then(|| Line {
            id: MORE.to_owned(),
            text: format!("{left} more…"),
        });
        let summary = match (glance.needed.is_empty(), glance.working) {
            (true, 0) => "All calm".to_owned(),
            (false, 0) => "No agent is working".to_owned(),
            (_, 1) => "1 workspace is working".to_owned(),
            (_, working) => format!("{working} workspaces are working"),
        };
        Self {
            mood: glance.mood,
            lines: listed.chain(more).collect(),
            summary,
        }
    }
}

/// A menu takes `&` for the mark of a key.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn icon(mood: Mood) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match mood {
        Mood::Calm => include_bytes!("../../icons/tray-calm.png"),
        Mood::Working => include_bytes!("../../icons/tray-working.png"),
        Mood::NeedsYou => include_bytes!("../../icons/tray-needs.png"),
    })
}

impl Lines {
    fn new(app: &AppHandle, shown: &Shown) -> tauri::Result<Self> {
        let summary = MenuItemBuilder::new(&shown.summary)
            .enabled(false)
            .build(app)?;
        let menu = MenuBuilder::new(app)
            .item(&summary)
            .separator()
            .text(OPEN, "Open Shopfloor")
            .text(QUIT, "Quit")
            .build()?;
        let mut lines = Self {
            menu,
            lines: Vec::new(),
            summary,
        };
        lines.follow(app, shown)?;
        Ok(lines)
    }

    /// Changes what differs from this.
    fn follow(&mut self, app: &AppHandle, wanted: &Shown) -> tauri::Result<()> {
        let shown: Vec<Line> = self.lines.iter().map(|(line, _)| line.clone()).collect();
        for change in changes(&shown, &wanted.lines) {
            match change {
                Change::Insert(at, line) => {
                    let item = MenuItemBuilder::with_id(&line.id, &line.text).build(app)?;
                    self.menu.insert(&item, at)?;
                    self.lines.insert(at, (line, item));
                }
                Change::Remove(at) => {
                    self.menu.remove(&self.lines[at].1)?;
                    self.lines.remove(at);
                }
                Change::Text(at, text) => {
                    let (line, item) = &mut self.lines[at];
                    item.set_text(&text)?;
                    line.text = text;
                }
            }
        }
        self.summary.set_text(&wanted.summary)
    }
}

fn chosen(app: &AppHandle, id: &str) {
    match id {
        QUIT => quit::wish(app),
        OPEN | MORE => window::show(app),
        other => {
            if let Some(workspace) = other.strip_prefix(WORKSPACE) {
                window::show_workspace(app, WorkspaceId::new(workspace));
            }
        }
    }
}
