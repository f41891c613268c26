//! Starts a program in a new pseudo-terminal.

use crate::environment;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use process::{Owned, TAG_VARIABLE, Tag};
use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{Read, Write};
use terminal::port::Launch;
use terminal::{Program, Size, TerminalError};

/// A program that runs, with our ends of its terminal.
pub(crate) struct Started {
    pub(crate) owned: Owned,
    pub(crate) master: Box<dyn MasterPty + Send>,
    pub(crate) reader: Box<dyn Read + Send>,
    /// Dropping it types Enter and end-of-file: see `input.rs`.
    pub(crate) writer: Box<dyn Write + Send>,
}

/// Starts it, marked with the tag, or says why it can't be. Blocking.
pub(crate) fn start(launch: &Launch, tag: &Tag, search: &OsStr) -> Result<Started, TerminalError> {
    // The library would quietly start it in the home directory.
    if !launch.cwd.is_dir() {
        let missing = format!("there is no folder {}", launch.cwd.display());
        return Err(refused(&launch.program, missing));
    }
    let refused = |said| refused(&launch.program, said);
    let pair = native_pty_system()
        .openpty(size(launch.size))
        .map_err(|error| refused(first_line(error)))?;
    // Both before anything runs: a program without them could not be reached.
    let reader = pair.master.try_clone_reader();
    let reader = reader.map_err(|error| refused(first_line(error)))?;
    let command = command(launch, tag, search);
    let child = pair
        .slave
        .spawn_command(command)
        .map_err(|error| refused(first_line(error)))?;
    // Ours must be closed, or the end of the output would never be seen.
    drop(pair.slave);
    // It leads a session of its own, thus a group. Nobody waits for it but `Owned`.
    let owned = Owned::adopt(child.process_id().unwrap_or_default(), tag)
        .map_err(|error| refused(first_line(error)))?;
    let writer = pair.master.take_writer();
    let writer = writer.map_err(|error| refused(first_line(error)))?;
    Ok(Started {
        owned,
        master: pair.master,
        reader,
        writer,
    })
}

/// The library's size; pixels are unknown.
pub(crate) fn size(size: Size) -> PtySize {
    PtySize {
        rows: size.rows,
        cols: size.cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn command(launch: &Launch, tag: &Tag, search: &OsStr) -> CommandBuilder {
    let mut command = match &launch.program {
        Program::Shell => shell(),
        Program::Command { command, args } => {
            let mut program = CommandBuilder::new(command);
            program.args(args);
            program
        }
    };
    command.cwd(&launch.cwd);
    environment::set(&mut command, search, &launch.env);
    command.env(TAG_VARIABLE, tag.as_str());
    command
}

/// The person's shell: a login shell where the system's own terminal starts one.
fn shell() -> CommandBuilder {
    if cfg!(target_os = "macos") {
        return CommandBuilder::new_default_prog();
    }
    CommandBuilder::new(CommandBuilder::new_default_prog().get_shell())
}

fn refused(program: &Program, said: String) -> TerminalError {
    let program = match program {
        Program::Shell => "Your shell".to_owned(),
        Program::Command { command, .. } => command.clone(),
    };
    TerminalError::NotStarted { program, said }
}

/// Without the line breaks and the full stop that the library's messages have.
fn first_line(error: impl Display) -> String {
    let said = error.to_string();
    let line = said.lines().next().unwrap_or_default();
    line.trim_end_matches(['.', ':']).to_owned()
}
