//! The sweep: ends every living process that carries a tag or was recorded, and what descends from it.
//!
//! Linux: the environment of each process of this user is read from `/proc`. macOS does not show it to us without unsafe
//! code; there the sweep finds nothing and the process groups are the only net.
//!
//! Never ends this process or an ancestor of it: an app that was started from its own terminal carries a tag too.

use crate::recorded::{Ended, Recorded};
use crate::tag::{TAG_VARIABLE, Tag};
use rustix::process::{
    Pid, PidfdFlags, Signal, getpid, getuid, kill_process, pidfd_open, pidfd_send_signal,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How long a process may take after SIGTERM.
const POLITE: Duration = Duration::from_millis(1500);
/// How long the whole sweep may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How often the processes are looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);
/// How long a process may take to show its environment.
const BECOMING: Duration = Duration::from_secs(1);
/// A process that runs for longer than this and shows no environment has none, in clock ticks (Linux tells 100 a
/// second, whatever its own are).
const YOUNG: u64 = 10 * 100;
/// Of a process's flags, the one that tells a thread of the kernel.
const KERNEL: u64 = 0x0020_0000;

/// Ends what carries the tag: SIGTERM, up to 1.5 s, then SIGKILL until nothing is left; gives up after 5 s.
/// Blocking. Returns what was found, by process id.
pub fn sweep(tag: &Tag) -> Vec<Ended> {
    end(&Wanted {
        of: Of::Living,
        tags: vec![tag],
        recorded: &[],
    })
}

/// See [`crate::end_recorded`].
pub(crate) fn end_killed(tag: &Tag, rows: &[Recorded]) -> Vec<Ended> {
    let tags = std::iter::once(tag).chain(rows.iter().map(|row| &row.tag));
    end(&Wanted {
        of: Of::Killed,
        tags: tags.collect(),
        recorded: rows,
    })
}

/// Whose processes a sweep looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Of one who lives, or whose end was waited for: all that was started has begun.
    Living,
    /// Of an app that was killed at any moment, maybe when it was just about to start another program.
    Killed,
}

/// What a sweep looks for.
struct Wanted<'a> {
    /// Whose.
    of: Of,
    /// Whatever carries one of these.
    tags: Vec<&'a Tag>,
    /// These very processes, and what is in their groups while they run.
    recorded: &'a [Recorded],
}

/// Ends what is wanted, and what descends from it: see [`sweep`].
fn end(wanted: &Wanted) -> Vec<Ended> {
    let began = Instant::now();
    let mut found: BTreeMap<(i32, u64), Ended> = BTreeMap::new();
    let mut empty_looks = 0;
    loop {
        let Look { living, unsure } = Look::at(wanted, &found);
        let nothing = living.is_empty() && (!unsure || began.elapsed() > BECOMING);
        // A process may fork while /proc is read: nothing is left only when two looks in a row say so.
        empty_looks = if nothing { empty_looks + 1 } else { 0 };
        match empty_looks {
            2 => break,
            1 if found.is_empty() => continue,
            _ => {}
        }
        if began.elapsed() > LIMIT {
            for process in &living {
                tracing::warn!(pid = process.pid, "a process could not be ended");
            }
            break;
        }
        for process in living {
            let first_seen = !found.contains_key(&process.identity());
            if first_seen {
                // Read before it is signalled: a process that ends has no command line any more.
                let (pid, command) = (process.pid, command_line(process.pid));
                let ended = Ended { pid, command };
                tracing::info!(pid, program = ended.program(), "ending a left-over process");
                found.insert(process.identity(), ended);
            }
            if began.elapsed() > POLITE {
                process.signal(Signal::KILL);
            } else if first_seen {
                process.signal(Signal::TERM);
            }
        }
        std::thread::sleep(LOOK);
    }
    found.into_values().collect()
}

/// What carries the tag now, without touching it. Blocking.
pub fn living(tag: &Tag) -> Vec<Ended> {
    let ended = |process: Process| Ended {
        command: command_line(process.pid),
        pid: process.pid,
    };
    let wanted = Wanted {
        of: Of::Living,
        tags: vec![tag],
        recorded: &[],
    };
    let look = Look::at(&wanted, &BTreeMap::new());
    look.living.into_iter().map(ended).collect()
}

/// One living process. The start time, in clock ticks since boot, tells it from a later one with the same id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    session: i32,
    pub(crate) began: u64,
}

impl Process {
    /// Reads `/proc/<pid>/stat`; `None` for a process that is gone or a zombie, and for the kernel's own threads.
    pub(crate) fn read(pid: i32) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        // The name is in parentheses and may hold anything, also parentheses and bytes that are not UTF-8.
        let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let rest = std::str::from_utf8(&stat[after_name..]).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let session = fields.next()?.parse().ok()?;
        let flags: u64 = fields.nth(2)?.parse().ok()?;
        let began = fields.nth(12)?.parse().ok()?;
        let runs = !matches!(state, "Z" | "X" | "x") && flags & KERNEL == 0;
        runs.then_some(Self {
            pid,
            parent,
            group,
            session,
            began,
        })
    }

    /// Whether this may be what a killed app was about to start: forked off it and not yet another program. It shows the
    /// app's environment still, without a tag. Reapers, which look alike, lead a session of their own.
    /// `own`: this app's program.
    fn may_be_forked_off(&self, all: &BTreeMap<i32, Self>, own: Option<&Path>) -> bool {
        let is_copy = |pid: i32| own.is_some() && program_of(pid).as_deref() == own;
        self.session != self.pid
            && is_copy(self.pid)
            && !(all.contains_key(&self.parent) && is_copy(self.parent))
    }

    fn identity(&self) -> (i32, u64) {
        (self.pid, self.began)
    }

    /// Sends the signal to this very process, never to a later one with the same id.
    fn signal(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return;
        };
        let handle = pidfd_open(pid, PidfdFlags::empty());
        if Self::read(self.pid).is_none_or(|now| now.began != self.began) {
            return;
        }
        // Gone meanwhile is what we want; kernels before 5.3 have no handles.
        let _ = match handle {
            Ok(handle) => pidfd_send_signal(handle, signal),
            Err(_) => kill_process(pid, signal),
        };
    }
}

