//! A process and the group it leads, on Unix.
//!
//! Invariant: the exit status is read without reaping (`WNOWAIT`), the group and the tag are swept, and only
//! then is the process reaped. Its id can't be given to a stranger while we still signal its group.

use crate::owned::Exit;
use crate::sweep::{start_time_of, sweep};
use crate::tag::Tag;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io;
use std::sync::{Mutex, PoisonError};

/// The group; empty as soon as its leader is reaped.
pub(crate) struct Tree {
    group: Mutex<Option<Pid>>,
}

/// The leader, for the one who waits for it.
pub(crate) struct Running {
    pid: Pid,
}

impl Tree {
    /// Takes over a child that leads a group. Errors: an id that can't be one.
    pub(crate) fn take(pid: u32) -> io::Result<(Self, Running)> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let group = Mutex::new(Some(pid));
        Ok((Self { group }, Running { pid }))
    }

    /// The leader's id; `None` once it is reaped.
    pub(crate) fn pid(&self) -> Option<i32> {
        let group = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        group.map(|pid| pid.as_raw_nonzero().get())
    }

    /// Asks all of it to end: SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Tells all of it that its terminal is gone: SIGHUP.
    pub(crate) fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Ends all of it at once: SIGKILL.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// From now on the id may be a stranger's: the leader was reaped.
    pub(crate) fn forget(&self) {
        *self.group.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn signal(&self, signal: Signal) {
        // The lock is held while signalling: the observer can't reap in between.
        let group = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = *group {
            // No such process: it is gone, which is what we want.
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Running {
    /// Its id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// See [`crate::Owned::began`].
    pub(crate) fn began(&self) -> Option<u64> {
        // Read before anybody reaps it, so that the id is its own.
        start_time_of(self.pid.as_raw_nonzero().get())
    }

    /// Waits for its end and leaves it to be reaped. Blocking.
    pub(crate) fn wait(&self, _: &Tree) -> Exit {
        loop {
            match waitid(
                WaitId::Pid(self.pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            ) {
                Ok(Some(status)) => {
                    return Exit {
                        code: status.exit_status(),
                        signal: status.terminating_signal(),
                    };
                }
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return Exit::UNKNOWN,
            }
        }
    }

    /// Ends what it left behind, and reaps it. Blocking.
    pub(crate) fn clear(self, tree: &Tree, tag: &Tag) {
        // SIGKILL first is what makes orphans: all are asked politely, and only then the group is killed.
        tree.terminate();
        sweep(tag);
        tree.kill();
        let mut group = tree.group.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = waitid(WaitId::Pid(self.pid), WaitIdOptions::EXITED);
        *group = None;
    }
}
