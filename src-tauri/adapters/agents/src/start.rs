//! Starts an agent's process in its folder, with a group and a tag of its own.

use crate::{environment, registry};
use process::{Owned, Tag};
use session::Cause;
use session::port::Launch;
use std::ffi::OsStr;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Stdio};

/// The process's pipes.
pub(crate) struct Pipes {
    pub(crate) stdin: tokio::process::ChildStdin,
    pub(crate) stdout: tokio::process::ChildStdout,
    pub(crate) stderr: tokio::process::ChildStderr,
}

/// Starts the process, or says why it can't be. Blocking; within a tokio runtime.
pub(crate) fn start(launch: &Launch, tag: &Tag, search: &OsStr) -> Result<(Owned, Pipes), Cause> {
    let unusable = |said: &str| Cause::FolderUnusable {
        path: launch.cwd.to_string_lossy().into_owned(),
        said: said.to_owned(),
    };
    // Some agents take any folder and fail later in ways nobody understands.
    if !launch.cwd.is_dir() {
        return Err(unusable("there is no such folder"));
    }
    if launch.cwd.to_str().is_none() {
        return Err(unusable(
            "its name is not valid UTF-8, which the protocol demands",
        ));
    }
    let missing = |said: String| Cause::BinaryMissing {
        command: launch.program.command.clone(),
        said,
    };
    let Some(path) = registry::find(&launch.program, search) else {
        return Err(missing(format!(
            "it was not found ({})",
            registry::install(&launch.program)
        )));
    };
    let mut command = environment::command(
        &launch.program,
        &launch.inherits,
        &path,
        &launch.cwd,
        search,
    );
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (owned, mut child) =
        Owned::spawn(&mut command, tag).map_err(|error| missing(error.to_string()))?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(missing("its pipes are missing".to_owned()));
    };
    match asynchronous(stdin, stdout, stderr) {
        Ok(pipes) => Ok((owned, pipes)),
        Err(error) => Err(missing(error.to_string())),
    }
}

fn asynchronous(
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
) -> std::io::Result<Pipes> {
    Ok(Pipes {
        stdin: tokio::process::ChildStdin::from_std(stdin)?,
        stdout: tokio::process::ChildStdout::from_std(stdout)?,
        stderr: tokio::process::ChildStderr::from_std(stderr)?,
    })
}
