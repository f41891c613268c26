//! Plays a recording: the test holds both ends. It speaks for the agent through a process that only passes bytes
//! on, and for the person through the adapter, one message after the other as recorded.

use super::Room;
use super::recording::{From, Recording};
use serde_json::{Value, json};
use session::Answer;
use session::port::{AgentConnection, AgentEvent, PromptPart};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// An agent that passes its stdin into one pipe and another pipe into its stdout.
const RELAY: &str = r#"exec 3<&0; cat <&3 >"$0" & exec 3<&-; exec cat "$1""#;

/// What came out of a recording.
pub struct Playback {
    pub events: Vec<AgentEvent>,
    told: UnboundedReceiver<AgentEvent>,
    heard: UnboundedReceiver<Value>,
    speak: Option<File>,
    agent: Arc<dyn AgentConnection>,
    /// Our ids by the recorded ones.
    ids: HashMap<u64, u64>,
    /// Tokens of what the agent asked, by its id.
    tokens: HashMap<String, String>,
    /// What was answered already, by the agent's id.
    answers: HashMap<String, Value>,
    in_turn: bool,
    cancelled: bool,
}

impl Playback {
    pub async fn run(recording: &Recording) -> Self {
        let room = Room::new();
        let mut playback = Self::open(&room, recording.resumed.as_deref()).await;
        for at in 0..recording.messages.len() {
            let (from, message) = &recording.messages[at];
            match from {
                From::Client => playback.client(message, recording.is_turn(at)).await,
                From::Agent => playback.agent(message).await,
            }
        }
        playback.close().await;
        room.assert_empty();
        playback
    }

