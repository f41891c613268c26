//! Ends what an earlier run of the app left: what carries its tag, and what it recorded and did not see end.
//!
//! A recorded id is only believed together with its start time: without it the id may be a stranger's by now.

use crate::sweep::{end_killed, start_time_of};
use crate::tag::Tag;

/// A process as it was recorded when it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id, which is its group's id too where there are groups.
    pub pid: u32,
    /// See [`crate::Owned::began`].
    pub began: u64,
    /// Its tag.
    pub tag: Tag,
}

/// A process that was found and ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub pid: i32,
    /// Its command line, arguments joined by spaces; its short name in brackets where it shows none. On Windows, where its
    /// program is.
    pub command: String,
}

impl Ended {
    /// For the log: its program without the arguments, which may hold secrets.
    pub fn program(&self) -> &str {
        if cfg!(windows) {
            // No arguments are known there, and folders have spaces in their names.
            return &self.command;
        }
        self.command.split(' ').next().unwrap_or_default()
    }
}

impl Recorded {
    /// Whether this very process still runs.
    pub fn runs(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().filter(|pid| *pid > 1);
        pid.and_then(start_time_of) == Some(self.began)
    }
}

/// Ends what carries the tag or a recorded one, the recorded processes that still run with their groups, and all that
/// descends from any of these: SIGTERM, up to 1.5 s, SIGKILL; gives up after 5 s. A process of a recorded id that began at
/// another time is left alone. Takes up to 1 s more where another copy of this program began within the last 10 s: it may be
/// about to become something that a killed app was starting. On Windows only the recorded processes are ended, at once: the
/// jobs of a killed app ended the rest. Blocking. Returns what was ended, by process id.
pub fn end_recorded(tag: &Tag, rows: &[Recorded]) -> Vec<Ended> {
    end_killed(tag, rows)
}
