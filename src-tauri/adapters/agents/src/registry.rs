//! The agents the app ships entries for: where each is found, and what is known of it.

mod entries;

use crate::environment;
use entries::{ENTRIES, Entry};
use kernel::AgentId;
use session::port::{About, AgentProgram, Detection};
use session::{SignInKind, SignInMethod};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The practice agent's id.
pub(crate) const PRACTICE: &str = "practice";

/// All entries, the practice agent last.
pub(crate) fn shipped(practice: &Path) -> Vec<AgentProgram> {
    let bundled = AgentProgram {
        id: AgentId::new(PRACTICE),
        name: "Practice agent".to_owned(),
        command: practice.to_string_lossy().into_owned(),
        args: Vec::new(),
        env: Vec::new(),
    };
    ENTRIES.iter().map(program).chain([bundled]).collect()
}

fn program(entry: &Entry) -> AgentProgram {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    AgentProgram {
        id: AgentId::new(entry.id),
        name: entry.name.to_owned(),
        command: entry.command.to_owned(),
        args: entry.args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: entry.env.iter().map(owned).collect(),
    }
}

/// What is known of an entry; `None` for the person's own.
pub(crate) fn about(id: &AgentId) -> Option<About> {
    if id.as_str() == PRACTICE {
        return Some(About {
            install: "It is part of Shopfloor: install Shopfloor again.".to_owned(),
            ..About::default()
        });
    }
    let entry = entry(id)?;
    Some(About {
        install: format!("npm install -g {}@{}", package(entry), entry.tested),
        sign_in: entry.sign_in.to_owned(),
        docs: Some(entry.docs.to_owned()),
        tested: Some(entry.tested.to_owned()),
        keys: entry.keys.iter().map(|key| (*key).to_owned()).collect(),
    })
}

/// The entry's package for this platform; on one that it is not made for, the usual one, which says so.
fn package(entry: &Entry) -> String {
    let platform = platform().unwrap_or_else(|| "linux-x64".to_owned());
    entry.package.replace("{platform}", &platform)
}

/// What is known to be missing where an agent opened no conversation in time.
pub(crate) fn silence(id: &AgentId) -> Option<&'static str> {
    entry(id).and_then(|entry| entry.silence)
}

/// The ways to sign in that an agent names, with the command in a terminal where that is all that works.
pub(crate) fn ways(id: &AgentId, mut named: Vec<SignInMethod>) -> Vec<SignInMethod> {
    if let Some((method, args)) = entry(id).and_then(|entry| entry.login) {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        for way in named.iter_mut().filter(|way| way.id == method) {
            way.kind = SignInKind::Command { args: args.clone() };
        }
    }
    named
}

/// Looks for a program on the search path.
pub(crate) fn detect(program: &AgentProgram, search: &OsStr) -> Detection {
    match find(program, search) {
        Some(path) => Detection::Found { path },
        None => Detection::Missing {
            install: install(program),
        },
    }
}

/// Where a program is: on the search path, or what a wrapper there stands for.
pub(crate) fn find(program: &AgentProgram, search: &OsStr) -> Option<PathBuf> {
    let found = environment::find(&program.command, search)?;
    let native = entry(&program.id).and_then(|entry| entry.native);
    Some(
        native
            .and_then(|native| behind(&found, native))
            .unwrap_or(found),
    )
}

/// The program of a package for this platform, in one of the `node_modules` above a wrapper or below its package.
fn behind(wrapper: &Path, native: &str) -> Option<PathBuf> {
    let native = native.replace("{platform}", &platform()?);
    let wrapper = wrapper.canonicalize().ok()?;
    let places = wrapper.ancestors().flat_map(|folder| {
        let is_modules = folder
            .file_name()
            .is_some_and(|name| name == "node_modules");
        let within = is_modules.then(|| folder.to_path_buf());
        [Some(folder.join("node_modules")), within]
    });
    places
        .flatten()
        .map(|modules| modules.join(&native))
        .find(|candidate| environment::is_program(candidate))
}

/// What npm calls this platform; `None` for one that no package is made for.
fn platform() -> Option<String> {
    let system = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        _ => return None,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    Some(format!("{system}-{machine}"))
}

/// How to get the program, for people.
pub(crate) fn install(program: &AgentProgram) -> String {
    match about(&program.id) {
        Some(about) if program.id.as_str() == PRACTICE => about.install,
        Some(about) => format!("Install it with: {}", about.install),
        None => format!(
            "Install {}, or give its full path in the settings.",
            program.command
        ),
    }
}

fn entry(id: &AgentId) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.id == id.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn the_practice_agent_is_last_and_ids_are_unique() {
        let all = shipped(Path::new("/app/practice-agent"));
        let last = all.last().expect("entries");
        assert_eq!(
            (last.id.as_str(), last.command.as_str()),
            (PRACTICE, "/app/practice-agent")
        );
        let mut ids: Vec<&str> = all.iter().map(|program| program.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn a_missing_agent_comes_with_how_to_install_the_version_that_was_tested() {
        let nowhere = OsStr::new("/nowhere");
        for program in &shipped(Path::new("/nowhere/practice-agent")) {
            let Detection::Missing { install } = detect(program, nowhere) else {
                panic!("{} was found nowhere", program.name);
            };
            assert!(install.contains("nstall"), "{install}");
            let about = about(&program.id).unwrap();
            if let Some(tested) = about.tested {
                assert!(install.ends_with(&format!("@{tested}")), "{install}");
                assert!(!about.sign_in.is_empty() && about.docs.is_some());
            }
        }
    }

    #[test]
    fn who_signs_in_only_by_a_command_is_given_a_terminal() {
        let named = |id: &str| SignInMethod {
            id: id.to_owned(),
            name: String::new(),
            description: None,
            kind: SignInKind::Agent,
        };
        let kinds = |agent: &str, method: &str| {
            let ways = ways(&AgentId::new(agent), vec![named(method)]);
            ways.into_iter().map(|way| way.kind).next().unwrap()
        };
        let login = SignInKind::Command {
            args: vec!["auth".to_owned(), "login".to_owned()],
        };
        assert_eq!(kinds("opencode", "opencode-login"), login);
        assert_eq!(kinds("opencode", "another"), SignInKind::Agent);
        assert_eq!(kinds("mine", "opencode-login"), SignInKind::Agent);
    }

    #[test]
    fn behind_a_wrapper_of_npm_the_program_itself_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let put = |file: &str| {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let wrapper = put("lib/node_modules/@github/copilot/index.js");
        std::fs::create_dir(root.join("bin")).unwrap();
        symlink(&wrapper, root.join("bin/copilot")).unwrap();
        let search = root.join("bin").into_os_string();
        let all = shipped(Path::new("/x"));
        let copilot = all.iter().find(|one| one.id.as_str() == "copilot").unwrap();
        assert_eq!(find(copilot, &search), Some(root.join("bin/copilot")));
        let native = format!("@github/copilot-{}/copilot", platform().unwrap());
        let beside = put(&format!("lib/node_modules/{native}"));
        assert_eq!(find(copilot, &search), Some(beside));
        let below = put(&format!(
            "lib/node_modules/@github/copilot/node_modules/{native}"
        ));
        assert_eq!(find(copilot, &search), Some(below));
        let own = AgentProgram {
            id: AgentId::new("mine"),
            ..copilot.clone()
        };
        assert_eq!(find(&own, &search), Some(root.join("bin/copilot")));
    }
}
