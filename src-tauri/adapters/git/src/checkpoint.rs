//! Checkpoints: a worktree's exact content as a commit under `refs/shopfloor/`, verified before it has a name.
//!
//! The commit's tree is what is on disk; its first parent is HEAD. When the index holds something else than HEAD, its
//! tree is a second commit, the last parent, so that a restore can tell staged from unstaged.

use crate::bytes::path_of;
use crate::verify::{self, Change};
use crate::{Git, errors};
use git2::Repository;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use workspace::WorkspaceError;
use workspace::port::Checkpoint;

const ACTION: &str = "save the worktree";
/// Line of a checkpoint's message that says what the index held: a commit, `as HEAD`, or `in conflict`.
pub(crate) const INDEX_LINE: &str = "Index: ";

/// Saves the content of a worktree under `refs/shopfloor/<label>`, which must not exist yet.
pub(crate) fn checkpoint(
    git: &Git,
    worktree: &Path,
    label: &str,
    message: &str,
) -> Result<Checkpoint, WorkspaceError> {
    let content = Content::of(git, worktree)?;
    let changes = content.changes(git)?;
    verify::nested_repositories(git, &content, &changes)?;
    verify::disk_equals(git, &content, &changes)?;
    let commit = content.commit(git, message)?;
    let reference = format!("refs/shopfloor/{label}");
    let new_only = "0".repeat(commit.len());
    git.call(ACTION, worktree)
        .plumbing()
        .args(["update-ref", &reference, &commit, &new_only])
        .run()?;
    let kept = Repository::open(worktree)
        .and_then(|repository| repository.refname_to_id(&reference))
        .map_err(errors::lib(ACTION))?;
    if kept.to_string() != commit {
        return Err(errors::git(
            ACTION,
            format!("{reference} was moved at the same moment"),
        ));
    }
    Ok(Checkpoint { commit, reference })
}

/// The content of a worktree at one moment, as trees in the object store.
pub(crate) struct Content {
    pub(crate) worktree: PathBuf,
    /// An index that holds `disk`, with git's knowledge of the files' times.
    pub(crate) index: TempIndex,
    /// Repositories inside, as far as git knew them before.
    pub(crate) links: Vec<PathBuf>,
    head: Option<String>,
    /// Tree of HEAD, or the empty one.
    head_tree: String,
    /// Tree of the index; `None` while a merge is in conflict.
    pub(crate) staged: Option<String>,
    /// Tree of what is on disk and not ignored.
    pub(crate) disk: String,
}

impl Content {
    pub(crate) fn of(git: &Git, worktree: &Path) -> Result<Self, WorkspaceError> {
        let repository = Repository::open(worktree).map_err(errors::lib(ACTION))?;
        let index = TempIndex::copied(repository.path(), repository.path().join("index"))?;
        let call = || {
            let call = git.call(ACTION, worktree).plumbing();
            call.env("GIT_INDEX_FILE", &index.0)
        };
        let head = repository
            .head()
            .ok()
            .and_then(|head| head.peel_to_commit().ok());
        let head_tree = match &head {
            Some(commit) => commit.tree_id().to_string(),
            None => call()
                .args(["hash-object", "-t", "tree", "-w", "--stdin"])
                .run()?
                .word(),
        };

        let known = call().args(["ls-files", "-z", "-v", "--stage"]).run()?;
        let entries: Vec<Known> = known.parts().filter_map(Known::parse).collect();
        let staged = if entries.iter().any(|entry| entry.in_conflict) {
            None
        } else {
            Some(call().args(["write-tree"]).run()?.word())
        };
        // Marks by which git would overlook changes of these files.
        let is_there = |path: &[u8]| worktree.join(path_of(path)).symlink_metadata().is_ok();
        let assumed = entries.iter().filter(|entry| entry.assumed_unchanged);
        let skipped = entries
            .iter()
            .filter(|entry| entry.skipped && is_there(entry.path));
        for (unmark, paths) in [
            ("--no-assume-unchanged", zero_ended(assumed)),
            ("--no-skip-worktree", zero_ended(skipped)),
        ] {
            if !paths.is_empty() {
                call()
                    .args(["update-index", unmark, "-z", "--stdin"])
                    .input(paths)
                    .run()?;
            }
        }
        let mut add = vec!["add", "--all"];
        if repository
            .config()
            .is_ok_and(|config| config.get_bool("core.sparseCheckout").unwrap_or(false))
        {
            add.push("--sparse");
        }
        call().args(add).run()?;
        let disk = call().args(["write-tree"]).run()?.word();

        let links = entries
            .iter()
            .filter(|entry| entry.is_link)
            .map(|entry| path_of(entry.path));
        Ok(Self {
            worktree: worktree.to_owned(),
            links: links.collect(),
            head: head.map(|commit| commit.id().to_string()),
            head_tree,
            staged,
            disk,
            index,
        })
    }

