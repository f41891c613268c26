//! What a tool call reaches, for the person's rules to judge: the command it runs, the files it touches. Pure.
//!
//! Invariant: what is unclear is left out, and what is left out is asked. A wrong command or a missing path could let
//! something through that no rule allows.

use serde_json::{Map, Value};
use session::{ToolCall, ToolContent, ToolKind};
use std::path::{Path, PathBuf};

/// The longest command that is judged (64 KiB).
const LONGEST_COMMAND: usize = 64 * 1024;
/// The most paths that are judged.
const MOST_PATHS: usize = 1000;
/// Words in the names of an input's fields that name files and folders. Compared in lower case without `_` and `-`.
const NAMING: [&str; 9] = [
    "path",
    "file",
    "dir",
    "folder",
    "source",
    "destination",
    "target",
    "from",
    "to",
];
/// Words in the names of fields that hold what goes into a file, or what is looked for in it.
const HOLDING: [&str; 8] = [
    "text", "content", "string", "type", "glob", "pattern", "mode", "filter",
];
/// Fields that hold a patch, which names its files itself.
const PATCHES: [&str; 4] = ["diff", "patch", "patchtext", "unifieddiff"];
/// Fields that say in which folder a command runs.
const FOLDERS: [&str; 6] = [
    "cwd",
    "workdir",
    "workingdirectory",
    "directory",
    "dir",
    "dirpath",
];
/// Fields that make another command of the one that is named, unless they hold nothing.
const BESIDES: [&str; 6] = ["args", "arguments", "argv", "env", "environment", "stdin"];
/// What begins the ids of Gemini's shell tool, whose titles are the commands as they are.
const GEMINI_SHELL: &str = "run_shell_command";

/// What is known of a call's input: the request's own, and what was told of the call before.
struct Input {
    own: Map<String, Value>,
    told: Map<String, Value>,
}

impl Input {
    /// `None` when there is one that can't be read whole.
    fn of(request: &Value, call: &ToolCall) -> Option<Self> {
        let object = |value: &Value| match value {
            Value::Null => Some(Map::new()),
            Value::Object(fields) => Some(fields.clone()),
            _ => None,
        };
        let own = object(&request["rawInput"])?;
        let told = match &call.input {
            // The request's own replaced it.
            Some(_) if !own.is_empty() => Map::new(),
            Some(text) => object(&serde_json::from_str(text).ok()?)?,
            None => Map::new(),
        };
        Some(Self { own, told })
    }

    /// Whether it is what a shell is given, whatever kind of tool the agent says it is: some call a command that reads a
    /// read. A command without a folder may be one of a tool's own, such as `view`.
    fn is_a_shells(&self) -> bool {
        let commands = || self.fields().filter(|(name, _)| is_command(name));
        let has_folder = || {
            self.fields()
                .any(|(name, _)| FOLDERS.contains(&name.as_str()))
        };
        commands().any(|(_, value)| value.is_array())
            || (commands().any(|(_, value)| value.is_string()) && has_folder())
    }

    fn fields(&self) -> impl Iterator<Item = (String, &Value)> {
        let plain = |name: &String| name.to_lowercase().replace(['_', '-'], "");
        let all = self.own.iter().chain(&self.told);
        all.map(move |(name, value)| (plain(name), value))
    }
}

/// The command a call runs in the worktree, as one shell line. `None` where it runs none, or it is not clear which, or
/// it runs elsewhere. `before`: what was told of the call before the request.
pub(crate) fn command(
    request: &Value,
    call: &ToolCall,
    before: Option<&ToolCall>,
    cwd: &Path,
) -> Option<String> {
    let input = Input::of(request, call)?;
    match call.tool {
        ToolKind::Execute => {}
        ToolKind::Read | ToolKind::Search if input.is_a_shells() => {}
        _ => return None,
    }
    let earlier = match before {
        Some(before) => Input::of(&Value::Null, before)?,
        None => Input::of(&Value::Null, call)?,
    };
    let runs_here = |(name, value): (String, &Value)| {
        !FOLDERS.contains(&name.as_str())
            || value.is_null()
            || value.as_str().is_some_and(|folder| is_at(folder, cwd))
    };
    let is_unbound = |(name, value): (String, &Value)| {
        name.starts_with("dangerously") && *value != Value::Bool(false)
    };
    let is_more =
        |(name, value): (String, &Value)| BESIDES.contains(&name.as_str()) && !holds_nothing(value);
    let whole = || input.fields().chain(earlier.fields());
    if !whole().all(runs_here) || whole().any(is_unbound) || whole().any(is_more) {
        return None;
    }
    let mut named = input.fields().filter(|(name, _)| is_command(name));
    let line = match (named.next(), named.next()) {
        (Some((_, command)), None) => line(command)?,
        (Some(_), Some(_)) => return None,
        (None, _) => gemini(call, cwd)?,
    };
    let line = line.trim();
    (!line.is_empty() && line.len() <= LONGEST_COMMAND).then(|| line.to_owned())
}

