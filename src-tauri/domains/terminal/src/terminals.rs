//! All terminals: opened, listed, read and ended here.
//!
//! Invariant: a terminal is on the list before its program starts and until its program is gone, so that a shutdown
//! finds every one.

use crate::attachment::Attachment;
use crate::error::TerminalError;
use crate::live::Live;
use crate::port::{PtyEvent, Ptys};
use crate::terminal::{Exit, NewTerminal, Program, Size, TerminalFact, TerminalSummary};
use kernel::{Clock, FactStream, Facts, TerminalId, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many terminals there may be, ended ones that were not closed included.
const LIMIT: usize = 32;
/// How many pieces of output may wait to be kept before a program is not read any more.
const WAITING_EVENTS: usize = 4;
/// How long closing waits for a program to be gone.
const END_LIMIT: Duration = Duration::from_secs(15);

/// The terminals. Clones share them.
#[derive(Clone)]
pub struct Terminals {
    shared: Arc<Shared>,
}

struct Shared {
    ptys: Arc<dyn Ptys>,
    clock: Arc<dyn Clock>,
    facts: Facts<TerminalFact>,
    list: Mutex<List>,
}

struct List {
    all: BTreeMap<TerminalId, Arc<Live>>,
    doors: Doors,
    /// Workspaces whose trees may be going away: nothing is started in them.
    closed: BTreeSet<WorkspaceId>,
}

#[derive(PartialEq, Eq)]
enum Doors {
    Open,
    Closing,
}

impl List {
    /// Whether something may be started, and in this workspace.
    fn admit(&self, workspace: Option<&WorkspaceId>) -> Result<(), TerminalError> {
        if self.doors == Doors::Closing {
            return Err(TerminalError::Closing);
        }
        if workspace.is_some_and(|workspace| self.closed.contains(workspace)) {
            return Err(TerminalError::PlaceClosed);
        }
        Ok(())
    }
}

impl Terminals {
    /// None are open.
    pub fn new(ptys: Arc<dyn Ptys>, clock: Arc<dyn Clock>) -> Self {
        let list = List {
            all: BTreeMap::new(),
            doors: Doors::Open,
            closed: BTreeSet::new(),
        };
        Self {
            shared: Arc::new(Shared {
                ptys,
                clock,
                facts: Facts::new(),
                list: Mutex::new(list),
            }),
        }
    }

    /// Hears what happens from now on.
    pub fn listen(&self) -> FactStream<TerminalFact> {
        self.shared.facts.listen()
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<TerminalSummary> {
        let list = self.lock();
        list.all.values().map(|live| live.summary()).collect()
    }

    /// Starts a program in a new terminal. At most 32 are kept.
    pub async fn open(&self, new: NewTerminal) -> Result<TerminalId, TerminalError> {
        let id = TerminalId::mint();
        let live = Arc::new(Live::new(id.clone(), new, self.shared.clock.now()));
        {
            let mut list = self.lock();
            list.admit(live.what.workspace.as_ref())?;
            if list.all.len() >= LIMIT {
                return Err(TerminalError::TooMany { limit: LIMIT });
            }
            list.all.insert(id.clone(), Arc::clone(&live));
        }
        let started = self.start(&live).await;
        if started.is_err() {
            let unstarted = Exit {
                code: None,
                signal: None,
            };
            live.ended(unstarted);
            self.lock().all.remove(&id);
        }
        started.map(|()| id)
    }

    /// Runs the program of an ended terminal again, in the same place and size, below what is on its screen.
    pub async fn restart(&self, id: &TerminalId) -> Result<(), TerminalError> {
        let (live, before) = {
            // Claimed under the lock: whoever closes it sees a terminal that is starting, or it is off the list.
            let list = self.lock();
            list.admit(None)?;
            let live = list.all.get(id).ok_or(TerminalError::Unknown)?;
            list.admit(live.what.workspace.as_ref())?;
            (Arc::clone(live), live.claim(self.shared.clock.now())?)
        };
        let started = self.start(&live).await;
        if started.is_err() {
            live.ended(before);
        }
        started
    }

    /// Types these bytes.
    pub fn write(&self, id: &TerminalId, bytes: Vec<u8>) -> Result<(), TerminalError> {
        self.find(id)?.write(bytes)
    }

    /// Changes the size, each side between 1 and 1000.
    pub fn resize(&self, id: &TerminalId, size: Size) -> Result<(), TerminalError> {
        self.find(id)?.resize(size);
        Ok(())
    }

    /// Ends the program and all it left behind, at most 15 s, and takes the terminal off the list.
    pub async fn close(&self, id: &TerminalId) -> Result<(), TerminalError> {
        let live = self.find(id)?;
        let gone = async {
            live.end().await;
            // Started again just now, by somebody who was faster.
            while !self.leave(&live) {
                live.end().await;
            }
        };
        timeout(END_LIMIT, gone)
            .await
            .map_err(|_| TerminalError::Stuck)
    }

    /// Nothing is started in the workspace until [`Terminals::reopen_place`]. What runs there runs on.
    pub fn bar_place(&self, workspace: &WorkspaceId) {
        self.lock().closed.insert(workspace.clone());
    }

    /// Bars the place and closes all its terminals, side by side. It stays barred, also where one could not be closed.
    pub async fn close_place(&self, workspace: &WorkspaceId) -> Result<(), TerminalError> {
        // Before they are looked up: one that is opened after this is refused, one from before is on the list.
        self.bar_place(workspace);
        self.close_all(|live| live.what.workspace.as_ref() == Some(workspace))
            .await
    }

    /// The workspace may have terminals again.
    pub fn reopen_place(&self, workspace: &WorkspaceId) {
        self.lock().closed.remove(workspace);
    }

    /// Closes all terminals; none can be opened afterwards.
    pub async fn shutdown(&self) {
        self.lock().doors = Doors::Closing;
        if self.close_all(|_| true).await.is_err() {
            tracing::warn!("not all terminals ended in time");
        }
    }

    /// Reads a terminal from what is kept of it on, in place of whoever read it before.
    pub fn attach(&self, id: &TerminalId) -> Result<Attachment, TerminalError> {
        Ok(Attachment::new(self.find(id)?))
    }

    /// The reader of this number drew so many of the bytes it got; it gets more then.
    pub fn acknowledge(
        &self,
        id: &TerminalId,
        number: u32,
        bytes: usize,
    ) -> Result<(), TerminalError> {
        self.find(id)?.acknowledge(number, bytes);
        Ok(())
    }

    /// The reader of this number needs no more.
    pub fn detach(&self, id: &TerminalId, number: u32) -> Result<(), TerminalError> {
        self.find(id)?.detach(number);
        Ok(())
    }

    async fn start(&self, live: &Arc<Live>) -> Result<(), TerminalError> {
        let (sender, events) = mpsc::channel::<PtyEvent>(WAITING_EVENTS);
        let (ptys, launch) = (Arc::clone(&self.shared.ptys), live.launch());
        let opened = tokio::task::spawn_blocking(move || ptys.open(&launch, sender)).await;
        let program = || match &live.what.program {
            Program::Shell => "The shell".to_owned(),
            Program::Command { command, .. } => command.clone(),
        };
        let pty = opened.map_err(|gone| TerminalError::NotStarted {
            program: program(),
            said: gone.to_string(),
        })??;
        live.started(pty);
        let facts = self.shared.facts.clone();
        facts.announce(TerminalFact::Opened(live.summary()));
        tokio::spawn(Arc::clone(live).pump(events, facts));
        Ok(())
    }

    async fn close_all(&self, concerns: impl Fn(&Live) -> bool) -> Result<(), TerminalError> {
        let concerned: Vec<TerminalId> = {
            let list = self.lock();
            let live = list.all.values().filter(|live| concerns(live));
            live.map(|live| live.id.clone()).collect()
        };
        let mut closing = JoinSet::new();
        for id in concerned {
            let this = self.clone();
            closing.spawn(async move { this.close(&id).await });
        }
        let mut outcome = Ok(());
        while let Some(closed) = closing.join_next().await {
            match closed {
                // Closed by somebody else meanwhile is closed.
                Ok(Ok(()) | Err(TerminalError::Unknown)) => {}
                Ok(Err(error)) => outcome = Err(error),
                Err(_) => outcome = Err(TerminalError::Stuck),
            }
        }
        outcome
    }

    /// Takes an ended terminal off the list; answers whether it is off.
    fn leave(&self, live: &Live) -> bool {
        {
            let mut list = self.lock();
            if !list.all.contains_key(&live.id) {
                return true;
            }
            if !live.has_ended() {
                return false;
            }
            list.all.remove(&live.id);
        }
        live.leave();
        let fact = TerminalFact::Closed(live.id.clone());
        self.shared.facts.announce(fact);
        true
    }

    fn find(&self, id: &TerminalId) -> Result<Arc<Live>, TerminalError> {
        let list = self.lock();
        list.all.get(id).cloned().ok_or(TerminalError::Unknown)
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.shared
            .list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
