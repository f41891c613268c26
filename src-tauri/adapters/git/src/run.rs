//! One way to run the installed git: no shell, no prompt, a group of its own, bounded time and output.
//!
//! Invariant: nothing it started is left when this returns, unless it put itself into a session of its own.

use crate::{Git, errors};
use process::{Brief, Tag};
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use workspace::WorkspaceError;

/// Most bytes kept of git's output: lists of a million paths fit.
const STDOUT_LIMIT: u64 = 256 * 1024 * 1024;
/// Most bytes kept of git's complaints.
const STDERR_LIMIT: u64 = 64 * 1024;
/// Checkouts of large repositories take minutes on slow disks.
const TIME_LIMIT: Duration = Duration::from_secs(600);
/// For the last output after git has ended, when something else still holds the pipe.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// Inherited variables that say how the person reaches and trusts repositories. All other `GIT_…` variables point at
/// some repository, index or object store, and would send our commands there.
const KEPT: [&str; 9] = [
    "GIT_ASKPASS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
];

/// A git command about to run.
pub(crate) struct Call {
    action: &'static str,
    command: Command,
    tag: Tag,
    directory: PathBuf,
    input: Vec<u8>,
    limit: Duration,
}

/// What came of it.
pub(crate) struct Said {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: String,
}

impl Git {
    /// `git` in a directory; `action` is a verb phrase for errors: "create the worktree".
    pub(crate) fn call(&self, action: &'static str, directory: &Path) -> Call {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"GIT_")
                && !KEPT.iter().any(|kept| name == *kept)
            {
                command.env_remove(name);
            }
        }
        command
            .current_dir(directory)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        // Nothing of ours may leave a daemon behind.
        for setting in [
            "gc.auto=0",
            "maintenance.auto=false",
            "core.fsmonitor=false",
        ] {
            command.arg("-c").arg(setting);
        }
        Call {
            action,
            command,
            tag: self.tag.clone(),
            directory: directory.to_owned(),
            input: Vec::new(),
            limit: TIME_LIMIT,
        }
    }
}

impl Call {
    /// Runs no hook, and writes objects, refs and names in one way whatever is configured. Before the subcommand.
    pub(crate) fn plumbing(mut self) -> Self {
        for setting in [
            "core.hooksPath=/dev/null",
            "core.logAllRefUpdates=false",
            "core.splitIndex=false",
            "core.safecrlf=false",
            "core.quotePath=false",
            "add.ignoreErrors=false",
            "advice.addEmbeddedRepo=false",
            "i18n.commitEncoding=UTF-8",
        ] {
            self.command.arg("-c").arg(setting);
        }
        self
    }

    pub(crate) fn args<I: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = I>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Commits under the app's own identity, so that none needs to be configured.
    pub(crate) fn under_our_name(self) -> Self {
        self.env("GIT_AUTHOR_NAME", "Shopfloor")
            .env("GIT_AUTHOR_EMAIL", "shopfloor@localhost")
            .env("GIT_COMMITTER_NAME", "Shopfloor")
            .env("GIT_COMMITTER_EMAIL", "shopfloor@localhost")
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    #[cfg(test)]
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it; an exit code other than 0 is an error with git's words.
    pub(crate) fn run(self) -> Result<Said, WorkspaceError> {
        let action = self.action;
        let said = self.outcome()?;
        if said.status.success() {
            return Ok(said);
        }
        Err(errors::git(action, said.complaint()))
    }

    /// Runs it; whatever the exit code.
    pub(crate) fn outcome(mut self) -> Result<Said, WorkspaceError> {
        if !self.directory.is_dir() {
            return Err(errors::missing(&self.directory));
        }
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut brief =
            Brief::spawn(&mut self.command, &self.tag).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => WorkspaceError::GitMissing,
                _ => errors::io("start git in", &self.directory)(error),
            })?;
        let child = brief.child();
        let stdout = drain(child.stdout.take(), STDOUT_LIMIT);
        let stderr = drain(child.stderr.take(), STDERR_LIMIT);
        feed(child.stdin.take(), std::mem::take(&mut self.input));
        let status = brief
            .wait(self.limit)
            .map_err(errors::io("wait for git in", &self.directory))?;
        let out_of_time = || {
            errors::git(
                self.action,
                format!("no answer within {} s", self.limit.as_secs()),
            )
        };
        let (stdout, cut) = stdout
            .recv_timeout(LAST_OUTPUT)
            .unwrap_or((Vec::new(), true));
        let (stderr, _) = stderr.recv_timeout(LAST_OUTPUT).unwrap_or_default();
        let status = status.ok_or_else(out_of_time)?;
        if cut {
            return Err(errors::git(
                self.action,
                "its answer was too long or never ended",
            ));
        }
        Ok(Said {
            status,
            stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }
}

impl Said {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.stdout
    }

