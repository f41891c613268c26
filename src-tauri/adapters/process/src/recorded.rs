//! Ends what an earlier run of the app recorded and did not see end.
//!
//! A recorded id is only believed together with its start time: without it the id may be a stranger's by now.

use crate::sweep::{Ended, command_line, start_time_of, sweep};
use crate::tag::Tag;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long the groups may take to be gone after SIGKILL.
const LIMIT: Duration = Duration::from_secs(2);
/// How often they are looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// A process as it was recorded when it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id, which is its group's id too.
    pub pid: u32,
    /// See [`crate::Owned::began`].
    pub began: u64,
    /// Its tag.
    pub tag: Tag,
}

/// Ends the groups of those that still run, and all that carries the tag of any: SIGTERM, 1.5 s, SIGKILL. A process
/// of the same id that began at another time is left alone. Blocking, a few seconds at most. Returns what was ended,
/// by process id.
pub fn end_recorded(rows: &[Recorded]) -> Vec<Ended> {
    let mut ended: BTreeMap<i32, Ended> = rows
        .iter()
        .filter_map(running)
        .map(|pid| {
            let command = command_line(pid);
            tracing::info!(pid, %command, "ending a process that an earlier run left");
            (pid, Ended { pid, command })
        })
        .collect();
    signal_groups(rows, Signal::TERM);
    for row in rows {
        ended.extend(sweep(&row.tag).into_iter().map(|one| (one.pid, one)));
    }
    // What hid its tag gets the time that the sweeps took, or this.
    wait_until_gone(rows);
    signal_groups(rows, Signal::KILL);
    wait_until_gone(rows);
    ended.into_values().collect()
}

fn wait_until_gone(rows: &[Recorded]) {
    let began = Instant::now();
    while rows.iter().any(|row| running(row).is_some()) && began.elapsed() < LIMIT {
        std::thread::sleep(LOOK);
    }
}

fn signal_groups(rows: &[Recorded], signal: Signal) {
    for pid in rows.iter().filter_map(running).filter_map(Pid::from_raw) {
        // Gone meanwhile is what we want.
        let _ = kill_process_group(pid, signal);
    }
}

/// The id, if the very process that was recorded still runs.
fn running(row: &Recorded) -> Option<i32> {
    let pid = i32::try_from(row.pid).ok().filter(|pid| *pid > 1)?;
    (start_time_of(pid) == Some(row.began)).then_some(pid)
}