fn holds_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a folder is the worktree or below it, by its name alone.
fn is_at(folder: &str, cwd: &Path) -> bool {
    let folder = Path::new(folder);
    let climbs = folder
        .components()
        .any(|part| part == std::path::Component::ParentDir);
    !climbs && cwd.join(folder).starts_with(cwd)
}

fn is_command(field: &str) -> bool {
    field == "command" || field == "cmd"
}

/// A line as it is; of words, the line that a shell is given, or all of them quoted.
fn line(command: &Value) -> Option<String> {
    if let Some(line) = command.as_str() {
        return Some(line.to_owned());
    }
    let words = command.as_array()?.iter().map(Value::as_str);
    let words: Vec<&str> = words.collect::<Option<_>>()?;
    let is_shell = |program: &str| {
        let name = program.rsplit('/').next().unwrap_or(program);
        ["sh", "bash", "zsh", "dash"].contains(&name)
    };
    match words.as_slice() {
        [program, "-c" | "-lc" | "-cl", line] if is_shell(program) => Some((*line).to_owned()),
        [program, "-l", "-c", line] if is_shell(program) => Some((*line).to_owned()),
        words => Some(
            words
                .iter()
                .map(|word| quoted(word))
                .collect::<Vec<_>>()
                .join(" "),
        ),
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./=:@%+,-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Gemini gives no input. Its title is the command, and its content begins with the folder it runs in.
fn gemini(call: &ToolCall, cwd: &Path) -> Option<String> {
    let here = format!("[current working directory {}]", cwd.to_str()?);
    let said = |content: &ToolContent| matches!(content, ToolContent::Text { text, .. } if text.starts_with(&here));
    let is_clear = call.call.starts_with(GEMINI_SHELL)
        && call.input.is_none()
        && call.content.first().is_some_and(said);
    is_clear.then(|| call.title.clone())
}

/// The files and folders a call touches, absolute, as they are named. Empty where it touches none, or it is not clear
/// which; a command may touch anything.
pub(crate) fn paths(request: &Value, call: &ToolCall, cwd: &Path) -> Vec<PathBuf> {
    let touches = matches!(
        call.tool,
        ToolKind::Read | ToolKind::Edit | ToolKind::Delete | ToolKind::Move | ToolKind::Search
    );
    let Some(mut named) = touches.then(|| named(request, call)).flatten() else {
        return Vec::new();
    };
    named.sort();
    named.dedup();
    // Where something is moved from says nothing of where to.
    if call.tool == ToolKind::Move && named.len() < 2 || named.len() > MOST_PATHS {
        return Vec::new();
    }
    let absolute = |name: &String| is_plain(name).then(|| cwd.join(name));
    named
        .iter()
        .map(absolute)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// Whether a name means what it says to whoever opens it: no home, no variable, no address.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['~', '$'])
        && !name.contains("://")
        && !name.contains(['\0', '\n'])
}

/// All names. `None` when one is there that can't be read.
fn named(request: &Value, call: &ToolCall) -> Option<Vec<String>> {
    let located = call.locations.iter().map(|location| location.path.clone());
    let changed = call.content.iter().filter_map(|content| match content {
        ToolContent::Diff { path, .. } => Some(path.clone()),
        ToolContent::Text { .. } => None,
    });
    let mut names: Vec<String> = located.chain(changed).collect();
    let input = Input::of(request, call)?;
    if input.is_a_shells() {
        // A command may touch anything.
        return None;
    }
    for (name, value) in input.fields() {
        if PATCHES.contains(&name.as_str()) {
            names.extend(patched(value.as_str()?));
        } else if name == "changes" {
            names.extend(value.as_object()?.keys().cloned());
        } else if names_files(&name) {
            names.extend(texts(value)?);
        }
    }
    Some(names)
}

fn names_files(field: &str) -> bool {
    let whole_or_part = |word: &&str| match *word {
        "from" | "to" | "dir" => field == *word || field.starts_with("dir"),
        word => field.contains(word),
    };
    NAMING.iter().any(whole_or_part) && !HOLDING.iter().any(|word| field.contains(word))
}

/// A text, or a list of texts. What says nothing names nothing.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Some(Vec::new()),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(all) => all
            .iter()
            .map(|one| one.as_str().map(str::to_owned))
            .collect(),
        Value::Object(_) => None,
    }
}

/// The files that a patch names, and perhaps more: a removed line may look like a name.
fn patched(patch: &str) -> Vec<String> {
    const HEADS: [&str; 7] = [
        "*** Add File: ",
        "*** Update File: ",
        "*** Delete File: ",
        "*** Move to: ",
        "Index: ",
        "+++ ",
        "--- ",
    ];
    let name = |line: &str| {
        let rest = HEADS.iter().find_map(|head| line.strip_prefix(head))?;
        let name = rest.split('\t').next().unwrap_or(rest).trim();
        (name != "/dev/null" && !name.is_empty()).then(|| name.to_owned())
    };
    patch.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests;
