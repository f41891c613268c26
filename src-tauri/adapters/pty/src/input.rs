//! What the person types, on its way to the program: a thread that may wait for a program that does not read.
//!
//! Invariant: the writing end is let go of only when the program is gone. The library types Enter and end-of-file as
//! it lets go, which would run whatever stands half typed at a shell's prompt.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use terminal::TerminalError;

/// How much may wait for the program. In bytes.
const WAITING: usize = 4 * 1024 * 1024;

/// The way to the program; clones lead to the same.
#[derive(Clone)]
pub(crate) struct Input {
    way: Sender<Vec<u8>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    waiting: AtomicUsize,
    gone: AtomicBool,
}

impl Input {
    /// Starts the thread. It ends when all clones are dropped.
    pub(crate) fn start(writer: Box<dyn Write + Send>) -> io::Result<Self> {
        let (way, typed) = channel();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        // Held by the closure from the begin, so that it is never dropped where no thread can be started.
        let writer = Writer(Some(writer), Arc::clone(&state));
        std::thread::Builder::new()
            .name("terminal input".to_owned())
            .stack_size(128 * 1024)
            .spawn(move || pass_on(&typed, writer, &shared))?;
        Ok(Self { way, state })
    }

    /// Queues bytes, unless too many wait.
    pub(crate) fn write(&self, bytes: Vec<u8>) -> Result<(), TerminalError> {
        let length = bytes.len();
        let before = self.state.waiting.fetch_add(length, Ordering::Relaxed);
        if before > 0 && before + length > WAITING {
            self.state.waiting.fetch_sub(length, Ordering::Relaxed);
            return Err(TerminalError::NotReading);
        }
        self.way.send(bytes).map_err(|_| TerminalError::Ended)
    }

    /// The program is gone: the writing end may go too.
    pub(crate) fn is_gone(&self) {
        self.state.gone.store(true, Ordering::Release);
    }
}

/// The writing end, which is leaked rather than dropped while the program may live.
struct Writer(Option<Box<dyn Write + Send>>, Arc<State>);

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.1.gone.load(Ordering::Acquire) {
            std::mem::forget(self.0.take());
        }
    }
}

fn pass_on(typed: &Receiver<Vec<u8>>, mut writer: Writer, state: &State) {
    while let Ok(bytes) = typed.recv() {
        if let Some(to) = &mut writer.0
            && let Err(error) = to.write_all(&bytes)
        {
            // It closed its terminal or is gone; what is typed from now on is for nobody.
            tracing::debug!(%error, "a terminal's program reads no more");
        }
        state.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
    }
}
