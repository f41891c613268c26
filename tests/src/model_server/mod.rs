//! A scripted model on loopback, in the place of the vendors' APIs: it answers real agents what a test wants.
//!
//! Invariant: it hears everything the agents ask of a network, and answers only by its script.

mod anthropic;
mod chat;
mod gemini;
mod http;
mod openai;
mod script;
mod sse;
mod tools;

use serde_json::Value;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

pub use script::{Reply, Use};
pub use tools::Tools;

use http::{Connection, Request};
use script::Streamed;

/// How a vendor's API speaks, and with whose tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The Messages API.
    Anthropic(Tools),
    /// The Chat Completions API.
    Chat(Tools),
    /// The Gemini API.
    Gemini(Tools),
    /// The Responses API, with Codex's tools.
    OpenAi,
}

impl Dialect {
    /// Whether a path asks for an answer.
    fn is_asked(self, path: &str) -> bool {
        match self {
            Self::Anthropic(_) => path == "/v1/messages",
            Self::Chat(_) => path == "/v1/chat/completions",
            Self::Gemini(_) => gemini::is_asked(path),
            Self::OpenAi => path == "/v1/responses",
        }
    }

    /// Whether it is asked to work: it is offered tools.
    fn is_at_work(self, asked: &Value) -> bool {
        match self {
            Self::Anthropic(_) | Self::Chat(_) | Self::Gemini(_) => {
                asked["tools"].as_array().is_some_and(|all| !all.is_empty())
            }
            Self::OpenAi => openai::is_at_work(asked),
        }
    }

    fn streamed(self, path: &str, asked: &Value) -> Streamed {
        let is_streamed = match self {
            Self::Anthropic(_) | Self::Chat(_) | Self::OpenAi => asked["stream"] == true,
            Self::Gemini(_) => gemini::is_streamed(path),
        };
        if is_streamed {
            Streamed::Yes
        } else {
            Streamed::No
        }
    }
}

/// The running server; it ends with this.
pub struct ModelServer {
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

/// One request of an agent's conversation, as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its JSON.
    pub body: Value,
    /// How the answer to it went.
    pub ending: Ending,
}

/// How an answer went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is being given.
    Open,
    /// It was given as scripted.
    Given,
    /// The agent hung up before its end.
    HungUp,
}

struct Shared {
    dialect: Dialect,
    port: u16,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    script: VecDeque<Reply>,
    heard: Vec<Heard>,
    elsewhere: Vec<String>,
}

impl ModelServer {
    /// Listens on a free port. Within a tokio runtime.
    pub fn start(dialect: Dialect) -> Self {
        let listener =
            StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        listener
            .set_nonblocking(true)
            .expect("a socket can be made non-blocking");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let shared = Arc::new(Shared {
            dialect,
            port,
            state: Mutex::default(),
            news: Notify::new(),
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self { shared, task }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// What it answers from now on, one reply per request; the last one again and again.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.state().script = replies.into_iter().collect();
    }

    /// All requests of conversations so far; those on the side, such as for a title, are not among them.
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.state().heard.clone()
    }

    /// Waits until what was heard is as wanted, at most this long.
    pub async fn heard_until(
        &self,
        patience: Duration,
        wanted: impl Fn(&[Heard]) -> bool,
    ) -> Vec<Heard> {
        let found = tokio::time::timeout(patience, async {
            loop {
                let news = self.shared.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                let heard = self.heard();
                if wanted(&heard) {
                    return heard;
                }
                news.await;
            }
        });
        found.await.unwrap_or_else(|_| {
            panic!("the model never heard what was wanted: {:#?}", self.heard())
        })
    }

    /// What was asked of other places than this one, by way of the proxy that this server is too.
    pub fn elsewhere(&self) -> Vec<String> {
        self.shared.state().elsewhere.clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Heard {
    /// What the person, or the app for them, said to the model so far, in order. What agents add themselves is
    /// among it.
    pub fn user_texts(&self) -> Vec<String> {
        let lists = ["messages", "contents", "input"].map(|name| &self.body[name]);
        let list = lists.into_iter().find_map(Value::as_array);
        let from_user = list
            .into_iter()
            .flatten()
            .filter(|message| message["role"] == "user");
        from_user
            .flat_map(|message| match (&message["content"], &message["parts"]) {
                (Value::String(text), _) => vec![text.clone()],
                (Value::Array(blocks), _) | (_, Value::Array(blocks)) => blocks
                    .iter()
                    .filter_map(|block| block["text"].as_str().map(str::to_owned))
                    .collect(),
                _ => Vec::new(),
            })
            .collect()
    }

    /// Whether this stands anywhere in the request.
    pub fn holds(&self, text: &str) -> bool {
        holds(&self.body, text)
    }
}

fn holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.contains(wanted),
        Value::Array(all) => all.iter().any(|one| holds(one, wanted)),
        Value::Object(fields) => fields.values().any(|one| holds(one, wanted)),
        _ => false,
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and takes the script's next reply.
    fn hear(&self, body: Value) -> (usize, Reply) {
        let mut state = self.state();
        state.heard.push(Heard {
            body,
            ending: Ending::Open,
        });
        let number = state.heard.len() - 1;
        let reply = match state.script.len() {
            0 => Reply::say("Nothing is scripted."),
            1 => state.script[0].clone(),
            _ => state.script.pop_front().expect("there are several"),
        };
        drop(state);
        self.news.notify_waiters();
        (number, reply)
    }

    fn ended(&self, number: usize, ending: Ending) {
        self.state().heard[number].ending = ending;
        self.news.notify_waiters();
    }
}

async fn serve(listener: StdListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).expect("the runtime takes sockets");
    // Dropped with this task, and all its connections with it.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(talk(stream, Arc::clone(&shared)));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, request after request, until the agent hangs up or the script breaks it.
async fn talk(stream: TcpStream, shared: Arc<Shared>) {
    let mut connection = Connection::new(stream);
    while let Ok(Some(request)) = connection.request().await {
        if answer(&mut connection, &request, &shared).await.is_err() {
            return;
        }
    }
}

async fn answer(connection: &mut Connection, request: &Request, shared: &Shared) -> io::Result<()> {
    // Some ask for this very place by way of the proxy too, whatever NO_PROXY says.
    if request.method == "CONNECT" && request.target == format!("127.0.0.1:{}", shared.port) {
        return connection.tunnel().await;
    }
    if !request.target.starts_with('/') {
        let asked = format!("{} {}", request.method, request.target);
        shared.state().elsewhere.push(asked);
        return connection
            .whole(502, "text/plain", b"There is no elsewhere.")
            .await;
    }
    let path = request.target.split('?').next().unwrap_or_default();
    if request.method != "POST" || !shared.dialect.is_asked(path) {
        return connection.whole(404, "application/json", b"{}").await;
    }
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let dialect = shared.dialect;
    let streamed = dialect.streamed(path, &asked);
    // An agent that is not at work wants a title, or to see whether its key is good.
    if !dialect.is_at_work(&asked) || streamed == Streamed::No {
        let aside = Reply::say(r#"{"title": "A task"}"#);
        return script::play(connection, dialect, streamed, &asked, &aside).await;
    }
    let (number, reply) = shared.hear(asked.clone());
    let played = script::play(connection, dialect, streamed, &asked, &reply).await;
    let as_scripted = played.is_ok() || matches!(reply, Reply::Cut(_));
    let ending = if as_scripted {
        Ending::Given
    } else {
        Ending::HungUp
    };
    shared.ended(number, ending);
    played
}
