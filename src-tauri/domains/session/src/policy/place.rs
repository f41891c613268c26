//! Where a request's paths lie. Purely by their names: symbolic links are resolved before.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// Whether a path goes up anywhere.
pub fn climbs(path: &str) -> bool {
    Path::new(path)
        .components()
        .any(|part| part == Component::ParentDir)
}

/// Whether a path lies in the worktree, or is it, and has nothing to do with git's own files.
pub fn is_within(tree: &Path, path: &str) -> bool {
    let path = Path::new(path);
    let Ok(inside) = path.strip_prefix(tree) else {
        return false;
    };
    let is_plain = |part| matches!(part, Component::Normal(_));
    tree.is_absolute() && inside.components().all(is_plain) && !is_gits_own(inside)
}

/// Whether a path lies below the worktree's top.
pub fn is_below(tree: &Path, path: &str) -> bool {
    Path::new(path) != tree && is_within(tree, path)
}

/// Whether a path is the rule's file, or lies in its folder. The rule's is absolute or relative to the worktree.
pub fn is_under(tree: &Path, rule: &str, path: &str) -> bool {
    let rule: PathBuf = tree.join(rule);
    !climbs(path) && Path::new(path).starts_with(rule)
}

/// Whether any part of a path is a repository's own folder.
fn is_gits_own(path: &Path) -> bool {
    path.components().any(|part| is_gits(part.as_os_str()))
}

/// Whether a path is the rule's file, or lies in its folder, and is none of git's own.
pub fn is_allowed_by(tree: &Path, rule: &str, path: &str) -> bool {
    let path_in = Path::new(path);
    let inside = path_in.strip_prefix(tree).unwrap_or(path_in);
    is_under(tree, rule, path) && !is_gits_own(inside)
}

/// `.git` by any name a file system takes for it.
fn is_gits(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let seen: String = name
        .chars()
        .filter(|c| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'))
        .collect();
    let seen = seen.trim_end_matches([' ', '.']).to_lowercase();
    let stem = seen.split(':').next().unwrap_or_default();
    stem == ".git" || stem == "git~1"
}
