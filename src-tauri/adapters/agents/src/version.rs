//! Which version a program is: by the package it lies in, else by its own word. Blocking; remembered as long as the
//! program's file stays the same.

use crate::environment;
use process::{Owned, Tag};
use serde_json::Value;
use session::port::{AgentProgram, Inheritance};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a program may take to say its version.
const LIMIT: Duration = Duration::from_secs(5);
/// How many folders above a program its package may begin.
const DEPTH: usize = 5;

/// The versions that were found.
#[derive(Debug, Default)]
pub(crate) struct Versions(Mutex<HashMap<PathBuf, (SystemTime, Option<String>)>>);

impl Versions {
    /// The version of the program at this path; `ask` finds it when it is not known or the file is another by now.
    pub(crate) fn of(&self, path: &Path, find: impl FnOnce() -> Option<String>) -> Option<String> {
        let changed = path.metadata().and_then(|data| data.modified()).ok()?;
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, version)) = lock().get(path)
            && *known == changed
        {
            return version.clone();
        }
        let version = find();
        lock().insert(path.to_path_buf(), (changed, version.clone()));
        version
    }
}

/// The version of the npm package that a program lies in.
pub(crate) fn packaged(path: &Path) -> Option<String> {
    let real = path.canonicalize().ok()?;
    let is_in_modules = real
        .components()
        .any(|part| part.as_os_str() == "node_modules");
    let folders = real.ancestors().skip(1).take(DEPTH);
    let mut packages = folders
        .filter(|_| is_in_modules)
        .filter_map(|folder| std::fs::read(folder.join("package.json")).ok());
    // Some have a second one within, without a version, for the kind of their modules.
    packages.find_map(|text| {
        let package: Value = serde_json::from_slice(&text).ok()?;
        package["name"].as_str()?;
        Some(package["version"].as_str()?.to_owned())
    })
}

/// What a program says to `--version`. Within a tokio runtime, off its workers.
pub(crate) fn said(
    program: &AgentProgram,
    path: &Path,
    tag: &Tag,
    search: &OsStr,
) -> Option<String> {
    let asked = AgentProgram {
        args: vec!["--version".to_owned()],
        ..program.clone()
    };
    let folder = std::env::temp_dir();
    let mut command = environment::command(&asked, &Inheritance::default(), path, &folder, search);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let (owned, mut child) = Owned::spawn(&mut command, tag).ok()?;
    let stdout = child.stdout.take()?;
    Handle::current().block_on(async {
        if timeout(LIMIT, owned.exited()).await.is_err() {
            owned.kill().await;
        }
        owned.gone().await
    });
    // All that wrote to it is gone: reading ends.
    let mut said = String::new();
    stdout.take(4096).read_to_string(&mut said).ok()?;
    number(&said)
}

/// The first word that begins like a version.
fn number(said: &str) -> Option<String> {
    let is_version = |word: &&str| {
        let mut parts = word.split('.');
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let major = parts.next().is_some_and(is_number);
        major && parts.next().is_some_and(is_number)
    };
    let words = said.split(|c: char| c.is_whitespace() || "(),;".contains(c));
    words
        .map(|word| word.trim_start_matches('v'))
        .find(is_version)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::*;
    use std::cell::Cell;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_version_is_found_in_what_is_said() {
        let cases = [
            ("1.18.33\n", Some("1.18.33")),
            ("goose v1.34.0 (abc)", Some("1.34.0")),
            ("copilot (0.5-beta.2) 1.2", Some("1.2")),
            ("2.1.0-rc.1+5", Some("2.1.0-rc.1+5")),
            ("no such option", None),
            ("", None),
        ];
        for (said, version) in cases {
            assert_eq!(number(said).as_deref(), version, "{said}");
        }
    }

    #[test]
    fn a_package_tells_the_version_of_what_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("lib/node_modules/@x/agent");
        std::fs::create_dir_all(package.join("dist")).unwrap();
        std::fs::write(package.join("dist/package.json"), r#"{"type": "module"}"#).unwrap();
        std::fs::write(
            package.join("package.json"),
            r#"{"name": "@x/agent", "version": "1.2.3"}"#,
        )
        .unwrap();
        std::fs::write(package.join("dist/index.js"), "").unwrap();
        let link = folder.path().join("agent");
        symlink(package.join("dist/index.js"), &link).unwrap();
        assert_eq!(packaged(&link).as_deref(), Some("1.2.3"));
        let other = folder.path().join("package.json");
        std::fs::write(other, r#"{"name": "mine", "version": "9.9.9"}"#).unwrap();
        std::fs::write(folder.path().join("tool"), "").unwrap();
        assert_eq!(packaged(&folder.path().join("tool")), None);
    }

    #[test]
    fn a_version_is_asked_for_again_only_when_the_file_changed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent");
        std::fs::write(&file, "").unwrap();
        let (versions, asked) = (Versions::default(), Cell::new(0));
        let ask = || {
            versions.of(&file, || {
                asked.set(asked.get() + 1);
                Some(asked.get().to_string())
            })
        };
        assert_eq!((ask(), ask()), (Some("1".to_owned()), Some("1".to_owned())));
        let later = SystemTime::now() + Duration::from_secs(60);
        std::fs::File::open(&file)
            .unwrap()
            .set_modified(later)
            .unwrap();
        assert_eq!(ask().as_deref(), Some("2"));
        std::fs::remove_file(&file).unwrap();
        assert_eq!(ask(), None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_program_says_its_version_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let tag = Tag::of_home(folder.path());
        let path = folder.path().join("agent");
        std::fs::write(
            &path,
            "#!/bin/sh\n(setsid sleep 300 &)\necho agent v3.2.1 $1\n",
        )
        .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let program = AgentProgram {
            id: kernel::AgentId::new("x"),
            name: "X".to_owned(),
            command: "agent".to_owned(),
            args: vec!["acp".to_owned()],
            env: Vec::new(),
        };
        let asked = tag.clone();
        let search = std::env::var_os("PATH").unwrap();
        let asking = tokio::task::spawn_blocking(move || said(&program, &path, &asked, &search));
        assert_eq!(asking.await.unwrap().as_deref(), Some("3.2.1"));
        assert_eq!(process::living(&tag), []);
    }
}
