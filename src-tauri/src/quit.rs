//! Quitting: while agents work the person is asked first, in the window. Signals and the end of the desktop's session
//! never ask.

use snapshot::{Leave, at_work, leave};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use crate::app::App;
use crate::bindings::QuitAsked;
use crate::window;

/// Since when the question stands without an answer.
#[derive(Default)]
pub struct Question(Mutex<Option<Instant>>);

impl Question {
    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the app may end now; else the person is asked.
pub fn may_go(app: &AppHandle) -> bool {
    let working = at_work(&app.state::<App>().flows.snapshot().cards());
    let question = app.state::<Question>();
    let stood = question.lock().map(|asked| asked.elapsed());
    match leave(working, stood) {
        Leave::Now => true,
        Leave::Ask { working } => {
            question.lock().get_or_insert_with(Instant::now);
            ask(app, working);
            false
        }
    }
}

/// Quits unless agents work; then the person is asked.
pub fn wish(app: &AppHandle) {
    if may_go(app) {
        app.exit(0);
    }
}

/// The person decided to stay.
pub fn stay(app: &AppHandle) {
    *app.state::<Question>().lock() = None;
}

fn ask(app: &AppHandle, working: usize) {
    window::show(app);
    let working = u32::try_from(working).unwrap_or(u32::MAX);
    if let Err(error) = (QuitAsked { working }).emit(app) {
        tracing::warn!(%error, "the window could not ask whether to quit");
    }
}
