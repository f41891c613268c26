//! The protocol's methods: what the client asks, answered or handed to a session's turns.

use crate::conversation::{Conversation, Conversations, Mode, now};
use crate::ledger::Ledger;
use crate::lifetime::Lifetime;
use crate::pace::Pace;
use crate::perform;
use crate::plain::STATUS;
use crate::session::{Prompt, Session};
use crate::turn::Turn;
use crate::wire::{RpcError, Wire};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The whole agent, shared by the reading thread and the sessions' threads.
pub struct Agent {
    /// The way out.
    pub wire: Wire,
    /// How the process ends.
    pub lifetime: Arc<Lifetime>,
    /// How fast it acts.
    pub pace: Pace,
    /// Whether the client can show a form.
    pub can_ask_questions: AtomicBool,
    /// Whether requests to stop are ignored from now on.
    pub ignores_cancel: AtomicBool,
    /// Whether each prompt is answered two times from now on.
    pub answers_twice: AtomicBool,
    conversations: Conversations,
    ledger: Ledger,
    sessions: Mutex<HashMap<String, Arc<Session>>>,
    numbers: AtomicU64,
}

impl Agent {
    /// An agent that waits for its first message.
    pub fn start() -> Arc<Self> {
        Arc::new(Self {
            wire: Wire::default(),
            lifetime: Lifetime::begin(),
            pace: Pace::from_variable(std::env::var("SHOPFLOOR_PRACTICE_PACE").ok().as_deref()),
            can_ask_questions: AtomicBool::new(false),
            ignores_cancel: AtomicBool::new(false),
            answers_twice: AtomicBool::new(false),
            conversations: Conversations::at_home(),
            ledger: Ledger::from_variable(),
            sessions: Mutex::default(),
            numbers: AtomicU64::new(0),
        })
    }

    /// Takes one line from the client.
    pub fn receive_line(self: &Arc<Self>, line: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Value>(line) else {
            self.respond(
                &Value::Null,
                Err(RpcError::new(-32700, "That line is not JSON.")),
            );
            return;
        };
        let id = message.get("id").cloned();
        match (message["method"].as_str(), id) {
            (Some(method), Some(id)) => {
                if let Some(answer) = self.request(&id, method, &message["params"]) {
                    let opened = opened(method, &message["params"], &answer);
                    self.respond(&id, answer);
                    if let Some(session) = opened {
                        self.announce(&session);
                    }
                }
            }
            (Some(method), None) => self.notification(method, &message["params"]),
            (None, Some(id)) if message.get("result").is_some() => {
                self.wire.settle(&id, Ok(message["result"].clone()));
            }
            (None, Some(id)) if message.get("error").is_some() => {
                self.wire.settle(&id, Err(message["error"].clone()));
            }
            _ => self.respond(
                &Value::Null,
                Err(RpcError::new(-32600, "That is not a JSON-RPC 2.0 message.")),
            ),
        }
    }

    /// Sends an answer. When nobody reads any more, the process ends.
    pub fn respond(&self, id: &Value, answer: Result<Value, RpcError>) {
        if self.wire.respond(id, answer).is_err() {
            self.lifetime.end_of_input();
        }
    }

    /// Sends a notification. When nobody reads any more, the process ends.
    pub fn notify(&self, method: &str, params: Value) {
        if self.wire.notify(method, params).is_err() {
            self.lifetime.end_of_input();
        }
    }

    /// Keeps a conversation on disk; without it the agent still works, so a failure is only told on stderr.
    pub fn keep(&self, session: &Session) {
        let mut conversation = session.conversation();
        conversation.updated_at = now();
        if let Err(error) = self.conversations.save(&conversation) {
            eprintln!(
                "practice-agent: the conversation can't be kept ({error}); \
                 it can't be resumed after this process ends"
            );
        }
    }

