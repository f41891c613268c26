//! The protocol's side of one conversation, pure: what comes in, what is to be sent and told. No IO, no clock.

use crate::rpc::{self, BAD_PARAMS, Incoming, NO_SUCH_METHOD, Refusal, TAKEN_BACK};
use crate::tools::Calls;
use crate::updates::Messages;
use crate::{asks, causes, prompt, updates};
use agent_client_protocol_schema::ProtocolVersion;
use agent_client_protocol_schema::v1::{
    CancelNotification, ClientCapabilities, ElicitationCapabilities, ElicitationFormCapabilities,
    Implementation, InitializeRequest, LoadSessionRequest, NewSessionRequest, PromptRequest,
    ResumeSessionRequest,
};
use serde::Serialize;
use serde_json::Value;
use session::port::{AgentEvent, Opening, PromptPart};
use session::{Answer, Ask, Cause};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// What is to be done, in order.
#[derive(Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are the large one; a box would be paid by all of them"
)]
pub(crate) enum Act {
    /// Write this line.
    Send(String),
    /// Write this line, the person's prompt, and tell when it is written.
    SendPrompt(String),
    /// Tell the domain.
    Tell(AgentEvent),
    /// The agent is of no use: end it for this cause.
    Fail(Cause),
}

/// One conversation with one agent process.
pub(crate) struct Conversation {
    cwd: PathBuf,
    resume: Option<String>,
    stage: Stage,
    last_request: u64,
    waiting_for: BTreeMap<u64, Wanted>,
    /// The agent's id of the conversation, once known.
    session: String,
    /// A resumed history may still be coming in: until the first prompt it is not passed on.
    replaying: bool,
    turn: Option<Turn>,
    asks: BTreeMap<u64, OpenAsk>,
    last_ask: u64,
    calls: Calls,
    messages: Messages,
    troubles: HashSet<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Handshake,
    /// The history was loaded, but may still be coming in (Gemini answers before it is through).
    Settling,
    Open,
}

/// The answers we wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Initialized,
    New(Opening),
    Loaded,
    Resumed,
    TurnEnd,
}

struct Turn {
    cancelled: bool,
}

struct OpenAsk {
    /// The agent's id of the request.
    request: Value,
    ask: Ask,
}

impl Conversation {
    /// A conversation in this folder, which is valid UTF-8 by the caller's check.
    pub(crate) fn new(cwd: PathBuf, resume: Option<String>) -> Self {
        Self {
            cwd,
            resume,
            stage: Stage::Handshake,
            last_request: 0,
            waiting_for: BTreeMap::new(),
            session: String::new(),
            replaying: false,
            turn: None,
            asks: BTreeMap::new(),
            last_ask: 0,
            calls: Calls::default(),
            messages: Messages::default(),
            troubles: HashSet::new(),
        }
    }

    /// The first words.
    pub(crate) fn begin(&mut self) -> Vec<Act> {
        let form = ElicitationCapabilities::new().form(ElicitationFormCapabilities::new());
        let us = Implementation::new("shopfloor", env!("CARGO_PKG_VERSION"))
            .title("Shopfloor".to_owned());
        let hello = InitializeRequest::new(ProtocolVersion::V1)
            .client_capabilities(ClientCapabilities::new().elicitation(form))
            .client_info(us);
        vec![self.request("initialize", hello, Wanted::Initialized)]
    }

    /// Whether a turn is open.
    pub(crate) fn in_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// Whether the loaded history may still be coming in; the caller waits for quiet and calls `settled`.
    pub(crate) fn is_settling(&self) -> bool {
        self.stage == Stage::Settling
    }

    /// The replay is through.
    pub(crate) fn settled(&mut self) -> Vec<Act> {
        self.opened(Opening::Resumed)
    }

    /// Begins a turn.
    pub(crate) fn prompt(&mut self, parts: Vec<PromptPart>) -> Vec<Act> {
        if self.stage != Stage::Open || self.turn.is_some() {
            tracing::error!(stage = ?self.stage, "a prompt came before the agent was ready for it");
            return Vec::new();
        }
        self.replaying = false;
        self.turn = Some(Turn { cancelled: false });
        let prompt = PromptRequest::new(self.session.clone(), prompt::blocks(parts));
        match self.request("session/prompt", prompt, Wanted::TurnEnd) {
            Act::Send(line) => vec![Act::SendPrompt(line)],
            other => vec![other],
        }
    }

    /// Chooses a value of an option. None is offered to the domain yet.
    pub(crate) fn set_option(&mut self, id: &str, _value: &str) -> Vec<Act> {
        tracing::error!(id, "an option was chosen that was not offered");
        Vec::new()
    }

