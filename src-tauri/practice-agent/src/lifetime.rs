//! How this process ends: at the end of stdin, at SIGTERM, or when told so. No command that it runs outlives it.

use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Even an agent that ignores every polite request goes away by itself after this time.
const STUBBORN_FOR: Duration = Duration::from_secs(600);

/// The commands that run now, and whether polite requests to end are ignored.
pub struct Lifetime {
    /// `None` once the process is ending: nothing may be started any more.
    running: Mutex<Option<Vec<u32>>>,
    stubborn: AtomicBool,
}

impl Lifetime {
    /// Begins to listen for signals.
    pub fn begin() -> Arc<Self> {
        let lifetime = Arc::new(Self {
            running: Mutex::new(Some(Vec::new())),
            stubborn: AtomicBool::new(false),
        });
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
            let listener = Arc::clone(&lifetime);
            if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP])
            {
                std::thread::spawn(move || {
                    for signal in signals.forever() {
                        if !listener.stubborn.load(Ordering::SeqCst) {
                            listener.end(128 + signal);
                        }
                    }
                });
            }
        }
        lifetime
    }

    /// From now on neither the end of stdin nor SIGTERM ends the process (for at most ten minutes).
    pub fn become_stubborn(&self) {
        self.stubborn.store(true, Ordering::SeqCst);
    }

    /// Starts a command in its own process group.
    pub fn start(&self, command: &mut Command) -> std::io::Result<Child> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.as_mut() else {
            return Err(std::io::Error::other("the agent is ending"));
        };
        let child = command.spawn()?;
        running.push(child.id());
        Ok(child)
    }

    /// Forgets a command that was waited for, after killing what it left behind in its group.
    pub fn finish(&self, group: u32) {
        kill_group(group);
        if let Some(running) = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            running.retain(|id| *id != group);
        }
    }

    /// Nobody reads or writes any more: ends, unless stubborn.
    pub fn end_of_input(&self) -> ! {
        if self.stubborn.load(Ordering::SeqCst) {
            std::thread::sleep(STUBBORN_FOR);
        }
        self.end(0)
    }

    /// Kills the running commands' groups and ends the process.
    pub fn end(&self, code: i32) -> ! {
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        for group in running.unwrap_or_default() {
            kill_group(group);
        }
        std::process::exit(code)
    }
}

/// Asks a group to end.
#[cfg(unix)]
pub fn terminate_group(group: u32) {
    signal_group(group, rustix::process::Signal::TERM);
}

/// Ends a group.
#[cfg(unix)]
pub fn kill_group(group: u32) {
    signal_group(group, rustix::process::Signal::KILL);
}

#[cfg(unix)]
fn signal_group(group: u32, signal: rustix::process::Signal) {
    let pid = i32::try_from(group)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // An error means that the group is gone already.
        let _ = rustix::process::kill_process_group(pid, signal);
    }
}

/// Windows has no polite way to end a console program's tree.
#[cfg(windows)]
pub fn terminate_group(group: u32) {
    kill_group(group);
}

/// Ends a process and what it started.
#[cfg(windows)]
pub fn kill_group(group: u32) {
    let _ = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &group.to_string()])
        .output();
}
