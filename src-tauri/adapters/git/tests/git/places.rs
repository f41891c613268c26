//! What lies at the paths that people name.

use crate::bench::{Bench, commit_all, sh, write};
use git::Git;
use process::Tag;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use workspace::WorkspaceError;
use workspace::port::{BaseBranch, Worktrees};

#[test]
fn a_repository_is_found_from_its_top_a_folder_inside_and_a_linked_worktree() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let link = bench.folder.path().join("link");
    std::os::unix::fs::symlink(&bench.main, &link).unwrap();
    for path in [
        &bench.main,
        &bench.main.join("src"),
        &tree,
        &tree.join("src"),
        &link,
    ] {
        let found = bench.git.inspect(path).unwrap();
        assert_eq!(found.top_level, bench.main, "{}", path.display());
        assert_eq!(found.default_branch, "main");
    }
}

#[test]
fn what_is_no_repository_to_work_in_is_explained() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    let plain = folder.join("plain");
    fs::create_dir(&plain).unwrap();
    let unborn = folder.join("unborn");
    sh(folder, &["init", "-q", "-b", "main", "unborn"]);
    sh(folder, &["init", "-q", "--bare", "bare"]);
    let error = |path: &Path| bench.git.inspect(path).unwrap_err();
    assert!(matches!(
        error(&folder.join("gone")),
        WorkspaceError::Missing { .. }
    ));
    assert!(matches!(
        error(&plain),
        WorkspaceError::NotARepository { .. }
    ));
    assert!(matches!(error(&unborn), WorkspaceError::Unborn { .. }));
    assert!(matches!(
        error(&folder.join("bare")),
        WorkspaceError::Bare { .. }
    ));
}

#[test]
fn odd_paths_keep_their_bytes() {
    let bench = Bench::new();
    for name in [
        OsStr::new("with space"),
        OsStr::new("quote\"s 'n' $HOME `x`"),
        OsStr::new("new\nline"),
        OsStr::new("-dash"),
        OsStr::from_bytes(b"caf\xe9"),
    ] {
        let path = bench.main.parent().unwrap().join(name);
        fs::create_dir(&path).unwrap();
        sh(&path, &["init", "-q", "-b", "main"]);
        write(&path.join("-a"), "text");
        write(&path.join(OsStr::from_bytes(b"b\xff\nc")), "text");
        commit_all(&path, "first");
        assert_eq!(bench.git.inspect(&path).unwrap().top_level, path);

        let mut new = bench.new_worktree("odd");
        new.repository = path.clone();
        new.path = bench.root.join(name).join(name);
        bench.git.create(&new).unwrap();
        write(&new.path.join(OsStr::from_bytes(b"-new \xfe")), "untracked");
        let before = crate::bench::contents(&new.path);
        let saved = bench.git.checkpoint(&new.path, "odd/1", "odd").unwrap();
        bench.git.remove(&path, &bench.root, &new.path).unwrap();
        assert!(!new.path.exists());
        bench
            .git
            .reopen(&path, &new.path, &new.branch, "main")
            .unwrap();
        bench
            .git
            .restore(&new.path, &saved.commit, "odd/2")
            .unwrap();
        assert_eq!(crate::bench::contents(&new.path), before);
    }
}

#[test]
fn the_default_branch_is_the_remotes_then_the_checked_out_one() {
    let bench = Bench::new();
    sh(&bench.main, &["branch", "trunk"]);
    sh(&bench.main, &["checkout", "-q", "-b", "other"]);
    assert_eq!(
        bench.git.inspect(&bench.main).unwrap().default_branch,
        "other"
    );
    let clone = bench.main.with_file_name("clone");
    sh(&bench.main, &["checkout", "-q", "trunk"]);
    sh(bench.folder.path(), &["clone", "-q", "code", "clone"]);
    sh(&clone, &["checkout", "-q", "-b", "mine"]);
    assert_eq!(bench.git.inspect(&clone).unwrap().default_branch, "trunk");
    sh(&clone, &["branch", "-qD", "trunk"]);
    assert_eq!(
        bench.git.inspect(&clone).unwrap().default_branch,
        "origin/trunk"
    );
    sh(&bench.main, &["checkout", "-q", "--detach"]);
    assert_eq!(
        bench.git.inspect(&bench.main).unwrap().default_branch,
        "main"
    );
}

#[test]
fn bases_are_local_branches_then_remote_ones() {
    let bench = Bench::new();
    sh(&bench.main, &["branch", "later"]);
    sh(bench.folder.path(), &["clone", "-q", "code", "clone"]);
    let clone = bench.main.with_file_name("clone");
    let bases = bench.git.bases(&clone).unwrap();
    let base = |name: &str, remote| BaseBranch {
        name: name.into(),
        remote,
    };
    assert_eq!(
        bases,
        [
            base("main", false),
            base("origin/later", true),
            base("origin/main", true)
        ]
    );
    assert_eq!(bench.git.branches(&bench.main).unwrap(), ["later", "main"]);
}

#[test]
fn a_missing_git_is_said_so_and_nothing_is_left() {
    let bench = Bench::new();
    let git = Git::with_program(Tag::of_home(bench.folder.path()), "/nowhere/git");
    let new = bench.new_worktree("fix");
    assert!(matches!(git.create(&new), Err(WorkspaceError::GitMissing)));
    assert!(!new.path.exists());
    assert_eq!(git.branches(&bench.main).unwrap(), ["main"]);
    let practice = bench.folder.path().join("practice");
    assert!(matches!(
        git.found(&practice, &[], "Begin"),
        Err(WorkspaceError::GitMissing)
    ));
    let left = fs::read_dir(bench.folder.path()).unwrap().count();
    assert_eq!(left, 2);
}

#[test]
fn a_founded_repository_is_whole_and_needs_no_identity() {
    let bench = Bench::new();
    let path = bench.main.with_file_name("practice");
    let files = [
        ("README.md", "Hello\n", false),
        ("bin/run", "#!/bin/sh\n", true),
    ];
    bench.git.found(&path, &files, "Begin").unwrap();
    assert_eq!(sh(&path, &["status", "--porcelain"]), "");
    assert_eq!(
        sh(&path, &["log", "--format=%an %s %D"]),
        "Shopfloor Begin HEAD -> main"
    );
    assert!(sh(&path, &["ls-files", "-s", "bin/run"]).starts_with("100755"));
    assert_eq!(bench.git.inspect(&path).unwrap().default_branch, "main");
    let again = bench.git.found(&path, &files, "Begin").unwrap_err();
    assert!(matches!(again, WorkspaceError::NotEmpty { .. }));
    let outside = bench.main.with_file_name("outside");
    bench
        .git
        .found(&outside, &[("../x", "", false)], "Begin")
        .unwrap_err();
    assert!(!outside.exists() && !bench.main.with_file_name("x").exists());
}
