//! Checkpoints hold every byte that is not ignored, touch nothing, and come back as they were.

use crate::bench::{Bench, commit_all, contents, failing_hook, make_executable, sh, write};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use workspace::port::Worktrees;

/// A tree with something of every kind.
fn busy_tree(bench: &Bench) -> PathBuf {
    let tree = bench.tree("busy");
    write(&tree.join("gone.txt"), "will be deleted");
    write(
        &tree.join("moved.txt"),
        "will be moved, long enough to be known again",
    );
    write(&tree.join("plain.sh"), "#!/bin/sh\n");
    commit_all(&tree, "more");
    write(&tree.join("a.txt"), "staged\n");
    write(&tree.join("staged-new"), "staged new\n");
    sh(&tree, &["add", "a.txt", "staged-new"]);
    write(&tree.join("a.txt"), "staged\nand then more\n");
    write(&tree.join("src/lib.rs"), "unstaged\n");
    write(&tree.join("untracked/deep/file"), [0_u8, 159, 146, 150]);
    write(&tree.join("empty"), "");
    fs::remove_file(tree.join("gone.txt")).unwrap();
    sh(&tree, &["mv", "moved.txt", "moved to.txt"]);
    make_executable(&tree.join("plain.sh"));
    symlink("nowhere/at all", tree.join("link")).unwrap();
    fs::remove_file(tree.join(".gitignore")).unwrap();
    symlink("a.txt", tree.join(".gitignore")).unwrap();
    tree
}

fn status(tree: &Path) -> String {
    sh(tree, &["status", "--porcelain=v1", "--untracked-files=all"])
}

/// Everything git keeps of this worktree.
fn git_folder(bench: &Bench) -> BTreeMap<PathBuf, Vec<u8>> {
    contents(&bench.main.join(".git/worktrees/busy"))
}

#[test]
fn a_checkpoint_comes_back_byte_for_byte_with_what_was_staged() {
    let bench = Bench::new();
    let tree = busy_tree(&bench);
    let (files, state) = (contents(&tree), status(&tree));
    assert!(
        state.contains("MM a.txt") && state.contains("?? untracked/deep/file"),
        "{state}"
    );
    let main = bench.untouchable();
    let before = git_folder(&bench);
    let saved = bench
        .git
        .checkpoint(&tree, "archive/busy/1", "Shopfloor: busy")
        .unwrap();
    assert_eq!(git_folder(&bench), before);
    assert_eq!(
        (contents(&tree), status(&tree)),
        (files.clone(), state.clone())
    );
    assert_eq!(
        sh(&bench.main, &["rev-parse", "refs/shopfloor/archive/busy/1"]),
        saved.commit
    );

    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    assert!(!tree.exists());
    sh(&bench.main, &["gc", "-q", "--prune=now"]);
    bench
        .git
        .reopen(&bench.main, &tree, "shopfloor/busy", "main")
        .unwrap();
    bench
        .git
        .restore(&tree, &saved.commit, "before/busy/1")
        .unwrap();
    assert_eq!(contents(&tree), files);
    assert_eq!(status(&tree), state);
    assert_eq!(bench.untouchable(), main);
    // Nothing was there to be overwritten, so nothing was saved before.
    assert_eq!(
        sh(&bench.main, &["for-each-ref", "refs/shopfloor/before"]),
        ""
    );
    bench.is_sound();
}

#[test]
fn a_restore_can_be_undone() {
    let bench = Bench::new();
    let tree = busy_tree(&bench);
    let saved = bench.git.checkpoint(&tree, "a/1", "first").unwrap();
    let first = (contents(&tree), status(&tree));
    write(&tree.join("a.txt"), "later\n");
    write(&tree.join("later"), "only now\n");
    fs::remove_file(tree.join("empty")).unwrap();
    let second = (contents(&tree), status(&tree));
    bench.git.restore(&tree, &saved.commit, "before/1").unwrap();
    assert_eq!((contents(&tree), status(&tree)), first);
    let undo = sh(&bench.main, &["rev-parse", "refs/shopfloor/before/1"]);
    bench.git.restore(&tree, &undo, "before/2").unwrap();
    assert_eq!((contents(&tree), status(&tree)), second);
    bench.is_sound();
}

