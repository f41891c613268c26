//! What commands reach: the flows, the preferences, the feeds that are open.

use kernel::SessionId;
use orchestration::{Orchestration, Running};
use sqlite::Database;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tauri::async_runtime::JoinHandle;

use crate::commands::diagnostics::Moment;

/// The managed state of the app.
pub struct App {
    /// The flows and the domains behind them.
    pub flows: Orchestration,
    /// The database, for preferences.
    pub database: Arc<Database>,
    /// The data directory.
    pub home: PathBuf,
    /// When the process started.
    pub started: Instant,
    /// Milliseconds from process start until the core was ready.
    pub core_ready_ms: u32,
    moments: Mutex<Moments>,
    board_feed: Mutex<Option<JoinHandle<()>>>,
    terminals_feed: Mutex<Option<JoinHandle<()>>>,
    conversations: Mutex<HashMap<SessionId, JoinHandle<()>>>,
    running: Mutex<Option<Running>>,
}

/// When the window reached its moments, in milliseconds from process start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    /// The first paint.
    pub first_paint: Option<u32>,
    /// The first full board painted.
    pub settled: Option<u32>,
}

impl App {
    /// The app around a running house.
    pub fn new(running: Running, database: Arc<Database>, home: PathBuf, started: Instant) -> Self {
        Self {
            flows: running.flows(),
            database,
            home,
            started,
            core_ready_ms: millis_since(started),
            moments: Mutex::default(),
            board_feed: Mutex::default(),
            terminals_feed: Mutex::default(),
            conversations: Mutex::default(),
            running: Mutex::new(Some(running)),
        }
    }

    /// The window reached a moment; the first report counts (a reload is no start).
    pub fn reached(&self, moment: Moment) {
        let now = millis_since(self.started);
        let mut moments = lock(&self.moments);
        let slot = match moment {
            Moment::FirstPaint => &mut moments.first_paint,
            Moment::Settled => &mut moments.settled,
        };
        if slot.is_none() {
            *slot = Some(now);
            tracing::info!(?moment, millis = now, "the window reached a moment");
        }
    }

    /// What was reached so far.
    pub fn moments(&self) -> Moments {
        *lock(&self.moments)
    }

    /// Replaces the board's feed.
    pub fn feed_board(&self, feed: JoinHandle<()>) {
        if let Some(before) = lock(&self.board_feed).replace(feed) {
            before.abort();
        }
    }

    /// Replaces the feed of the list of terminals.
    pub fn feed_terminals(&self, feed: JoinHandle<()>) {
        if let Some(before) = lock(&self.terminals_feed).replace(feed) {
            before.abort();
        }
    }

    /// Replaces a conversation's feed.
    pub fn feed_conversation(&self, session: SessionId, feed: JoinHandle<()>) {
        if let Some(before) = lock(&self.conversations).insert(session, feed) {
            before.abort();
        }
    }

    /// Ends a conversation's feed.
    pub fn leave_conversation(&self, session: &SessionId) {
        if let Some(feed) = lock(&self.conversations).remove(session) {
            feed.abort();
        }
    }

    /// What is to be stopped at the end; answers it once.
    pub fn take_running(&self) -> Option<Running> {
        lock(&self.running).take()
    }
}

fn millis_since(start: Instant) -> u32 {
    u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
