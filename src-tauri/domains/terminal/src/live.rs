//! One terminal: its program's run, what that wrote, and the one window that reads it.
//!
//! Invariant: the pump is the only writer of the scrollback and the only one who says that a run ended.

use crate::error::TerminalError;
use crate::port::{Launch, Pty, PtyEvent};
use crate::scrollback::Scrollback;
use crate::terminal::{Exit, NewTerminal, Size, TerminalFact, TerminalState, TerminalSummary};
use kernel::{Facts, TerminalId, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;

/// How long a program waits for a window that reads too slowly, before output is left out for that window.
const PATIENCE: Duration = Duration::from_millis(250);
/// How much may be on its way to a window that has not said it drew it. In bytes.
const ON_THE_WAY: usize = 256 * 1024;
/// How much a window gets at once. In bytes.
const PIECE: usize = 64 * 1024;

/// What is known of one terminal; shared by its handles, its pump and its reader.
pub(crate) struct Live {
    pub(crate) id: TerminalId,
    pub(crate) what: NewTerminal,
    inner: Mutex<Inner>,
    /// Changes with whatever a reader or somebody who closes may wait for.
    changed: watch::Sender<u64>,
    /// The reader took something, left, or was replaced.
    taken: Notify,
}

struct Inner {
    run: Run,
    size: Size,
    opened_at: Timestamp,
    scrollback: Scrollback,
    reader: Option<Reader>,
    readers: u32,
    listed: Listed,
}

/// A run of the program.
enum Run {
    Starting,
    Running(Arc<dyn Pty>),
    Ended(Exit),
}

#[derive(PartialEq, Eq)]
enum Listed {
    Yes,
    No,
}

struct Reader {
    number: u32,
    /// Where it reads on; `None` until it got the replay.
    place: Option<u64>,
    /// Bytes that it got and did not acknowledge.
    on_the_way: usize,
    pace: Pace,
}

#[derive(PartialEq, Eq)]
enum Pace {
    KeepsUp,
    /// It was waited for in vain, and nobody waits for it until it reads again.
    Lags,
}

/// What a reader gets.
pub(crate) enum Reading {
    Bytes(Vec<u8>),
    NothingYet,
    /// Another one reads now, or the terminal was closed.
    Over,
}

impl Live {
    /// A terminal whose first run is about to be started.
    pub(crate) fn new(id: TerminalId, what: NewTerminal, now: Timestamp) -> Self {
        let inner = Inner {
            run: Run::Starting,
            size: what.size.bounded(),
            opened_at: now,
            scrollback: Scrollback::default(),
            reader: None,
            readers: 0,
            listed: Listed::Yes,
        };
        Self {
            id,
            what,
            inner: Mutex::new(inner),
            changed: watch::Sender::default(),
            taken: Notify::new(),
        }
    }

    pub(crate) fn summary(&self) -> TerminalSummary {
        let inner = self.lock();
        TerminalSummary {
            id: self.id.clone(),
            workspace: self.what.workspace.clone(),
            title: self.what.title.clone(),
            state: match inner.run {
                Run::Starting | Run::Running(_) => TerminalState::Running,
                Run::Ended(exit) => TerminalState::Ended { exit },
            },
            opened_at: inner.opened_at,
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.lock().run, Run::Ended(_))
    }

    pub(crate) fn launch(&self) -> Launch {
        Launch {
            terminal: self.id.clone(),
            program: self.what.program.clone(),
            cwd: self.what.cwd.clone(),
            env: self.what.env.clone(),
            size: self.lock().size,
        }
    }

    /// Claims an ended terminal for another run; answers how the last one ended, should this one not start.
    pub(crate) fn claim(&self, now: Timestamp) -> Result<Exit, TerminalError> {
        let mut inner = self.lock();
        let Run::Ended(before) = inner.run else {
            return Err(TerminalError::Running);
        };
        inner.run = Run::Starting;
        inner.opened_at = now;
        // What a program left switched on must not stay so under the next one.
        if inner.scrollback.end() > 0 {
            inner.scrollback.push(b"\x1b[0m\x1b[?1049l\x1b[!p\r\n");
        }
        Ok(before)
    }

    pub(crate) fn started(&self, pty: Arc<dyn Pty>) {
        {
            let mut inner = self.lock();
            pty.resize(inner.size);
            inner.run = Run::Running(pty);
        }
        self.tell();
    }

    pub(crate) fn ended(&self, exit: Exit) {
        // The pty is let go outside the lock.
        let before = std::mem::replace(&mut self.lock().run, Run::Ended(exit));
        drop(before);
        self.tell();
    }

    pub(crate) fn write(&self, bytes: Vec<u8>) -> Result<(), TerminalError> {
        let pty = match &self.lock().run {
            Run::Running(pty) => Arc::clone(pty),
            Run::Starting | Run::Ended(_) => return Err(TerminalError::Ended),
        };
        pty.write(bytes)
    }

    /// Also of one that ended: another run begins with this size.
    pub(crate) fn resize(&self, size: Size) {
        let mut inner = self.lock();
        let size = size.bounded();
        if std::mem::replace(&mut inner.size, size) != size
            && let Run::Running(pty) = &inner.run
        {
            pty.resize(size);
        }
    }

    /// Ends the program, if it runs, and waits until all it left behind is gone.
    pub(crate) async fn end(&self) {
        let mut changes = self.changed.subscribe();
        let mut asked = false;
        loop {
            changes.borrow_and_update();
            let pty = match &self.lock().run {
                Run::Starting => None,
                Run::Running(pty) => Some(Arc::clone(pty)),
                Run::Ended(_) => return,
            };
            if let Some(pty) = pty.filter(|_| !std::mem::replace(&mut asked, true)) {
                pty.close();
            }
            // We hold the sender: it can't be gone.
            let _ = changes.changed().await;
        }
    }

    /// It is off the list: whoever reads it is done.
    pub(crate) fn leave(&self) {
        self.lock().listed = Listed::No;
        self.tell();
    }

    /// A new reader, in place of the one before.
    pub(crate) fn attach(&self) -> (u32, watch::Receiver<u64>) {
        let number = {
            let mut inner = self.lock();
            inner.readers += 1;
            let number = inner.readers;
            inner.reader = Some(Reader {
                number,
                place: None,
                on_the_way: 0,
                pace: Pace::KeepsUp,
            });
            number
        };
        self.taken.notify_one();
        self.tell();
        let mut changes = self.changed.subscribe();
        changes.mark_changed();
        (number, changes)
    }

    pub(crate) fn detach(&self, number: u32) {
        let left = {
            let mut inner = self.lock();
            inner.reader.take_if(|reader| reader.number == number)
        };
        if left.is_some() {
            self.taken.notify_one();
            self.tell();
        }
    }

    pub(crate) fn acknowledge(&self, number: u32, bytes: usize) {
        if let Some(reader) = &mut self.lock().reader
            && reader.number == number
        {
            reader.on_the_way = reader.on_the_way.saturating_sub(bytes);
        }
        self.tell();
    }

    pub(crate) fn read(&self, number: u32) -> Reading {
        let mut inner = self.lock();
        let Inner {
            scrollback,
            reader,
            listed,
            ..
        } = &mut *inner;
        let Some(reader) = reader.as_mut().filter(|reader| reader.number == number) else {
            return Reading::Over;
        };
        let piece = match reader.place {
            None => scrollback.replay(),
            Some(_) if reader.on_the_way >= ON_THE_WAY => return Reading::NothingYet,
            Some(place) if place < scrollback.end() => scrollback.read(place, PIECE),
            Some(_) if *listed == Listed::No => return Reading::Over,
            Some(_) => return Reading::NothingYet,
        };
        reader.place = Some(piece.next);
        reader.on_the_way += piece.bytes.len();
        reader.pace = Pace::KeepsUp;
        self.taken.notify_one();
        Reading::Bytes(piece.bytes)
    }

    /// Keeps what the program writes until it ended.
    pub(crate) async fn pump(
        self: Arc<Self>,
        mut events: mpsc::Receiver<PtyEvent>,
        facts: Facts<TerminalFact>,
    ) {
        let unknown = Exit {
            code: None,
            signal: None,
        };
        let exit = loop {
            match events.recv().await {
                Some(PtyEvent::Output(bytes)) => {
                    self.wait_for_the_reader(bytes.len()).await;
                    self.lock().scrollback.push(&bytes);
                    self.tell();
                }
                Some(PtyEvent::Ended(exit)) => break exit,
                None => break unknown,
            }
        };
        self.ended(exit);
        facts.announce(TerminalFact::Ended(self.summary()));
    }

    async fn wait_for_the_reader(&self, bytes: usize) {
        let read = async {
            while self.reader_would_lose(bytes) {
                self.taken.notified().await;
            }
        };
        if timeout(PATIENCE, read).await.is_err()
            && let Some(reader) = &mut self.lock().reader
        {
            reader.pace = Pace::Lags;
        }
    }

    fn reader_would_lose(&self, bytes: usize) -> bool {
        let inner = self.lock();
        inner.reader.as_ref().is_some_and(|reader| {
            let place = reader.place.unwrap_or_default();
            reader.pace == Pace::KeepsUp && inner.scrollback.would_drop(place, bytes)
        })
    }

    fn tell(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