    /// Stops the turn, if there is one, and answers what is open.
    pub(crate) fn cancel(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        if let Some(turn) = self.turn.as_mut().filter(|turn| !turn.cancelled) {
            turn.cancelled = true;
            let cancel = CancelNotification::new(self.session.clone());
            acts.push(sent(rpc::notification("session/cancel", cancel)));
        }
        for (_, open) in std::mem::take(&mut self.asks) {
            acts.push(Act::Send(rpc::result(
                &open.request,
                &asks::cancelled(&open.ask),
            )));
        }
        acts
    }

    /// Passes an answer on. An unknown token is nothing.
    pub(crate) fn answer(&mut self, token: &str, answer: &Answer) -> Vec<Act> {
        let open = token
            .parse()
            .ok()
            .and_then(|token: u64| self.asks.remove(&token));
        match open {
            Some(open) => {
                vec![Act::Send(rpc::result(
                    &open.request,
                    &asks::result(&open.ask, answer),
                ))]
            }
            None => Vec::new(),
        }
    }

    /// Takes a message of the agent.
    pub(crate) fn hear(&mut self, message: Incoming) -> Vec<Act> {
        match message {
            Incoming::Request { id, method, params } => self.asked(id, &method, &params),
            Incoming::Notification { method, params } => self.told(&method, &params),
            Incoming::Answer { id, outcome } => match self.waiting_for.remove(&id) {
                Some(wanted) => self.answered(wanted, outcome),
                // Answered twice, or never asked.
                None => Vec::new(),
            },
            Incoming::Strange => self.trouble("strange", || {
                "The agent wrote JSON that is no message of the protocol; it was left out."
                    .to_owned()
            }),
        }
    }

    /// Tells of a kind of trouble once.
    pub(crate) fn trouble(
        &mut self,
        kind: &'static str,
        said: impl FnOnce() -> String,
    ) -> Vec<Act> {
        if self.troubles.insert(kind) {
            vec![Act::Tell(AgentEvent::Trouble(said()))]
        } else {
            Vec::new()
        }
    }

    fn request(&mut self, method: &str, params: impl Serialize, wanted: Wanted) -> Act {
        let id = self.last_request;
        self.last_request += 1;
        self.waiting_for.insert(id, wanted);
        sent(rpc::request(id, method, params))
    }

    fn asked(&mut self, request: Value, method: &str, params: &Value) -> Vec<Act> {
        let ask = match method {
            "session/request_permission" => asks::permission(params, &self.calls, &self.cwd),
            "elicitation/create" => asks::question(params),
            _ => {
                let refusal = rpc::refusal(&request, NO_SUCH_METHOD, "Method not found");
                return vec![Act::Send(refusal)];
            }
        };
        let Some(ask) = ask else {
            let mut acts = vec![Act::Send(rpc::refusal(
                &request,
                BAD_PARAMS,
                "Invalid params",
            ))];
            acts.extend(self.trouble("ask", || asks::described(method, params)));
            return acts;
        };
        if self.turn.as_ref().is_some_and(|turn| turn.cancelled) {
            // The person stopped this turn; nothing of it is worth asking them.
            return vec![Act::Send(rpc::result(&request, &asks::cancelled(&ask)))];
        }
        self.last_ask += 1;
        self.asks.insert(
            self.last_ask,
            OpenAsk {
                request,
                ask: ask.clone(),
            },
        );
        vec![Act::Tell(AgentEvent::Asked {
            token: self.last_ask.to_string(),
            ask,
        })]
    }

    fn told(&mut self, method: &str, params: &Value) -> Vec<Act> {
        match method {
            "session/update" => self.updated(params),
            "$/cancel_request" => self.withdrawn(&params["requestId"]),
            "elicitation/complete" => Vec::new(),
            // Extensions of the agent's own; nobody is meant to know them.
            _ if method.starts_with('_') => Vec::new(),
            _ => self.live(updates::other(method, params)),
        }
    }

    fn updated(&mut self, params: &Value) -> Vec<Act> {
        let foreign = params["sessionId"]
            .as_str()
            .is_some_and(|id| id != self.session);
        if self.stage == Stage::Open && foreign {
            tracing::debug!("an update of another conversation was left out");
            return Vec::new();
        }
        match updates::read(&params["update"]) {
            Some(event) => {
                let follows = self.messages.begins_another(&params["update"], &event);
                let mut acts = self.live(event);
                if follows && !acts.is_empty() {
                    acts.insert(0, Act::Tell(AgentEvent::NextMessage));
                }
                acts
            }
            None => Vec::new(),
        }
    }

    /// Passes an event on unless it belongs to the handshake or to a history that is known already.
    fn live(&mut self, event: AgentEvent) -> Vec<Act> {
        if self.stage != Stage::Open || (self.replaying && updates::is_history(&event)) {
            return Vec::new();
        }
        if let AgentEvent::Tool(patch) = &event
            && !self.calls.learn(patch)
        {
            return Vec::new();
        }
        vec![Act::Tell(event)]
    }

