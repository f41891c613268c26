//! What the tests share: agents made of a few lines of shell, and their events.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod playback;
pub mod recording;
pub mod summary;

use agents::Agents;
use kernel::{AgentId, SessionId};
use process::Tag;
use session::Cause;
use session::port::{
    AgentConnection, AgentEvent, AgentProgram, AgentRuntime, Inheritance, Launch, PromptPart,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Answers to the handshake: initialize, then session/new.
pub const HANDSHAKE: &str = r#"
say() { printf '%s\n' "$1"; }
read -r hello; say '{"id":0,"result":{"protocolVersion":1,"agentCapabilities":{}}}'
read -r new;   say '{"id":1,"result":{"sessionId":"s"}}'
update() { say "{\"method\":\"session/update\",\"params\":{\"sessionId\":\"s\",\"update\":$1}}"; }
text() { update "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"$1\"}}"; }
end_turn() { say "{\"id\":$1,\"result\":{\"stopReason\":\"${2:-end_turn}\"}}"; }
"#;

/// A folder of its own for one agent, and the tag of all it starts.
pub struct Room {
    pub folder: tempfile::TempDir,
    pub tag: Tag,
    agents: Agents,
}

impl Room {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tag = Tag::of_home(folder.path());
        let path = std::env::var_os("PATH").unwrap();
        let agents = Agents::new(tag.clone(), "/nowhere/practice-agent".into(), path);
        Self {
            folder,
            tag,
            agents,
        }
    }

    /// Starts an agent that is a shell script.
    pub fn shell(&self, script: &str) -> Talk {
        self.launch("sh", &["-c", script], self.folder.path(), None)
    }

    /// Starts a shell script that does the handshake first.
    pub fn polite(&self, script: &str) -> Talk {
        self.shell(&format!("{HANDSHAKE}{script}"))
    }

    pub fn launch(&self, command: &str, args: &[&str], cwd: &Path, resume: Option<&str>) -> Talk {
        let program = AgentProgram {
            id: AgentId::new("test"),
            name: "Test".to_owned(),
            command: command.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: vec![("GIVEN".to_owned(), "by the entry".to_owned())],
        };
        let launch = Launch {
            session: SessionId::mint(),
            program,
            inherits: Inheritance::default(),
            cwd: cwd.to_path_buf(),
            resume: resume.map(str::to_owned),
        };
        let (told, events) = mpsc::channel(16);
        let agent = self.agents.launch(launch, told);
        Talk { agent, events }
    }

    /// Asserts that nothing this room started is alive.
    pub fn assert_empty(&self) {
        assert_eq!(process::living(&self.tag), []);
    }
}

/// A launched agent and what it tells.
pub struct Talk {
    pub agent: Arc<dyn AgentConnection>,
    pub events: mpsc::Receiver<AgentEvent>,
}

impl Talk {
    /// The next event that is news: what every start tells is left out.
    pub async fn next(&mut self) -> AgentEvent {
        loop {
            match self.next_of_all().await {
                AgentEvent::Started(_) | AgentEvent::Images(_) => {}
                AgentEvent::Options(none) if none.is_empty() => {}
                event => return event,
            }
        }
    }

    pub async fn next_of_all(&mut self) -> AgentEvent {
        let next = tokio::time::timeout(Duration::from_secs(30), self.events.recv()).await;
        next.expect("an event in time")
            .expect("an event before the end")
    }

    pub async fn opened(&mut self) {
        let event = self.next().await;
        assert!(matches!(event, AgentEvent::Opened { .. }), "{event:?}");
    }

    /// Begins a turn and asserts that the prompt is written first of all.
    pub async fn prompt(&mut self, text: &str) {
        self.agent.prompt(vec![PromptPart::Text(text.to_owned())]);
        assert_eq!(self.next().await, AgentEvent::PromptWritten);
    }

    /// All events up to and with the one that fits.
    pub async fn until(&mut self, fits: impl Fn(&AgentEvent) -> bool) -> Vec<AgentEvent> {
        let mut events = Vec::new();
        loop {
            events.push(self.next().await);
            if events.last().is_some_and(&fits) {
                return events;
            }
        }
    }

    /// The rest of a turn: text as one, troubles, and how it ended.
    pub async fn turn(&mut self) -> (String, Vec<String>, AgentEvent) {
        let ends = |event: &AgentEvent| {
            matches!(
                event,
                AgentEvent::TurnEnded { .. } | AgentEvent::TurnFailed(_) | AgentEvent::Ended { .. }
            )
        };
        let (mut text, mut troubles) = (String::new(), Vec::new());
        let mut events = self.until(ends).await;
        let end = events.pop().unwrap();
        for event in events {
            match event {
                AgentEvent::Text(more) => text.push_str(&more),
                AgentEvent::Trouble(said) => troubles.push(said),
                _ => {}
            }
        }
        (text, troubles, end)
    }

    /// Why it ended; asserts that nothing comes after.
    pub async fn ended(&mut self) -> Option<Cause> {
        let mut events = self
            .until(|event| matches!(event, AgentEvent::Ended { .. }))
            .await;
        assert_eq!(
            self.events.recv().await,
            None,
            "something came after the end"
        );
        match events.pop() {
            Some(AgentEvent::Ended { cause }) => cause,
            other => panic!("{other:?}"),
        }
    }

    pub async fn close(&mut self) -> Option<Cause> {
        self.agent.close();
        self.ended().await
    }
}

pub fn end_turn(reason: &str) -> AgentEvent {
    AgentEvent::TurnEnded {
        reason: reason.to_owned(),
    }
}