/// See [`start_time_of`].
pub(crate) fn start_time_of_self() -> Option<u64> {
    start_time_of(getpid().as_raw_nonzero().get())
}

/// When a living process started, as [`of_this_boot`] tells it; `None` where `/proc` is absent.
pub(crate) fn start_time_of(pid: i32) -> Option<u64> {
    Process::read(pid).map(|process| of_this_boot(process.began))
}

/// Clock ticks since boot as what no process of another boot has, where they begin anew: mixed with the boot's own id. Where
/// the system tells none, the ticks alone.
fn of_this_boot(ticks: u64) -> u64 {
    static BOOT: LazyLock<u64> = LazyLock::new(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits = id.replace(['-', '\n'], "");
        u128::from_str_radix(&digits, 16).map_or(0, |id| (id >> 64) as u64 ^ id as u64)
    });
    ticks ^ *BOOT
}

fn program_of(pid: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// What one reading of `/proc` tells.
struct Look {
    /// Every living process of this user that is wanted, and all that descend from one.
    living: Vec<Process>,
    /// Whether a process is just becoming another program: until its environment is in place it shows none, or that of
    /// the app it was forked off.
    unsure: bool,
}

impl Look {
    /// `found`: what was found before. It stays wanted when what it descended from is gone.
    fn at(wanted: &Wanted, found: &BTreeMap<(i32, u64), Ended>) -> Self {
        let all = all_processes();
        let spared = self_and_ancestors(&all);
        let youngest = now().saturating_sub(YOUNG);
        let (mut ours, mut unsure) = (BTreeSet::new(), false);
        let recorded = recorded(wanted.recorded, &all);
        let own = program_of(getpid().as_raw_nonzero().get());
        for process in all.values().filter(|one| !spared.contains(&one.pid)) {
            let is_known = found.contains_key(&process.identity());
            if is_known || recorded.contains(&process.pid) || recorded.contains(&process.group) {
                ours.insert(process.pid);
                continue;
            }
            match carries(process.pid, &wanted.tags) {
                Carries::It => {
                    ours.insert(process.pid);
                }
                Carries::Nothing => unsure |= process.began >= youngest,
                Carries::Others => {
                    unsure |= wanted.of == Of::Killed
                        && process.began >= youngest
                        && process.may_be_forked_off(&all, own.as_deref());
                }
            }
        }
        loop {
            let descends = |process: &&Process| {
                ours.contains(&process.parent)
                    && !ours.contains(&process.pid)
                    && !spared.contains(&process.pid)
            };
            let more: Vec<i32> = all
                .values()
                .filter(descends)
                .map(|process| process.pid)
                .collect();
            if more.is_empty() {
                break;
            }
            ours.extend(more);
        }
        let living = ours.iter().filter_map(|pid| all.get(pid).copied());
        Self {
            living: living.collect(),
            unsure,
        }
    }
}

/// The ids of those that still run. One of the same id that began at another time is a stranger.
fn recorded(rows: &[Recorded], all: &BTreeMap<i32, Process>) -> BTreeSet<i32> {
    let running = rows.iter().filter_map(|row| {
        let pid = i32::try_from(row.pid).ok().filter(|pid| *pid > 1)?;
        let process = all.get(&pid)?;
        (of_this_boot(process.began) == row.began).then_some(pid)
    });
    running.collect()
}

/// Clock ticks since boot; 0 where the system does not tell, so that every process counts as young.
fn now() -> u64 {
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = uptime.split(['.', ' ']).next();
    100 * seconds
        .and_then(|seconds| seconds.parse::<u64>().ok())
        .unwrap_or_default()
}

fn all_processes() -> BTreeMap<i32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return BTreeMap::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, Process::read(pid)?)))
        .collect()
}

fn self_and_ancestors(all: &BTreeMap<i32, Process>) -> BTreeSet<i32> {
    let own = getpid().as_raw_nonzero().get();
    std::iter::successors(Some(own), |pid| all.get(pid).map(|process| process.parent))
        .take_while(|pid| *pid > 0)
        .collect()
}

/// What a process's environment says.
enum Carries {
    /// The tag.
    It,
    /// Something else, or it is not this user's to know.
    Others,
    /// Nothing at all.
    Nothing,
}

fn carries(pid: i32, tags: &[&Tag]) -> Carries {
    let folder = format!("/proc/{pid}");
    let mine = fs::metadata(&folder).is_ok_and(|data| data.uid() == getuid().as_raw());
    let Some(environment) = mine.then(|| fs::read(folder + "/environ").ok()).flatten() else {
        return Carries::Others;
    };
    if environment.is_empty() {
        return Carries::Nothing;
    }
    let is_it = environment.split(|byte| *byte == 0).any(|variable| {
        variable
            .strip_prefix(TAG_VARIABLE.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="))
            .is_some_and(|value| tags.iter().any(|tag| tag.matches(value)))
    });
    if is_it { Carries::It } else { Carries::Others }
}

pub(crate) fn command_line(pid: i32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&words).replace('\0', " ");
    if !line.trim().is_empty() {
        return line.trim().to_owned();
    }
    let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!("[{}]", String::from_utf8_lossy(&name).trim())
}
