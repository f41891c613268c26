//! Git behind the workspace domain's ports: reads in process by libgit2, writes by the installed git.
//!
//! Invariant: nothing here changes HEAD, index, branches or files of the person's own checkout; a tree is removed
//! only when it lies under our root and the repository knows it as its worktree.

mod bases;
mod bytes;
mod changes;
mod checkpoint;
mod create;
mod entry;
mod errors;
mod file_diff;
mod files;
mod found;
mod inspect;
mod remove;
mod restore;
mod run;
mod verify;

use process::Tag;
use std::ffi::OsString;
use std::path::Path;
use workspace::WorkspaceError;
use workspace::changes::{Against, Changes, FileDiff, Numbers};
use workspace::port::{
    BaseBranch, Checkpoint, Diffs, NewWorktree, Repository, Standing, TreeToRead, Worktrees,
};

/// The installed git, and libgit2.
#[derive(Clone, Debug)]
pub struct Git {
    program: OsString,
    tag: Tag,
}

impl Git {
    /// The `git` on the PATH; what it starts bears a tag below `tag`.
    pub fn new(tag: Tag) -> Self {
        Self::with_program(tag, "git")
    }

    /// The git at a path of its own.
    pub fn with_program(tag: Tag, program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            tag: tag.of_owner("git"),
        }
    }
}

impl Worktrees for Git {
    fn inspect(&self, path: &Path) -> Result<Repository, WorkspaceError> {
        inspect::inspect(path)
    }

    fn found(
        &self,
        path: &Path,
        files: &[(&str, &str, bool)],
        message: &str,
    ) -> Result<(), WorkspaceError> {
        found::found(self, path, files, message)
    }

    fn bases(&self, repository: &Path) -> Result<Vec<BaseBranch>, WorkspaceError> {
        bases::bases(repository)
    }

    fn check_base(&self, repository: &Path, base: &str) -> Result<(), WorkspaceError> {
        bases::commit_of(&inspect::open(repository)?, base).map(|_| ())
    }

    fn branches(&self, repository: &Path) -> Result<Vec<String>, WorkspaceError> {
        bases::branches(repository)
    }

    fn create(&self, new: &NewWorktree) -> Result<String, WorkspaceError> {
        create::create(self, new)
    }

    fn reopen(
        &self,
        repository: &Path,
        path: &Path,
        branch: &str,
        start: &str,
    ) -> Result<(), WorkspaceError> {
        create::reopen(self, repository, path, branch, start)
    }

    fn standing(
        &self,
        repository: &Path,
        path: &Path,
        branch: &str,
    ) -> Result<Standing, WorkspaceError> {
        entry::standing(repository, path, branch)
    }

    fn checkpoint(
        &self,
        worktree: &Path,
        label: &str,
        message: &str,
    ) -> Result<Checkpoint, WorkspaceError> {
        checkpoint::checkpoint(self, worktree, label, message)
    }

    fn restore(
        &self,
        worktree: &Path,
        checkpoint: &str,
        label: &str,
    ) -> Result<(), WorkspaceError> {
        restore::restore(self, worktree, checkpoint, label)
    }

    fn remove(&self, repository: &Path, root: &Path, path: &Path) -> Result<(), WorkspaceError> {
        remove::remove(repository, root, path)
    }
}

impl Diffs for Git {
    fn changes(&self, tree: &TreeToRead, against: Against) -> Result<Changes, WorkspaceError> {
        changes::changes(tree, against)
    }

    fn file_diff(
        &self,
        tree: &TreeToRead,
        against: Against,
        key: &str,
    ) -> Result<FileDiff, WorkspaceError> {
        file_diff::file_diff(tree, against, key)
    }

    fn numbers(&self, tree: &TreeToRead) -> Result<Numbers, WorkspaceError> {
        changes::numbers(tree)
    }
}
