//! Whether a checkpoint really holds what is on disk: changed files are hashed again, from nothing git remembers.

use crate::bytes::path_of;
use crate::checkpoint::{Content, TempIndex};
use crate::run::Said;
use crate::{Git, errors};
use std::path::Path;
use workspace::WorkspaceError;

const ACTION: &str = "save the worktree";

/// One line of `diff-tree --raw`.
pub(crate) struct Change {
    mode: Vec<u8>,
    object: Vec<u8>,
    path: Vec<u8>,
}

impl Change {
    /// `:100644 100755 <object> <object> M`, then the path, each ended by a zero byte.
    pub(crate) fn list(said: &Said) -> Vec<Self> {
        let parts: Vec<&[u8]> = said.parts().collect();
        let changes = parts.chunks_exact(2).filter_map(|pair| {
            let mut words = pair[0].split(|byte| *byte == b' ').skip(1);
            let mode = words.next()?.to_vec();
            let object = words.nth(1)?.to_vec();
            Some(Self {
                mode,
                object,
                path: pair[1].to_vec(),
            })
        });
        changes.collect()
    }

    fn is_deletion(&self) -> bool {
        self.mode == b"000000"
    }

    fn is_link(&self) -> bool {
        self.mode == b"160000"
    }
}

/// Refuses a worktree with a repository inside whose content would not be saved: a checkpoint holds only the name of
/// the commit that is checked out there.
pub(crate) fn nested_repositories(
    git: &Git,
    content: &Content,
    changes: &[Change],
) -> Result<(), WorkspaceError> {
    let new = changes
        .iter()
        .filter(|change| change.is_link())
        .map(|change| path_of(&change.path));
    for path in new {
        if !content.links.contains(&path) {
            return Err(refused(&path, "is not a submodule"));
        }
    }
    for path in &content.links {
        let inside = content.worktree.join(path);
        if inside.join(".git").exists() && !is_elsewhere(git, &inside)? {
            return Err(refused(path, "has changes or commits that were not pushed"));
        }
    }
    Ok(())
}

/// Whether a submodule holds nothing that its remote does not have.
fn is_elsewhere(git: &Git, submodule: &Path) -> Result<bool, WorkspaceError> {
    let call = || git.call(ACTION, submodule).plumbing();
    let status = [
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=normal",
        "--ignore-submodules=none",
    ];
    let dirty = call().args(status).run()?;
    let own = call()
        .args(["rev-list", "-n1", "--all", "HEAD", "--not", "--remotes"])
        .run()?;
    Ok(dirty.bytes().is_empty() && own.bytes().is_empty())
}

/// Hashes what differs from HEAD anew, and looks for anything that changed or appeared meanwhile.
pub(crate) fn disk_equals(
    git: &Git,
    content: &Content,
    changes: &[Change],
) -> Result<(), WorkspaceError> {
    let call = |index: &TempIndex| {
        let call = git.call(ACTION, &content.worktree).plumbing();
        call.env("GIT_INDEX_FILE", &index.0)
    };
    let files: Vec<u8> = changes
        .iter()
        .filter(|change| !change.is_deletion() && !change.is_link())
        .flat_map(|change| {
            [
                &change.mode[..],
                b" ",
                &change.object,
                b"\t",
                &change.path,
                b"\0",
            ]
            .concat()
        })
        .collect();
    if !files.is_empty() {
        let folder = content.index.0.parent().expect("an index lies in a folder");
        let fresh = TempIndex::new(folder);
        call(&fresh)
            .args(["update-index", "-z", "--index-info"])
            .input(files)
            .run()?;
        // Knowing no file's time, it has to read them all; it ends with 1 when one differs.
        call(&fresh)
            .args(["update-index", "-q", "--refresh"])
            .outcome()?;
        let differing = call(&fresh)
            .args(["diff-files", "-z", "--name-only"])
            .run()?;
        if let Some(path) = differing.parts().next() {
            return Err(unequal(path));
        }
    }
    let status = call(&content.index)
        .args(["status", "--porcelain=v1", "-z", "--no-renames"])
        .args(["--untracked-files=all", "--ignore-submodules=all"])
        .run()?;
    // `XY path`: X is the index against HEAD, Y the disk against the index.
    let moved = status.parts().find(|part| part.get(1) != Some(&b' '));
    match moved {
        None => Ok(()),
        Some(part) => Err(unequal(part.get(3..).unwrap_or_default())),
    }
}

fn unequal(path: &[u8]) -> WorkspaceError {
    let path = String::from_utf8_lossy(path);
    errors::git(ACTION, format!("{path} was changed at the same moment"))
}

fn refused(path: &Path, why: &str) -> WorkspaceError {
    let path = path.display();
    errors::git(
        ACTION,
        format!(
            "the repository inside it at {path} {why}; its files can't be saved, so move them first"
        ),
    )
}