    /// The one word git answered: an object's name.
    pub(crate) fn word(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    /// The parts of a list that ends each with a zero byte.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.stdout
            .split(|byte| *byte == 0)
            .filter(|part| !part.is_empty())
    }

    fn complaint(&self) -> String {
        let lines = self.stderr.lines().map(str::trim).filter(|line| {
            !line.is_empty()
                && !line.starts_with("hint:")
                && !line.starts_with("Preparing worktree")
        });
        let text = lines.collect::<Vec<_>>().join(" ");
        match (text.is_empty(), self.status.code()) {
            (false, _) => text,
            (true, Some(code)) => format!("it ended with code {code}"),
            (true, None) => "it was killed".into(),
        }
    }
}

/// Reads to the end, keeps at most `limit` bytes; answers them and whether there were more.
fn drain(pipe: Option<impl Read + Send + 'static>, limit: u64) -> Receiver<(Vec<u8>, bool)> {
    let (sender, receiver) = channel();
    let mut pipe = pipe.expect("the pipe was asked for");
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        // A pipe that breaks off has given all it will.
        let _ = (&mut pipe).take(limit).read_to_end(&mut kept);
        let more = io::copy(&mut pipe, &mut io::sink()).unwrap_or(0);
        let _ = sender.send((kept, more > 0));
    });
    receiver
}

fn feed(pipe: Option<impl Write + Send + 'static>, input: Vec<u8>) {
    let mut pipe = pipe.expect("the pipe was asked for");
    if input.is_empty() {
        return;
    }
    // A git that reads no further says why on its own.
    std::thread::spawn(move || pipe.write_all(&input));
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use crate::Git;
    use process::Tag;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::time::Duration;
    use workspace::WorkspaceError;

    fn script(folder: &Path, text: &str) -> Git {
        let program = folder.join("git");
        std::fs::write(&program, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        Git::with_program(Tag::of_home(folder), program)
    }

    /// Waits until a process is gone, or a zombie that only its new parent can clear away.
    fn ends(pid: &str) {
        let pid = pid
            .trim()
            .parse()
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .unwrap();
        let lives = || {
            let state = std::process::Command::new("ps")
                .args(["-o", "state=", "-p", &pid.as_raw_nonzero().to_string()])
                .output()
                .unwrap();
            let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
            !state.is_empty() && !state.starts_with('Z')
        };
        while lives() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_git_that_hangs_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let git = script(folder.path(), "sleep 600 & echo $! > child; wait");
        // Long enough for a shell to start, far from the 600 s it would take.
        let said = git
            .call("wait", folder.path())
            .within(Duration::from_secs(2))
            .run();
        assert!(
            matches!(said, Err(WorkspaceError::Git { said, .. }) if said.contains("within 2 s"))
        );
        let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
        ends(&child);
    }

    #[test]
    fn what_git_leaves_running_in_its_group_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let git = script(folder.path(), "sleep 600 > /dev/null 2>&1 & echo $!");
        let child = git.call("leave", folder.path()).run().unwrap().word();
        ends(&child);
    }

    #[test]
    fn a_missing_git_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let git = Git::with_program(Tag::of_home(folder.path()), "/nowhere/git");
        let said = git.call("look", folder.path()).run();
        assert!(matches!(said, Err(WorkspaceError::GitMissing)));
        let said = git.call("look", &folder.path().join("gone")).run();
        assert!(matches!(said, Err(WorkspaceError::Missing { .. })));
    }

    #[test]
    fn large_input_and_output_pass() {
        let folder = tempfile::tempdir().unwrap();
        let git = script(folder.path(), "cat; echo oops >&2");
        let input = vec![b'x'; 3_000_000];
        let said = git.call("echo", folder.path()).input(input).run().unwrap();
        assert_eq!(said.bytes().len(), 3_000_000);
    }

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let folder = tempfile::tempdir().unwrap();
        let git = script(
            folder.path(),
            "echo 'fatal: x: No space left on device' >&2; exit 128",
        );
        let said = git.call("write", folder.path()).run();
        assert!(matches!(said, Err(WorkspaceError::DiskFull)));
        let git = script(folder.path(), "exit 3");
        let Err(said) = git.call("write it", folder.path()).run() else {
            panic!("it failed")
        };
        assert_eq!(
            said.to_string(),
            "git could not write it: it ended with code 3"
        );
    }

    #[test]
    fn the_tag_goes_along_and_another_repository_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let git = script(folder.path(), "env");
        let said = git
            .call("list", folder.path())
            .env("GIT_DIR", "ours")
            .run()
            .unwrap();
        let text = String::from_utf8_lossy(said.bytes()).into_owned();
        assert!(text.contains("SHOPFLOOR_TAG=") && text.contains("/git\n"));
        assert!(text.contains("GIT_OPTIONAL_LOCKS=0") && text.contains("GIT_DIR=ours"));
    }
}
