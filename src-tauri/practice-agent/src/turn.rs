//! One turn: what the agent says, plans, asks and shows, each recorded as it is sent.

use crate::agent::Agent;
use crate::conversation::Mode;
use crate::session::{Session, Stop, Stopped};
use crate::wire::RpcError;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How often a wait for the client looks whether the turn was stopped.
const LOOK: Duration = Duration::from_millis(15);

/// Why a turn is over before its last step.
#[derive(Debug)]
pub enum Ending {
    /// It was stopped.
    Stopped(Stopped),
    /// With this stop reason.
    Reason(String),
    /// With an error.
    Failed(RpcError),
}

/// What a step of a turn gives: an `Err` ends the turn, not only the step.
pub type Flow<T = ()> = Result<T, Ending>;

/// What the person answered to a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Go on.
    Allowed,
    /// Leave it.
    Rejected,
}

/// A turn that runs.
pub struct Turn {
    /// The agent.
    pub agent: Arc<Agent>,
    /// The conversation.
    pub session: Arc<Session>,
    /// Stops this turn.
    pub stop: Arc<Stop>,
}

impl Turn {
    /// A turn that has not begun.
    pub fn new(agent: Arc<Agent>, session: Arc<Session>, stop: Arc<Stop>) -> Self {
        Self {
            agent,
            session,
            stop,
        }
    }

    /// The worktree.
    pub fn cwd(&self) -> PathBuf {
        self.session.conversation().cwd.clone()
    }

    /// Ends the turn here when it was stopped.
    pub fn check(&self) -> Flow {
        match self.stop.check() {
            None => Ok(()),
            Some(stopped) => Err(Ending::Stopped(stopped)),
        }
    }

    /// Waits; being stopped ends the wait and the turn.
    pub fn wait(&self, time: Duration) -> Flow {
        match self.stop.wait(time) {
            None => Ok(()),
            Some(stopped) => Err(Ending::Stopped(stopped)),
        }
    }

    /// Waits as long as a person needs to follow, at the agent's pace.
    pub fn pause(&self, millis: u64) -> Flow {
        self.wait(self.agent.pace.millis(millis))
    }

    /// Sends an update and records it for a replay.
    pub fn update(&self, update: Value) {
        self.session.conversation().record(&update);
        self.send(update);
    }

    /// Sends an update that a replay does not need.
    pub fn send(&self, update: Value) {
        self.agent.notify(
            "session/update",
            json!({"sessionId": self.session.id, "update": update}),
        );
    }

    /// Records the prompt and, the first time, names the conversation after it.
    pub fn begin(&self, prompt: &str) {
        let mut conversation = self.session.conversation();
        let message = format!("user-{}-{}", std::process::id(), self.agent.number());
        conversation.record(&json!({
            "sessionUpdate": "user_message_chunk",
            "messageId": message,
            "content": {"type": "text", "text": prompt},
        }));
        let title = conversation.title.is_none().then(|| title(prompt));
        if let Some(title) = &title {
            conversation.title = Some(title.clone());
        }
        drop(conversation);
        self.agent.keep(&self.session);
        if let Some(title) = title {
            self.send(json!({"sessionUpdate": "session_info_update", "title": title}));
        }
    }

    /// Streams an answer.
    pub fn say(&self, text: &str) -> Flow {
        self.stream("agent_message_chunk", text)
    }

    /// Streams a thought.
    pub fn think(&self, text: &str) -> Flow {
        self.stream("agent_thought_chunk", text)
    }

    fn stream(&self, kind: &str, text: &str) -> Flow {
        let message = format!("message-{}-{}", std::process::id(), self.agent.number());
        for chunk in chunks(text) {
            self.check()?;
            self.update(json!({
                "sessionUpdate": kind,
                "messageId": message,
                "content": {"type": "text", "text": chunk},
            }));
            self.pause(25)?;
        }
        Ok(())
    }

