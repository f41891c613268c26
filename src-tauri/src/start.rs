//! Ordered start and stop.
//!
//! Start: data directory and lock → logs → database and migrations → what a crash left running → recovery and
//! orchestration → window and tray. Stop runs the other way round, each step with a time limit.

use orchestration::Running;
use process::{Recorded, Tag};
use session::port::{ProcessLedger, ProcessRow};
use sqlite::Database;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager, RunEvent};

use crate::app::App;
use crate::home::{Home, HomeError};
use crate::{bindings, compose, logs, quit, tray, window};

/// Ask for the practice project on a data directory without projects.
const PRACTICE_VARIABLE: &str = "SHOPFLOOR_PRACTICE_PROJECT";
/// Hidden argument that makes this program the reaper of another one.
pub const REAPER_ARGUMENT: &str = "--reaper";
/// How long a stop may take in all before the process ends anyway; the next start recovers.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Runs the app until it is quit.
pub fn run() -> ExitCode {
    let started = Instant::now();
    match prepare(started) {
        Ok(Prepared::First(parts)) => show(*parts),
        Ok(Prepared::Second(taken)) => hand_over(&taken),
        Err(said) => {
            eprintln!("shopfloor: {said}");
            ExitCode::FAILURE
        }
    }
}

enum Prepared {
    /// We own the data directory and everything behind the window is running.
    First(Box<Parts>),
    /// Another app owns it.
    Second(HomeError),
}

struct Parts {
    app: App,
    // Let go of last, in this order: the reaper sweeps, the lock goes, the log is flushed.
    hold: (
        process::reaper::Reaper,
        Home,
        tracing_appender::non_blocking::WorkerGuard,
    ),
    identity: String,
}

fn prepare(started: Instant) -> Result<Prepared, String> {
    let root = Home::locate().map_err(|error| error.to_string())?;
    let home = match Home::open(&root) {
        Ok(home) => home,
        Err(taken @ HomeError::Taken(_)) => return Ok(Prepared::Second(taken)),
        Err(error) => return Err(error.to_string()),
    };
    let log = logs::start(&home.logs()).map_err(|error| {
        format!(
            "logs can't be written to {}: {error}",
            home.logs().display()
        )
    })?;
    if !has_display() {
        return Err("there is no display. Start it in a desktop session, or set DISPLAY or WAYLAND_DISPLAY.".to_owned());
    }
    let tag = Tag::of_home(home.root());
    let database =
        Database::open(&home.database()).map_err(|error| format!("{error} {}", error.hint()))?;
    let database = Arc::new(database);
    end_what_was_left(&tag, &database);
    let run = tag.of_run();
    let program =
        std::env::current_exe().map_err(|error| format!("the app can't find itself: {error}"))?;
    let reaper = process::reaper::spawn(&program, [REAPER_ARGUMENT], &run)
        .map_err(|error| format!("no process can be started: {error}"))?;
    let running =
        tauri::async_runtime::block_on(compose::compose(&home, &run, Arc::clone(&database)))
            .map_err(|error| format!("the stored state can't be read: {error}"))?;
    if std::env::var_os(PRACTICE_VARIABLE).is_some() {
        offer_practice(&running);
    }
    let app = App::new(running, database, home.root().to_owned(), started);
    tracing::info!(millis = app.core_ready_ms, home = %home.root().display(), "the core is ready");
    let identity = identity(&tag);
    Ok(Prepared::First(Box::new(Parts {
        app,
        hold: (reaper, home, log),
        identity,
    })))
}

/// Ends what earlier runs of the app did not see end: what bears the data directory's tag, and what the ledger names,
/// which finds also those that hid their tag.
fn end_what_was_left(tag: &Tag, database: &Database) {
    let rows = database.left_processes().unwrap_or_else(|error| {
        tracing::warn!(%error, "the ledger of processes can't be read; only tags are looked for");
        Vec::new()
    });
    let recorded = |row: &ProcessRow| {
        Some(Recorded {
            pid: row.pid,
            began: row.began,
            tag: Tag::parse(&row.tag)?,
        })
    };
    let left: Vec<Recorded> = rows.iter().filter_map(recorded).collect();
    let ended = process::end_recorded(tag, &left);
    if !ended.is_empty() {
        let programs: Vec<&str> = ended.iter().map(|one| one.program()).collect();
        tracing::warn!(?programs, "ended processes that an earlier run left");
    }
    for row in &rows {
        // What could not be ended is tried again at the next start.
        if recorded(row).is_some_and(|process| process.runs()) {
            continue;
        }
        if let Err(error) = database.forget(row) {
            tracing::warn!(%error, pid = row.pid, "the ledger of processes can't be written");
        }
    }
}

