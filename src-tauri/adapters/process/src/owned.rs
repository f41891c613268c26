//! A child process with an owner: its exit is observed once, and what it leaves behind is ended at once.
//!
//! Invariant: nobody else waits for it, and its id is its own until all is gone. How that is kept differs from system to
//! system: see `tree`.

use crate::tag::Tag;
use crate::tree::{Running, Tree};
use std::io;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How a process ended; neither is known of one that was ended with its job (Windows).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Exit code, if it exited.
    pub code: Option<i32>,
    /// Signal, if one ended it.
    pub signal: Option<i32>,
}

impl Exit {
    /// The system did not tell.
    pub(crate) const UNKNOWN: Self = Self {
        code: None,
        signal: None,
    };
}

/// How long each step of the closing ladder waits before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// From the closed stdin to SIGTERM; on Windows, which has nothing like it, to the end.
    pub after_stdin: Duration,
    /// From SIGTERM to SIGKILL.
    pub after_term: Duration,
}

impl Default for Grace {
    /// 3 s and 3 s: what the slowest known agent needs to end cleanly, and then some.
    fn default() -> Self {
        let step = Duration::from_secs(3);
        Self {
            after_stdin: step,
            after_term: step,
        }
    }
}

/// A running child in its own process group (on Windows: in a job of its own), tagged. Dropping the last handle kills the
/// group and sweeps, or ends the job.
#[derive(Clone)]
pub struct Owned {
    leader: Arc<Leader>,
}

/// What the handles share; the observer's thread does not hold it, so that its drop means "nobody owns it".
struct Leader {
    tree: Arc<Tree>,
    stage: watch::Receiver<Stage>,
    /// See [`Owned::began`].
    began: Option<u64>,
    /// Whether one of its owners signalled it while it ran.
    signalled: AtomicBool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    /// It ended; its leftovers may live.
    Exited(Exit),
    /// It and its leftovers are gone.
    Gone(Exit),
}

impl Owned {
    /// Starts the command marked with the tag and watches over it. The child is returned for its pipes; it must
    /// not be waited for. Errors are the system's, e.g. a missing program.
    pub fn spawn(command: &mut Command, tag: &Tag) -> io::Result<(Self, Child)> {
        let child = tag.mark(command).spawn()?;
        Ok((Self::adopt(child.id(), tag)?, child))
    }

    /// Takes over a child of ours that somebody else started and that nobody waits for: it must lead a group of its
    /// own and bear the tag (on Windows: its starter must hold it while this is called). Errors are the system's; the child
    /// is killed then.
    pub fn adopt(pid: u32, tag: &Tag) -> io::Result<Self> {
        let (tree, running) = Tree::take(pid)?;
        let (began, tree) = (running.began(), Arc::new(tree));
        let (announce, stage) = watch::channel(Stage::Running);
        let observer = std::thread::Builder::new()
            .name(format!("wait {}", running.pid()))
            .stack_size(256 * 1024);
        let (shared, tag) = (Arc::clone(&tree), tag.clone());
        let started = observer.spawn(move || observe(running, &tag, &shared, &announce));
        if let Err(no_thread) = started {
            tree.kill();
            return Err(no_thread);
        }
        let leader = Arc::new(Leader {
            tree,
            stage,
            began,
            signalled: AtomicBool::new(false),
        });
        Ok(Self { leader })
    }

    /// The process's id; `None` once it is reaped.
    pub fn pid(&self) -> Option<i32> {
        self.leader.tree.pid()
    }

    /// When it began, as a number without a unit (on Windows: in 100 ns since 1601): with its id, what tells it from any other
    /// process, of this boot or another. `None` where the system does not say, or it was over at once.
    pub fn began(&self) -> Option<u64> {
        self.leader.began
    }

    /// Waits until the process ended; what it started may still live.
    pub async fn exited(&self) -> Exit {
        self.reached(|stage| match stage {
            Stage::Running => None,
            Stage::Exited(exit) | Stage::Gone(exit) => Some(exit),
        })
        .await
    }

    /// Waits until the process and all it left behind are gone.
    pub async fn gone(&self) -> Exit {
        self.reached(|stage| match stage {
            Stage::Running | Stage::Exited(_) => None,
            Stage::Gone(exit) => Some(exit),
        })
        .await
    }

    /// The closing ladder: the caller has closed stdin → grace → SIGTERM to the group → grace → SIGKILL to the
    /// group → sweep. On Windows: closed stdin → grace → the job is ended. Ends as soon as everything is gone.
    pub async fn end(&self, grace: Grace) -> Exit {
        if tokio::time::timeout(grace.after_stdin, self.exited())
            .await
            .is_err()
        {
            self.signal(Tree::terminate);
            if tokio::time::timeout(grace.after_term, self.exited())
                .await
                .is_err()
            {
                self.signal(Tree::kill);
            }
        }
        self.gone().await
    }

    /// Tells the group that its terminal is gone (SIGHUP), which ends a shell that ignores SIGTERM and makes editors
    /// save what they hold. On Windows closing the terminal says so itself, and this does nothing. Does not wait.
    pub fn hang_up(&self) {
        self.signal(Tree::hang_up);
    }

    /// Kills the group, or ends the job, at once and waits until all is gone.
    pub async fn kill(&self) -> Exit {
        self.signal(Tree::kill);
        self.gone().await
    }

    /// Whether we signalled it while it ran, so that a signal in its exit may be ours.
    pub fn was_signalled(&self) -> bool {
        self.leader.signalled.load(Ordering::Relaxed)
    }

    fn signal(&self, send: impl Fn(&Tree)) {
        if *self.leader.stage.borrow() == Stage::Running {
            self.leader.signalled.store(true, Ordering::Relaxed);
        }
        send(&self.leader.tree);
    }

    async fn reached(&self, wanted: impl Fn(Stage) -> Option<Exit>) -> Exit {
        let mut stage = self.leader.stage.clone();
        match stage.wait_for(|stage| wanted(*stage).is_some()).await {
            Ok(stage) => wanted(*stage).unwrap_or(Exit::UNKNOWN),
            // The observer always announces `Gone` before it ends, unless it panicked.
            Err(_) => Exit::UNKNOWN,
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.tree.kill();
    }
}

fn observe(running: Running, tag: &Tag, tree: &Tree, announce: &watch::Sender<Stage>) {
    let exit = running.wait(tree);
    announce.send_replace(Stage::Exited(exit));
    running.clear(tree, tag);
    announce.send_replace(Stage::Gone(exit));
}
