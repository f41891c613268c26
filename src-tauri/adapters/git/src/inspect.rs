//! What lies at a path that the person named.

use crate::errors;
use git2::{ErrorCode, Repository as Git2};
use std::path::{Path, PathBuf};
use workspace::WorkspaceError;
use workspace::port::Repository;

/// The main checkout that `path` belongs to: from its top level, a folder inside, or a linked worktree.
pub(crate) fn inspect(path: &Path) -> Result<Repository, WorkspaceError> {
    if !path.exists() {
        return Err(errors::missing(path));
    }
    let here = Git2::discover(path).map_err(|error| match error.code() {
        ErrorCode::NotFound => not_a_repository(path),
        _ => errors::lib("open the repository")(error),
    })?;
    let main = if here.is_worktree() {
        Git2::open(here.commondir()).map_err(errors::lib("open the main checkout"))?
    } else {
        here
    };
    let top_level = main.workdir().ok_or_else(|| WorkspaceError::Bare {
        path: main.path().display().to_string(),
    })?;
    Ok(Repository {
        top_level: plain(top_level)?,
        default_branch: default_branch(&main, path)?,
    })
}

/// Opens a project's repository; explains what is wrong when it went away.
pub(crate) fn open(path: &Path) -> Result<Git2, WorkspaceError> {
    if !path.exists() {
        return Err(errors::missing(path));
    }
    Git2::open(path).map_err(|error| match error.code() {
        ErrorCode::NotFound => not_a_repository(path),
        _ => errors::lib("open the repository")(error),
    })
}

fn not_a_repository(path: &Path) -> WorkspaceError {
    WorkspaceError::NotARepository {
        path: path.display().to_string(),
    }
}

/// Without links on the way and without a slash at the end, so that one repository has one path.
fn plain(path: &Path) -> Result<PathBuf, WorkspaceError> {
    path.canonicalize()
        .map_err(errors::io("look at", path))
        .map(|path| path.components().collect())
}

fn default_branch(main: &Git2, path: &Path) -> Result<String, WorkspaceError> {
    let first_branch = || {
        let mut branches = main.branches(None).ok()?.flatten();
        branches.find_map(|(branch, _)| branch.name().ok().flatten().map(str::to_owned))
    };
    remote_default(main)
        .or_else(|| checked_out(main))
        .or_else(|| {
            ["main", "master"]
                .into_iter()
                .find(|name| exists(main, name))
                .map(str::to_owned)
        })
        .or_else(first_branch)
        .ok_or_else(|| WorkspaceError::Unborn {
            path: path.display().to_string(),
        })
}

/// What the remote calls its default, as a local branch where there is one.
fn remote_default(main: &Git2) -> Option<String> {
    let remotes = main.remotes().ok()?;
    let names = || remotes.iter().flatten().flatten();
    let remote = names()
        .find(|name| *name == "origin")
        .or_else(|| names().next())?;
    let folder = format!("refs/remotes/{remote}/");
    let head = main.find_reference(&format!("{folder}HEAD")).ok()?;
    let branch = head
        .symbolic_target()
        .ok()??
        .strip_prefix(&folder)?
        .to_owned();
    if exists(main, &branch) {
        return Some(branch);
    }
    let tracked = format!("{remote}/{branch}");
    main.find_reference(&format!("{folder}{branch}"))
        .is_ok()
        .then_some(tracked)
}

fn checked_out(main: &Git2) -> Option<String> {
    let head = main.head().ok()?;
    head.is_branch()
        .then(|| head.shorthand().ok().map(str::to_owned))?
}

fn exists(main: &Git2, branch: &str) -> bool {
    main.find_reference(&format!("refs/heads/{branch}")).is_ok()
}
