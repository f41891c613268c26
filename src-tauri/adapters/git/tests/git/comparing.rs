//! Changes as the window shows them: against the base and against the newest commit.

use crate::bench::{Bench, commit_all, make_executable, sh, write};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use workspace::WorkspaceError;
use workspace::changes::{Against, ChangeStatus as S, ChangedFile, DiffLineKind as K, FileDiff};
use workspace::port::{Diffs, TreeToRead, Worktrees};

fn made(bench: &Bench) -> TreeToRead {
    let new = bench.new_worktree("fix");
    TreeToRead {
        base_commit: bench.git.create(&new).unwrap(),
        base: "main".into(),
        path: new.path,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files(bench: &Bench, tree: &TreeToRead, against: Against) -> Vec<ChangedFile> {
    bench.git.changes(tree, against).unwrap().files
}

fn short(files: &[ChangedFile]) -> Vec<(&str, S, bool, u32, u32)> {
    let line = |file: &'_ ChangedFile| (file.status, file.staged, file.additions, file.deletions);
    files
        .iter()
        .map(|file| {
            let (status, staged, additions, deletions) = line(file);
            (
                file.path.display.as_str(),
                status,
                staged,
                additions,
                deletions,
            )
        })
        .collect()
}

fn diff(bench: &Bench, tree: &TreeToRead, against: Against, path: &str) -> FileDiff {
    bench
        .git
        .file_diff(tree, against, &hex(path.as_bytes()))
        .unwrap()
}

fn lines(diff: &FileDiff) -> Vec<(K, Option<u32>, Option<u32>, &str)> {
    diff.hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .map(|line| {
            (
                line.kind,
                line.old_number,
                line.new_number,
                line.text.as_str(),
            )
        })
        .collect()
}

#[test]
fn a_fresh_worktree_has_no_changes() {
    let bench = Bench::new();
    let tree = made(&bench);
    for against in [Against::Base, Against::Head] {
        assert_eq!(files(&bench, &tree, against), []);
    }
    assert_eq!(
        bench.git.numbers(&tree).unwrap(),
        workspace::changes::Numbers::default()
    );
}

#[test]
fn every_kind_of_change_is_told() {
    let bench = Bench::new();
    write(&bench.main.join("long.txt"), "line\n".repeat(30));
    write(&bench.main.join("run.sh"), "#!/bin/sh\n");
    write(&bench.main.join("gone"), "one\ntwo\n");
    write(&bench.main.join("becomes-link"), "text\n");
    bench.commit_all("more");
    let tree = made(&bench);
    let at = |name: &str| tree.path.join(name);
    write(&at("a.txt"), "one\n2\nthree\nfour\n");
    sh(&tree.path, &["mv", "long.txt", "moved.txt"]);
    make_executable(&at("run.sh"));
    fs::remove_file(at("gone")).unwrap();
    fs::remove_file(at("becomes-link")).unwrap();
    symlink("a.txt", at("becomes-link")).unwrap();
    write(&at("new/untracked"), "1\n2\n3\n");
    write(&at("added"), "1\n");
    sh(&tree.path, &["add", "added"]);
    write(&at("binary"), [0_u8; 100]);
    write(&at("ignored/x"), "not shown");
    let files = files(&bench, &tree, Against::Head);
    assert_eq!(
        short(&files),
        [
            ("a.txt", S::Modified, false, 2, 1),
            ("added", S::Added, true, 1, 0),
            ("becomes-link", S::TypeChanged, false, 0, 0),
            ("binary", S::Untracked, false, 0, 0),
            ("gone", S::Deleted, false, 0, 2),
            ("moved.txt", S::Renamed, true, 0, 0),
            ("new/untracked", S::Untracked, false, 3, 0),
            ("run.sh", S::Modified, false, 0, 0),
        ]
    );
    let by_name = |name: &str| files.iter().find(|file| file.path.display == name).unwrap();
    assert!(by_name("binary").binary);
    assert!(files.iter().filter(|file| file.binary).count() == 1);
    assert_eq!(
        by_name("moved.txt").old_path.as_ref().unwrap().display,
        "long.txt"
    );
    assert_eq!(by_name("a.txt").path.key, hex(b"a.txt"));

    let run = diff(&bench, &tree, Against::Head, "run.sh");
    assert_eq!(
        (run.old_mode.as_deref(), run.new_mode.as_deref()),
        (Some("100644"), Some("100755"))
    );
    let moved = diff(&bench, &tree, Against::Head, "moved.txt");
    assert_eq!(moved.old_path.unwrap().display, "long.txt");
    assert!(moved.hunks.is_empty());
    let link = diff(&bench, &tree, Against::Head, "becomes-link");
    assert_eq!(link.new_mode.as_deref(), Some("120000"));
    assert_eq!(
        lines(&link),
        [
            (K::Removed, Some(1), None, "text"),
            (K::Added, None, Some(1), "a.txt")
        ]
    );
    let gone = diff(&bench, &tree, Against::Head, "gone");
    assert_eq!(gone.new_mode, None);
    assert_eq!(lines(&gone)[0], (K::Removed, Some(1), None, "one"));
    let added = diff(&bench, &tree, Against::Head, "new/untracked");
    assert_eq!(added.old_mode, None);
    assert_eq!(lines(&added)[2], (K::Added, None, Some(3), "3"));
    let binary = diff(&bench, &tree, Against::Head, "binary");
    assert!(binary.binary && !binary.too_large && binary.hunks.is_empty());
}

#[test]
fn a_hunk_numbers_its_lines_and_tells_a_missing_end() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("a.txt"), "one\nTWO\nthree");
    let diff = diff(&bench, &tree, Against::Base, "a.txt");
    let hunk = &diff.hunks[0];
    assert!(
        hunk.header.starts_with("@@ -1,3 +1,3 @@"),
        "{}",
        hunk.header
    );
    assert_eq!(
        (
            hunk.old_start,
            hunk.old_lines,
            hunk.new_start,
            hunk.new_lines
        ),
        (1, 3, 1, 3)
    );
    assert_eq!(
        lines(&diff),
        [
            (K::Context, Some(1), Some(1), "one"),
            (K::Removed, Some(2), None, "two"),
            (K::Removed, Some(3), None, "three"),
            (K::Added, None, Some(2), "TWO"),
            (K::Added, None, Some(3), "three"),
        ]
    );
    let without: Vec<bool> = hunk.lines.iter().map(|line| line.no_newline).collect();
    assert_eq!(without, [false, false, false, false, true]);
}

