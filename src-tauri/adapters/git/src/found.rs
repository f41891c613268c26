//! A new repository with a first commit: whole, or not there.

use crate::{Git, entry, errors};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path};
use workspace::WorkspaceError;

const ACTION: &str = "make the repository";

/// Built beside `path` and moved there when it is done.
pub(crate) fn found(
    git: &Git,
    path: &Path,
    files: &[(&str, &str, bool)],
    message: &str,
) -> Result<(), WorkspaceError> {
    if !entry::is_nothing(path)? {
        return Err(WorkspaceError::NotEmpty {
            path: path.display().to_string(),
        });
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(errors::missing(path));
    };
    fs::create_dir_all(parent).map_err(errors::io("make", parent))?;
    let mut unfinished = OsString::from(".");
    unfinished.push(name);
    unfinished.push(format!(".{}", std::process::id()));
    let unfinished = parent.join(unfinished);
    let built = build(git, &unfinished, files, message)
        .and_then(|()| fs::rename(&unfinished, path).map_err(errors::io("make", path)));
    if built.is_err() {
        // Made by us a moment ago; what is left of it hides nothing.
        let _ = fs::remove_dir_all(&unfinished);
    }
    built
}

fn build(
    git: &Git,
    folder: &Path,
    files: &[(&str, &str, bool)],
    message: &str,
) -> Result<(), WorkspaceError> {
    fs::create_dir(folder).map_err(errors::io("make", folder))?;
    for (name, content, executable) in files {
        write(folder, name, content, *executable)?;
    }
    let call = || git.call(ACTION, folder).plumbing().under_our_name();
    call()
        .env("GIT_DEFAULT_REF_FORMAT", "files")
        .args([
            "init",
            "--quiet",
            "--template=",
            "--object-format=sha1",
            "-b",
            "main",
        ])
        .run()?;
    call()
        .args(["-c", "core.autocrlf=false", "add", "--all", "--force"])
        .run()?;
    let executable = files.iter().filter(|file| file.2).map(|file| file.0);
    let executable: Vec<&str> = executable.collect();
    if !executable.is_empty() {
        // Windows has no such mark on disk where git would see it.
        call()
            .args(["update-index", "--chmod=+x", "--"])
            .args(executable)
            .run()?;
    }
    call()
        .args([
            "-c",
            "commit.gpgSign=false",
            "commit",
            "--quiet",
            "--allow-empty",
            "--no-verify",
        ])
        .args(["--message", message])
        .run()?;
    Ok(())
}

fn write(folder: &Path, name: &str, content: &str, executable: bool) -> Result<(), WorkspaceError> {
    let inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return Err(errors::git(
            ACTION,
            format!("{name} is not a path inside it"),
        ));
    }
    let file = folder.join(name);
    let failed = errors::io("write", &file);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(&failed)?;
    }
    fs::write(&file, content).map_err(&failed)?;
    set_mode(&file, executable).map_err(&failed)
}

#[cfg(unix)]
fn set_mode(file: &Path, executable: bool) -> io::Result<()> {
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "other systems can refuse")]
fn set_mode(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}