    /// A number that this process did not give out before.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// `None` when the answer follows later.
    fn request(
        self: &Arc<Self>,
        id: &Value,
        method: &str,
        params: &Value,
    ) -> Option<Result<Value, RpcError>> {
        Some(match method {
            "initialize" => Ok(self.initialize(params)),
            "authenticate" | "logout" => Ok(json!({})),
            "session/new" => self.new_session(params),
            "session/load" => self.open_session(params).map(|session| {
                self.replay(&session);
                json!({"configOptions": session.conversation().mode.options()})
            }),
            "session/resume" => self
                .open_session(params)
                .map(|session| json!({"configOptions": session.conversation().mode.options()})),
            "session/set_config_option" => self.set_option(params),
            "session/list" => Ok(self.list_sessions(params)),
            "session/close" => self.session(params).map(|session| {
                session.close();
                self.sessions().remove(&session.id);
                json!({})
            }),
            "session/prompt" => match self.session(params) {
                Ok(session) => {
                    let texts = texts(&params["prompt"]);
                    self.ledger.note(&session.id, &texts);
                    session.enqueue(id.clone(), texts);
                    return None;
                }
                Err(error) => Err(error),
            },
            other => Err(RpcError::new(
                -32601,
                format!("The practice agent has no method `{other}`."),
            )),
        })
    }

    fn notification(&self, method: &str, params: &Value) {
        if self.ignores_cancel.load(Ordering::SeqCst) {
            return;
        }
        match method {
            "session/cancel" => {
                if let Ok(session) = self.session(params) {
                    session.stop_all();
                }
            }
            "$/cancel_request" => {
                for session in self.sessions().values() {
                    session.stop_request(&params["requestId"]);
                }
            }
            // The protocol says that unknown notifications are ignored.
            _ => {}
        }
    }

