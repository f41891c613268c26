//! The person's editors, started and left alone: they are not ours to end, so they bear no tag of ours.
//!
//! Invariant: no shell. What is started gets its arguments one by one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use workspace::WorkspaceError;
use workspace::port::Editors as Port;

/// How long a program may take to say no. One that still runs then is taken for an editor with a window.
const REFUSAL: Duration = Duration::from_secs(2);
/// What a program's file may be called besides its name.
const SUFFIXES: &[&str] = if cfg!(windows) {
    &[".exe", ".cmd"]
} else {
    &[""]
};

/// The editors on a PATH.
pub struct Editors {
    search: OsString,
    desktop: Desktop,
}

/// Whether there is a desktop that knows which program opens a file in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desktop {
    /// There is one.
    Present,
    /// There is none. The system's opener would start an editor for terminals then, which nobody sees.
    Absent,
}

impl Desktop {
    /// What the app's environment says: on Linux a desktop names itself there.
    pub fn of_session() -> Self {
        let names = ["XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "WSL_DISTRO_NAME"];
        let named = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
        if cfg!(any(windows, target_os = "macos")) || names.iter().any(named) {
            Self::Present
        } else {
            Self::Absent
        }
    }
}

impl Editors {
    /// Looks for programs on this PATH, and gives it to what it starts.
    pub fn on(search: OsString, desktop: Desktop) -> Self {
        Self { search, desktop }
    }

    /// What a program of the person inherits: the app's environment without what would lead it astray.
    fn prepare(&self, command: &mut Command) {
        for (name, _) in env::vars_os().filter(|(name, _)| process::leads_astray(name)) {
            command.env_remove(name);
        }
        command.env("PATH", &self.search);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        own_group(command);
    }
}

impl Port for Editors {
    fn find(&self, name: &str) -> Option<PathBuf> {
        let folders = env::split_paths(&self.search).filter(|folder| folder.is_absolute());
        let named = |folder: PathBuf| {
            let files = SUFFIXES
                .iter()
                .map(move |suffix| folder.join(format!("{name}{suffix}")));
            files.collect::<Vec<_>>()
        };
        folders.flat_map(named).find(|file| is_program(file))
    }

    fn start(
        &self,
        program: &Path,
        arguments: &[OsString],
        folder: &Path,
    ) -> Result<(), WorkspaceError> {
        let by_name = program.components().count() == 1;
        let found = match program.to_str().filter(|_| by_name) {
            Some(name) => self.find(name),
            None => Some(program.to_owned()),
        };
        let failed = |said: String| WorkspaceError::EditorFailed {
            editor: name_of(program),
            said,
        };
        let found = found.ok_or_else(|| failed("there is no such program".to_owned()))?;
        let mut command = Command::new(found);
        command.args(arguments).current_dir(folder);
        self.prepare(&mut command);
        match launched(command) {
            Launched::Handed => Ok(()),
            Launched::Refused(said) => Err(failed(said)),
            Launched::Missing => Err(failed("there is no such program".to_owned())),
        }
    }

    fn open_by_system(&self, file: &Path) -> Result<(), WorkspaceError> {
        let mut said = None;
        let openers = match self.desktop {
            Desktop::Present => text_openers(file),
            Desktop::Absent => Vec::new(),
        };
        for mut command in openers {
            self.prepare(&mut command);
            match launched(command) {
                Launched::Handed => return Ok(()),
                Launched::Refused(why) => said = Some(why),
                Launched::Missing => {}
            }
        }
        Err(WorkspaceError::EditorFailed {
            editor: "The system".to_owned(),
            said: said.unwrap_or_else(|| "no editor was found".to_owned()),
        })
    }
}

enum Launched {
    /// It runs, or has passed the file on.
    Handed,
    /// It failed at once, and why.
    Refused(String),
    /// There is no such program.
    Missing,
}

/// Starts it and waits whether it refuses. A thread waits for its end, however late, so that no zombie is left.
fn launched(mut command: Command) -> Launched {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Launched::Missing,
        Err(error) => return Launched::Refused(error.to_string()),
    };
    let (ended, end) = channel();
    let waiting = std::thread::Builder::new()
        .name("editor".to_owned())
        .stack_size(128 * 1024)
        // Nobody listens any more once it counts as running.
        .spawn(move || drop(ended.send(child.wait())));
    if let Err(error) = waiting {
        tracing::warn!(%error, "nobody waits for the editor's end");
        return Launched::Handed;
    }
    match end.recv_timeout(REFUSAL) {
        Ok(Ok(status)) if !status.success() => Launched::Refused(ended_with(status)),
        Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Launched::Handed,
    }
}

fn ended_with(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended at once with code {code}"),
        None => format!("it ended at once with {status}"),
    }
}

fn name_of(program: &Path) -> String {
    let name = program.file_name().unwrap_or(OsStr::new("The editor"));
    name.to_string_lossy().into_owned()
}

/// What opens a file for reading and editing. Never the double click of macOS and Windows: that runs a script which an
/// agent may have written; desktops on Linux open it as text.
#[cfg(target_os = "macos")]
fn text_openers(file: &Path) -> Vec<Command> {
    let mut command = Command::new("/usr/bin/open");
    command.arg("-t").arg(file);
    vec![command]
}

#[cfg(windows)]
fn text_openers(file: &Path) -> Vec<Command> {
    let mut command = Command::new("notepad.exe");
    command.arg(file);
    vec![command]
}

#[cfg(not(any(target_os = "macos", windows)))]
fn text_openers(file: &Path) -> Vec<Command> {
    open::commands(file)
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = file
        .metadata()
        .map(|data| (data.is_file(), data.permissions().mode()));
    mode.is_ok_and(|(is_file, mode)| is_file && mode & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// A Ctrl-C in the terminal that the app was started from is not meant for the editor.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(all(test, unix))]
mod tests {
    use super::{Desktop, Editors};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use workspace::port::Editors as _;

    #[test]
    fn without_a_desktop_nothing_is_opened_that_nobody_would_see() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let opener = folder.path().join("xdg-open");
        fs::write(&opener, "#!/bin/sh\n").expect("it is writable");
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let open = |desktop| {
            let editors = Editors::on(folder.path().into(), desktop);
            editors.open_by_system(&folder.path().join("a.txt"))
        };
        assert!(open(Desktop::Present).is_ok());
        let said = open(Desktop::Absent).map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.ends_with("no editor was found.")));
    }
}
