//! Removing worktrees: only ours, only whole paths, and moved aside first so that a crash leaves all or nothing.

use crate::entry::{self, Lock};
use crate::{errors, inspect};
use git2::Repository;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use workspace::WorkspaceError;

const TRASH: &str = ".trash";

/// Removes the worktree at `path`; a tree that is gone is only taken off the repository's list.
pub(crate) fn remove(repository: &Path, root: &Path, path: &Path) -> Result<(), WorkspaceError> {
    check_place(root, path)?;
    if entry::is_nothing(path)? {
        let known = match Repository::open(repository) {
            Ok(repository) => entry::of_path(&repository, path)?,
            // The whole repository is gone: so is its list.
            Err(_) => None,
        };
        if let Some(entry) = known {
            check_lock(path, &entry.lock)?;
            entry.forget()?;
        }
        // An empty folder is left for the next tree of that name, if it can't be removed.
        let _ = fs::remove_dir(path);
        empty_trash(root);
        return Ok(());
    }
    check_folder(root, path)?;
    let repository = inspect::open(repository)?;
    let entry = entry::of_path(&repository, path)?.ok_or_else(|| {
        let at = repository.workdir().unwrap_or(repository.path());
        refused(
            path,
            format!("git does not know it as a worktree of {}", at.display()),
        )
    })?;
    check_lock(path, &entry.lock)?;
    check_link_back(path, &entry.folder)?;
    move_aside(root, path)?;
    entry.forget()?;
    empty_trash(root);
    Ok(())
}

fn check_place(root: &Path, path: &Path) -> Result<(), WorkspaceError> {
    let outside = || refused(path, format!("it is not under {}", root.display()));
    let below = path.strip_prefix(root).map_err(|_| outside())?;
    let mut parts = below.components().peekable();
    let first = parts.peek().copied().ok_or_else(outside)?;
    let plain = parts.all(|part| matches!(part, Component::Normal(_)));
    if root.is_absolute() && plain && first.as_os_str() != TRASH {
        Ok(())
    } else {
        Err(outside())
    }
}

/// A real folder, reached without a link below the root.
fn check_folder(root: &Path, path: &Path) -> Result<(), WorkspaceError> {
    let data = path
        .symlink_metadata()
        .map_err(errors::io("look at", path))?;
    if data.is_symlink() {
        return Err(refused(path, "it is a symbolic link".into()));
    }
    if !data.is_dir() {
        return Err(refused(path, "it is not a folder".into()));
    }
    let real = |path: &Path| path.canonicalize().map_err(errors::io("look at", path));
    let below = path.strip_prefix(root).expect("the place was checked");
    if real(path)? == real(root)?.join(below) {
        Ok(())
    } else {
        Err(refused(
            path,
            "a folder on the way to it is a symbolic link".into(),
        ))
    }
}

fn check_lock(path: &Path, lock: &Lock) -> Result<(), WorkspaceError> {
    match lock {
        Lock::None | Lock::Unfinished => Ok(()),
        Lock::ByPerson(reason) => Err(refused(path, format!("it is locked in git: {reason}"))),
    }
}

/// The tree's `.git` file names the entry that names the tree.
fn check_link_back(path: &Path, entry: &Path) -> Result<(), WorkspaceError> {
    let linked = Repository::open(path)
        .ok()
        .and_then(|tree| tree.path().canonicalize().ok());
    match entry.canonicalize() {
        Ok(entry) if linked.as_ref() == Some(&entry) => Ok(()),
        _ => Err(refused(
            path,
            "its .git file does not belong to that repository".into(),
        )),
    }
}

fn move_aside(root: &Path, path: &Path) -> Result<(), WorkspaceError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let trash = root.join(TRASH);
    fs::create_dir_all(&trash).map_err(errors::io("make", &trash))?;
    if trash.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
        return Err(refused(&trash, "it is a symbolic link".into()));
    }
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let aside = trash.join(format!("{}-{number}", std::process::id()));
        if aside.symlink_metadata().is_err() {
            return fs::rename(path, &aside).map_err(errors::io("move aside", path));
        }
    }
}

/// Deletes what was moved aside, now or by a run that was killed. What resists is tried again the next time.
fn empty_trash(root: &Path) {
    let trash = root.join(TRASH);
    let Ok(entries) = fs::read_dir(&trash) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if let Err(error) = delete(&path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "a removed worktree could not be deleted yet");
        }
    }
}

fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_up(path)?;
            fs::remove_dir_all(path)
        }
        answer => answer,
    }
}

/// Some tools keep their caches in folders without the right to write; Windows may refuse files that are read-only, as git's
/// objects are.
fn open_up(path: &Path) -> io::Result<()> {
    let mut folders: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        unlock(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if cfg!(windows) && kind.is_file() {
                unlock(&entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn unlock(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
}

#[cfg(windows)]
#[expect(
    clippy::permissions_set_readonly_false,
    reason = "who may write is decided elsewhere there"
)]
fn unlock(path: &Path) -> io::Result<()> {
    let mut permissions = path.metadata()?.permissions();
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

fn refused(path: &Path, why: String) -> WorkspaceError {
    WorkspaceError::NotOurs {
        path: path.display().to_string(),
        why,
    }
}
