//! Pseudo-terminals without programs: the test says what each writes and sees what it was told.

use crate::error::TerminalError;
use crate::port::{Launch, Pty, PtyEvent, Ptys};
use crate::terminal::{Exit, NewTerminal, Program, Size};
use crate::terminals::Terminals;
use kernel::{Clock, Timestamp, WorkspaceId};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// What a program was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Typed(Vec<u8>),
    Resized(Size),
    Closed,
}

/// How the next programs behave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manners {
    /// Ends when it is closed.
    #[default]
    Good,
    /// Can't be started.
    Missing,
    /// Never ends.
    Stubborn,
}

#[derive(Default)]
pub(crate) struct FakePtys {
    pub(crate) opened: Mutex<Vec<Arc<FakePty>>>,
    pub(crate) manners: Mutex<Manners>,
}

pub(crate) struct FakePty {
    pub(crate) launch: Launch,
    events: mpsc::Sender<PtyEvent>,
    told: Mutex<Vec<Told>>,
    manners: Manners,
}

pub(crate) const LEFT: Exit = Exit {
    code: None,
    signal: Some(1),
};

struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1)
    }
}

pub(crate) fn house() -> (Terminals, Arc<FakePtys>) {
    let ptys = Arc::new(FakePtys::default());
    (
        Terminals::new(Arc::clone(&ptys) as _, Arc::new(NoTime)),
        ptys,
    )
}

pub(crate) fn shell_of(workspace: Option<&WorkspaceId>) -> NewTerminal {
    NewTerminal {
        title: "Terminal".to_owned(),
        program: Program::Shell,
        cwd: PathBuf::from("/tree"),
        env: Vec::new(),
        size: Size { cols: 80, rows: 24 },
        workspace: workspace.cloned(),
    }
}

impl FakePtys {
    /// The `n`th program that was started, from 1.
    pub(crate) fn nth(&self, n: usize) -> Arc<FakePty> {
        Arc::clone(&self.opened.lock().unwrap()[n - 1])
    }
}

impl FakePty {
    pub(crate) async fn writes(&self, bytes: &[u8]) {
        let output = PtyEvent::Output(bytes.to_vec());
        self.events.send(output).await.unwrap();
    }

    pub(crate) async fn ends(&self, exit: Exit) {
        self.events.send(PtyEvent::Ended(exit)).await.unwrap();
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    fn hears(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }
}

impl Ptys for FakePtys {
    fn open(
        &self,
        launch: &Launch,
        events: mpsc::Sender<PtyEvent>,
    ) -> Result<Arc<dyn Pty>, TerminalError> {
        let manners = *self.manners.lock().unwrap();
        if manners == Manners::Missing {
            return Err(TerminalError::NotStarted {
                program: "sh".to_owned(),
                said: "it is missing".to_owned(),
            });
        }
        let pty = Arc::new(FakePty {
            launch: launch.clone(),
            events,
            told: Mutex::default(),
            manners,
        });
        self.opened.lock().unwrap().push(Arc::clone(&pty));
        Ok(pty)
    }
}

impl Pty for FakePty {
    fn write(&self, bytes: Vec<u8>) -> Result<(), TerminalError> {
        self.hears(Told::Typed(bytes));
        Ok(())
    }

    fn resize(&self, size: Size) {
        self.hears(Told::Resized(size));
    }

    fn close(&self) {
        self.hears(Told::Closed);
        if self.manners == Manners::Good {
            let events = self.events.clone();
            tokio::spawn(async move { events.send(PtyEvent::Ended(LEFT)).await });
        }
    }
}