    /// Shows the plan with so many items done; the next one is in progress.
    pub fn plan(&self, items: &[String], done: usize) {
        let entries: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let status = match index {
                    index if index < done => "completed",
                    index if index == done => "in_progress",
                    _ => "pending",
                };
                json!({"content": item, "priority": "medium", "status": status})
            })
            .collect();
        self.update(json!({"sessionUpdate": "plan", "entries": entries}));
    }

    /// Asks for permission to do what `call` says, unless the person decided once and for all for its kind, or chose the
    /// mode in which nothing is asked.
    pub fn ask(&self, call: &Value) -> Flow<Permission> {
        let kind = call["kind"].as_str().unwrap_or("other").to_owned();
        let conversation = self.session.conversation();
        if let Some(allowed) = conversation.always.get(&kind) {
            return Ok(permission(*allowed));
        }
        if conversation.mode == Mode::Auto {
            return Ok(permission(true));
        }
        drop(conversation);
        let options = json!([
            {"optionId": "allow-once", "name": "Allow once", "kind": "allow_once"},
            {"optionId": "allow-always", "name": format!("Always allow: {kind}"), "kind": "allow_always"},
            {"optionId": "reject-once", "name": "Reject", "kind": "reject_once"},
            {"optionId": "reject-always", "name": format!("Never allow: {kind}"), "kind": "reject_always"},
        ]);
        let choice = self.ask_with_options(call, options)?;
        let allowed = choice.starts_with("allow");
        if choice.ends_with("always") {
            self.decide_always(&kind, allowed);
        }
        Ok(permission(allowed))
    }

    /// Asks for a choice among these options and gives the chosen one's id. A request that the client cancels
    /// although the turn goes on counts as rejected.
    pub fn ask_with_options(&self, call: &Value, options: Value) -> Flow<String> {
        let mut call = call.clone();
        if let Some(call) = call.as_object_mut() {
            call.remove("sessionUpdate");
        }
        let answer = self.request(
            "session/request_permission",
            json!({"sessionId": self.session.id, "toolCall": call, "options": options}),
        )?;
        let outcome = answer.map(|answer| answer["outcome"].clone());
        let chosen = outcome
            .ok()
            .filter(|outcome| outcome["outcome"] == "selected")
            .and_then(|outcome| outcome["optionId"].as_str().map(str::to_owned));
        match chosen {
            Some(chosen) => Ok(chosen),
            None => {
                self.check()?;
                Ok("reject-once".to_owned())
            }
        }
    }

    /// Remembers a decision for a kind of tool in this conversation.
    pub fn decide_always(&self, kind: &str, allowed: bool) {
        self.session
            .conversation()
            .always
            .insert(kind.to_owned(), allowed);
        self.agent.keep(&self.session);
    }

    /// Asks the client and waits for its answer, or until the turn is stopped.
    pub fn request(&self, method: &str, params: Value) -> Flow<Result<Value, Value>> {
        let Ok((id, reply)) = self.agent.wire.request(method, params) else {
            self.agent.lifetime.end_of_input();
        };
        loop {
            match reply.recv_timeout(LOOK) {
                Ok(reply) => return Ok(reply),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(ending) = self.check() {
                        self.agent.wire.forget(id);
                        return Err(ending);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(Err(Value::Null)),
            }
        }
    }
}

fn permission(allowed: bool) -> Permission {
    if allowed {
        Permission::Allowed
    } else {
        Permission::Rejected
    }
}

/// The first line of sense, at most 60 letters.
fn title(prompt: &str) -> String {
    let line = prompt
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && *line != "script:")
        .unwrap_or("Practice");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line.to_owned(),
    }
}

/// A text in pieces that end between words, about twelve at most.
fn chunks(text: &str) -> Vec<&str> {
    let size = (text.len() / 12).max(12);
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut near = size.min(rest.len());
        while !rest.is_char_boundary(near) {
            near += 1;
        }
        let end = rest[near..]
            .find(char::is_whitespace)
            .map_or(rest.len(), |space| near + space);
        let (chunk, more) = rest.split_at(end);
        chunks.push(chunk);
        rest = more;
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_several_and_together_the_text() {
        for text in [
            "one two three four five six seven",
            "x",
            "é".repeat(200).as_str(),
            "a b\n\nc d e f g h i j k l m n",
        ] {
            assert_eq!(chunks(text).concat(), text);
        }
        assert!(chunks("one two three four five six seven").len() > 1);
        assert!(chunks(&"word ".repeat(500)).len() <= 13);
    }

    #[test]
    fn a_title_is_the_first_line_of_sense() {
        assert_eq!(title("\n script:\n say hi\n"), "say hi");
        assert_eq!(title(""), "Practice");
        assert_eq!(title(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }
}
