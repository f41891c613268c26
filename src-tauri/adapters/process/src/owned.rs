//! A child process with an owner: its exit is observed once, and what it leaves behind is swept at once.
//!
//! Invariant: the exit status is read without reaping (`WNOWAIT`), the group and the tag are swept, and only
//! then is the process reaped. Its id can't be given to a stranger while we still signal its group.

use crate::sweep::{start_time_of, sweep};
use crate::tag::Tag;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Exit code, if it exited.
    pub code: Option<i32>,
    /// Signal, if one ended it.
    pub signal: Option<i32>,
}

/// How long each step of the closing ladder waits before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// From the closed stdin to SIGTERM.
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

/// A running child in its own process group, tagged. Dropping the last handle kills the group and sweeps.
#[derive(Clone)]
pub struct Owned {
    leader: Arc<Leader>,
}

/// What the handles share; the observer's thread does not hold it, so that its drop means "nobody owns it".
struct Leader {
    /// The group's id; `None` as soon as the process is reaped.
    group: Arc<Mutex<Option<Pid>>>,
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
        Ok((Self::watch(Pid::from_child(&child), tag)?, child))
    }

    /// Takes over a child of ours that somebody else started and that nobody waits for: it must lead a group of its
    /// own and bear the tag. Errors are the system's; the child is killed then.
    pub fn adopt(pid: u32, tag: &Tag) -> io::Result<Self> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        Self::watch(
            pid.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?,
            tag,
        )
    }

    fn watch(pid: Pid, tag: &Tag) -> io::Result<Self> {
        // Read before anybody reaps it, so that the id is its own.
        let began = start_time_of(pid.as_raw_nonzero().get());
        let group = Arc::new(Mutex::new(Some(pid)));
        let (announce, stage) = watch::channel(Stage::Running);
        let observer = std::thread::Builder::new()
            .name(format!("wait {}", pid.as_raw_nonzero()))
            .stack_size(256 * 1024);
        let (shared, tag) = (Arc::clone(&group), tag.clone());
        let started = observer.spawn(move || observe(pid, &tag, &shared, &announce));
        if let Err(no_thread) = started {
            signal(&group, Signal::KILL);
            return Err(no_thread);
        }
        let leader = Arc::new(Leader {
            group,
            stage,
            began,
            signalled: AtomicBool::new(false),
        });
        Ok(Self { leader })
    }

    /// The process's id; `None` once it is reaped.
    pub fn pid(&self) -> Option<i32> {
        let group = self
            .leader
            .group
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        group.map(|pid| pid.as_raw_nonzero().get())
    }

    /// When it began, in clock ticks since boot: with its id, what tells it from any other process until the next
    /// boot. `None` where the system does not say, or it was over at once.
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
    /// group → sweep. Ends as soon as everything is gone.
    pub async fn end(&self, grace: Grace) -> Exit {
        if tokio::time::timeout(grace.after_stdin, self.exited())
            .await
            .is_err()
        {
            self.signal_group(Signal::TERM);
            if tokio::time::timeout(grace.after_term, self.exited())
                .await
                .is_err()
            {
                self.signal_group(Signal::KILL);
            }
        }
        self.gone().await
    }

    /// Tells the group that its terminal is gone (SIGHUP), which ends a shell that ignores SIGTERM and makes editors
    /// save what they hold. Does not wait.
    pub fn hang_up(&self) {
        self.signal_group(Signal::HUP);
    }

    /// Kills the group at once and waits until all is gone.
    pub async fn kill(&self) -> Exit {
        self.signal_group(Signal::KILL);
        self.gone().await
    }

    /// Whether we signalled it while it ran, so that a signal in its exit may be ours.
    pub fn was_signalled(&self) -> bool {
        self.leader.signalled.load(Ordering::Relaxed)
    }

    fn signal_group(&self, sent: Signal) {
        if *self.leader.stage.borrow() == Stage::Running {
            self.leader.signalled.store(true, Ordering::Relaxed);
        }
        signal(&self.leader.group, sent);
    }

    async fn reached(&self, wanted: impl Fn(Stage) -> Option<Exit>) -> Exit {
        let mut stage = self.leader.stage.clone();
        let unknown = Exit {
            code: None,
            signal: None,
        };
        match stage.wait_for(|stage| wanted(*stage).is_some()).await {
            Ok(stage) => wanted(*stage).unwrap_or(unknown),
            // The observer always announces `Gone` before it ends, unless it panicked.
            Err(_) => unknown,
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        signal(&self.group, Signal::KILL);
    }
}

fn signal(group: &Mutex<Option<Pid>>, signal: Signal) {
    // The lock is held while signalling: the observer can't reap in between.
    let group = group.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pid) = *group {
        // No such process: it is gone, which is what we want.
        let _ = kill_process_group(pid, signal);
    }
}

fn observe(pid: Pid, tag: &Tag, group: &Mutex<Option<Pid>>, announce: &watch::Sender<Stage>) {
    let exit = wait_without_reaping(pid);
    announce.send_replace(Stage::Exited(exit));
    // SIGKILL first is what makes orphans: all are asked politely, and only then the group is killed.
    signal(group, Signal::TERM);
    sweep(tag);
    signal(group, Signal::KILL);
    let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED);
    *group = None;
    drop(group);
    announce.send_replace(Stage::Gone(exit));
}

fn wait_without_reaping(pid: Pid) -> Exit {
    loop {
        match waitid(
            WaitId::Pid(pid),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        ) {
            Ok(Some(status)) => {
                return Exit {
                    code: status.exit_status(),
                    signal: status.terminating_signal(),
                };
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => {
                return Exit {
                    code: None,
                    signal: None,
                };
            }
        }
    }
}
