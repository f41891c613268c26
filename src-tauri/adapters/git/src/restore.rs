//! Making a worktree what it was when a checkpoint was taken.

use crate::checkpoint::{Content, INDEX_LINE, checkpoint};
use crate::{Git, errors};
use git2::{Commit, Oid, Repository};
use std::path::Path;
use workspace::WorkspaceError;

const ACTION: &str = "restore the saved files";

/// Restores files and index. What the worktree holds beyond HEAD is saved under `label` first.
pub(crate) fn restore(
    git: &Git,
    worktree: &Path,
    saved: &str,
    label: &str,
) -> Result<(), WorkspaceError> {
    let failed = errors::lib(ACTION);
    let repository = Repository::open(worktree).map_err(&failed)?;
    let saved = Oid::from_str(saved)
        .and_then(|id| repository.find_commit(id))
        .map_err(&failed)?;
    let disk = saved.tree_id().to_string();
    let staged = staged_tree(&saved)?;
    let call = || git.call(ACTION, worktree).plumbing();

    let status = ["status", "--porcelain", "-z", "--untracked-files=all"];
    if !call().args(status).run()?.bytes().is_empty() {
        checkpoint(git, worktree, label, "Shopfloor: before a restore")?;
    }
    // Known to git, files that the checkpoint does not have go away with the switch.
    call().args(["add", "--all"]).run()?;
    call().args(["read-tree", "--reset", "-u", &disk]).run()?;
    call().args(["read-tree", "--reset", &staged]).run()?;
    // Only refreshes what git remembers of the files; it complains about those that differ.
    call().args(["update-index", "-q", "--refresh"]).outcome()?;

    let content = Content::of(git, worktree)?;
    if content.disk == disk && content.staged.as_ref() == Some(&staged) {
        Ok(())
    } else {
        Err(errors::git(
            ACTION,
            "the files were changed at the same moment",
        ))
    }
}

/// What the index held. While a merge was in conflict that can't be told, and nothing is staged.
fn staged_tree(saved: &Commit) -> Result<String, WorkspaceError> {
    let message = saved.message_bytes();
    let line = message
        .rsplit(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(INDEX_LINE.as_bytes()));
    let index = line
        .and_then(|line| std::str::from_utf8(line).ok())
        .and_then(|line| Oid::from_str(line).ok());
    let parent = match index {
        Some(index) => saved.parents().find(|parent| parent.id() == index),
        None => saved.parents().next(),
    };
    parent
        .map(|parent| parent.tree_id().to_string())
        .ok_or_else(|| errors::git(ACTION, format!("{} is not a checkpoint", saved.id())))
}
