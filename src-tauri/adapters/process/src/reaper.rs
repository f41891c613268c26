//! The reaper: a tiny process that outlives a killed app just long enough to sweep what it left.
//!
//! It is the app's own program in a hidden mode. The app holds the other end of its stdin; when the app is gone,
//! by whatever means, the pipe ends and the reaper sweeps the app's tag. It carries no tag itself.

use crate::sweep::{living, sweep};
use crate::tag::{TAG_VARIABLE, Tag};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the reaper looks for stragglers after the app is gone.
const LIMIT: Duration = Duration::from_secs(8);
/// How long nothing must show up before it leaves.
const QUIET: Duration = Duration::from_millis(500);

/// The app's hold on its reaper; the reaper sweeps when this is dropped or the app dies.
pub struct Reaper {
    _pipe: Option<ChildStdin>,
}

/// Starts the reaper: `program args… <tag>`, which must call [`run`] with that tag at once.
pub fn spawn<I, A>(program: &Path, args: I, tag: &Tag) -> io::Result<Reaper>
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    let mut child = Command::new(program)
        .args(args)
        .arg(tag.as_str())
        .env_remove(TAG_VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let pipe = child.stdin.take();
    // Reaped by a thread that costs nothing while it waits, so that an early end leaves no zombie.
    std::thread::Builder::new()
        .name("wait reaper".to_owned())
        .stack_size(64 * 1024)
        .spawn(move || child.wait())?;
    Ok(Reaper { _pipe: pipe })
}

/// The reaper's side: waits for the end of stdin, then sweeps until nothing showed up for half a second, at most
/// 8 s in all. Leaves the app's session first, so that what ends the app's terminal or group does not end it.
pub fn run(tag: &Tag) {
    // Refused only to the leader of a group, which this process is not unless it was started by hand.
    let _ = rustix::process::setsid();
    let mut stdin = io::stdin().lock();
    let mut ignored = [0; 64];
    loop {
        match stdin.read(&mut ignored) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let began = Instant::now();
    let mut quiet_since = began;
    while began.elapsed() < LIMIT && quiet_since.elapsed() < QUIET {
        if !living(tag).is_empty() {
            sweep(tag);
            quiet_since = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
