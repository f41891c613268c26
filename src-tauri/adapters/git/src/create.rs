//! Making worktrees, and taking over what a crash left of one.

use crate::entry::{self, Entry, Lock};
use crate::{Git, bases, errors, inspect};
use git2::{Oid, Repository};
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use workspace::WorkspaceError;
use workspace::port::{NewWorktree, Standing};

const ACTION: &str = "create the worktree";

/// Makes branch and worktree; answers the commit it started at.
pub(crate) fn create(git: &Git, new: &NewWorktree) -> Result<String, WorkspaceError> {
    let repository = inspect::open(&new.repository)?;
    let base = bases::commit_of(&repository, &new.base)?;
    let tip = local_tip(&repository, &new.branch);
    if let Some(tip) = tip
        && entry::standing(&new.repository, &new.path, &new.branch)? == Standing::Whole
    {
        let start = repository.merge_base(tip, base);
        return Ok(start.map_err(errors::lib(ACTION))?.to_string());
    }
    clear(git, &repository, &new.path, &new.branch)?;
    match tip {
        None => {
            add_with_new_branch(git, &repository, new, base)?;
            Ok(base.to_string())
        }
        // A branch without a commit of its own: a crash left it after it was made and before its tree was.
        Some(tip) if is_within(&repository, tip, base)? => {
            add(git, &repository, &new.path, &new.branch, None)?;
            Ok(tip.to_string())
        }
        Some(_) => Err(errors::git(
            ACTION,
            format!(
                "the branch {} exists already and has commits of its own",
                new.branch
            ),
        )),
    }
}

/// Makes a worktree on a kept branch, or on a new one at `start` when the branch is gone.
pub(crate) fn reopen(
    git: &Git,
    repository: &Path,
    path: &Path,
    branch: &str,
    start: &str,
) -> Result<(), WorkspaceError> {
    if entry::standing(repository, path, branch)? == Standing::Whole {
        return Ok(());
    }
    let project = inspect::open(repository)?;
    clear(git, &project, path, branch)?;
    if local_tip(&project, branch).is_some() {
        return add(git, &project, path, branch, None);
    }
    let new = NewWorktree {
        repository: repository.to_owned(),
        path: path.to_owned(),
        branch: branch.to_owned(),
        base: start.to_owned(),
    };
    add_with_new_branch(git, &project, &new, bases::commit_of(&project, start)?)
}

/// Makes room for a new tree: drops what git says it never finished, and the entry of a tree that is gone. Anything
/// else at the path is somebody's, and refused.
fn clear(
    git: &Git,
    repository: &Repository,
    path: &Path,
    branch: &str,
) -> Result<(), WorkspaceError> {
    let entry = entry::of_path(repository, path)?;
    let is_nothing = entry::is_nothing(path)?;
    match entry {
        Some(entry) if entry.lock == Lock::Unfinished => {
            drop_unfinished(repository, path, branch, entry)
        }
        Some(entry) if is_nothing && entry.lock == Lock::None => entry.drop_lost(git, repository),
        // git makes the branch before the entry: killed in between, it leaves the lock alone.
        _ if is_nothing && local_tip(repository, branch).is_none() => drop_lock(repository, branch),
        _ if is_nothing => Ok(()),
        _ => Err(errors::git(
            ACTION,
            format!("something is at {} already", path.display()),
        )),
    }
}

/// Drops what a killed creation left: the files it wrote, and the lock on the branch that is this tree's alone.
/// Whoever held the lock was ended with it.
fn drop_unfinished(
    repository: &Repository,
    path: &Path,
    branch: &str,
    entry: Entry,
) -> Result<(), WorkspaceError> {
    if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
        fs::remove_dir_all(path).map_err(errors::io("remove", path))?;
    }
    drop_lock(repository, branch)?;
    entry.forget()
}

/// Removes the lock on a branch that is a workspace's alone, if there is one.
fn drop_lock(repository: &Repository, branch: &str) -> Result<(), WorkspaceError> {
    let lock = format!("refs/heads/{branch}.lock");
    let lock = repository.commondir().join(lock);
    match fs::remove_file(&lock) {
        // Its folder may not be there either, or be a branch of that name.
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(errors::io("remove", &lock)(error))
        }
        _ => Ok(()),
    }
}

fn add_with_new_branch(
    git: &Git,
    repository: &Repository,
    new: &NewWorktree,
    base: Oid,
) -> Result<(), WorkspaceError> {
    let commit = base.to_string();
    let made = add(git, repository, &new.path, &new.branch, Some(base));
    if made.is_err() && local_tip(repository, &new.branch) == Some(base) {
        let reference = format!("refs/heads/{}", new.branch);
        let dropped = git
            .call(
                "drop the branch of a failed worktree",
                repository.commondir(),
            )
            .plumbing()
            .args(["update-ref", "-d", &reference, &commit])
            .run();
        if let Err(error) = dropped {
            tracing::warn!(branch = %new.branch, %error, "the branch of a failed worktree was left");
        }
    }
    made
}

/// `git worktree add`, with the person's configuration and hooks. Leaves no tree and no entry when it fails.
fn add(
    git: &Git,
    repository: &Repository,
    path: &Path,
    branch: &str,
    new_at: Option<Oid>,
) -> Result<(), WorkspaceError> {
    let directory = repository.workdir().unwrap_or(repository.commondir());
    let call = git
        .call(ACTION, directory)
        .args(["worktree", "add", "--quiet"]);
    let place = [OsStr::new("--"), path.as_os_str()];
    let call = match new_at {
        Some(commit) => call
            .args(["--no-track", "-b", branch])
            .args(place)
            .args([commit.to_string()]),
        None => call.args(place).args([branch]),
    };
    let made = call.run();
    // git cleans up on its own unless it was killed.
    if made.is_err()
        && let Some(entry) = entry::of_path(repository, path)?
        && entry.lock == Lock::Unfinished
    {
        drop_unfinished(repository, path, branch, entry)?;
    }
    made.map(|_| ())
}

fn local_tip(repository: &Repository, branch: &str) -> Option<Oid> {
    let reference = repository
        .find_reference(&format!("refs/heads/{branch}"))
        .ok()?;
    reference.peel_to_commit().ok().map(|commit| commit.id())
}

fn is_within(repository: &Repository, tip: Oid, base: Oid) -> Result<bool, WorkspaceError> {
    Ok(tip == base
        || repository
            .graph_descendant_of(base, tip)
            .map_err(errors::lib(ACTION))?)
}
