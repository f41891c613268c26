//! Worktrees are made whole, or not at all; what a crash left is taken over, what is somebody's is not.

use crate::bench::{Bench, commit_all, failing_hook, sh, write};
use std::fs;
use std::os::unix::process::CommandExt;
use workspace::WorkspaceError;
use workspace::port::{Standing, Worktrees};

fn standing(bench: &Bench, slug: &str) -> Standing {
    let new = bench.new_worktree(slug);
    bench
        .git
        .standing(&bench.main, &new.path, &new.branch)
        .unwrap()
}

#[test]
fn a_worktree_is_made_without_touching_the_persons_checkout() {
    let bench = Bench::new();
    write(&bench.main.join("a.txt"), "changed by the person\n");
    sh(&bench.main, &["add", "a.txt"]);
    let before = bench.untouchable();
    let new = bench.new_worktree("fix");
    let commit = bench.git.create(&new).unwrap();
    assert_eq!(commit, sh(&bench.main, &["rev-parse", "main"]));
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
    assert_eq!(
        fs::read_to_string(new.path.join("a.txt")).unwrap(),
        "one\ntwo\nthree\n"
    );
    assert_eq!(
        sh(&new.path, &["branch", "--show-current"]),
        "shopfloor/fix"
    );
    assert_eq!(bench.untouchable(), before);
    bench.is_sound();
}

#[test]
fn a_base_is_a_branch_or_a_commit() {
    let bench = Bench::new();
    let first = sh(&bench.main, &["rev-parse", "HEAD"]);
    write(&bench.main.join("b"), "later");
    bench.commit_all("second");
    let mut new = bench.new_worktree("old");
    new.base = first[..10].to_owned();
    bench.git.check_base(&bench.main, &new.base).unwrap();
    assert_eq!(bench.git.create(&new).unwrap(), first);
    for unknown in ["nowhere", "--detach", "", "HEAD:a.txt", "a b"] {
        let mut new = bench.new_worktree("unknown");
        new.base = unknown.into();
        let said = bench.git.create(&new).unwrap_err();
        assert!(
            matches!(said, WorkspaceError::NoSuchBase { .. }),
            "{unknown}: {said}"
        );
        assert_eq!(standing(&bench, "unknown"), Standing::Gone);
        let refused = bench.git.check_base(&bench.main, unknown);
        assert!(matches!(refused, Err(WorkspaceError::NoSuchBase { .. })));
    }
    bench.is_sound();
}

#[test]
fn creating_again_takes_over_what_is_there() {
    let bench = Bench::new();
    let new = bench.new_worktree("fix");
    let base = bench.git.create(&new).unwrap();
    write(&new.path.join("mine"), "work");
    commit_all(&new.path, "work");
    assert_eq!(bench.git.create(&new).unwrap(), base);
    assert!(new.path.join("mine").exists());

    // The branch was made, then the app was killed; meanwhile the base went on.
    sh(&bench.main, &["branch", "shopfloor/half"]);
    write(&bench.main.join("b"), "later");
    bench.commit_all("second");
    assert_eq!(bench.git.create(&bench.new_worktree("half")).unwrap(), base);
    assert_eq!(standing(&bench, "half"), Standing::Whole);
    bench.is_sound();
}

#[test]
fn a_tree_that_git_never_finished_is_made_anew() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    let entry = bench.main.join(".git/worktrees/fix");
    write(&entry.join("locked"), "initializing\n");
    fs::remove_file(entry.join("index")).unwrap();
    fs::remove_file(tree.join("a.txt")).unwrap();
    assert_eq!(standing(&bench, "fix"), Standing::Other);
    bench.git.create(&bench.new_worktree("fix")).unwrap();
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
    assert!(tree.join("a.txt").exists());
    bench.is_sound();
}

#[test]
fn what_is_somebodys_is_not_taken_over() {
    let bench = Bench::new();
    let new = bench.new_worktree("fix");
    write(&new.path.join("precious"), "text");
    let said = bench.git.create(&new).unwrap_err().to_string();
    assert!(said.contains("already"), "{said}");
    assert_eq!(
        fs::read_to_string(new.path.join("precious")).unwrap(),
        "text"
    );

    let other = bench.new_worktree("other");
    sh(&bench.main, &["checkout", "-q", "-b", "shopfloor/other"]);
    write(&bench.main.join("c"), "work");
    bench.commit_all("work of its own");
    sh(&bench.main, &["checkout", "-q", "main"]);
    let said = bench.git.create(&other).unwrap_err().to_string();
    assert!(said.contains("commits of its own"), "{said}");

    let mut taken = bench.new_worktree("taken");
    taken.branch = "main".into();
    let said = bench.git.create(&taken).unwrap_err().to_string();
    assert!(said.contains(&*bench.main.to_string_lossy()), "{said}");
    assert!(!taken.path.exists());
    bench.is_sound();
}

#[test]
fn a_failed_creation_leaves_no_branch_and_no_entry() {
    let bench = Bench::new();
    // A filter that is required and fails makes the checkout fail.
    write(&bench.main.join(".gitattributes"), "*.txt filter=broken\n");
    bench.commit_all("filter");
    for (name, value) in [("smudge", "false"), ("clean", "cat"), ("required", "true")] {
        sh(
            &bench.main,
            &["config", &format!("filter.broken.{name}"), value],
        );
    }
    let before = bench.untouchable();
    let new = bench.new_worktree("fix");
    assert!(matches!(
        bench.git.create(&new),
        Err(WorkspaceError::Git { .. })
    ));
    assert_eq!(standing(&bench, "fix"), Standing::Gone);
    assert_eq!(bench.git.branches(&bench.main).unwrap(), ["main"]);
    assert_eq!(sh(&bench.main, &["worktree", "list"]).lines().count(), 1);
    assert_eq!(bench.untouchable(), before);
    bench.is_sound();
}

