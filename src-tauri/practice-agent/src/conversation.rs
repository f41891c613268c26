//! Conversations on disk, so that a later process can load or resume them: one small JSON file each, replaced whole.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A text in the history is cut at this many bytes; the window saw all of it, a replay shows the beginning.
const TEXT_LIMIT: usize = 64 * 1024;

/// What is kept of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Its id.
    pub session_id: String,
    /// The worktree, absolute.
    pub cwd: PathBuf,
    /// The first words of the first prompt.
    pub title: Option<String>,
    /// ISO 8601, UTC.
    pub updated_at: String,
    /// What the person said once and for all: tool kind → allowed.
    pub always: BTreeMap<String, bool>,
    /// Whether it asks before it changes or runs something.
    #[serde(default)]
    pub mode: Mode,
    /// The `update` objects of `session/update`, to be replayed.
    pub updates: Vec<Value>,
}

/// What the practice agent does without asking, by its own rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing that changes a file or runs a command.
    #[default]
    Ask,
    /// Everything.
    Auto,
}

impl Mode {
    /// Its value in the option, as in [`Mode::options`].
    pub fn of(value: &str) -> Option<Self> {
        serde_json::from_value(Value::from(value)).ok()
    }

    /// All options of a conversation in this mode, as the protocol's `configOptions`.
    pub fn options(self) -> Value {
        json!([{
            "id": "mode",
            "name": "Mode",
            "category": "mode",
            "type": "select",
            "currentValue": self,
            "options": [
                {"value": "ask", "name": "Ask first", "description": "Asks before it changes a file or runs a command"},
                {"value": "auto", "name": "On its own", "description": "Changes files and runs commands without asking"},
            ],
        }])
    }
}

impl Conversation {
    /// Takes an update into the history: chunks of one message are joined, a call's updates go into the call.
    pub fn record(&mut self, update: &Value) {
        let kind = update["sessionUpdate"].as_str().unwrap_or_default();
        if kind.ends_with("_chunk")
            && let Some(last) = self.updates.last_mut()
            && last["sessionUpdate"] == update["sessionUpdate"]
            && last["messageId"] == update["messageId"]
            && let (Some(old), Some(new)) = (
                last["content"]["text"].as_str(),
                update["content"]["text"].as_str(),
            )
        {
            let joined = cut(&format!("{old}{new}"));
            last["content"]["text"] = Value::String(joined);
            return;
        }
        if kind == "tool_call_update" {
            let call = self.updates.iter_mut().rev().find(|known| {
                known["sessionUpdate"] == "tool_call" && known["toolCallId"] == update["toolCallId"]
            });
            if let (Some(call), Some(fields)) = (call, update.as_object()) {
                for (name, value) in fields.iter().filter(|(name, _)| *name != "sessionUpdate") {
                    call[name] = value.clone();
                }
                cut_texts(call);
                return;
            }
        }
        let mut update = update.clone();
        cut_texts(&mut update);
        self.updates.push(update);
    }
}