    fn initialize(&self, params: &Value) -> Value {
        let form = &params["clientCapabilities"]["elicitation"]["form"];
        self.can_ask_questions
            .store(form.is_object(), Ordering::SeqCst);
        json!({
            "protocolVersion": 1,
            "agentInfo": {
                "name": "practice-agent",
                "title": "Practice agent",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "agentCapabilities": {
                "loadSession": true,
                "promptCapabilities": {"embeddedContext": true},
                "sessionCapabilities": {"list": {}, "resume": {}, "close": {}},
            },
            "authMethods": [],
        })
    }

    fn new_session(self: &Arc<Self>, params: &Value) -> Result<Value, RpcError> {
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        let id = format!(
            "practice-{nanos:x}-{:x}-{}",
            std::process::id(),
            self.number()
        );
        let session = self.open(Conversation {
            session_id: id.clone(),
            cwd: folder(params)?,
            ..Conversation::default()
        });
        self.keep(&session);
        let options = session.conversation().mode.options();
        Ok(json!({"sessionId": id, "configOptions": options}))
    }

    fn set_option(&self, params: &Value) -> Result<Value, RpcError> {
        let session = self.session(params)?;
        let (option, value) = (params["configId"].as_str(), params["value"].as_str());
        let mode = value
            .filter(|_| option == Some("mode"))
            .and_then(Mode::of)
            .ok_or_else(|| RpcError::parameters("The option is `mode`; it is `ask` or `auto`."))?;
        session.conversation().mode = mode;
        self.keep(&session);
        Ok(json!({"configOptions": mode.options()}))
    }

    /// Tells the commands that can be given. After the answer, since only that tells the conversation's id.
    fn announce(&self, session: &str) {
        let commands =
            json!([{"name": STATUS, "description": "Show what changed in the worktree"}]);
        let update =
            json!({"sessionUpdate": "available_commands_update", "availableCommands": commands});
        self.notify(
            "session/update",
            json!({"sessionId": session, "update": update}),
        );
    }

    /// The session that is live, or else the one that is kept, now in the folder the client names.
    fn open_session(self: &Arc<Self>, params: &Value) -> Result<Arc<Session>, RpcError> {
        let cwd = folder(params)?;
        if let Ok(session) = self.session(params) {
            session.conversation().cwd = cwd;
            return Ok(session);
        }
        let id = params["sessionId"].as_str().unwrap_or_default();
        let mut conversation = self.conversations.load(id).ok_or_else(|| unknown(id))?;
        conversation.cwd = cwd;
        Ok(self.open(conversation))
    }

    fn open(self: &Arc<Self>, conversation: Conversation) -> Arc<Session> {
        let (sender, prompts) = channel();
        let session = Session::new(conversation, sender);
        self.sessions()
            .insert(session.id.clone(), Arc::clone(&session));
        let (agent, owner) = (Arc::clone(self), Arc::clone(&session));
        std::thread::spawn(move || agent.take_turns(&owner, &prompts));
        session
    }

    /// One turn after the other, until the session is closed.
    fn take_turns(self: &Arc<Self>, session: &Arc<Session>, prompts: &Receiver<Prompt>) {
        for prompt in prompts {
            let mut turn = Turn::new(Arc::clone(self), Arc::clone(session), prompt.stop);
            let answer = perform::answer(&mut turn, &prompt.texts);
            self.keep(session);
            session.ended(&prompt.request);
            if self.answers_twice.load(Ordering::SeqCst) {
                self.respond(&prompt.request, answer.clone());
            }
            self.respond(&prompt.request, answer);
        }
    }

    fn replay(&self, session: &Session) {
        let updates = session.conversation().updates.clone();
        for update in updates {
            self.notify(
                "session/update",
                json!({"sessionId": session.id, "update": update}),
            );
        }
    }

    fn list_sessions(&self, params: &Value) -> Value {
        let cwd = params["cwd"].as_str().map(Path::new);
        let sessions: Vec<Value> = self
            .conversations
            .all()
            .into_iter()
            .filter(|conversation| cwd.is_none_or(|cwd| conversation.cwd == cwd))
            .map(|conversation| {
                json!({
                    "sessionId": conversation.session_id,
                    "cwd": conversation.cwd,
                    "title": conversation.title,
                    "updatedAt": conversation.updated_at,
                })
            })
            .collect();
        json!({"sessions": sessions})
    }

    fn session(&self, params: &Value) -> Result<Arc<Session>, RpcError> {
        let id = params["sessionId"].as_str().unwrap_or_default();
        self.sessions()
            .get(id)
            .map(Arc::clone)
            .ok_or_else(|| unknown(id))
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The conversation that this request opened.
fn opened(method: &str, params: &Value, answer: &Result<Value, RpcError>) -> Option<String> {
    let answer = answer.as_ref().ok()?;
    let id = match method {
        "session/new" => &answer["sessionId"],
        "session/load" | "session/resume" => &params["sessionId"],
        _ => return None,
    };
    id.as_str().map(str::to_owned)
}

fn unknown(id: &str) -> RpcError {
    RpcError::new(-32002, format!("There is no session `{id}`."))
}

fn folder(params: &Value) -> Result<PathBuf, RpcError> {
    let cwd = PathBuf::from(params["cwd"].as_str().unwrap_or_default());
    if !cwd.is_absolute() {
        return Err(RpcError::parameters("`cwd` must be an absolute path."));
    }
    if !cwd.is_dir() {
        return Err(RpcError::parameters(format!(
            "The folder {} does not exist.",
            cwd.display()
        )));
    }
    Ok(cwd)
}

fn texts(blocks: &Value) -> Vec<String> {
    let text = |block: &Value| match block["type"].as_str()? {
        "text" => block["text"].as_str().map(str::to_owned),
        "resource" => block["resource"]["text"].as_str().map(str::to_owned),
        "resource_link" => block["uri"].as_str().map(str::to_owned),
        _ => None,
    };
    blocks
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(text)
        .collect()
}