#[test]
fn a_checkpoint_runs_no_hook_and_needs_no_name() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    write(&tree.join("new"), "text");
    let hooks = [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
        "post-index-change",
    ];
    let ran = hooks.map(|hook| failing_hook(&bench.main, hook));
    sh(&bench.main, &["config", "user.useConfigOnly", "true"]);
    sh(&bench.main, &["config", "commit.gpgSign", "true"]);
    let saved = bench.git.checkpoint(&tree, "a/1", "saved").unwrap();
    bench.git.restore(&tree, &saved.commit, "b/1").unwrap();
    assert!(ran.iter().all(|mark| !mark.exists()));
}

#[test]
fn no_log_tells_of_a_checkpoint_and_a_name_is_used_once() {
    let bench = Bench::new();
    sh(&bench.main, &["config", "core.logAllRefUpdates", "always"]);
    let tree = bench.tree("fix");
    let log = || contents(&bench.main.join(".git/logs"));
    let before = log();
    bench.git.checkpoint(&tree, "a/1", "saved").unwrap();
    assert_eq!(log(), before);
    assert!(bench.git.checkpoint(&tree, "a/1", "again").is_err());
}

#[test]
fn ignored_files_are_not_saved() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    write(&tree.join("ignored/cache"), "large");
    let saved = bench.git.checkpoint(&tree, "a/1", "saved").unwrap();
    let names = sh(
        &bench.main,
        &["ls-tree", "-r", "--name-only", &saved.commit],
    );
    assert!(!names.contains("cache"), "{names}");
}

#[test]
fn a_file_that_git_was_told_to_overlook_is_saved_all_the_same() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    sh(&tree, &["update-index", "--assume-unchanged", "a.txt"]);
    sh(&tree, &["update-index", "--skip-worktree", "src/lib.rs"]);
    write(&tree.join("a.txt"), "overlooked\n");
    write(&tree.join("src/lib.rs"), "overlooked too\n");
    let saved = bench.git.checkpoint(&tree, "a/1", "saved").unwrap();
    let show = |path: &str| sh(&bench.main, &["show", &format!("{}:{path}", saved.commit)]);
    assert_eq!(show("a.txt"), "overlooked");
    assert_eq!(show("src/lib.rs"), "overlooked too");
}

#[test]
fn a_change_within_the_same_tick_and_of_the_same_size_is_saved() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let path = tree.join("a.txt");
    for round in 0..20 {
        write(&path, format!("{round:03} staged"));
        sh(&tree, &["add", "a.txt"]);
        let time = path.metadata().unwrap().modified().unwrap();
        write(&path, format!("{round:03} edited"));
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(time)
            .unwrap();
        // The index is as old as the file, so that git can't trust it.
        let index = bench.main.join(".git/worktrees/fix/index");
        fs::File::options()
            .write(true)
            .open(&index)
            .unwrap()
            .set_modified(time)
            .unwrap();
        let saved = bench
            .git
            .checkpoint(&tree, &format!("a/{round}"), "saved")
            .unwrap();
        let shown = sh(&bench.main, &["show", &format!("{}:a.txt", saved.commit)]);
        assert_eq!(shown, format!("{round:03} edited"));
    }
}

#[test]
fn a_repository_inside_is_refused_since_its_files_would_not_be_saved() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let inside = tree.join("vendor/lib");
    fs::create_dir_all(&inside).unwrap();
    sh(&inside, &["init", "-q"]);
    write(&inside.join("precious"), "text");
    let unborn = bench
        .git
        .checkpoint(&tree, "a/1", "saved")
        .unwrap_err()
        .to_string();
    assert!(unborn.contains("vendor/lib"), "{unborn}");
    commit_all(&inside, "first");
    let said = bench
        .git
        .checkpoint(&tree, "a/2", "saved")
        .unwrap_err()
        .to_string();
    assert!(said.contains("vendor/lib is not a submodule"), "{said}");
    assert_eq!(sh(&bench.main, &["for-each-ref", "refs/shopfloor"]), "");
}

