//! A file of a worktree in the person's editor.
//!
//! Invariant: only what lies in the worktree once symbolic links are followed is opened, and its name is one argument of
//! a program, never a part of a command line that a shell reads.

use crate::Files;
use crate::error::WorkspaceError;
use crate::port::Editors;
use crate::work::off_the_workers;
use crate::workspace::Workspace;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PATH: &str = "{path}";
const LINE: &str = "{line}";

/// Editors with a window, and how each is told a line; looked for in this order.
const KNOWN: [(&str, &[&str]); 20] = [
    ("code", &["-g", "{path}:{line}"]),
    ("cursor", &["-g", "{path}:{line}"]),
    ("zed", &["{path}:{line}"]),
    ("zeditor", &["{path}:{line}"]),
    ("windsurf", &["-g", "{path}:{line}"]),
    ("codium", &["-g", "{path}:{line}"]),
    ("code-insiders", &["-g", "{path}:{line}"]),
    ("subl", &["{path}:{line}"]),
    ("idea", &["--line", "{line}", "{path}"]),
    ("rustrover", &["--line", "{line}", "{path}"]),
    ("webstorm", &["--line", "{line}", "{path}"]),
    ("pycharm", &["--line", "{line}", "{path}"]),
    ("goland", &["--line", "{line}", "{path}"]),
    ("clion", &["--line", "{line}", "{path}"]),
    ("phpstorm", &["--line", "{line}", "{path}"]),
    ("rubymine", &["--line", "{line}", "{path}"]),
    ("kate", &["--line", "{line}", "{path}"]),
    ("gvim", &["+{line}", "{path}"]),
    ("mate", &["--line", "{line}", "{path}"]),
    ("bbedit", &["+{line}", "{path}"]),
];

/// Refuses an editor's command that can't be read as a program and its arguments.
pub fn check_editor(command: &str) -> Result<(), WorkspaceError> {
    words(command).map(drop)
}

impl Files {
    /// Opens a file (absolute, or of the worktree) at a line (from 1): by `editor`, a command such as
    /// `code -g {path}:{line}`, else by an editor that is found, else as the system opens a text.
    pub async fn edit(
        &self,
        of: &Workspace,
        path: PathBuf,
        line: Option<u32>,
        editor: Option<String>,
    ) -> Result<(), WorkspaceError> {
        let file = self.inside(of, &path).await?;
        let (editors, tree) = (Arc::clone(&self.0.editors), of.path.clone());
        off_the_workers(move || start(editors.as_ref(), &tree, &file, line, editor.as_deref()))
            .await
    }

    async fn inside(&self, of: &Workspace, path: &Path) -> Result<PathBuf, WorkspaceError> {
        let missing = || WorkspaceError::NoFile {
            path: path.display().to_string(),
        };
        let no_tree = || WorkspaceError::NoTree {
            name: of.name.clone(),
        };
        let tree = self.resolved(&of.path).await.ok_or_else(no_tree)?;
        let file = self
            .resolved(&of.path.join(path))
            .await
            .ok_or_else(missing)?;
        if !file.starts_with(&tree) {
            return Err(WorkspaceError::Outside {
                path: path.display().to_string(),
                name: of.name.clone(),
            });
        }
        Ok(file)
    }
}

fn start(
    editors: &dyn Editors,
    tree: &Path,
    file: &Path,
    line: Option<u32>,
    editor: Option<&str>,
) -> Result<(), WorkspaceError> {
    let line = line.unwrap_or(1).max(1);
    if let Some(editor) = editor {
        let words = words(editor)?;
        let (program, arguments) = words.split_first().ok_or_else(empty)?;
        return editors.start(Path::new(program), &filled(arguments, file, line), tree);
    }
    for (name, arguments) in KNOWN {
        if let Some(program) = editors.find(name) {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            return editors.start(&program, &filled(&arguments, file, line), tree);
        }
    }
    editors.open_by_system(file)
}

/// As a shell would split it, without running one.
fn words(command: &str) -> Result<Vec<String>, WorkspaceError> {
    let unreadable = |_| WorkspaceError::EditorUnreadable {
        said: "a quote in it is not closed",
    };
    match shell_words::split(command).map_err(unreadable)? {
        words if words.is_empty() => Err(empty()),
        words => Ok(words),
    }
}

fn empty() -> WorkspaceError {
    WorkspaceError::EditorUnreadable {
        said: "it names no program",
    }
}

/// The arguments with the file and the line in them; a command that does not name the file gets it at its end.
fn filled(arguments: &[String], file: &Path, line: u32) -> Vec<OsString> {
    let mut filled: Vec<OsString> = arguments
        .iter()
        .map(|argument| with_path(&argument.replace(LINE, &line.to_string()), file))
        .collect();
    if !arguments.iter().any(|argument| argument.contains(PATH)) {
        filled.push(file.into());
    }
    filled
}

/// Not by `String::replace`: a path need not be text.
fn with_path(argument: &str, file: &Path) -> OsString {
    let mut whole = OsString::new();
    for (nth, part) in argument.split(PATH).enumerate() {
        if nth > 0 {
            whole.push(file);
        }
        whole.push(part);
    }
    whole
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::{check_editor, filled, words};
    use std::path::Path;

    fn call(command: &str, file: &str, line: u32) -> Vec<String> {
        let words = words(command).unwrap();
        let filled = filled(&words[1..], Path::new(file), line);
        let text = |word: std::ffi::OsString| word.into_string().unwrap();
        filled.into_iter().map(text).collect()
    }

    #[test]
    fn a_name_is_one_argument_whatever_is_in_it() {
        let odd = "/tree/a b'; rm -rf $HOME {line}.rs";
        assert_eq!(
            call("code -g {path}:{line}", odd, 7),
            ["-g".to_owned(), format!("{odd}:7")]
        );
        assert_eq!(
            call("'my editor' --at '{line}' \"{path}\"", odd, 7),
            ["--at", "7", odd]
        );
    }

    #[test]
    fn a_command_without_a_place_for_the_file_gets_it_last() {
        assert_eq!(call("gedit --wait", "/a", 1), ["--wait", "/a"]);
        assert_eq!(call("gedit +{line}", "/a", 3), ["+3", "/a"]);
    }

    #[test]
    fn what_can_not_be_read_is_refused_and_says_why() {
        for (wrong, said) in [
            ("code 'a", "not closed"),
            ("  ", "no program"),
            ("", "no program"),
        ] {
            let refused = check_editor(wrong).unwrap_err().to_string();
            assert!(refused.contains(said), "{wrong:?}: {refused}");
        }
        check_editor("code -g {path}:{line}").unwrap();
    }
}
