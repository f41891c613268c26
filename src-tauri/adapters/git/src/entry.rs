//! What a repository knows about a linked worktree: its entry under `<git folder>/worktrees/`.
//!
//! Entries are found by the path they point at, never by name or age, and only that one entry is ever dropped:
//! `git worktree prune` would also drop those of trees on disks that are not mounted now.

use crate::bytes::path_of;
use crate::{Git, errors, inspect};
use git2::Repository;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use workspace::WorkspaceError;
use workspace::port::Standing;

/// One entry.
pub(crate) struct Entry {
    /// Its folder: HEAD and index of the worktree are in it.
    pub(crate) folder: PathBuf,
    /// Why it is locked.
    pub(crate) lock: Lock,
}

/// Whether an entry may be dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It may.
    None,
    /// git was making the tree, and was killed or is still at it.
    Unfinished,
    /// Somebody locked it, with these words.
    ByPerson(String),
}

/// The entry whose worktree is at `path`, whether something is there or not.
pub(crate) fn of_path(
    repository: &Repository,
    path: &Path,
) -> Result<Option<Entry>, WorkspaceError> {
    let folder = repository.commondir().join("worktrees");
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(errors::io("read", &folder))?,
    };
    let git_file = real(path).join(".git");
    for entry in entries {
        let folder = entry.map_err(errors::io("read", &folder))?.path();
        if points_at(&folder).is_some_and(|target| target == git_file) {
            let lock = lock_of(&folder)?;
            return Ok(Some(Entry { folder, lock }));
        }
    }
    Ok(None)
}

/// What stands at a worktree's path. A repository that is gone matters only when something is there.
pub(crate) fn standing(
    repository: &Path,
    path: &Path,
    branch: &str,
) -> Result<Standing, WorkspaceError> {
    if is_nothing(path)? {
        return Ok(Standing::Gone);
    }
    let repository = inspect::open(repository)?;
    let whole = path.symlink_metadata().is_ok_and(|data| data.is_dir())
        && of_path(&repository, path)?.is_some_and(|entry| {
            entry.lock != Lock::Unfinished && entry.folder.join("index").is_file()
        })
        && Repository::open(path).is_ok_and(|tree| is_on(&tree, branch));
    Ok(if whole {
        Standing::Whole
    } else {
        Standing::Other
    })
}

/// Nothing, or an empty folder.
pub(crate) fn is_nothing(path: &Path) -> Result<bool, WorkspaceError> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(errors::io("look at", path)(error)),
        Ok(data) if !data.is_dir() => Ok(false),
        Ok(_) => {
            let mut inside = fs::read_dir(path).map_err(errors::io("read", path))?;
            Ok(inside.next().is_none())
        }
    }
}

impl Entry {
    /// Takes the entry off the repository's list. What only it kept from `git gc` (a detached HEAD, what was
    /// staged) is put under `refs/shopfloor/lost/` before, as far as it can be read.
    pub(crate) fn drop_lost(
        self,
        git: &Git,
        repository: &Repository,
    ) -> Result<(), WorkspaceError> {
        if self.lock == Lock::None
            && let Err(error) = self.keep(git, repository)
        {
            tracing::warn!(entry = %self.folder.display(), %error, "a lost worktree's index could not be kept");
        }
        self.forget()
    }

    /// Takes the entry off the repository's list.
    pub(crate) fn forget(self) -> Result<(), WorkspaceError> {
        fs::remove_dir_all(&self.folder).map_err(errors::io("remove", &self.folder))
    }

    fn keep(&self, git: &Git, repository: &Repository) -> Result<(), WorkspaceError> {
        let common = repository.commondir();
        let call = || {
            git.call("keep what was staged", common)
                .plumbing()
                .under_our_name()
                .env("GIT_DIR", &self.folder)
        };
        let head = call().args(["rev-parse", "--verify", "HEAD"]).run()?.word();
        let tree = call().args(["write-tree"]).run()?.word();
        let message = "Shopfloor: index of a lost worktree";
        let commit = call()
            .args(["commit-tree", &tree, "-p", &head, "-m", message])
            .run()?
            .word();
        let reference = format!("refs/shopfloor/lost/{commit}");
        git.call("keep what was staged", common)
            .plumbing()
            .args(["update-ref", &reference, &commit])
            .run()
            .map(|_| ())
    }
}

fn is_on(tree: &Repository, branch: &str) -> bool {
    let wanted = format!("refs/heads/{branch}");
    tree.is_worktree()
        && tree
            .find_reference("HEAD")
            .is_ok_and(|head| head.symbolic_target_bytes() == Some(wanted.as_bytes()))
}

/// The worktree's `.git` file that an entry names.
fn points_at(folder: &Path) -> Option<PathBuf> {
    let text = fs::read(folder.join("gitdir")).ok()?;
    let target = path_of(text.strip_suffix(b"\n").unwrap_or(&text));
    // Relative when the repository was made so that it can be moved.
    let git_file = folder.join(target);
    Some(real(git_file.parent()?).join(git_file.file_name()?))
}

/// With links on the way resolved, also when the last part does not exist.
fn real(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

fn lock_of(folder: &Path) -> Result<Lock, WorkspaceError> {
    let file = folder.join("locked");
    match fs::read(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Lock::None),
        Err(error) => Err(errors::io("read", &file)(error)),
        // git's own word for it, in `git worktree add`.
        Ok(reason) if reason.trim_ascii() == b"initializing" => Ok(Lock::Unfinished),
        Ok(reason) => Ok(Lock::ByPerson(
            String::from_utf8_lossy(reason.trim_ascii()).into_owned(),
        )),
    }
}
