//! Only a worktree of ours is removed, and all of it; everything else is refused with its path.

use crate::bench::{Bench, contents, sh, write};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use workspace::WorkspaceError;
use workspace::port::Worktrees;

fn refusal(bench: &Bench, path: &Path) -> String {
    match bench.git.remove(&bench.main, &bench.root, path) {
        Err(WorkspaceError::NotOurs { path: named, why }) => {
            assert_eq!(named, path.display().to_string());
            why
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_worktree_is_removed_and_its_branch_kept() {
    let bench = Bench::new();
    let (tree, other) = (bench.tree("fix"), bench.tree("other"));
    let before = bench.untouchable();
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    assert!(!tree.exists() && other.exists());
    assert_eq!(bench.git.branches(&bench.main).unwrap().len(), 3);
    assert_eq!(sh(&bench.main, &["worktree", "list"]).lines().count(), 2);
    assert_eq!(fs::read_dir(bench.root.join(".trash")).unwrap().count(), 0);
    assert_eq!(bench.untouchable(), before);
    bench.is_sound();
}

#[test]
fn what_is_not_ours_is_refused() {
    let bench = Bench::new();
    let outside = bench.main.with_file_name("outside");
    sh(&bench.main, &["worktree", "add", "-q", "../outside"]);
    assert!(refusal(&bench, &outside).contains("not under"));
    assert!(refusal(&bench, &bench.root).contains("not under"));
    assert!(refusal(&bench, &bench.root.join("../outside")).contains("not under"));
    assert!(refusal(&bench, &bench.root.join(".trash")).contains("not under"));

    let foreign = bench.root.join("foreign");
    write(&foreign.join("precious"), "text");
    assert!(refusal(&bench, &foreign).contains("does not know"));

    let repository = bench.root.join("repository");
    sh(&bench.root, &["init", "-q", "repository"]);
    assert!(refusal(&bench, &repository).contains("does not know"));

    let link = bench.root.join("link");
    symlink(&outside, &link).unwrap();
    assert!(refusal(&bench, &link).contains("symbolic link"));
    let below = bench.root.join("way");
    symlink(bench.main.parent().unwrap(), &below).unwrap();
    assert!(refusal(&bench, &below.join("outside")).contains("symbolic link"));

    let file = bench.root.join("file");
    write(&file, "text");
    assert!(refusal(&bench, &file).contains("not a folder"));

    let locked = bench.tree("locked");
    sh(
        &bench.main,
        &[
            "worktree",
            "lock",
            "--reason",
            "on a stick",
            &locked.to_string_lossy(),
        ],
    );
    assert!(refusal(&bench, &locked).contains("on a stick"));
    assert!(outside.join("a.txt").exists() && foreign.join("precious").exists());
    assert!(repository.exists() && link.exists() && file.exists() && locked.exists());
}

#[test]
fn a_tree_of_another_repository_is_refused() {
    let (bench, other) = (Bench::new(), Bench::new());
    let mut new = other.new_worktree("fix");
    new.path = bench.root.join("fix");
    other.git.create(&new).unwrap();
    assert!(refusal(&bench, &new.path).contains("does not know"));
    // A folder put in the place of ours, with another repository's entry.
    let tree = bench.tree("mine");
    fs::rename(&tree, bench.root.join("away")).unwrap();
    fs::rename(&new.path, &tree).unwrap();
    assert!(refusal(&bench, &tree).contains(".git file"));
    assert!(tree.join("a.txt").exists());
}

#[test]
fn a_tree_that_is_gone_is_taken_off_the_list_and_no_other_is() {
    let bench = Bench::new();
    let (tree, unmounted) = (bench.tree("fix"), bench.tree("unmounted"));
    fs::remove_dir_all(&tree).unwrap();
    fs::rename(&unmounted, bench.folder.path().join("stick")).unwrap();
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    let list = sh(&bench.main, &["worktree", "list"]);
    assert!(
        !list.contains("/fix ") && list.contains("unmounted"),
        "{list}"
    );
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    // The whole repository may be gone as well.
    fs::rename(&bench.main, bench.folder.path().join("elsewhere")).unwrap();
    bench
        .git
        .remove(&bench.main, &bench.root, &unmounted)
        .unwrap();
}

#[test]
fn what_a_killed_removal_left_goes_with_the_next() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    // Moved aside, then killed.
    fs::create_dir(bench.root.join(".trash")).unwrap();
    fs::rename(&tree, bench.root.join(".trash/1-0")).unwrap();
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    assert_eq!(fs::read_dir(bench.root.join(".trash")).unwrap().count(), 0);
    bench.is_sound();
}

#[test]
fn folders_without_the_right_to_write_are_deleted_too() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let cache = tree.join("ignored/cache");
    write(&cache.join("deep/file"), "text");
    for folder in [cache.join("deep"), cache] {
        fs::set_permissions(folder, PermissionsExt::from_mode(0o555)).unwrap();
    }
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    assert_eq!(fs::read_dir(bench.root.join(".trash")).unwrap().count(), 0);
}

#[test]
fn links_inside_a_tree_are_not_followed() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let precious = bench.main.with_file_name("precious");
    write(&precious.join("file"), "text");
    symlink(&precious, tree.join("ignored")).unwrap();
    let before = contents(&precious);
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    assert_eq!(contents(&precious), before);
}
