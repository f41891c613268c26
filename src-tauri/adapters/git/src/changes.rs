//! The list of changed files and the numbers on a card, by libgit2, without taking a lock.

use crate::{bases, errors};
use git2::{Delta, Diff, DiffDelta, DiffFindOptions, DiffOptions, Oid, Patch, Repository, Tree};
use std::collections::HashSet;
use workspace::WorkspaceError;
use workspace::changes::{Against, ChangeStatus, ChangedFile, Changes, FilePath, Numbers};
use workspace::port::TreeToRead;

pub(crate) const ACTION: &str = "compare the worktree";
/// Larger files are not read as text.
pub(crate) const TEXT_LIMIT: u64 = 2 * 1024 * 1024;
/// Most files in a list.
const LIST_LIMIT: usize = 3_000;
/// Most pairs tried to find where a file came from.
const RENAME_LIMIT: usize = 400;

/// The files that differ in a worktree.
pub(crate) fn changes(tree: &TreeToRead, against: Against) -> Result<Changes, WorkspaceError> {
    let repository = open(tree)?;
    list(&repository, tree, against)
        .map(|(changes, _)| changes)
        .map_err(errors::lib(ACTION))
}

/// The numbers on a workspace's card.
pub(crate) fn numbers(tree: &TreeToRead) -> Result<Numbers, WorkspaceError> {
    let repository = open(tree)?;
    count(&repository, tree).map_err(errors::lib(ACTION))
}

pub(crate) fn open(tree: &TreeToRead) -> Result<Repository, WorkspaceError> {
    if !tree.path.exists() {
        return Err(errors::missing(&tree.path));
    }
    Repository::open(&tree.path).map_err(errors::lib(ACTION))
}

/// The difference between the old side and the files on disk, with renames found.
pub(crate) fn diff<'r>(
    repository: &'r Repository,
    old: Option<&Tree<'_>>,
    options: &mut DiffOptions,
) -> Result<Diff<'r>, git2::Error> {
    let mut diff = repository.diff_tree_to_workdir_with_index(old, Some(options))?;
    let mut find = DiffFindOptions::new();
    find.renames(true)
        .copies(true)
        .for_untracked(true)
        .rename_limit(RENAME_LIMIT);
    diff.find_similar(Some(&mut find))?;
    Ok(diff)
}

pub(crate) fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .show_untracked_content(true)
        .include_typechange(true)
        .max_size(TEXT_LIMIT.cast_signed());
    options
}

/// The tree on the old side; `None` before the first commit.
pub(crate) fn old_side<'r>(
    repository: &'r Repository,
    tree: &TreeToRead,
    against: Against,
) -> Result<Option<Tree<'r>>, git2::Error> {
    let head = repository.head().ok().and_then(|head| head.target());
    let commit = match against {
        Against::Head => head,
        Against::Base => Some(fork_point(repository, tree, head)?),
    };
    commit
        .map(|id| repository.find_commit(id)?.tree())
        .transpose()
}

/// Where the branch left its base: where it began, or later when it was rebased or merged with the base since. Once
/// its own work is in the base, that work would vanish from view, so then it is where it began again.
fn fork_point(
    repository: &Repository,
    tree: &TreeToRead,
    head: Option<Oid>,
) -> Result<Oid, git2::Error> {
    let began = Oid::from_str(&tree.base_commit)?;
    let (Some(head), Some(base)) = (head, bases::branch_tip(repository, &tree.base)) else {
        return Ok(began);
    };
    match repository.merge_base(head, base) {
        Ok(common) if common != head && repository.graph_descendant_of(common, began)? => {
            Ok(common)
        }
        _ => Ok(began),
    }
}

/// The list, and how many files differ when it is cut as well.
fn list(
    repository: &Repository,
    tree: &TreeToRead,
    against: Against,
) -> Result<(Changes, usize), git2::Error> {
    let old = old_side(repository, tree, against)?;
    let diff = diff(repository, old.as_ref(), options().context_lines(0))?;
    let staged = staged(repository)?;
    let mut files = Vec::new();
    let mut count = 0;
    for (index, delta) in diff.deltas().enumerate() {
        let Some(status) = status_of(delta.status()) else {
            continue;
        };
        count += 1;
        if count <= LIST_LIMIT {
            files.push(changed_file(&diff, index, status, &staged)?);
        }
    }
    files.sort_by(|one, other| one.path.key.cmp(&other.path.key));
    let sum = |lines: fn(&ChangedFile) -> u32| files.iter().map(lines).fold(0, u32::saturating_add);
    let changes = Changes {
        against,
        additions: sum(|file| file.additions),
        deletions: sum(|file| file.deletions),
        truncated: count > LIST_LIMIT,
        files,
    };
    Ok((changes, count))
}

