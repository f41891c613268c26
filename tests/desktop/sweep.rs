//! Who is still alive: found by what they inherited in their environment, wherever they went.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::PathBuf;

/// The variable that everything the app starts inherits from the test.
/// Not one of `SHOPFLOOR_…`: the app keeps those from its agents.
pub const MARK: &str = "DESKTOP_TEST_WORLD";

/// A living process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Its id.
    pub pid: u32,
    /// Its arguments, joined by spaces.
    pub command: String,
    /// Its program; `None` when that can't be read.
    pub program: Option<PathBuf>,
}

/// All living processes with this mark. Zombies don't count.
pub fn marked(mark: &str) -> Vec<Alive> {
    let wanted = format!("{MARK}={mark}");
    let pids = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| variables(*pid).contains(&wanted))
        .map(|pid| Alive {
            pid,
            command: fs::read_to_string(format!("/proc/{pid}/cmdline"))
                .unwrap_or_default()
                .replace('\0', " "),
            program: fs::read_link(format!("/proc/{pid}/exe")).ok(),
        })
        .collect()
}

/// The value of a variable in a process's environment.
pub fn variable(pid: u32, name: &str) -> Option<String> {
    let prefix = format!("{name}=");
    variables(pid)
        .into_iter()
        .find_map(|variable| variable.strip_prefix(&prefix).map(str::to_owned))
}

/// Sends SIGKILL.
pub fn kill(pid: u32) {
    send(pid, Signal::KILL);
}

/// Sends SIGTERM.
pub fn terminate(pid: u32) {
    send(pid, Signal::TERM);
}

fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // Gone meanwhile is what we want.
    let _ = kill_process(pid.unwrap(), signal);
}

/// A zombie's environment reads as empty.
fn variables(pid: u32) -> Vec<String> {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    String::from_utf8_lossy(&environment)
        .split('\0')
        .map(str::to_owned)
        .collect()
}