#[test]
fn the_base_side_shows_commits_and_the_head_side_does_not() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("committed"), "1\n");
    commit_all(&tree.path, "work");
    write(&tree.path.join("open"), "1\n2\n");
    let base = files(&bench, &tree, Against::Base);
    assert_eq!(
        short(&base),
        [
            ("committed", S::Added, false, 1, 0),
            ("open", S::Untracked, false, 2, 0)
        ]
    );
    let head = files(&bench, &tree, Against::Head);
    assert_eq!(short(&head), [("open", S::Untracked, false, 2, 0)]);
}

#[test]
fn the_base_moves_with_a_rebase_and_stays_after_a_merge() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("work"), "1\n");
    commit_all(&tree.path, "work");
    write(&bench.main.join("theirs"), "1\n");
    bench.commit_all("theirs");
    let numbers = bench.git.numbers(&tree).unwrap();
    assert_eq!((numbers.files, numbers.behind, numbers.unpushed), (1, 1, 1));
    let identity = ["-c", "user.name=T", "-c", "user.email=t@localhost"];
    sh(
        &tree.path,
        &[&identity[..], &["rebase", "-q", "main"]].concat(),
    );
    assert_eq!(
        short(&files(&bench, &tree, Against::Base)),
        [("work", S::Added, false, 1, 0)]
    );
    assert_eq!(bench.git.numbers(&tree).unwrap().behind, 0);
    sh(&bench.main, &["merge", "-q", "--ff-only", "shopfloor/fix"]);
    let after: Vec<_> = files(&bench, &tree, Against::Base);
    assert!(after.iter().any(|file| file.path.display == "work"));
}

#[test]
fn numbers_count_staged_and_unpushed() {
    let bench = Bench::new();
    sh(
        bench.folder.path(),
        &["clone", "-q", "--bare", "code", "remote"],
    );
    let remote = bench.main.with_file_name("remote");
    sh(
        &bench.main,
        &["remote", "add", "origin", &remote.to_string_lossy()],
    );
    let tree = made(&bench);
    write(&tree.path.join("one"), "1\n");
    commit_all(&tree.path, "one");
    sh(&tree.path, &["push", "-q", "origin", "HEAD"]);
    write(&tree.path.join("two"), "1\n2\n");
    commit_all(&tree.path, "two");
    write(&tree.path.join("a.txt"), "one\n");
    sh(&tree.path, &["add", "a.txt"]);
    let numbers = bench.git.numbers(&tree).unwrap();
    assert_eq!(
        (numbers.files, numbers.additions, numbers.deletions),
        (3, 3, 2)
    );
    assert_eq!(
        (numbers.staged, numbers.unpushed, numbers.behind),
        (1, 1, 0)
    );
}

