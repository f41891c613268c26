//! What this domain needs from outside. Every method may block: the handle calls it off the async workers.

use crate::changes::{Against, Changes, FileDiff, Numbers};
use crate::error::WorkspaceError;
use crate::machine::WorkspaceState;
use crate::project::Project;
use crate::workspace::Workspace;
use kernel::{ProjectId, WorkspaceId};
use std::ffi::OsString;
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

/// What stands where a worktree should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A whole worktree of the repository, on the branch.
    Whole,
    /// Something, but not that: half made, on another branch, or not ours.
    Other,
    /// Nothing.
    Gone,
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
    /// Makes a repository in a missing or empty folder, with these files (path inside it, content, executable or
    /// not) in a first commit on `main`, under an identity of our own. Runs no hook.
    fn found(
        &self,
        path: &Path,
        files: &[(&str, &str, bool)],
        message: &str,
    ) -> Result<(), WorkspaceError>;
    /// Branches to start from: local ones first, then remote-tracking ones.
    fn bases(&self, repository: &Path) -> Result<Vec<BaseBranch>, WorkspaceError>;
    /// Refuses a base that is neither a branch nor a commit of the repository. Cheap.
    fn check_base(&self, repository: &Path, base: &str) -> Result<(), WorkspaceError>;
    /// Names of all local branches, to find a free one.
    fn branches(&self, repository: &Path) -> Result<Vec<String>, WorkspaceError>;
    /// Makes branch and worktree; answers the commit it started at. Cleans up after itself on failure.
    fn create(&self, new: &NewWorktree) -> Result<String, WorkspaceError>;
    /// Makes a worktree at `path` on a branch that was kept. A branch that is gone is made again at `start`,
    /// a revision. A whole worktree of that branch which stands there already is left as it is.
    fn reopen(
        &self,
        repository: &Path,
        path: &Path,
        branch: &str,
        start: &str,
    ) -> Result<(), WorkspaceError>;
    /// What stands at a worktree's path.
    fn standing(
        &self,
        repository: &Path,
        path: &Path,
        branch: &str,
    ) -> Result<Standing, WorkspaceError>;
    /// Saves tracked, staged, untracked and not ignored content under `refs/shopfloor/<label>` and verifies it.
    /// Never touches HEAD, the index, the branch or the reflog; runs no hook; needs no `user.name`.
    fn checkpoint(
        &self,
        worktree: &Path,
        label: &str,
        message: &str,
    ) -> Result<Checkpoint, WorkspaceError>;
    /// Makes files and index of a worktree what they were when the checkpoint (a commit) was taken. Takes a
    /// checkpoint under `refs/shopfloor/<label>` first when the worktree has changes that would be overwritten.
    fn restore(&self, worktree: &Path, checkpoint: &str, label: &str)
    -> Result<(), WorkspaceError>;
    /// Removes a worktree under `root` that git knows as `repository`'s, by moving it aside first.
    /// The branch stays. A missing tree is only pruned from git's list.
    fn remove(&self, repository: &Path, root: &Path, path: &Path) -> Result<(), WorkspaceError>;
}

/// A worktree to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeToRead {
    /// Where it stands.
    pub path: PathBuf,
    /// Branch it started from.
    pub base: String,
    /// Commit it started at.
    pub base_commit: String,
}

/// What differs in a worktree. Reads only, and takes no lock of git's. Implemented by `adapters/git`.
pub trait Diffs: Send + Sync {
    /// The changed files; untracked ones too, ignored ones not.
    fn changes(&self, tree: &TreeToRead, against: Against) -> Result<Changes, WorkspaceError>;
    /// One file's difference, by the key of its path.
    fn file_diff(
        &self,
        tree: &TreeToRead,
        against: Against,
        key: &str,
    ) -> Result<FileDiff, WorkspaceError>;
    /// The numbers on the card.
    fn numbers(&self, tree: &TreeToRead) -> Result<Numbers, WorkspaceError>;
}

/// What a worktree holds, only to be read. Implemented by `adapters/git`.
pub trait TreeFiles: Send + Sync {
    /// All files that git tracks or would add, as paths in the worktree with `/`. Names that are not text are left out.
    fn list(&self, tree: &Path) -> Result<Vec<String>, WorkspaceError>;
    /// The path with symbolic links followed; `None` where there is nothing.
    fn resolve(&self, path: &Path) -> Option<PathBuf>;
    /// A file's bytes; `None` when it is no file or larger than `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, WorkspaceError>;
}

/// The person's editors, which are theirs and outlive the app. Implemented by `adapters/editor`.
pub trait Editors: Send + Sync {
    /// The program of this name on the person's PATH.
    fn find(&self, name: &str) -> Option<PathBuf>;
    /// Starts a program (a path, or a name on the PATH) in a folder with these very arguments, and leaves it running. One
    /// that ends at once with a failure is an error.
    fn start(
        &self,
        program: &Path,
        arguments: &[OsString],
        folder: &Path,
    ) -> Result<(), WorkspaceError>;
    /// Opens a file as the system opens a text; nothing in it is run.
    fn open_by_system(&self, file: &Path) -> Result<(), WorkspaceError>;
}