    /// What differs on disk from HEAD.
    fn changes(&self, git: &Git) -> Result<Vec<Change>, WorkspaceError> {
        let raw = [
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            "--no-abbrev",
        ];
        let said = git
            .call(ACTION, &self.worktree)
            .plumbing()
            .args(raw)
            .args([&self.head_tree, &self.disk])
            .run()?;
        Ok(Change::list(&said))
    }

    fn commit(&self, git: &Git, message: &str) -> Result<String, WorkspaceError> {
        let call = |tree: &str| {
            let call = git.call(ACTION, &self.worktree).plumbing().under_our_name();
            let call = call.args(["commit-tree", tree]);
            match &self.head {
                Some(head) => call.args(["-p", head]),
                None => call,
            }
        };
        let index = match &self.staged {
            None => return self.commit_with(call(&self.disk), message, "in conflict"),
            Some(tree) if *tree == self.head_tree => {
                return self.commit_with(call(&self.disk), message, "as HEAD");
            }
            Some(tree) => call(tree).args(["-m", "Shopfloor: index"]).run()?.word(),
        };
        self.commit_with(call(&self.disk).args(["-p", &index]), message, &index)
    }

    fn commit_with(
        &self,
        call: crate::run::Call,
        message: &str,
        index: &str,
    ) -> Result<String, WorkspaceError> {
        let message = format!("{message}\n\n{INDEX_LINE}{index}\n");
        Ok(call.args(["-F", "-"]).input(message).run()?.word())
    }
}

/// An index file beside the worktree's own; gone when dropped.
pub(crate) struct TempIndex(pub(crate) PathBuf);

impl TempIndex {
    /// One that does not exist yet, in git's folder of the worktree.
    pub(crate) fn new(git_folder: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // The time, since a killed run may have left one under the same process id.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |since| since.as_nanos());
        let name = format!("shopfloor-index-{}-{now}-{number}", std::process::id());
        Self(git_folder.join(name))
    }

    fn copied(git_folder: &Path, index: PathBuf) -> Result<Self, WorkspaceError> {
        let copy = Self::new(git_folder);
        let failed = errors::io("copy", &index);
        let mut from = match fs::File::open(&index) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(copy),
            file => file.map_err(&failed)?,
        };
        let mut to = fs::File::create_new(&copy.0).map_err(&failed)?;
        std::io::copy(&mut from, &mut to).map_err(&failed)?;
        // git trusts an entry only when its file is older than the index; a younger copy would trust too much.
        let modified = from
            .metadata()
            .and_then(|data| data.modified())
            .map_err(&failed)?;
        to.set_modified(modified).map_err(&failed)?;
        Ok(copy)
    }
}

impl Drop for TempIndex {
    fn drop(&mut self) {
        let mut lock = self.0.clone().into_os_string();
        lock.push(".lock");
        for file in [self.0.as_path(), Path::new(&lock)] {
            // Usually there is no lock; what can't be removed goes with the worktree.
            let _ = fs::remove_file(file);
        }
    }
}

/// One entry of `ls-files -v --stage`: `H 100644 <object> 0<TAB>path`.
struct Known<'a> {
    path: &'a [u8],
    is_link: bool,
    in_conflict: bool,
    assumed_unchanged: bool,
    skipped: bool,
}

fn zero_ended<'a>(entries: impl Iterator<Item = &'a Known<'a>>) -> Vec<u8> {
    entries
        .flat_map(|entry| [entry.path, b"\0"].concat())
        .collect()
}

impl<'a> Known<'a> {
    fn parse(part: &'a [u8]) -> Option<Self> {
        let tab = part.iter().position(|byte| *byte == b'\t')?;
        let (head, path) = (&part[..tab], &part[tab + 1..]);
        Some(Self {
            path,
            is_link: head.get(2..8) == Some(b"160000"),
            in_conflict: head.last() != Some(&b'0'),
            assumed_unchanged: head.first().is_some_and(u8::is_ascii_lowercase),
            skipped: head
                .first()
                .is_some_and(|tag| tag.eq_ignore_ascii_case(&b'S')),
        })
    }
}
