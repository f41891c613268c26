//! What an agent inherits: the app's environment without what would lead it astray, and where programs are found.

use session::port::{AgentProgram, Inheritance};
use session::{InheritedVariable, Standing, standing};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Our own variables are nobody else's business, but for those that are meant for the practice agent.
const FOR_PRACTICE: &[u8] = b"SHOPFLOOR_PRACTICE_";

/// What a program's file may be called besides its name.
const SUFFIXES: &[&str] = if cfg!(windows) {
    &["", ".exe", ".cmd"]
} else {
    &[""]
};

/// The command for a program that was found at `path`, to be run in `cwd`, with `search` as its PATH. What the entry
/// itself sets is given whatever is inherited.
pub(crate) fn command(
    program: &AgentProgram,
    inherits: &Inheritance,
    path: &Path,
    cwd: &Path,
    search: &OsStr,
) -> Command {
    let mut command = Command::new(path);
    command.args(&program.args).current_dir(cwd);
    for (name, value) in env::vars_os() {
        if !standing_of(&name, &value, inherits).is_passed() {
            command.env_remove(name);
        }
    }
    command
        .env("PATH", with_folder_of(path, search))
        .envs(program.env.iter().map(|(name, value)| (name, value)));
    command
}

/// The app's environment as an agent would get it, by name.
pub(crate) fn listed(inherits: &Inheritance) -> Vec<InheritedVariable> {
    let mut all: Vec<InheritedVariable> = env::vars_os()
        .map(|(name, value)| InheritedVariable {
            standing: standing_of(&name, &value, inherits),
            name: name.to_string_lossy().into_owned(),
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn standing_of(name: &OsStr, value: &OsStr, inherits: &Inheritance) -> Standing {
    if name.as_encoded_bytes().starts_with(FOR_PRACTICE) {
        return Standing::Passed;
    }
    if process::leads_astray(name) {
        return Standing::Astray;
    }
    standing(&name.to_string_lossy(), &value.to_string_lossy(), inherits)
}

/// The search path with the program's own folder at its end: what npm installs needs the `node` beside it.
fn with_folder_of(program: &Path, search: &OsStr) -> OsString {
    let folders = env::split_paths(search).chain(program.parent().map(Path::to_path_buf));
    // A folder whose name holds the separator can't be named in a search path.
    env::join_paths(folders).unwrap_or_else(|_| search.to_owned())
}

/// Finds a program: a path as it is, a name on the search path.
pub(crate) fn find(command: &str, search: &OsStr) -> Option<PathBuf> {
    let given = Path::new(command);
    if given.components().count() > 1 {
        return is_program(given).then(|| given.to_path_buf());
    }
    env::split_paths(search)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| {
            SUFFIXES
                .iter()
                .map(move |suffix| folder.join(format!("{command}{suffix}")))
        })
        .find(|candidate| is_program(candidate))
}

/// Whether a path is a file that can be run.
#[cfg(unix)]
pub(crate) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Whether a path is a file that can be run: npm puts scripts for other systems beside those with a suffix.
#[cfg(windows)]
pub(crate) fn is_program(path: &Path) -> bool {
    let suffix = path.extension().unwrap_or_default();
    let runs = ["exe", "cmd"]
        .iter()
        .any(|one| suffix.eq_ignore_ascii_case(one));
    runs && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_on_the_search_path_and_a_path_is_itself() {
        let search = OsStr::new("relative:/nowhere:/usr/bin:/bin");
        let found = find("sh", search).expect("every system has sh");
        assert!(found.is_absolute());
        assert_eq!(
            find(found.to_str().expect("plain"), OsStr::new("")),
            Some(found)
        );
        assert_eq!(find("no-such-agent", search), None);
        assert_eq!(find("/usr", search), None, "a folder is no program");
        assert_eq!(find("", search), None);
    }

    #[test]
    fn the_programs_own_folder_comes_last() {
        let path = with_folder_of(Path::new("/opt/node/bin/agent"), OsStr::new("/usr/bin"));
        assert_eq!(path, "/usr/bin:/opt/node/bin");
    }
}
