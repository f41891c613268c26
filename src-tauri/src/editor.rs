//! The person's editor: as they named it, or found. Started with words of its own, never through a shell.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Editors that are looked for, in this order, and what tells them a place.
const KNOWN: &[&str] = &[
    "code -g {path}:{line}",
    "cursor -g {path}:{line}",
    "windsurf -g {path}:{line}",
    "codium -g {path}:{line}",
    "zed {path}:{line}",
    "zeditor {path}:{line}",
    "subl {path}:{line}",
    "idea --line {line} {path}",
    "rustrover --line {line} {path}",
    "webstorm --line {line} {path}",
    "pycharm --line {line} {path}",
    "goland --line {line} {path}",
    "kate --line {line} {path}",
    "gnome-text-editor +{line} {path}",
    "gedit +{line} {path}",
];

/// A program and its arguments.
#[derive(Debug, PartialEq, Eq)]
pub struct Start {
    program: PathBuf,
    args: Vec<String>,
}

/// How the preferred editor is started, or else the first known one that is on the search path; `None` when there is
/// none, or the preferred one is not there.
pub fn start(
    preferred: Option<&str>,
    search_path: &OsStr,
    path: &Path,
    line: Option<u32>,
) -> Option<Start> {
    let commands = preferred.map_or_else(|| KNOWN.to_vec(), |command| vec![command]);
    commands.into_iter().find_map(|command| {
        let mut words = words(command, path.to_str()?, line.unwrap_or(1))?.into_iter();
        let program = found(&words.next()?, search_path)?;
        let args = words.collect();
        Some(Start { program, args })
    })
}

impl Start {
    /// Starts it; it outlives the app.
    pub fn run(&self) -> std::io::Result<()> {
        let mut child = Command::new(&self.program)
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // Somebody has to ask for its end, or it stays in the process table.
        std::thread::spawn(move || child.wait());
        Ok(())
    }
}

/// The words of a command, with the place put in. The path is one word whatever it holds.
fn words(command: &str, path: &str, line: u32) -> Option<Vec<String>> {
    let mut words = shell_words::split(command).ok()?;
    let names_it = words.iter().any(|word| word.contains("{path}"));
    if !names_it {
        words.push("{path}".to_owned());
    }
    // The path last, so that nothing in it is taken for a place to put something.
    let line = line.to_string();
    let filled = words.into_iter();
    Some(
        filled
            .map(|word| word.replace("{line}", &line).replace("{path}", path))
            .collect(),
    )
}

/// The program: as it is when it names a folder, else on the search path.
fn found(program: &str, search_path: &OsStr) -> Option<PathBuf> {
    let is_there = |path: &PathBuf| path.is_file();
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(is_there);
    }
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ""]
    } else {
        &[""]
    };
    std::env::split_paths(search_path).find_map(|folder| {
        let mut names = endings
            .iter()
            .map(|ending| folder.join(format!("{program}{ending}")));
        names.find(is_there)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::{start, words};
    use std::path::Path;

    #[test]
    fn a_path_stays_one_word_whatever_it_holds() {
        let path = "/w/a b; rm -rf $HOME '{line}'.rs";
        let expected = ["code", "-g", "/w/a b; rm -rf $HOME '{line}'.rs:7"];
        assert_eq!(words("code -g {path}:{line}", path, 7).unwrap(), expected);
        assert_eq!(words("my-editor", path, 7).unwrap(), ["my-editor", path]);
        assert_eq!(words("unclosed '", path, 7), None);
    }

    #[test]
    fn the_preferred_editor_is_taken_or_none() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["zed", "mine"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let on = folder.path().as_os_str();
        let file = Path::new("/w/a.rs");
        let zed = start(None, on, file, None).unwrap();
        assert_eq!(zed.program, folder.path().join("zed"));
        assert_eq!(zed.args, ["/w/a.rs:1"]);
        let mine = start(Some("mine +{line}"), on, file, Some(3)).unwrap();
        assert_eq!(mine.args, ["+3", "/w/a.rs"]);
        assert_eq!(start(Some("gone"), on, file, None), None);
    }
}
