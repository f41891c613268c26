//! The protocol's side of one conversation, pure: what comes in, what is to be sent and told. No IO, no clock.

mod choosing;
mod foreign;
mod opening;

use crate::offers::Offered;
use crate::prompt::Takes;
use crate::rpc::{self, BAD_PARAMS, Incoming, NO_SUCH_METHOD, Refusal, TAKEN_BACK};
use crate::tools::Calls;
use crate::updates::Messages;
use crate::{asks, causes, prompt, tools, updates};
use agent_client_protocol_schema::v1::{CancelNotification, PromptRequest};
use choosing::Choosing;
use foreign::Foreign;
use serde::Serialize;
use serde_json::Value;
use session::port::{AgentEvent, Opening, PromptPart};
use session::{Answer, Ask, Cause};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// How many questions may be open at a time; nobody reads more, and an agent that asks without end must not fill the memory.
const MOST_ASKS: usize = 100;

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
    offered: Offered,
    takes: Takes,
    /// What was chosen and is not confirmed; the prompt waits for it.
    choosing: Choosing,
    /// What the app told of its place with a slash command; the next prompt brings it.
    context: Vec<PromptPart>,
    foreign: Foreign,
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
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Initialized,
    New(Opening),
    Loaded,
    Resumed,
    TurnEnd,
    Chosen { id: String, value: String },
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
            offered: Offered::default(),
            takes: Takes::default(),
            choosing: Choosing::default(),
            context: Vec::new(),
            foreign: Foreign::default(),
            troubles: HashSet::new(),
        }
    }

    /// Whether the handshake is over, with a conversation.
    pub(crate) fn is_open(&self) -> bool {
        self.stage == Stage::Open
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
        self.turn = Some(Turn { cancelled: false });
        if self.choosing.is_under_way() {
            self.choosing.prompt = Some(parts);
            return Vec::new();
        }
        self.give(parts)
    }

    fn give(&mut self, parts: Vec<PromptPart>) -> Vec<Act> {
        self.replaying = false;
        let (blocks, left_out) = prompt::blocks(self.with_context(parts), self.takes);
        let prompt = PromptRequest::new(self.session.clone(), blocks);
        let mut acts: Vec<Act> = left_out
            .iter()
            .map(|name| {
                let said = format!("This agent takes no pictures: {name} was left out.");
                Act::Tell(AgentEvent::Trouble(said))
            })
            .collect();
        acts.push(
            match self.request("session/prompt", prompt, Wanted::TurnEnd) {
                Act::Send(line) => Act::SendPrompt(line),
                other => other,
            },
        );
        acts
    }

    /// With what the app has to tell of its place. Some agents look for a slash command only at the beginning of a
    /// prompt, others only at its end: such a prompt goes alone, and the next one brings the context.
    fn with_context(&mut self, parts: Vec<PromptPart>) -> Vec<PromptPart> {
        let is_command = |part: &PromptPart| matches!(part, PromptPart::Text(text) if self.offered.is_command(text));
        if !parts.iter().any(is_command) {
            let mut whole = parts;
            whole.append(&mut self.context);
            return whole;
        }
        let is_context = |part: &PromptPart| matches!(part, PromptPart::Context(_));
        let (context, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_context);
        self.context.extend(context);
        others
    }

    /// Stops the turn, if there is one, and answers what is open.
    pub(crate) fn cancel(&mut self) -> Vec<Act> {
        let mut acts = self.give_what_waits();
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
            "session/request_permission" => {
                let params = self.own(params);
                let ask = asks::permission(&params, &self.calls, &self.cwd);
                if let Some(patch) = tools::patch(&params["toolCall"]) {
                    self.calls.asked_about(patch);
                }
                ask
            }
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
        if self.asks.len() >= MOST_ASKS {
            let mut acts = vec![Act::Send(rpc::result(&request, &asks::cancelled(&ask)))];
            acts.extend(self.trouble("asks", || {
                format!(
                    "The agent asks more than {MOST_ASKS} things at a time; the rest was refused."
                )
            }));
            return acts;
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
        let update = &params["update"];
        if let Some(other) = params["sessionId"].as_str()
            && self.stage == Stage::Open
            && other != self.session
        {
            return self.of_another(other, update);
        }
        if let Some(news) = self.offered.learn(update) {
            // What is offered before the conversation is open is told when it is.
            let is_open = self.stage == Stage::Open;
            return news
                .into_iter()
                .filter(|_| is_open)
                .map(Act::Tell)
                .collect();
        }
        let Some(event) = updates::read(update) else {
            return Vec::new();
        };
        let follows = self.messages.begins_another(update, &event);
        let mut acts = self.live(event);
        if follows && !acts.is_empty() {
            acts.insert(0, Act::Tell(AgentEvent::NextMessage));
        }
        acts
    }

    /// Passes an event on unless it belongs to the handshake or to a history that is known already.
    fn live(&mut self, mut event: AgentEvent) -> Vec<Act> {
        if self.stage != Stage::Open || (self.replaying && updates::is_history(&event)) {
            return Vec::new();
        }
        if let AgentEvent::Tool(patch) = &mut event {
            self.calls.complete(patch);
            if !self.calls.learn(patch) {
                return Vec::new();
            }
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
        match wanted {
            Wanted::TurnEnd => self.turn_ended(outcome),
            Wanted::Chosen { id, value } => self.chosen(&id, &value, outcome),
            Wanted::Initialized | Wanted::New(_) | Wanted::Loaded | Wanted::Resumed => {
                self.answered_opening(&wanted, outcome)
            }
        }
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
                // Goose ends a turn that the person stopped as if all were said.
                Some("end_turn") if cancelled => ended("cancelled"),
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
