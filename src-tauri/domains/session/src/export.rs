//! A conversation as a file for others: Markdown to read, JSON to go on with. Pure: text in, text out, page by page.
//!
//! Invariant: nothing leaves that was not redacted whole, entry by entry.
//!
//! # The JSON format, version 1
//!
//! One object, in UTF-8; each entry stands on a line of its own, so that a reader may go line by line.
//!
//! ```json
//! {"format":"shopfloor-session","version":1,"exportedAt":1700000000000,
//! "session":{"id":"…","title":"…","agent":"…","workspace":"…","branch":"…","project":"…","createdAt":1700000000000},
//! "entries":[
//! {"id":"…","ordinal":0,"turn":1,"at":1700000000000,"updatedAt":1700000000000,"body":{"kind":"prompt","text":"…"}},
//! {"id":"…","ordinal":1,"turn":1,"at":1700000000000,"updatedAt":1700000000000,"body":{"kind":"answer","text":"…"}}
//! ],"redacted":0}
//! ```
//!
//! - Times are milliseconds since the Unix epoch. `workspace`, `branch` and `project` are names; `agent` is an id.
//! - An entry is as the app stores it: ordinals go up from 0 without gaps, `turn` is 0 before the first prompt, and
//!   `body.kind` is one of the words of [`EntryBody`], with that variant's fields in camel case. Readers
//!   ignore fields and kinds that they don't know; a change that would break them raises `version`.
//! - Each secret was replaced by `[redacted]`; `redacted` says how many. A file without `redacted` is not whole.

mod markdown;

use crate::entry::{Entry, EntryBody};
use crate::error::SessionError;
use crate::redact::Secrets;
use kernel::{AgentId, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specta::Type;
use std::path::Path;

/// Where exported files go. Blocking; called off the async workers. Implemented by `adapters/export`.
pub trait ExportFiles: Send + Sync {
    /// Begins a file that takes its place only when it is whole.
    fn begin(&self, path: &Path, existing: Existing) -> Result<Box<dyn ExportFile>, SessionError>;
}

/// A file that is being written. Dropped before it is finished it leaves nothing.
pub trait ExportFile: Send {
    /// Appends.
    fn write(&mut self, text: &str) -> Result<(), SessionError>;
    /// Puts it in its place, whole and on the disk.
    fn finish(self: Box<Self>) -> Result<(), SessionError>;
}

/// What is to be done with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// The export fails.
    Keep,
    /// It is replaced: the person said so.
    Replace,
}

/// How a conversation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// To be read.
    Markdown,
    /// To be read by programs, see the module's text.
    Json,
}

impl ExportFormat {
    /// The end of its files' names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }
}

/// What is said of the conversation as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Heading {
    /// The session.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// Its agent.
    pub agent: AgentId,
    /// Its workspace's name.
    pub workspace: String,
    /// Its workspace's branch.
    pub branch: String,
    /// The project's name.
    pub project: String,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What came of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// How many entries it has.
    pub entries: u32,
    /// How many secrets were taken out.
    pub redacted: u32,
}

/// Writes one conversation, from its heading to its end.
pub struct Script {
    format: ExportFormat,
    secrets: Secrets,
    done: Exported,
}

impl Script {
    /// Without these secrets.
    pub fn new(format: ExportFormat, secrets: Secrets) -> Self {
        Self {
            format,
            secrets,
            done: Exported::default(),
        }
    }

    /// What stands before the entries.
    pub fn begin(&mut self, heading: &Heading, now: Timestamp) -> String {
        let heading = self.clean(heading);
        match self.format {
            ExportFormat::Markdown => markdown::heading(&heading, now),
            ExportFormat::Json => {
                let now = now.millis();
                let begin = r#"{"format":"shopfloor-session","version":1,"#;
                format!("{begin}\"exportedAt\":{now},\n\"session\":{heading},\n\"entries\":[")
            }
        }
    }

    /// The next entry.
    pub fn entry(&mut self, entry: &Entry) -> String {
        let clean = self.clean(entry);
        let is_first = self.done.entries == 0;
        self.done.entries += 1;
        match self.format {
            ExportFormat::Markdown => markdown::entry(&readable(clean)),
            ExportFormat::Json if is_first => format!("\n{clean}"),
            ExportFormat::Json => format!(",\n{clean}"),
        }
    }

    /// What stands after the entries, and what was done in all.
    pub fn end(self) -> (String, Exported) {
        let redacted = self.done.redacted;
        let end = match self.format {
            ExportFormat::Markdown => markdown::end(redacted),
            ExportFormat::Json => format!("\n],\"redacted\":{redacted}}}\n"),
        };
        (end, self.done)
    }

    /// As JSON, every text in it redacted by itself and before anything breaks it into lines.
    fn clean(&mut self, whole: &impl Serialize) -> Value {
        let mut value = serde_json::to_value(whole).expect("entries are plain data");
        self.redact(&mut value);
        value
    }

    fn redact(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let (clean, count) = self.secrets.redact(text);
                if count > 0 {
                    self.done.redacted = self.done.redacted.saturating_add(count);
                    *text = clean.into_owned();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact(item)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    if !OUR_WORDS.contains(&name.as_str()) {
                        self.redact(field);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Fields that hold a word of the format and nothing else: a password that is such a word must not break it.
const OUR_WORDS: [&str; 5] = ["kind", "tool", "status", "level", "author"];

/// The entry again. One that the redaction bent out of shape is shown as what it is now.
fn readable(clean: Value) -> Entry {
    serde_json::from_value(clean.clone()).unwrap_or_else(|_| {
        let number = |field: &str| clean[field].as_u64().unwrap_or_default();
        let small = |field| u32::try_from(number(field)).unwrap_or_default();
        Entry {
            id: kernel::EntryId::new(clean["id"].as_str().unwrap_or_default()),
            ordinal: small("ordinal"),
            turn: small("turn"),
            at: Timestamp::from_millis(number("at")),
            updated_at: Timestamp::from_millis(number("updatedAt")),
            body: EntryBody::Other {
                name: "entry".to_owned(),
                raw: json!(clean["body"]).to_string(),
            },
        }
    })
}

#[cfg(test)]
mod tests;
