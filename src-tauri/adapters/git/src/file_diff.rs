//! The difference of one file, line by line.

use crate::bytes::path_of;
use crate::changes::{ACTION, TEXT_LIMIT, diff, file_path, old_side, open, options, paths};
use crate::errors;
use git2::{Delta, Diff, DiffDelta, DiffFile, DiffLineType, Oid, Patch, Repository};
use workspace::WorkspaceError;
use workspace::changes::{Against, DiffLine, DiffLineKind, FileDiff, Hunk};
use workspace::port::TreeToRead;

/// Most differing and surrounding lines of one file.
const LINE_LIMIT: usize = 10_000;
/// Most bytes of one line; the rest is cut.
const LINE_LENGTH: usize = 5_000;

/// One file's difference, by the key of its path.
pub(crate) fn file_diff(
    tree: &TreeToRead,
    against: Against,
    key: &str,
) -> Result<FileDiff, WorkspaceError> {
    let unknown = || WorkspaceError::Unknown { what: "change" };
    let path = bytes_of(key).ok_or_else(unknown)?;
    let repository = open(tree)?;
    let found = find(&repository, tree, against, &path).map_err(errors::lib(ACTION))?;
    found.ok_or_else(unknown)
}

fn find(
    repository: &Repository,
    tree: &TreeToRead,
    against: Against,
    path: &[u8],
) -> Result<Option<FileDiff>, git2::Error> {
    let old = old_side(repository, tree, against)?;
    let mut narrowed = options();
    narrowed.pathspec(path).disable_pathspec_match(true);
    let one = diff(repository, old.as_ref(), &mut narrowed)?;
    // Where a new file came from shows only beside all others.
    if let Some(index) = position(&one, path)
        && one
            .get_delta(index)
            .is_some_and(|delta| has_both_sides(&delta))
    {
        return read(repository, &one, index).map(Some);
    }
    let all = diff(repository, old.as_ref(), &mut options())?;
    match position(&all, path) {
        Some(index) => read(repository, &all, index).map(Some),
        None => Ok(None),
    }
}

fn position(diff: &Diff<'_>, path: &[u8]) -> Option<usize> {
    diff.deltas().position(|delta| paths(&delta).0 == path)
}

fn has_both_sides(delta: &DiffDelta<'_>) -> bool {
    matches!(
        delta.status(),
        Delta::Modified | Delta::Typechange | Delta::Conflicted
    )
}

fn read(repository: &Repository, diff: &Diff<'_>, index: usize) -> Result<FileDiff, git2::Error> {
    let delta = diff.get_delta(index).expect("the index is of this list");
    let large = is_large(repository, &delta);
    let (old, new);
    let patch = if large {
        None
    } else if matches!(delta.status(), Delta::Conflicted | Delta::Typechange) {
        // libgit2 has no text for these. A conflict is our side against the file with its marks.
        (old, new) = (before(repository, &delta)?, on_disk(repository, &delta));
        Some(Patch::from_buffers(
            &old,
            None,
            &new,
            None,
            Some(&mut options()),
        )?)
    } else {
        Patch::from_diff(diff, index)?
    };
    let binary = !large
        && patch
            .as_ref()
            .is_some_and(|patch| patch.delta().flags().is_binary());
    let (hunks, cut) = match &patch {
        Some(patch) => hunks(patch)?,
        None => (Vec::new(), false),
    };
    let (path, old_path) = paths(&delta);
    Ok(FileDiff {
        path: file_path(path),
        old_path: old_path.map(file_path),
        binary,
        too_large: large || cut,
        old_mode: mode(&delta.old_file()),
        new_mode: mode(&delta.new_file()),
        hunks,
    })
}

/// The old side's text; our side of a conflict.
fn before(repository: &Repository, delta: &DiffDelta<'_>) -> Result<Vec<u8>, git2::Error> {
    let id = if delta.status() == Delta::Conflicted {
        let head = repository.head()?.peel_to_tree()?;
        let entry = head.get_path(&path_of(paths(delta).0));
        entry.map(|entry| entry.id())
    } else {
        Ok(delta.old_file().id())
    };
    // Added by both sides it was not there; a submodule has no text.
    let blob = id.and_then(|id| repository.find_blob(id));
    Ok(blob.map(|blob| blob.content().to_vec()).unwrap_or_default())
}

/// The file's text, or a link's target.
fn on_disk(repository: &Repository, delta: &DiffDelta<'_>) -> Vec<u8> {
    let path = path_of(paths(delta).0);
    let file = repository.workdir().map(|top| top.join(path));
    let read = |file: std::path::PathBuf| match std::fs::read_link(&file) {
        Ok(target) => Some(target.into_os_string().into_encoded_bytes()),
        Err(_) => std::fs::read(&file).ok(),
    };
    // Gone on disk is one of the ways to solve a conflict.
    file.and_then(read).unwrap_or_default()
}

fn is_large(repository: &Repository, delta: &DiffDelta<'_>) -> bool {
    let stored = |id: Oid| {
        let header = repository.odb().and_then(|store| store.read_header(id));
        header.map_or(0, |(size, _)| size as u64)
    };
    let path = path_of(paths(delta).0);
    let on_disk = repository
        .workdir()
        .and_then(|top| top.join(path).symlink_metadata().ok())
        .map_or(0, |data| if data.is_file() { data.len() } else { 0 });
    let old = delta.old_file();
    let stored = if old.exists() { stored(old.id()) } else { 0 };
    stored.max(on_disk) > TEXT_LIMIT
}

fn hunks(patch: &Patch<'_>) -> Result<(Vec<Hunk>, bool), git2::Error> {
    let mut hunks = Vec::new();
    let mut room = LINE_LIMIT;
    for number in 0..patch.num_hunks() {
        if room == 0 {
            return Ok((hunks, true));
        }
        let (hunk, count) = patch.hunk(number)?;
        let mut lines = Vec::with_capacity(count.min(room));
        for line in 0..count.min(room) {
            lines.extend(diff_line(&patch.line_in_hunk(number, line)?));
        }
        hunks.push(Hunk {
            header: text(hunk.header()),
            old_start: hunk.old_start(),
            old_lines: hunk.old_lines(),
            new_start: hunk.new_start(),
            new_lines: hunk.new_lines(),
            lines,
        });
        if count > room {
            return Ok((hunks, true));
        }
        room -= count;
    }
    Ok((hunks, false))
}

fn diff_line(line: &git2::DiffLine<'_>) -> Option<DiffLine> {
    let kind = match line.origin_value() {
        DiffLineType::Context => DiffLineKind::Context,
        DiffLineType::Addition => DiffLineKind::Added,
        DiffLineType::Deletion => DiffLineKind::Removed,
        // git's remark about a missing line's end; the line before says it on its own.
        _ => return None,
    };
    Some(DiffLine {
        kind,
        old_number: line.old_lineno(),
        new_number: line.new_lineno(),
        text: text(line.content()),
        no_newline: !line.content().ends_with(b"\n"),
    })
}

/// Without the line's end, cut when it is very long.
fn text(bytes: &[u8]) -> String {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() <= LINE_LENGTH {
        return String::from_utf8_lossy(line).into_owned();
    }
    let mut cut = String::from_utf8_lossy(&line[..LINE_LENGTH]).into_owned();
    cut.push('…');
    cut
}

fn mode(file: &DiffFile<'_>) -> Option<String> {
    let mode = u32::from(file.mode());
    (mode != 0).then(|| format!("{mode:06o}"))
}

fn bytes_of(key: &str) -> Option<Vec<u8>> {
    let digits = key.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.chunks_exact(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}
