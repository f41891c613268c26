//! What each agent calls its tools, and what these take.

use super::script::Use;
use serde_json::{Value, json};

/// Whose tools the model uses. Codex has but one, which runs scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// Claude Code's.
    Claude,
    /// Copilot's.
    Copilot,
    /// Gemini's.
    Gemini,
    /// Goose's.
    Goose,
    /// OpenCode's.
    OpenCode,
    /// Qwen Code's.
    Qwen,
}

/// Before the agent's folder in what the app tells of its place.
const FOLDER: &str = "- Worktree: ";

impl Tools {
    /// The tool's name and its input. Most want whole paths, which a model knows from what it was told of the place.
    pub(super) fn call(self, how: &Use, asked: &Value) -> (&'static str, Value) {
        let whole = |path: &str| match folder(asked) {
            Some(folder) if self != Self::Claude => format!("{folder}/{path}"),
            _ => path.to_owned(),
        };
        match how {
            Use::Read { path } => self.read(&whole(path)),
            Use::Edit { path, old, new } => self.edit(&whole(path), old, new),
            Use::Create { path, text } => self.create(&whole(path), text),
            Use::Run { command } | Use::RunIfAllowed { command } => self.run(command),
            Use::Ask { question, options } => {
                let options = options
                    .iter()
                    .map(|option| json!({"label": option, "description": option}));
                let question = json!({
                    "question": question, "header": "Choice", "multiSelect": false,
                    "options": options.collect::<Vec<_>>(),
                });
                ("AskUserQuestion", json!({"questions": [question]}))
            }
            Use::Plan { plan } => ("ExitPlanMode", json!({"plan": plan})),
        }
    }

    fn read(self, path: &str) -> (&'static str, Value) {
        match self {
            Self::Claude => ("Read", json!({"file_path": path})),
            Self::Copilot => ("view", json!({"path": path})),
            Self::Gemini | Self::Qwen => ("read_file", json!({"file_path": path})),
            // It has no tool to read with.
            Self::Goose => self.run(&format!("cat {path}")),
            Self::OpenCode => ("read", json!({"filePath": path})),
        }
    }

    fn edit(self, path: &str, old: &str, new: &str) -> (&'static str, Value) {
        let like_claude = json!({"file_path": path, "old_string": old, "new_string": new});
        match self {
            Self::Claude => ("Edit", like_claude),
            Self::Copilot => (
                "edit",
                json!({"path": path, "old_str": old, "new_str": new}),
            ),
            Self::Gemini => {
                let mut input = like_claude;
                input["instruction"] = json!("Change this line.");
                ("replace", input)
            }
            Self::Goose => ("edit", json!({"path": path, "before": old, "after": new})),
            Self::OpenCode => (
                "edit",
                json!({"filePath": path, "oldString": old, "newString": new}),
            ),
            Self::Qwen => ("edit", like_claude),
        }
    }

    fn create(self, path: &str, text: &str) -> (&'static str, Value) {
        match self {
            Self::Claude => ("Write", json!({"file_path": path, "content": text})),
            Self::Copilot => ("create", json!({"path": path, "file_text": text})),
            Self::Gemini | Self::Qwen => {
                ("write_file", json!({"file_path": path, "content": text}))
            }
            Self::Goose => ("write", json!({"path": path, "content": text})),
            Self::OpenCode => ("write", json!({"filePath": path, "content": text})),
        }
    }

    fn run(self, command: &str) -> (&'static str, Value) {
        let described = json!({"command": command, "description": "Run a command"});
        match self {
            Self::Claude => ("Bash", described),
            Self::Copilot | Self::OpenCode => ("bash", described),
            Self::Gemini => ("run_shell_command", described),
            Self::Goose => ("shell", json!({"command": command})),
            Self::Qwen => (
                "run_shell_command",
                json!({"command": command, "is_background": false}),
            ),
        }
    }
}

/// The agent's folder, by what the app told of its place.
fn folder(asked: &Value) -> Option<&str> {
    match asked {
        Value::String(text) => text.split(FOLDER).nth(1)?.lines().next(),
        Value::Array(all) => all.iter().find_map(folder),
        Value::Object(fields) => fields.values().find_map(folder),
        _ => None,
    }
}
