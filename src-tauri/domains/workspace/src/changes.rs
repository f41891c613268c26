//! What differs in a worktree, as the window draws it. Paths keep their bytes in a key beside the text.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What a worktree is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The commit where the branch left its base: everything the workspace did.
    Base,
    /// The newest commit: what is not committed.
    Head,
}

/// A list of changed files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// What was compared with.
    pub against: Against,
    /// The files, by path.
    pub files: Vec<ChangedFile>,
    /// Added lines in the listed files.
    pub additions: u32,
    /// Removed lines in the listed files.
    pub deletions: u32,
    /// Whether the list was cut (at 3,000 files).
    pub truncated: bool,
}

/// A path inside a worktree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilePath {
    /// For people: bytes that are not UTF-8 are replaced.
    pub display: String,
    /// To ask by: the path's bytes in lower-case hex digits.
    pub key: String,
}

/// One changed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangedFile {
    /// Where it is, or was when it is deleted.
    pub path: FilePath,
    /// Where it came from, when it was renamed or copied.
    pub old_path: Option<FilePath>,
    /// What happened to it.
    pub status: ChangeStatus,
    /// Whether the index holds a change of it that is not committed.
    pub staged: bool,
    /// Added lines; 0 when binary.
    pub additions: u32,
    /// Removed lines; 0 when binary.
    pub deletions: u32,
    /// Whether it is not text, or too large to be read as text.
    pub binary: bool,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
    /// New, and known to git.
    Added,
    /// Other content or another mode.
    Modified,
    /// Gone.
    Deleted,
    /// At another path.
    Renamed,
    /// A copy of another file.
    Copied,
    /// A file became a link, a link a folder, and so on.
    TypeChanged,
    /// Both sides of a merge changed it.
    Conflicted,
    /// New, and not yet known to git.
    Untracked,
}

/// The difference of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileDiff {
    /// Where it is, or was when it is deleted.
    pub path: FilePath,
    /// Where it came from, when it was renamed or copied.
    pub old_path: Option<FilePath>,
    /// Whether it is not text; there are no hunks then.
    pub binary: bool,
    /// Whether the hunks were cut: the file is above 2 MiB, or has more than 10,000 differing lines.
    pub too_large: bool,
    /// Mode before, as git writes it (`100644`, `100755`, `120000`, `160000`); `None` when it is new.
    pub old_mode: Option<String>,
    /// Mode after; `None` when it is gone.
    pub new_mode: Option<String>,
    /// What differs, with three lines around.
    pub hunks: Vec<Hunk>,
}

/// A run of differing lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Hunk {
    /// As git writes it: `@@ -1,3 +1,4 @@ fn main()`.
    pub header: String,
    /// First line before, from 1.
    pub old_start: u32,
    /// Lines before.
    pub old_lines: u32,
    /// First line after, from 1.
    pub new_start: u32,
    /// Lines after.
    pub new_lines: u32,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// Which side it is on.
    pub kind: DiffLineKind,
    /// Its number before, from 1.
    pub old_number: Option<u32>,
    /// Its number after, from 1.
    pub new_number: Option<u32>,
    /// Its text without the line's end; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Whether it is the last of its file and has no line's end.
    pub no_newline: bool,
}

/// Which side a line is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiffLineKind {
    /// Both.
    Context,
    /// After.
    Added,
    /// Before.
    Removed,
}

/// The numbers on a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Numbers {
    /// Files that differ from the base.
    pub files: u32,
    /// Added lines against the base.
    pub additions: u32,
    /// Removed lines against the base.
    pub deletions: u32,
    /// Files whose change is in the index and not committed.
    pub staged: u32,
    /// Commits that no remote branch has.
    pub unpushed: u32,
    /// Commits of the base branch that the workspace does not have.
    pub behind: u32,
}