fn changed_file(
    diff: &Diff<'_>,
    index: usize,
    status: ChangeStatus,
    staged: &HashSet<Vec<u8>>,
) -> Result<ChangedFile, git2::Error> {
    // A file may vanish between the look at its folder and the look into it.
    let patch = Patch::from_diff(diff, index).unwrap_or(None);
    let (_, additions, deletions) = match &patch {
        Some(patch) => patch.line_stats()?,
        None => (0, 0, 0),
    };
    // Whether it is binary is known once it was read.
    let delta = match &patch {
        Some(patch) => patch.delta(),
        None => diff.get_delta(index).expect("the index is of this list"),
    };
    let (path, old_path) = paths(&delta);
    Ok(ChangedFile {
        staged: staged.contains(path),
        path: file_path(path),
        old_path: old_path.map(file_path),
        status,
        additions: narrow(additions),
        deletions: narrow(deletions),
        binary: delta.flags().is_binary(),
    })
}

/// The path now, and the path before when it is another.
pub(crate) fn paths<'d>(delta: &DiffDelta<'d>) -> (&'d [u8], Option<&'d [u8]>) {
    let (old, new) = (delta.old_file().path_bytes(), delta.new_file().path_bytes());
    let path = new.or(old).unwrap_or_default();
    let moved = matches!(delta.status(), Delta::Renamed | Delta::Copied);
    (path, old.filter(|old| moved && *old != path))
}

pub(crate) fn file_path(bytes: &[u8]) -> FilePath {
    FilePath {
        display: String::from_utf8_lossy(bytes).into_owned(),
        key: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn status_of(delta: Delta) -> Option<ChangeStatus> {
    match delta {
        Delta::Added => Some(ChangeStatus::Added),
        Delta::Modified => Some(ChangeStatus::Modified),
        Delta::Deleted => Some(ChangeStatus::Deleted),
        Delta::Renamed => Some(ChangeStatus::Renamed),
        Delta::Copied => Some(ChangeStatus::Copied),
        Delta::Typechange => Some(ChangeStatus::TypeChanged),
        Delta::Conflicted => Some(ChangeStatus::Conflicted),
        Delta::Untracked => Some(ChangeStatus::Untracked),
        Delta::Unmodified | Delta::Ignored | Delta::Unreadable => None,
    }
}

/// Paths whose change is in the index and not committed.
fn staged(repository: &Repository) -> Result<HashSet<Vec<u8>>, git2::Error> {
    let head = repository
        .head()
        .ok()
        .and_then(|head| head.peel_to_tree().ok());
    let diff = repository.diff_tree_to_index(head.as_ref(), None, None)?;
    let settled = diff
        .deltas()
        .filter(|delta| delta.status() != Delta::Conflicted);
    Ok(settled.map(|delta| paths(&delta).0.to_vec()).collect())
}

fn count(repository: &Repository, tree: &TreeToRead) -> Result<Numbers, git2::Error> {
    let (changes, files) = list(repository, tree, Against::Base)?;
    let head = repository.head().ok().and_then(|head| head.target());
    let (unpushed, behind) = match head {
        Some(head) => (
            unpushed(repository, head, &tree.base_commit)?,
            behind(repository, head, &tree.base)?,
        ),
        None => (0, 0),
    };
    Ok(Numbers {
        files: narrow(files),
        additions: changes.additions,
        deletions: changes.deletions,
        staged: narrow(staged(repository)?.len()),
        unpushed,
        behind,
    })
}

/// Commits since the branch began that no remote branch has.
fn unpushed(repository: &Repository, head: Oid, began: &str) -> Result<u32, git2::Error> {
    let mut walk = repository.revwalk()?;
    walk.push(head)?;
    walk.hide_glob("refs/remotes/*")?;
    // It may be gone after a `git gc` when the branch was rebased; then the remotes alone decide.
    let _ = walk.hide(Oid::from_str(began)?);
    Ok(narrow(walk.count()))
}

fn behind(repository: &Repository, head: Oid, base: &str) -> Result<u32, git2::Error> {
    match bases::branch_tip(repository, base) {
        Some(tip) => Ok(narrow(repository.graph_ahead_behind(head, tip)?.1)),
        None => Ok(0),
    }
}

pub(crate) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