    fn withdrawn(&mut self, request: &Value) -> Vec<Act> {
        let Some((&token, _)) = self.asks.iter().find(|(_, open)| open.request == *request) else {
            return Vec::new();
        };
        self.asks.remove(&token);
        vec![
            Act::Send(rpc::refusal(request, TAKEN_BACK, "Request cancelled")),
            Act::Tell(AgentEvent::AskWithdrawn {
                token: token.to_string(),
            }),
        ]
    }

    fn answered(&mut self, wanted: Wanted, outcome: Result<Value, Refusal>) -> Vec<Act> {
        match (wanted, outcome) {
            (Wanted::Initialized, Ok(hello)) => self.initialized(&hello),
            (Wanted::Initialized, Err(refusal)) => vec![Act::Fail(match causes::of(&refusal) {
                Cause::Provider { said } => Cause::Protocol { said },
                other => other,
            })],
            (Wanted::New(opening), Ok(opened)) => match opened["sessionId"].as_str() {
                Some(id) => {
                    id.clone_into(&mut self.session);
                    self.opened(opening)
                }
                None => vec![Act::Fail(protocol(
                    "it opened a conversation without an id",
                ))],
            },
            (Wanted::New(_), Err(refusal)) => vec![Act::Fail(causes::of(&refusal))],
            (Wanted::Resumed, Ok(_)) => self.opened(Opening::Resumed),
            (Wanted::Loaded, Ok(_)) => {
                self.stage = Stage::Settling;
                Vec::new()
            }
            (Wanted::Resumed | Wanted::Loaded, Err(refusal)) => {
                tracing::info!(said = %causes::said(&refusal), "a conversation could not be resumed");
                self.open_new(Opening::Lost)
            }
            (Wanted::TurnEnd, outcome) => self.turn_ended(outcome),
        }
    }

    fn initialized(&mut self, hello: &Value) -> Vec<Act> {
        if hello["protocolVersion"] != 1 {
            let said = match &hello["protocolVersion"] {
                Value::Null => "it does not say its version".to_owned(),
                version => format!("it wants version {version}, Shopfloor speaks version 1"),
            };
            return vec![Act::Fail(Cause::Protocol { said })];
        }
        let able = &hello["agentCapabilities"];
        let resumes = able["sessionCapabilities"]["resume"].is_object();
        let loads = able["loadSession"] == true;
        let Some(known) = self.resume.take() else {
            return self.open_new(Opening::New);
        };
        if !resumes && !loads {
            return self.open_new(Opening::Lost);
        }
        self.replaying = true;
        self.session.clone_from(&known);
        let cwd = self.cwd.clone();
        vec![if resumes {
            self.request(
                "session/resume",
                ResumeSessionRequest::new(known, cwd),
                Wanted::Resumed,
            )
        } else {
            self.request(
                "session/load",
                LoadSessionRequest::new(known, cwd),
                Wanted::Loaded,
            )
        }]
    }

    fn open_new(&mut self, opening: Opening) -> Vec<Act> {
        self.replaying = false;
        let new = NewSessionRequest::new(self.cwd.clone());
        vec![self.request("session/new", new, Wanted::New(opening))]
    }

    fn opened(&mut self, opening: Opening) -> Vec<Act> {
        self.stage = Stage::Open;
        let agent_session = self.session.clone();
        vec![Act::Tell(AgentEvent::Opened {
            agent_session,
            opening,
        })]
    }

    fn turn_ended(&mut self, outcome: Result<Value, Refusal>) -> Vec<Act> {
        let cancelled = self.turn.take().is_some_and(|turn| turn.cancelled);
        self.calls.clear();
        let mut acts = Vec::new();
        for (token, open) in std::mem::take(&mut self.asks) {
            acts.push(Act::Send(rpc::result(
                &open.request,
                &asks::cancelled(&open.ask),
            )));
            acts.push(Act::Tell(AgentEvent::AskWithdrawn {
                token: token.to_string(),
            }));
        }
        let ended = |reason: &str| AgentEvent::TurnEnded {
            reason: reason.to_owned(),
        };
        acts.push(Act::Tell(match outcome {
            Ok(result) => match result["stopReason"].as_str() {
                Some(reason) => ended(reason),
                None => AgentEvent::TurnFailed(protocol("its turn ended without a stop reason")),
            },
            // Some agents report the abort that the person asked for as an error.
            Err(_) if cancelled => ended("cancelled"),
            Err(refusal) if refusal.code == TAKEN_BACK => ended("cancelled"),
            Err(refusal) => AgentEvent::TurnFailed(causes::of(&refusal)),
        }));
        acts
    }
}

fn protocol(said: &str) -> Cause {
    Cause::Protocol {
        said: said.to_owned(),
    }
}

fn sent(line: serde_json::Result<String>) -> Act {
    match line {
        Ok(line) => Act::Send(line),
        Err(error) => Act::Fail(Cause::Protocol {
            said: format!("a message to it could not be written: {error}"),
        }),
    }
}

#[cfg(test)]
mod tests;