#[test]
fn a_submodule_is_saved_as_a_commit_only_when_its_remote_has_all_of_it() {
    let bench = Bench::new();
    let library = bench.main.with_file_name("library");
    fs::create_dir(&library).unwrap();
    sh(&library, &["init", "-q", "-b", "main"]);
    write(&library.join("lib.c"), "int x;\n");
    commit_all(&library, "first");
    let allow = "protocol.file.allow=always";
    sh(
        &bench.main,
        &["-c", allow, "submodule", "add", "-q", "../library", "lib"],
    );
    bench.commit_all("submodule");
    let tree = bench.tree("fix");
    bench.git.checkpoint(&tree, "a/1", "not populated").unwrap();
    let library = library.to_string_lossy().into_owned();
    sh(&tree, &["config", "submodule.lib.url", &library]);
    sh(&tree, &["-c", allow, "submodule", "update", "-q", "--init"]);
    bench.git.checkpoint(&tree, "a/2", "clean").unwrap();
    write(&tree.join("lib/lib.c"), "int y;\n");
    let dirty = bench
        .git
        .checkpoint(&tree, "a/3", "dirty")
        .unwrap_err()
        .to_string();
    assert!(dirty.contains("lib has changes"), "{dirty}");
    commit_all(&tree.join("lib"), "own commit");
    assert!(bench.git.checkpoint(&tree, "a/4", "own commit").is_err());
}

#[test]
fn odd_states_of_head_and_index_are_saved() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    write(&tree.join("a.txt"), "ours\n");
    commit_all(&tree, "ours");
    write(&bench.main.join("a.txt"), "theirs\n");
    bench.commit_all("theirs");
    let merge = std::process::Command::new("git")
        .current_dir(&tree)
        .args([
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@localhost",
            "merge",
            "-q",
            "main",
        ])
        .output()
        .unwrap();
    assert!(!merge.status.success());
    let conflict = fs::read_to_string(tree.join("a.txt")).unwrap();
    let saved = bench.git.checkpoint(&tree, "a/1", "in conflict").unwrap();
    let shown = sh(&bench.main, &["show", &format!("{}:a.txt", saved.commit)]);
    assert_eq!(shown, conflict.trim_end());
    sh(&tree, &["merge", "--abort"]);
    bench.git.restore(&tree, &saved.commit, "b/1").unwrap();
    assert_eq!(fs::read_to_string(tree.join("a.txt")).unwrap(), conflict);

    sh(&tree, &["reset", "-q", "--hard"]);
    sh(&tree, &["checkout", "-q", "--detach"]);
    let detached = sh(&tree, &["rev-parse", "HEAD"]);
    let saved = bench.git.checkpoint(&tree, "a/2", "detached").unwrap();
    assert_eq!(
        sh(&bench.main, &["rev-parse", &format!("{}^1", saved.commit)]),
        detached
    );

    sh(&tree, &["checkout", "-q", "--orphan", "fresh"]);
    let saved = bench.git.checkpoint(&tree, "a/3", "unborn").unwrap();
    let files = contents(&tree);
    write(&tree.join("a.txt"), "later\n");
    bench.git.restore(&tree, &saved.commit, "b/3").unwrap();
    assert_eq!(contents(&tree), files);
    bench.is_sound();
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_nothing_is_removed() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    // A filter stands for whatever keeps git from reading a file, also where the tests run as root.
    write(&tree.join(".gitattributes"), "secret filter=broken\n");
    sh(&bench.main, &["config", "filter.broken.clean", "false"]);
    sh(&bench.main, &["config", "filter.broken.required", "true"]);
    write(&tree.join("secret"), "text");
    let said = bench
        .git
        .checkpoint(&tree, "a/1", "saved")
        .unwrap_err()
        .to_string();
    assert!(said.contains("secret"), "{said}");
    assert!(tree.join("secret").exists());
    let left = fs::read_dir(bench.main.join(".git/worktrees/fix")).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().contains("shopfloor")),
        "{names:?}"
    );
}
