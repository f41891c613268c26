//! One recording, and what it says should come out, read as simply as possible and apart from the adapter.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The recordings of a folder, by name.
pub fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    files
}

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Client,
    Agent,
}

/// The messages of a recording, in order.
pub struct Recording {
    pub messages: Vec<(From, Value)>,
    /// The id of the conversation.
    pub session: String,
    /// The conversation that was resumed, if one was.
    pub resumed: Option<String>,
}

impl Recording {
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let mut messages: Vec<(From, Value)> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter_map(|mut line| {
                let from = match line["dir"].as_str()? {
                    "c2a" => From::Client,
                    "a2c" => From::Agent,
                    _ => return None,
                };
                let message = line["msg"].take();
                message.is_object().then_some((from, message))
            })
            .collect();
        let opening = |(from, message): &(From, Value)| {
            let method = message["method"].as_str().unwrap_or_default();
            let opens = ["session/new", "session/load", "session/resume"].contains(&method);
            (*from == From::Client && opens).then(|| message.clone())
        };
        let opening = messages.iter().find_map(opening).unwrap();
        let resumed = opening["params"]["sessionId"].as_str().map(str::to_owned);
        if opening["method"] == "session/load" {
            end_the_replay_before_the_prompt(&mut messages);
        }
        let answer =
            |message: &Value| message["id"] == opening["id"] && message["method"].is_null();
        let opened = messages
            .iter()
            .find(|(from, message)| *from == From::Agent && answer(message));
        let session = opened.and_then(|(_, message)| message["result"]["sessionId"].as_str());
        let session = session.or(resumed.as_deref()).unwrap().to_owned();
        Self {
            messages,
            session,
            resumed,
        }
    }

    /// Whether the client's request begins a turn of this conversation that the agent answers.
    pub fn is_turn(&self, at: usize) -> bool {
        let (from, message) = &self.messages[at];
        let closed = self.messages[..at]
            .iter()
            .any(|(_, before)| before["method"] == "session/close");
        *from == From::Client
            && message["method"] == "session/prompt"
            && message["params"]["sessionId"] == self.session.as_str()
            && !closed
    }

    /// All text of answers that is not a replayed history.
    pub fn live_text(&self) -> String {
        self.live("agent_message_chunk", |update| {
            update["content"]["text"].as_str()
        })
        .concat()
    }

    pub fn live_thoughts(&self) -> String {
        self.live("agent_thought_chunk", |update| {
            update["content"]["text"].as_str()
        })
        .concat()
    }

    /// The ids of all tool calls.
    pub fn live_calls(&self) -> BTreeSet<&str> {
        self.live("tool_call", |update| update["toolCallId"].as_str())
            .into_iter()
            .collect()
    }

    /// How the turns ended: a stop reason, or "error".
    pub fn turns(&self) -> Vec<&str> {
        let mut turns = Vec::new();
        for at in (0..self.messages.len()).filter(|at| self.is_turn(*at)) {
            let id = &self.messages[at].1["id"];
            let answers = |(from, message): &&(From, Value)| {
                *from == From::Agent && message["id"] == *id && message["method"].is_null()
            };
            let rest = &self.messages[at..];
            if let Some(length) = rest.iter().position(|one| answers(&one)) {
                let mut turn = rest[..length].iter();
                let stopped = turn.any(|(_, message)| message["method"] == "session/cancel");
                let reason = rest[length].1["result"]["stopReason"].as_str();
                turns.push(match reason.unwrap_or("error") {
                    // The person's word counts.
                    "end_turn" if stopped => "cancelled",
                    reason => reason,
                });
            }
        }
        turns
    }

    fn live<'r>(&'r self, kind: &str, read: impl Fn(&'r Value) -> Option<&'r str>) -> Vec<&'r str> {
        let begin = match self.resumed {
            Some(_) => (0..self.messages.len())
                .find(|at| self.is_turn(*at))
                .unwrap_or(self.messages.len()),
            None => 0,
        };
        let updates = self.messages[begin..].iter().filter_map(|(_, message)| {
            let ours = message["params"]["sessionId"] == self.session.as_str();
            (message["method"] == "session/update" && ours).then_some(&message["params"]["update"])
        });
        updates
            .filter(|update| {
                update["sessionUpdate"]
                    .as_str()
                    .is_some_and(|one| one.starts_with(kind))
            })
            .filter_map(read)
            .collect()
    }
}

/// Gemini answers `session/load` before it has replayed all, and the recording client prompted at once. Ours waits
/// for quiet, so the replay goes on without it: the prompt is moved behind the replay's end.
fn end_the_replay_before_the_prompt(messages: &mut Vec<(From, Value)>) {
    let prompt = messages
        .iter()
        .position(|(_, message)| message["method"] == "session/prompt");
    let commands = messages.iter().position(|(_, message)| {
        message["params"]["update"]["sessionUpdate"] == "available_commands_update"
    });
    if let (Some(prompt), Some(commands)) = (prompt, commands)
        && prompt < commands
        && is_replaying(&messages[prompt..commands])
    {
        let message = messages.remove(prompt);
        messages.insert(commands, message);
    }
}

fn is_replaying(messages: &[(From, Value)]) -> bool {
    let kind =
        |message: &Value| message["params"]["update"]["sessionUpdate"] == "user_message_chunk";
    messages.iter().any(|(_, message)| kind(message))
}
