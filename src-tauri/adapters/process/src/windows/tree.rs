//! A process and all that descends from it, on Windows: a job object of its own.
//!
//! Invariant: the job ends what is in it when its last handle is closed (`KILL_ON_JOB_CLOSE`), ours is the only handle, and
//! no child inherits it. So nothing outlives the app either, however the app ends: the system closes its handles. The job
//! lets nobody break away, and it nests (since Windows 8) in whatever job the app itself was started in.
//!
//! The app is in no job of ours, on purpose: editors and browsers that it opens for the person must outlive it, and those
//! that the shell starts for us could not be told to break away.
//!
//! A process is taken in just after it was created, because a suspended start can't be resumed without unsafe code. What it
//! started in between, before its own program was loaded, would stay outside.

use super::process::{Process, error, wait_all};
use crate::owned::Exit;
use crate::tag::Tag;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use win32job::{ExtendedLimitInfo, Job};
use winsafe::co::PROCESS;

/// How long the processes of a job that was ended may take to be gone.
const LIMIT: Duration = Duration::from_secs(5);

/// The process with its job.
pub(crate) struct Tree {
    job: Mutex<Held>,
    /// `None` once it is gone. Until then its observer holds the process, so that no stranger gets the id.
    pid: Mutex<Option<i32>>,
}

enum Held {
    /// It may run, with what it started.
    Job(Job),
    /// The job was closed while these were in it.
    Closed(Vec<Process>),
}

/// The process, for the one who waits for it.
pub(crate) struct Running {
    process: Process,
    pid: u32,
}

impl Tree {
    /// Takes over a child that somebody holds a handle of, so that the id is its own. Errors are the system's; the child is
    /// ended then.
    pub(crate) fn take(pid: u32) -> io::Result<(Self, Running)> {
        let rights = PROCESS::SYNCHRONIZE
            | PROCESS::TERMINATE
            | PROCESS::SET_QUOTA
            | PROCESS::QUERY_LIMITED_INFORMATION;
        let process = Process::open(pid, rights)?;
        let job = match job_around(&process) {
            Ok(job) => job,
            Err(refused) => {
                process.terminate();
                return Err(refused);
            }
        };
        let tree = Self {
            job: Mutex::new(Held::Job(job)),
            pid: Mutex::new(i32::try_from(pid).ok()),
        };
        Ok((tree, Running { process, pid }))
    }

    /// The process's id; `None` once it is gone.
    pub(crate) fn pid(&self) -> Option<i32> {
        *self.pid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all of it at once. There is nothing politer: a console's break reaches only those who share the sender's
    /// console, and the app has none.
    pub(crate) fn terminate(&self) {
        self.kill();
    }

    /// Nothing: a pseudo-console tells those in it when it is closed, and who closes it is not us.
    #[expect(clippy::unused_self, reason = "other systems have something to tell")]
    pub(crate) fn hang_up(&self) {}

    /// Ends all of it at once, by closing its job.
    pub(crate) fn kill(&self) {
        let mut held = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        if let Held::Job(job) = &*held {
            // Opened before they end, so that their end can be waited for.
            let ids = job.query_process_id_list().unwrap_or_default();
            let open =
                |id: usize| Process::open(u32::try_from(id).ok()?, PROCESS::SYNCHRONIZE).ok();
            let members = ids.into_iter().filter_map(open).collect();
            *held = Held::Closed(members);
        }
    }

    /// Waits until what was in the closed job is gone, at most 5 s: from now on the id may be a stranger's. Blocking.
    pub(crate) fn forget(&self) {
        if !wait_all(&self.closed(), LIMIT) {
            tracing::warn!(pid = self.pid(), "a process of a closed job still runs");
        }
        *self.pid.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn was_killed(&self) -> bool {
        let held = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*held, Held::Closed(_))
    }

    fn closed(&self) -> Vec<Process> {
        self.kill();
        let mut held = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Held::Closed(members) => std::mem::take(members),
            Held::Job(_) => Vec::new(),
        }
    }
}

/// A job with the process in it. One that is over already needs none, and the system refuses to take it in.
fn job_around(process: &Process) -> io::Result<Job> {
    let mut limits = ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close();
    let job = Job::create_with_limit_info(&limits)?;
    match job.assign_process(process.raw()) {
        Err(refused) if process.runs() => Err(refused.into()),
        _ => Ok(job),
    }
}

impl Running {
    /// Its id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// See [`crate::Owned::began`].
    pub(crate) fn began(&self) -> Option<u64> {
        self.process.began()
    }

    /// Waits for its end. The code of a process that our job ended says nothing of it, and is not told. Blocking.
    pub(crate) fn wait(&self, tree: &Tree) -> Exit {
        let code = self.process.wait().map_err(error);
        if tree.was_killed() {
            return Exit::UNKNOWN;
        }
        Exit {
            code: code.ok().map(u32::cast_signed),
            signal: None,
        }
    }

    /// Ends what it left behind: the job knows it without the tag. Blocking.
    pub(crate) fn clear(self, tree: &Tree, _: &Tag) {
        tree.forget();
    }
}
