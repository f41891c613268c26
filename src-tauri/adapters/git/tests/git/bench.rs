//! A repository to try things on, and the means to look at it from outside.

use git::Git;
use process::Tag;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use workspace::port::{NewWorktree, Worktrees};

pub struct Bench {
    pub folder: TempDir,
    pub git: Git,
    pub main: PathBuf,
    pub root: PathBuf,
}

impl Bench {
    /// A repository with three files in one commit, no identity configured, and room for worktrees.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let bench = Self {
            git: Git::new(Tag::of_home(&base)),
            main: base.join("code"),
            root: base.join("worktrees"),
            folder,
        };
        fs::create_dir(&bench.main).unwrap();
        fs::create_dir(&bench.root).unwrap();
        sh(&bench.main, &["init", "-q", "-b", "main"]);
        write(&bench.main.join("a.txt"), "one\ntwo\nthree\n");
        write(&bench.main.join("src/lib.rs"), "fn main() {}\n");
        write(&bench.main.join(".gitignore"), "ignored/\n");
        bench.commit_all("first");
        bench
    }

    pub fn commit_all(&self, message: &str) {
        commit_all(&self.main, message);
    }

    pub fn new_worktree(&self, slug: &str) -> NewWorktree {
        NewWorktree {
            repository: self.main.clone(),
            path: self.root.join("code").join(slug),
            branch: format!("shopfloor/{slug}"),
            base: "main".into(),
        }
    }

    /// A worktree of ours, made.
    pub fn tree(&self, slug: &str) -> PathBuf {
        let new = self.new_worktree(slug);
        self.git.create(&new).unwrap();
        new.path
    }

    /// All that must never change in the person's checkout: HEAD, index, its branch, its logs, its files.
    pub fn untouchable(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut seen = contents(&self.main);
        let main = sh(&self.main, &["rev-parse", "refs/heads/main"]);
        seen.insert("main".into(), main.into_bytes());
        for file in [".git/HEAD", ".git/index", ".git/config"] {
            let path = self.main.join(file);
            seen.insert(path.clone(), fs::read(path).unwrap());
        }
        for file in [".git/logs/HEAD", ".git/logs/refs/heads/main"] {
            let path = self.main.join(file);
            seen.insert(path.clone(), fs::read(path).unwrap());
        }
        seen
    }

    pub fn is_sound(&self) {
        let said = sh(&self.main, &["fsck", "--full", "--strict", "--no-dangling"]);
        assert_eq!(said, "");
        assert_eq!(
            sh(&self.main, &["worktree", "prune", "--dry-run", "-v"]),
            ""
        );
    }
}

pub fn commit_all(at: &Path, message: &str) {
    sh(at, &["add", "-A"]);
    sh(
        at,
        &[
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@localhost",
            "commit",
            "-qm",
            message,
        ],
    );
}

/// Plain git from outside; answers its trimmed output.
pub fn sh<A: AsRef<OsStr>>(at: &Path, args: &[A]) -> String {
    let output = Command::new("git")
        .current_dir(at)
        .args(args)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

pub fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

pub fn make_executable(path: &Path) {
    fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// A hook that leaves a mark and fails.
pub fn failing_hook(main: &Path, name: &str) -> PathBuf {
    let hook = main.join(".git/hooks").join(name);
    let mark = main.join(format!("../{name}-ran"));
    write(
        &hook,
        format!("#!/bin/sh\ntouch '{}'\nexit 1\n", mark.display()),
    );
    make_executable(&hook);
    mark
}

/// Every file below a folder but git's: its kind, right to run, and bytes.
pub fn contents(top: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut seen = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let data = path.symlink_metadata().unwrap();
            let below = path.strip_prefix(top).unwrap().to_owned();
            if below == Path::new(".git") {
                continue;
            }
            if data.is_symlink() {
                let target = fs::read_link(&path).unwrap();
                seen.insert(
                    below,
                    [b"link ", target.as_os_str().as_encoded_bytes()].concat(),
                );
            } else if data.is_dir() {
                folders.push(path);
            } else {
                let runs = format!("{} ", data.permissions().mode() & 0o100 != 0);
                seen.insert(below, [runs.as_bytes(), &fs::read(&path).unwrap()].concat());
            }
        }
    }
    seen
}