    async fn open(room: &Room, resume: Option<&str>) -> Self {
        let pipe = |name: &str| room.folder.path().join(name).to_str().unwrap().to_owned();
        let (from_client, from_agent) = (pipe("from-client"), pipe("from-agent"));
        let made = Command::new("mkfifo")
            .args([&from_client, &from_agent])
            .status()
            .unwrap();
        assert!(made.success());
        let args = ["-c", RELAY, &from_client, &from_agent];
        let talk = room.launch("sh", &args, room.folder.path(), resume);
        let (hear, heard) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(File::open(from_client).unwrap()).lines() {
                let _ = hear.send(serde_json::from_str(&line.unwrap()).unwrap());
            }
        });
        let opening = move || File::options().write(true).open(from_agent).unwrap();
        let speak = tokio::task::spawn_blocking(opening).await.unwrap();
        let (tell, told) = mpsc::unbounded_channel();
        let mut events = talk.events;
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                let _ = tell.send(event);
            }
        });
        Self {
            events: Vec::new(),
            told,
            heard,
            speak: Some(speak),
            agent: talk.agent,
            ids: HashMap::new(),
            tokens: HashMap::new(),
            answers: HashMap::new(),
            in_turn: false,
            cancelled: false,
        }
    }

    /// Does what the recording client did.
    async fn client(&mut self, message: &Value, is_turn: bool) {
        match message["method"].as_str() {
            Some("initialize") if self.ids.is_empty() => self.expect_request(message).await,
            Some("session/new" | "session/load" | "session/resume") if self.ids.len() == 1 => {
                self.expect_request(message).await;
            }
            Some("session/prompt") if is_turn => {
                assert!(!self.in_turn, "the recording begins a turn within a turn");
                let text = message["params"]["prompt"][0]["text"].as_str().unwrap();
                self.until(|event| matches!(event, AgentEvent::Opened { .. }))
                    .await;
                self.agent.prompt(vec![PromptPart::Text(text.to_owned())]);
                self.expect_request(message).await;
                (self.in_turn, self.cancelled) = (true, false);
            }
            Some("session/cancel") if self.in_turn => {
                self.agent.cancel();
                let heard = self.hear().await;
                assert_eq!(heard["method"], "session/cancel");
                self.cancelled = true;
                for request in std::mem::take(&mut self.tokens).into_keys() {
                    self.expect_answer(&request).await;
                }
            }
            Some(_) => {}
            None => self.client_answers(message).await,
        }
    }

    async fn client_answers(&mut self, message: &Value) {
        let request = message["id"].to_string();
        if let Some(token) = self.tokens.remove(&request) {
            let result = &message["result"];
            let answer = match (result["outcome"]["optionId"].as_str(), &result["content"]) {
                (Some(id), _) => Answer::Option { id: id.to_owned() },
                (None, content) => Answer::Form {
                    values: content.to_string(),
                },
            };
            self.agent.answer(&token, &answer);
            self.expect_answer(&request).await;
        }
        let answered = self
            .answers
            .remove(&request)
            .expect("a request was not answered");
        let recorded_fs =
            message["result"]["outcome"].is_null() && message["result"]["action"].is_null();
        if recorded_fs {
            // The recording client offered files; ours does not.
            assert_eq!(answered["error"]["code"], -32601);
        } else {
            assert_eq!(answered["result"], message["result"]);
        }
    }

    /// Says what the agent said.
    async fn agent(&mut self, message: &Value) {
        let mut message = message.clone();
        let is_answer = message["method"].is_null();
        if is_answer {
            let recorded = message["id"].as_u64().unwrap();
            let Some(ours) = self.ids.get(&recorded) else {
                return;
            };
            message["id"] = json!(ours);
        }
        writeln!(self.speak.as_mut().unwrap(), "{message}").unwrap();
        let ends_turn = is_answer && self.in_turn;
        if ends_turn {
            let ended = |event: &AgentEvent| {
                matches!(
                    event,
                    AgentEvent::TurnEnded { .. } | AgentEvent::TurnFailed(_)
                )
            };
            self.next_until(ended).await;
            self.in_turn = false;
        }
        if !is_answer && !message["id"].is_null() {
            self.asked(&message).await;
        }
    }

    async fn asked(&mut self, message: &Value) {
        let request = message["id"].to_string();
        let for_person = ["session/request_permission", "elicitation/create"]
            .contains(&message["method"].as_str().unwrap());
        if for_person && !self.cancelled {
            self.next_until(|event| matches!(event, AgentEvent::Asked { .. }))
                .await;
            if let Some(AgentEvent::Asked { token, .. }) = self.events.last() {
                self.tokens.insert(request, token.clone());
            }
        } else {
            self.expect_answer(&request).await;
        }
    }

    /// Closes a conversation at rest; one in the middle of a turn ends as a killed agent does.
    async fn close(&mut self) {
        if self.in_turn {
            self.speak = None;
        } else {
            self.until(|event| matches!(event, AgentEvent::Opened { .. }))
                .await;
            self.agent.close();
            assert_eq!(self.heard.recv().await, None, "said while closing");
            self.speak = None;
        }
        self.next_until(|event| matches!(event, AgentEvent::Ended { .. }))
            .await;
    }

    async fn expect_request(&mut self, recorded: &Value) {
        let heard = self.hear().await;
        let method = recorded["method"].as_str().unwrap();
        // Ours prefers to resume where the recording client loaded.
        let same = heard["method"] == method
            || (method == "session/load" && heard["method"] == "session/resume");
        assert!(same, "{method} was recorded, ours is {heard}");
        let (theirs, ours) = (
            recorded["id"].as_u64().unwrap(),
            heard["id"].as_u64().unwrap(),
        );
        self.ids.insert(theirs, ours);
    }

    async fn expect_answer(&mut self, request: &str) {
        while !self.answers.contains_key(request) {
            let heard = self.hear().await;
            assert!(
                heard["method"].is_null(),
                "{heard} instead of the answer to {request}"
            );
            self.answers.insert(heard["id"].to_string(), heard);
        }
    }

    async fn hear(&mut self) -> Value {
        let heard = tokio::time::timeout(Duration::from_secs(20), self.heard.recv()).await;
        heard
            .expect("the client says something in time")
            .expect("the client says something")
    }

    /// Waits for an event that came already or comes.
    async fn until(&mut self, fits: impl Fn(&AgentEvent) -> bool) {
        if !self.events.iter().any(&fits) {
            self.next_until(fits).await;
        }
    }

    /// Waits for an event that is still to come.
    async fn next_until(&mut self, fits: impl Fn(&AgentEvent) -> bool) {
        loop {
            let told = tokio::time::timeout(Duration::from_secs(20), self.told.recv()).await;
            let event = told
                .expect("an event in time")
                .expect("an event before the end");
            let found = fits(&event);
            self.events.push(event);
            if found {
                return;
            }
        }
    }

    pub fn text(&self) -> String {
        let text = |event: &AgentEvent| match event {
            AgentEvent::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.events.iter().filter_map(text).collect()
    }

    pub fn thoughts(&self) -> String {
        let thought = |event: &AgentEvent| match event {
            AgentEvent::Thought(text) => Some(text.clone()),
            _ => None,
        };
        self.events.iter().filter_map(thought).collect()
    }

    pub fn calls(&self) -> BTreeSet<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                AgentEvent::Tool(patch) => Some(patch.call.as_str()),
                _ => None,
            })
            .collect()
    }

    pub fn turns(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                AgentEvent::TurnEnded { reason } => Some(reason.as_str()),
                AgentEvent::TurnFailed(_) => Some("error"),
                _ => None,
            })
            .collect()
    }
}