fn cut_texts(update: &mut Value) {
    if let Some(text) = update["content"]["text"].as_str() {
        update["content"]["text"] = Value::String(cut(text));
    }
    let parts = update.get_mut("content").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        if let Some(text) = part["content"]["text"].as_str() {
            part["content"]["text"] = Value::String(cut(text));
        }
    }
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(TEXT_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The folder of conversations.
pub struct Conversations {
    folder: PathBuf,
}

impl Conversations {
    /// `SHOPFLOOR_PRACTICE_STATE`, or `shopfloor-practice` where the system keeps the state of programs.
    pub fn at_home() -> Self {
        let variable = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let folder = variable("SHOPFLOOR_PRACTICE_STATE").unwrap_or_else(|| {
            let base = if cfg!(windows) {
                variable("LOCALAPPDATA")
            } else if cfg!(target_os = "macos") {
                variable("HOME").map(|home| home.join("Library/Application Support"))
            } else {
                variable("XDG_STATE_HOME")
                    .or_else(|| variable("HOME").map(|home| home.join(".local/state")))
            };
            base.unwrap_or_else(std::env::temp_dir)
                .join("shopfloor-practice")
        });
        Self { folder }
    }

    /// Writes a conversation so that a crash leaves the old or the new one, never a half.
    pub fn save(&self, conversation: &Conversation) -> std::io::Result<()> {
        let file = self
            .file(&conversation.session_id)
            .ok_or_else(|| std::io::Error::other("not an id of ours"))?;
        std::fs::create_dir_all(&self.folder)?;
        let fresh = file.with_extension(format!("{}.new", std::process::id()));
        let mut out = std::fs::File::create(&fresh)?;
        serde_json::to_writer(&mut out, conversation)?;
        out.flush()?;
        out.sync_data()?;
        std::fs::rename(&fresh, &file)
    }

    /// A kept conversation, or `None` when there is none by this id.
    pub fn load(&self, session: &str) -> Option<Conversation> {
        read(&self.file(session)?).filter(|conversation| conversation.session_id == session)
    }

    /// All of them, the newest first.
    pub fn all(&self) -> Vec<Conversation> {
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut all: Vec<_> = files
            .flatten()
            .map(|file| file.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .filter_map(|path| read(&path))
            .collect();
        all.sort_by(|a, b| b.updated_at.cmp(&a.updated_at));
        all
    }

    fn file(&self, session: &str) -> Option<PathBuf> {
        let plain = !session.is_empty()
            && session
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then(|| self.folder.join(format!("{session}.json")))
    }
}

fn read(path: &Path) -> Option<Conversation> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Now in ISO 8601, UTC, to the millisecond.
pub fn now() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    iso(since.as_millis())
}

/// Days to a date by Howard Hinnant's `civil_from_days`; good for every day after 1970.
fn iso(millis: u128) -> String {
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u128::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(1_709_208_000_123), "2024-02-29T12:00:00.123Z");
        assert_eq!(iso(1_735_689_599_999), "2024-12-31T23:59:59.999Z");
        assert_eq!(iso(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn a_history_holds_each_message_and_each_call_once() {
        let chunk = |id: &str, text: &str| json!({"sessionUpdate": "agent_message_chunk", "messageId": id, "content": {"type": "text", "text": text}});
        let mut conversation = Conversation::default();
        conversation.record(&chunk("m1", "Hel"));
        conversation.record(&chunk("m1", "lo"));
        conversation.record(&json!({"sessionUpdate": "tool_call", "toolCallId": "c1", "title": "ls", "status": "pending"}));
        conversation.record(&chunk("m2", "Bye"));
        conversation.record(
            &json!({"sessionUpdate": "tool_call_update", "toolCallId": "c1", "status": "completed"}),
        );
        assert_eq!(
            conversation.updates,
            vec![
                chunk("m1", "Hello"),
                json!({"sessionUpdate": "tool_call", "toolCallId": "c1", "title": "ls", "status": "completed"}),
                chunk("m2", "Bye"),
            ]
        );
    }

    #[test]
    fn a_long_text_is_cut_in_the_history_between_letters() {
        let mut conversation = Conversation::default();
        conversation.record(&json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": format!("x{}", "é".repeat(TEXT_LIMIT))}}));
        let kept = conversation.updates[0]["content"]["text"].as_str().unwrap();
        assert_eq!(kept.len(), TEXT_LIMIT - 1);
    }

    #[test]
    fn an_id_is_never_taken_for_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let conversations = Conversations {
            folder: folder.path().join("inner"),
        };
        std::fs::write(
            folder.path().join("x.json"),
            serde_json::to_vec(&Conversation {
                session_id: "../x".into(),
                ..Conversation::default()
            })
            .unwrap(),
        )
        .unwrap();
        assert_eq!(conversations.load("../x"), None);
        assert_eq!(conversations.load(""), None);
    }
}