fn show(parts: Parts) -> ExitCode {
    let Parts {
        app,
        hold,
        identity,
    } = parts;
    let commands = bindings::builder();
    // A path that is not UTF-8 can't be named to the plugin; the window then opens in its usual place.
    let window_state = app.home.join("window-state.json");
    let window_state = window_state
        .to_str()
        .map_or_else(tauri_plugin_window_state::Builder::new, |file| {
            tauri_plugin_window_state::Builder::new().with_filename(file)
        });
    let built = tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(identity)
                .callback(|app, _, _| window::show(app))
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(window_state.build())
        .invoke_handler(commands.invoke_handler())
        .setup(move |handle| {
            commands.mount_events(handle);
            let snapshot = app.flows.snapshot().clone();
            handle.manage(app);
            handle.manage(quit::Question::default());
            quit_on_signal(handle.handle().clone());
            window::open(handle.handle())?;
            if let Err(error) = tray::start(handle.handle(), &snapshot) {
                tracing::warn!(%error, "no tray");
            }
            Ok(())
        })
        .build(context());
    let built = match built {
        Ok(built) => built,
        Err(error) => {
            tracing::error!(%error, "the window can't be opened");
            eprintln!("shopfloor: the window can't be opened: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut hold = Some(hold);
    built.run(move |handle, event| match event {
        // Without a code it is the system's menu that asks, or the window is gone and there is nobody to be asked.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if window::is_open(handle) && !quit::may_go(handle) => api.prevent_exit(),
        RunEvent::Exit => {
            stop(handle);
            // The event loop ends the process by itself: what is not let go here never is.
            hold.take();
        }
        _ => {}
    });
    ExitCode::SUCCESS
}

/// Being asked to end from outside (a terminal's Ctrl-C, a logout) is a quit like any other.
#[cfg(unix)]
fn quit_on_signal(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            match signal(kind) {
                Ok(mut asked) => {
                    if asked.recv().await.is_some() {
                        app.exit(0);
                    }
                }
                Err(error) => tracing::warn!(%error, "a signal can't be waited for"),
            }
        });
    }
}

#[cfg(not(unix))]
fn quit_on_signal(_: AppHandle) {}

/// Ends agents and flows; the window is gone by now.
fn stop(handle: &AppHandle) {
    let Some(running) = handle.state::<App>().take_running() else {
        return;
    };
    tracing::info!("stopping");
    tauri::async_runtime::block_on(async {
        if tokio::time::timeout(STOP_LIMIT, running.stop())
            .await
            .is_err()
        {
            tracing::warn!("did not stop in time; the next start recovers");
        }
    });
    tracing::info!("stopped");
}

/// A second start: the first window comes to the front and this process ends.
fn hand_over(taken: &HomeError) -> ExitCode {
    let HomeError::Taken(root) = taken else {
        return ExitCode::FAILURE;
    };
    let plugin = tauri_plugin_single_instance::Builder::new()
        .dbus_id(identity(&Tag::of_home(root)))
        .build();
    // Ends this process with code 0 where the first one answers.
    let built = tauri::Builder::<tauri::Wry>::default()
        .plugin(plugin)
        .build(context());
    drop(built);
    eprintln!("shopfloor: {taken} Its window could not be reached; end that process first.");
    ExitCode::FAILURE
}

fn context() -> tauri::Context<tauri::Wry> {
    tauri::generate_context!()
}

/// One D-Bus name per data directory, so that two of them can be used side by side.
fn identity(tag: &Tag) -> String {
    format!(
        "dev.shopfloor.app.home{}",
        tag.as_str().trim_end_matches('/')
    )
}

fn offer_practice(running: &Running) {
    let flows = running.flows();
    tauri::async_runtime::block_on(async {
        if flows.snapshot().projects().is_empty()
            && let Err(error) = flows.open_practice_project().await
        {
            tracing::error!(%error, "the practice project could not be made");
        }
    });
}

#[cfg(target_os = "linux")]
fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(not(target_os = "linux"))]
fn has_display() -> bool {
    true
}
