//! A person's real git repository, and what must not change in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A repository with a history, and with work that the person has not finished.
pub struct Repository {
    /// Its checkout.
    pub path: PathBuf,
    home: PathBuf,
}

/// What belongs to the person.
#[derive(Debug, PartialEq, Eq)]
pub struct Belongings {
    head: Vec<u8>,
    index: Vec<u8>,
    branch: String,
    files: BTreeMap<PathBuf, Vec<u8>>,
    stash_and_config: Vec<Vec<u8>>,
}

impl Repository {
    /// Makes it; afterwards one file is staged, one changed and one new.
    pub fn make(path: &Path, home: &Path) -> Self {
        std::fs::create_dir_all(path).unwrap();
        let repository = Self {
            path: path.to_owned(),
            home: home.to_owned(),
        };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.write("greet.sh", "#!/bin/sh\necho \"Hello, ${1:-world}!\"\n");
        repository.write("README.md", "# Greeter\n\nSays hello.\n");
        repository.write("notes/ideas.txt", "none yet\n");
        repository.commit("begin");
        repository.write("README.md", "# Greeter\n\nSays hello, kindly.\n");
        repository.git(&["add", "README.md"]);
        repository.write("notes/ideas.txt", "a song\n");
        repository.write("not added.txt", "mine\n");
        repository
    }

    /// Commits all that is there.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Writes a file, with its folder.
    pub fn write(&self, name: &str, text: &str) {
        let file = self.path.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Writes a hook.
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let file = format!(".git/hooks/{name}");
        self.write(&file, script);
        let all = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path.join(file), all).unwrap();
    }

    /// What must not change, byte for byte.
    pub fn belongings(&self) -> Belongings {
        let read =
            |name: &str| std::fs::read(self.path.join(".git").join(name)).unwrap_or_default();
        let mut files = BTreeMap::new();
        collect(&self.path, &self.path, &mut files);
        Belongings {
            head: read("HEAD"),
            index: read("index"),
            branch: self.git(&["rev-parse", "main"]),
            files,
            stash_and_config: vec![read("refs/stash"), read("config")],
        }
    }

    /// Fails when git finds anything wrong in the object store.
    pub fn is_sound(&self) {
        self.git(&["fsck", "--full", "--strict", "--no-dangling"]);
    }

    /// The branches, the person's `main` left out.
    pub fn other_branches(&self) -> Vec<String> {
        let all = self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads/"]);
        all.lines()
            .filter(|branch| *branch != "main")
            .map(str::to_owned)
            .collect()
    }

    /// The checkpoints' refs.
    pub fn checkpoints(&self) -> Vec<String> {
        let all = self.git(&["for-each-ref", "--format=%(refname)", "refs/shopfloor/"]);
        all.lines().map(str::to_owned).collect()
    }

    /// The worktrees that git knows, the person's checkout left out.
    pub fn worktrees(&self) -> Vec<PathBuf> {
        let all = self.git(&["worktree", "list", "--porcelain"]);
        all.lines()
            .filter_map(|line| line.strip_prefix("worktree "))
            .map(PathBuf::from)
            .filter(|path| *path != self.path)
            .collect()
    }

    /// Runs git, which must succeed and must not touch the index; gives what it says.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs git.
    pub fn try_git(&self, arguments: &[&str]) -> Output {
        Command::new("git")
            .args(arguments)
            .current_dir(&self.path)
            .env("HOME", &self.home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .output()
            .unwrap()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}
