//! A running program: typed to, resized, ended, and its end told.

use crate::input::Input;
use crate::launch::{Started, size};
use crate::output;
use portable_pty::MasterPty;
use process::{Grace, Owned};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use terminal::port::{Pty, PtyEvent};
use terminal::{Exit, Size, TerminalError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long each step of the closing ladder waits: shells and editors end within it, and the person waits for it.
const STEP: Duration = Duration::from_secs(1);
/// How long is waited for the last output of a program that is gone. More is only taken by a stranger (of another
/// user) that still holds the terminal.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A program in its terminal. Letting go of it kills the program.
pub(crate) struct Running {
    owned: Owned,
    master: Mutex<Box<dyn MasterPty + Send>>,
    input: Result<Input, io::Error>,
    runtime: Handle,
}

impl Running {
    /// Watches over a program that was started; within a tokio runtime.
    pub(crate) fn watch(started: Started, events: mpsc::Sender<PtyEvent>) -> Self {
        let runtime = Handle::current();
        let input = Input::start(started.writer);
        let reading = output::start(started.reader, events.clone());
        if let Err(error) = &reading {
            tracing::warn!(%error, "a terminal can't be read");
            let owned = started.owned.clone();
            runtime.spawn(async move { owned.kill().await });
        }
        let (owned, held) = (started.owned.clone(), input.as_ref().ok().cloned());
        runtime.spawn(tell_the_end(owned, held, reading.ok(), events));
        Self {
            owned: started.owned,
            master: Mutex::new(started.master),
            input,
            runtime,
        }
    }
}

async fn tell_the_end(
    owned: Owned,
    input: Option<Input>,
    reading: Option<oneshot::Receiver<()>>,
    events: mpsc::Sender<PtyEvent>,
) {
    let process::Exit { code, signal } = owned.gone().await;
    if let Some(input) = input {
        input.is_gone();
    }
    if let Some(all_read) = reading
        && timeout(LAST_WORDS, all_read).await.is_err()
    {
        tracing::warn!("somebody still holds the terminal of a program that is gone");
    }
    // Refused when nobody listens any more.
    let _ = events.send(PtyEvent::Ended(Exit { code, signal })).await;
}

impl Pty for Running {
    fn write(&self, bytes: Vec<u8>) -> Result<(), TerminalError> {
        match &self.input {
            Ok(input) => input.write(bytes),
            Err(_) => Err(TerminalError::NotReading),
        }
    }

    fn resize(&self, wanted: Size) {
        let master = self.master.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = master.resize(size(wanted)) {
            tracing::debug!(%error, "a terminal keeps its size");
        }
    }

    fn close(&self) {
        let owned = self.owned.clone();
        self.runtime.spawn(async move {
            owned.hang_up();
            let grace = Grace {
                after_stdin: STEP,
                after_term: STEP,
            };
            owned.end(grace).await;
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let owned = self.owned.clone();
        // Ends at once where it is gone already.
        self.runtime.spawn(async move { owned.kill().await });
    }
}