#[test]
fn a_hook_of_the_person_runs_at_creation_and_cannot_spoil_it() {
    let bench = Bench::new();
    let ran = failing_hook(&bench.main, "post-checkout");
    bench.git.create(&bench.new_worktree("fix")).ok();
    assert!(ran.exists());
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
}

#[test]
fn standing_tells_whole_from_other_and_gone() {
    let bench = Bench::new();
    assert_eq!(standing(&bench, "fix"), Standing::Gone);
    let tree = bench.tree("fix");
    sh(&tree, &["checkout", "-q", "-b", "elsewhere"]);
    assert_eq!(standing(&bench, "fix"), Standing::Other);
    sh(&tree, &["checkout", "-q", "--detach", "shopfloor/fix"]);
    assert_eq!(standing(&bench, "fix"), Standing::Other);
    fs::rename(&tree, bench.root.join("moved")).unwrap();
    assert_eq!(standing(&bench, "fix"), Standing::Gone);
    write(&tree.join("a"), "not a worktree");
    assert_eq!(standing(&bench, "fix"), Standing::Other);
    // A repository that is gone matters only when something stands there.
    let gone = bench.folder.path().join("gone");
    let path = bench.root.join("nothing");
    assert_eq!(
        bench.git.standing(&gone, &path, "b").unwrap(),
        Standing::Gone
    );
    assert!(bench.git.standing(&gone, &tree, "b").is_err());
}

#[test]
fn a_lost_tree_is_made_again_on_its_branch() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    write(&tree.join("work"), "committed");
    commit_all(&tree, "work");
    write(&tree.join("staged"), "only in the index");
    sh(&tree, &["add", "staged"]);
    fs::remove_dir_all(&tree).unwrap();
    bench
        .git
        .reopen(&bench.main, &tree, "shopfloor/fix", "main")
        .unwrap();
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
    assert_eq!(fs::read_to_string(tree.join("work")).unwrap(), "committed");
    // What only its index held is kept by a ref.
    let lost = sh(
        &bench.main,
        &["for-each-ref", "--format=%(refname)", "refs/shopfloor/lost"],
    );
    assert_eq!(
        sh(&bench.main, &["show", &format!("{lost}:staged")]),
        "only in the index"
    );
    bench.is_sound();
}

#[test]
fn a_kept_branch_that_is_gone_is_made_again() {
    let bench = Bench::new();
    let tree = bench.tree("fix");
    write(&tree.join("work"), "committed");
    commit_all(&tree, "work");
    let saved = bench.git.checkpoint(&tree, "a/1", "saved").unwrap();
    bench.git.remove(&bench.main, &bench.root, &tree).unwrap();
    sh(&bench.main, &["branch", "-qD", "shopfloor/fix"]);
    let start = format!("{}^1", saved.commit);
    bench
        .git
        .reopen(&bench.main, &tree, "shopfloor/fix", &start)
        .unwrap();
    assert!(tree.join("work").exists());
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
    bench.is_sound();
}

#[test]
fn a_creation_that_was_killed_at_any_moment_is_done_again() {
    for moment in [
        "locked",
        "gitdir",
        "HEAD",
        "commondir",
        "index.lock",
        "index",
    ] {
        let bench = Bench::new();
        for number in 0..300 {
            write(&bench.main.join(format!("files/{number}")), "text\n");
        }
        bench.commit_all("many");
        let before = bench.untouchable();
        let new = bench.new_worktree("fix");
        let path = new.path.to_string_lossy().into_owned();
        let mut killed = std::process::Command::new("git")
            .current_dir(&bench.main)
            .args(["worktree", "add", "-q", "-b", &new.branch, &path, "main"])
            .process_group(0)
            .spawn()
            .unwrap();
        let sign = bench.main.join(".git/worktrees/fix").join(moment);
        while !sign.exists() && killed.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        let group = rustix::process::Pid::from_child(&killed);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        killed.wait().unwrap();
        bench.git.create(&new).unwrap();
        assert_eq!(standing(&bench, "fix"), Standing::Whole, "{moment}");
        assert_eq!(sh(&new.path, &["status", "--porcelain"]), "", "{moment}");
        assert_eq!(bench.untouchable(), before);
        bench.is_sound();
    }
}

#[test]
fn a_creation_that_was_killed_while_it_made_its_branch_is_done_again() {
    let bench = Bench::new();
    let new = bench.new_worktree("fix");
    let lock = bench
        .main
        .join(format!(".git/refs/heads/{}.lock", new.branch));
    write(&lock, "");
    bench.git.create(&new).unwrap();
    assert_eq!(standing(&bench, "fix"), Standing::Whole);
    assert!(!lock.exists());
    bench.is_sound();

    // Of a branch that is there already the lock is somebody else's.
    bench
        .git
        .remove(&bench.main, &bench.root, &new.path)
        .unwrap();
    write(&lock, "");
    let refused = bench.git.create(&new).unwrap_err().to_string();
    assert!(refused.contains("remove the file"), "{refused}");
    assert!(lock.exists());
}
