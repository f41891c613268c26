//! Whatever involves more than one domain: flows carry decisions, projections draw cards, reconciliation mends.
//!
//! Invariant: no rule of its own, no adapter, no task without an owner: [`start`] returns [`Running`], and
//! stopping that cancels, waits, and ends every agent and terminal.

mod board;
pub mod flows;
mod indexing;
mod numbers;
mod place;
mod practice;
pub mod projections;
mod reconcile;
mod sleep;
mod tasks;

use kernel::Clock;
use session::{Agents, Sessions, Transcripts};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use terminal::Terminals;
use workspace::{Files, Projects, Workspaces};

use crate::board::Board;
use crate::numbers::Numbers;
use crate::tasks::Tasks;

pub use crate::flows::FlowError;

/// The domains' handles.
#[derive(Clone)]
pub struct Rooms {
    /// Projects.
    pub projects: Projects,
    /// Workspaces.
    pub workspaces: Workspaces,
    /// The files of worktrees.
    pub files: Files,
    /// Agent conversations.
    pub sessions: Sessions,
    /// What was said in them, searched.
    pub transcripts: Transcripts,
    /// Terminals.
    pub terminals: Terminals,
    /// Agent programs.
    pub agents: Agents,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where the practice project goes.
    pub practice: PathBuf,
}

/// The running whole: flows are its methods, one file each under `flows/`.
#[derive(Clone)]
pub struct Orchestration {
    pub(crate) rooms: Rooms,
    pub(crate) snapshot: snapshot::Store,
    pub(crate) board: Board,
    pub(crate) numbers: Numbers,
    pub(crate) tasks: Tasks,
}

/// Owns every background task; see [`Running::stop`].
pub struct Running {
    orchestration: Orchestration,
}

/// How long a stop waits for flows that are under way before it leaves them to the next start's recovery.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Recovers what a crash left, draws the first picture, and starts to listen.
pub async fn start(rooms: Rooms) -> Result<Running, FlowError> {
    let snapshot = snapshot::Store::new(Arc::clone(&rooms.clock));
    let tasks = Tasks::default();
    let numbers = Numbers::new(rooms.clone(), snapshot.clone(), tasks.clone());
    let board = Board::start(rooms.clone(), snapshot.clone(), numbers.clone(), &tasks);
    let orchestration = Orchestration {
        rooms,
        snapshot,
        board,
        numbers,
        tasks,
    };
    orchestration.recover().await?;
    orchestration.board.reconcile().await;
    indexing::start(&orchestration.rooms, &orchestration.tasks);
    sleep::start(&orchestration.rooms, &orchestration.tasks);
    Ok(Running { orchestration })
}

impl Running {
    /// The flows.
    pub fn flows(&self) -> Orchestration {
        self.orchestration.clone()
    }

    /// Ends every agent and terminal, lets flows under way come to their end (at most 10 s), stops listening.
    pub async fn stop(self) {
        let Orchestration { rooms, tasks, .. } = self.orchestration;
        tokio::join!(rooms.sessions.shutdown(), rooms.terminals.shutdown());
        tasks.stop(STOP_LIMIT).await;
    }
}

impl Orchestration {
    /// The domains, for commands that concern one of them alone.
    pub fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// The picture the window and the tray draw.
    pub fn snapshot(&self) -> &snapshot::Store {
        &self.snapshot
    }

    /// Recomputes the picture from the stores now instead of at the next full minute, and waits until it is drawn.
    pub async fn reconcile(&self) {
        self.board.reconcile().await;
    }

    /// How many cards reconciliation had to mend since the start.
    pub fn drift_repaired(&self) -> u32 {
        self.board.drift_repaired()
    }
}