#[test]
fn paths_that_are_not_text_can_be_asked_for() {
    let bench = Bench::new();
    let tree = made(&bench);
    for name in [
        &b"caf\xe9"[..],
        b"new\nline",
        b"-dash",
        b"[glob]*",
        b"quote\"'",
    ] {
        let path: PathBuf = tree.path.join(OsStr::from_bytes(name));
        write(&path, "text\n");
    }
    let files = files(&bench, &tree, Against::Base);
    assert_eq!(files.len(), 5);
    for file in files {
        let diff = bench
            .git
            .file_diff(&tree, Against::Base, &file.path.key)
            .unwrap();
        assert_eq!((diff.path, diff.hunks.len()), (file.path, 1));
    }
    for key in ["", "6", "zz", "ff", "é"] {
        let said = bench.git.file_diff(&tree, Against::Base, key);
        assert!(
            matches!(said, Err(WorkspaceError::Unknown { what: "change" })),
            "{key:?}"
        );
    }
}

#[test]
fn large_things_are_cut() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("huge"), "x".repeat(3 * 1024 * 1024));
    write(&tree.path.join("many"), "line\n".repeat(20_000));
    write(&tree.path.join("wide"), "é".repeat(10_000));
    let huge = diff(&bench, &tree, Against::Base, "huge");
    assert!(huge.too_large && !huge.binary && huge.hunks.is_empty());
    let many = diff(&bench, &tree, Against::Base, "many");
    assert!(many.too_large && lines(&many).len() == 10_000);
    let wide = diff(&bench, &tree, Against::Base, "wide");
    assert!(!wide.too_large && lines(&wide)[0].3.len() < 6_000);
    for number in 0..3_100 {
        write(&tree.path.join(format!("files/{number}")), "1\n");
    }
    let changes = bench.git.changes(&tree, Against::Base).unwrap();
    assert!(changes.truncated && changes.files.len() == 3_000);
    assert_eq!(bench.git.numbers(&tree).unwrap().files, 3_103);
}

#[test]
fn a_conflict_is_told_and_shown_with_its_marks() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("a.txt"), "ours\n");
    commit_all(&tree.path, "ours");
    write(&bench.main.join("a.txt"), "theirs\n");
    bench.commit_all("theirs");
    std::process::Command::new("git")
        .current_dir(&tree.path)
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
    let files = files(&bench, &tree, Against::Head);
    assert_eq!((files.len(), files[0].status), (1, S::Conflicted));
    let diff = diff(&bench, &tree, Against::Head, "a.txt");
    assert!(
        lines(&diff)
            .iter()
            .any(|line| line.3.starts_with("<<<<<<<"))
    );
    bench.git.numbers(&tree).unwrap();
}

#[test]
fn reading_takes_no_lock_and_writes_nothing() {
    let bench = Bench::new();
    let tree = made(&bench);
    write(&tree.path.join("a.txt"), "changed\n");
    let entry = bench.main.join(".git/worktrees/fix");
    // Somebody else's git is at work.
    write(&entry.join("index.lock"), "");
    write(&bench.main.join(".git/index.lock"), "");
    let before = crate::bench::contents(&bench.main.join(".git"));
    bench.git.changes(&tree, Against::Base).unwrap();
    bench.git.numbers(&tree).unwrap();
    diff(&bench, &tree, Against::Head, "a.txt");
    assert_eq!(crate::bench::contents(&bench.main.join(".git")), before);
}

#[test]
fn odd_heads_are_read() {
    let bench = Bench::new();
    let tree = made(&bench);
    sh(&tree.path, &["checkout", "-q", "--detach"]);
    assert_eq!(files(&bench, &tree, Against::Base), []);
    sh(&tree.path, &["checkout", "-q", "--orphan", "fresh"]);
    assert_eq!(files(&bench, &tree, Against::Head).len(), 3);
    assert_eq!(bench.git.numbers(&tree).unwrap().unpushed, 0);
    let gone = TreeToRead {
        path: tree.path.join("gone"),
        ..tree
    };
    assert!(matches!(
        bench.git.numbers(&gone),
        Err(WorkspaceError::Missing { .. })
    ));
}
