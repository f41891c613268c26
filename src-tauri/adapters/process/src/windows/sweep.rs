//! What took the sweep's place on Windows: jobs end what was left, so that only recorded processes are looked for.
//!
//! The system shows nobody another process's environment without unsafe code, so tags are never found.

use super::process::{Process, own_start, wait_all};
use crate::recorded::{Ended, Recorded};
use crate::tag::Tag;
use std::time::Duration;
use winsafe::co::PROCESS;

/// How long a process that was ended may take to be gone.
const LIMIT: Duration = Duration::from_secs(5);

/// Nothing: a process's job ended all it started.
pub fn sweep(_: &Tag) -> Vec<Ended> {
    Vec::new()
}

/// Nothing: see [`sweep`].
pub fn living(_: &Tag) -> Vec<Ended> {
    Vec::new()
}

/// Ends the recorded processes that still run, and waits up to 5 s for each. There should be none: their jobs ended with the
/// app that started them. What one of them started would not be known. Blocking.
pub(crate) fn end_killed(_: &Tag, rows: &[Recorded]) -> Vec<Ended> {
    let mut ended: Vec<Ended> = rows.iter().filter_map(end).collect();
    ended.sort_by_key(|one| one.pid);
    ended
}

fn end(row: &Recorded) -> Option<Ended> {
    let rights = PROCESS::SYNCHRONIZE | PROCESS::TERMINATE | PROCESS::QUERY_LIMITED_INFORMATION;
    let process = Process::open(row.pid, rights).ok()?;
    // Asked of the very handle that is ended through.
    let is_it = process.runs() && process.began() == Some(row.began);
    if !is_it || row.pid == std::process::id() {
        return None;
    }
    let command = process.program().unwrap_or_default();
    tracing::info!(pid = row.pid, %command, "ending a left-over process");
    process.terminate();
    if !wait_all(std::slice::from_ref(&process), LIMIT) {
        tracing::warn!(pid = row.pid, "a process could not be ended");
    }
    let pid = i32::try_from(row.pid).ok()?;
    Some(Ended { pid, command })
}

/// When this process was created, in 100 ns since 1601.
pub(crate) fn start_time_of_self() -> Option<u64> {
    own_start()
}

/// When a process that still runs was created, in 100 ns since 1601.
pub(crate) fn start_time_of(pid: i32) -> Option<u64> {
    let rights = PROCESS::SYNCHRONIZE | PROCESS::QUERY_LIMITED_INFORMATION;
    let process = Process::open(u32::try_from(pid).ok()?, rights).ok()?;
    process.runs().then(|| process.began())?
}
