//! Branches, and the commit that a base's name means.

use crate::{errors, inspect};
use git2::{BranchType, Oid, Repository};
use std::path::Path;
use workspace::WorkspaceError;
use workspace::port::BaseBranch;

/// Local branches first, then remote-tracking ones, each by name.
pub(crate) fn bases(repository: &Path) -> Result<Vec<BaseBranch>, WorkspaceError> {
    let repository = inspect::open(repository)?;
    let mut bases = Vec::new();
    for (kind, remote) in [(BranchType::Local, false), (BranchType::Remote, true)] {
        let mut names = names(&repository, kind)?;
        // A remote's HEAD is another name of one of its branches.
        names.retain(|name| !(remote && name.ends_with("/HEAD")));
        names.sort();
        bases.extend(names.into_iter().map(|name| BaseBranch { name, remote }));
    }
    Ok(bases)
}

/// All local branches; bytes that are not UTF-8 are replaced.
pub(crate) fn branches(repository: &Path) -> Result<Vec<String>, WorkspaceError> {
    names(&inspect::open(repository)?, BranchType::Local)
}

/// The commit that a base means: a local branch, then a remote-tracking one, then any revision.
pub(crate) fn commit_of(repository: &Repository, base: &str) -> Result<Oid, WorkspaceError> {
    branch_tip(repository, base)
        .or_else(|| {
            let object = repository.revparse_single(base).ok()?;
            object.peel_to_commit().ok().map(|commit| commit.id())
        })
        .ok_or_else(|| WorkspaceError::NoSuchBase {
            base: base.to_owned(),
        })
}

/// The newest commit of a branch, local or remote-tracking.
pub(crate) fn branch_tip(repository: &Repository, name: &str) -> Option<Oid> {
    ["refs/heads/", "refs/remotes/"]
        .into_iter()
        .find_map(|folder| {
            let reference = repository.find_reference(&format!("{folder}{name}")).ok()?;
            reference.peel_to_commit().ok().map(|commit| commit.id())
        })
}

fn names(repository: &Repository, kind: BranchType) -> Result<Vec<String>, WorkspaceError> {
    let failed = errors::lib("list the branches");
    let branches = repository.branches(Some(kind)).map_err(&failed)?;
    branches
        .map(|branch| {
            let (branch, _) = branch.map_err(&failed)?;
            let name = branch.name_bytes().map_err(&failed)?;
            Ok(String::from_utf8_lossy(name).into_owned())
        })
        .collect()
}
