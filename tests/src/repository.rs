//! Real repositories in temp folders.

use std::path::{Path, PathBuf};
use std::process::Command;

/// With a space and a quote, as people name things.
const NAME: &str = "it's a project";

/// A repository with one commit.
pub struct Repository {
    /// Its top level.
    pub path: PathBuf,
}

impl Repository {
    /// Makes one below `folder`, under a name with a space and a quote.
    pub fn make(folder: &Path) -> Self {
        Self::at(folder.join(NAME))
    }

    /// The one that was made below `folder`; makes it if there is none.
    pub fn find_or_make(folder: &Path) -> Self {
        let path = folder.join(NAME);
        if path.exists() {
            Self { path }
        } else {
            Self::make(folder)
        }
    }

    /// Makes one at this path.
    pub fn at(path: PathBuf) -> Self {
        std::fs::create_dir_all(path.join("src")).expect("a temp folder is writable");
        let repository = Self { path };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.write("src/lib.txt", "one\ntwo\nthree\n");
        repository.write("README.md", "# A project\n");
        repository.git(&["add", "-A"]);
        repository.git(&["commit", "-q", "-m", "begin"]);
        repository
    }

    /// Writes a file of the main checkout.
    pub fn write(&self, path: &str, text: &str) {
        std::fs::write(self.path.join(path), text).expect("a temp folder is writable");
    }

    /// Runs git in the main checkout; answers its trimmed output and fails the test when git fails.
    pub fn git(&self, args: &[&str]) -> String {
        git_in(&self.path, args)
    }

    /// Bytes of HEAD, index and branch of the main checkout, to see that nobody touched them.
    pub fn fingerprint(&self) -> Vec<Vec<u8>> {
        ["HEAD", "index", "refs/heads/main"]
            .iter()
            .map(|file| std::fs::read(self.path.join(".git").join(file)).unwrap_or_default())
            .collect()
    }
}

/// Runs git in any folder.
pub fn git_in(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@localhost",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("git is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?} failed: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
