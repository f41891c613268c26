//! What this domain needs from outside. Every method may block: the handle calls it off the async workers.

use crate::error::WorkspaceError;
use crate::machine::WorkspaceState;
use crate::project::Project;
use crate::workspace::Workspace;
use kernel::{ProjectId, WorkspaceId};
use std::path::{Path, PathBuf};

/// Rows of `project`. Implemented by `adapters/sqlite`.
pub trait ProjectStore: Send + Sync {
    /// All of them, oldest first.
    fn projects(&self) -> Result<Vec<Project>, WorkspaceError>;
    /// One of them.
    fn project(&self, id: &ProjectId) -> Result<Option<Project>, WorkspaceError>;
    /// Inserts or replaces.
    fn save_project(&self, project: &Project) -> Result<(), WorkspaceError>;
    /// Removes the row (its archived workspaces' rows go with it).
    fn remove_project(&self, id: &ProjectId) -> Result<(), WorkspaceError>;
}

/// Rows of `workspace`. Implemented by `adapters/sqlite`.
pub trait WorkspaceStore: Send + Sync {
    /// All of them, archived ones too, oldest first.
    fn workspaces(&self) -> Result<Vec<Workspace>, WorkspaceError>;
    /// One of them.
    fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, WorkspaceError>;
    /// Inserts a new row.
    fn insert_workspace(&self, workspace: &Workspace) -> Result<(), WorkspaceError>;
    /// Writes the row if its state is still `expected`; `false` when somebody else moved it on.
    fn update_workspace(
        &self,
        expected: &WorkspaceState,
        workspace: &Workspace,
    ) -> Result<bool, WorkspaceError>;
}

/// What the installed git found at a path the person named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Absolute path of the main checkout's top level.
    pub top_level: PathBuf,
    /// Remote default branch, else the checked-out one, else `main`/`master`, whichever exists.
    pub default_branch: String,
}

/// A branch that a workspace can start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseBranch {
    /// Short name: `main`, `origin/main`.
    pub name: String,
    /// Whether it is a remote-tracking one.
    pub remote: bool,
}

/// What to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWorktree {
    /// Main checkout of the project.
    pub repository: PathBuf,
    /// Where the worktree goes; its parent is made when it is missing.
    pub path: PathBuf,
    /// Branch to create. An existing branch of this name that already points at our base, with no other
    /// worktree on it, is taken over (a crash left it).
    pub branch: String,
    /// Branch or commit to start from.
    pub base: String,
}

/// A saved tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The commit, 40 hex digits.
    pub commit: String,
    /// The ref that keeps it from `git gc`.
    pub reference: String,
}

/// The git side of workspaces. Implemented by `adapters/git`.
pub trait Worktrees: Send + Sync {
    /// What is at this path; explains not-a-repository, bare, missing and unborn.
    fn inspect(&self, path: &Path) -> Result<Repository, WorkspaceError>;
    /// Branches to start from: local ones first, then remote-tracking ones.
    fn bases(&self, repository: &Path) -> Result<Vec<BaseBranch>, WorkspaceError>;
    /// Names of all local branches, to find a free one.
    fn branches(&self, repository: &Path) -> Result<Vec<String>, WorkspaceError>;
    /// Makes branch and worktree; answers the commit it started at. Cleans up after itself on failure.
    fn create(&self, new: &NewWorktree) -> Result<String, WorkspaceError>;
    /// Whether a whole worktree of this repository stands at the path, on this branch.
    fn is_whole(
        &self,
        repository: &Path,
        path: &Path,
        branch: &str,
    ) -> Result<bool, WorkspaceError>;
    /// Saves tracked, staged, untracked and not ignored content under `refs/shopfloor/<label>` and verifies it.
    /// Never touches HEAD, the index, the branch or the reflog; runs no hook; needs no `user.name`.
    fn checkpoint(
        &self,
        worktree: &Path,
        label: &str,
        message: &str,
    ) -> Result<Checkpoint, WorkspaceError>;
    /// Removes a worktree under `root` that git knows as `repository`'s, by moving it aside first.
    /// The branch stays. A missing tree is only pruned from git's list.
    fn remove(&self, repository: &Path, root: &Path, path: &Path) -> Result<(), WorkspaceError>;
}
