//! What the model can be made to answer, and how it is played in each dialect.

use super::http::Connection;
use super::{Dialect, anthropic, chat, gemini, openai, sse};
use serde_json::Value;
use std::io;
use std::time::Duration;

/// How long the model takes for a word when it speaks slowly.
const SLOWLY: Duration = Duration::from_millis(25);

/// What the model answers to one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These words, and the end of the turn.
    Say(String),
    /// Uses a tool, and hears of its result with the next request.
    Use(Use),
    /// `word 1 word 2 …` slowly and for ever.
    Babble,
    /// These words, and then nothing any more.
    Hang(String),
    /// These words, and then the connection breaks.
    Cut(String),
    /// An error, by its HTTP status.
    Refuse(u16),
}

/// How the model uses a tool. Paths are relative to the agent's folder.
#[derive(Clone, Debug)]
pub enum Use {
    /// Reads a file.
    Read {
        /// Its path.
        path: String,
    },
    /// Replaces text that occurs once in a file that was read.
    Edit {
        /// Its path.
        path: String,
        /// The whole old line.
        old: String,
        /// The whole new line.
        new: String,
    },
    /// Writes a new file.
    Create {
        /// Its path.
        path: String,
        /// Its text: whole lines.
        text: String,
    },
    /// Runs a command.
    Run {
        /// For the shell.
        command: String,
    },
    /// Runs a command that the agent must not run unasked.
    RunIfAllowed {
        /// For the shell.
        command: String,
    },
    /// Asks the person to choose.
    Ask {
        /// The question.
        question: String,
        /// The choices.
        options: Vec<String>,
    },
    /// Shows a plan and asks whether to go on.
    Plan {
        /// Markdown.
        plan: String,
    },
}

/// Whether the agent wants the answer in events or in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Streamed {
    Yes,
    No,
}

impl Reply {
    /// These words, and the end of the turn.
    pub fn say(text: &str) -> Self {
        Self::Say(text.to_owned())
    }

    /// These words, and then nothing any more.
    pub fn hang(text: &str) -> Self {
        Self::Hang(text.to_owned())
    }

    /// Reads a file.
    pub fn read(path: &str) -> Self {
        Self::Use(Use::Read {
            path: path.to_owned(),
        })
    }

    /// Replaces a line.
    pub fn edit(path: &str, old: &str, new: &str) -> Self {
        Self::Use(Use::Edit {
            path: path.to_owned(),
            old: old.to_owned(),
            new: new.to_owned(),
        })
    }

    /// Writes a new file.
    pub fn create(path: &str, text: &str) -> Self {
        Self::Use(Use::Create {
            path: path.to_owned(),
            text: text.to_owned(),
        })
    }

    /// Runs a command.
    pub fn run(command: &str) -> Self {
        Self::Use(Use::Run {
            command: command.to_owned(),
        })
    }

    /// Runs a command that the agent must not run unasked.
    pub fn run_if_allowed(command: &str) -> Self {
        Self::Use(Use::RunIfAllowed {
            command: command.to_owned(),
        })
    }

    /// Asks the person to choose.
    pub fn ask<const N: usize>(question: &str, options: [&str; N]) -> Self {
        Self::Use(Use::Ask {
            question: question.to_owned(),
            options: options.map(str::to_owned).to_vec(),
        })
    }

    /// Shows a plan and asks whether to go on.
    pub fn plan(plan: &str) -> Self {
        Self::Use(Use::Plan {
            plan: plan.to_owned(),
        })
    }
}

/// Words in a dialect's events.
pub(super) trait Voice: Send + Sync {
    /// What comes before the first word.
    fn opening(&self) -> Vec<Value>;
    /// A word.
    fn word(&self, word: &str) -> Value;
    /// What ends the turn, given all that was said.
    fn closing(&self, text: &str) -> Vec<Value>;
}

impl Dialect {
    fn refusal(self, status: u16) -> Value {
        match self {
            Self::Anthropic(_) => anthropic::refusal(status),
            Self::Chat(_) => chat::refusal(status),
            Self::Gemini(_) => gemini::refusal(status),
            Self::OpenAi => openai::refusal(status),
        }
    }

    fn whole(self, text: &str) -> Value {
        match self {
            Self::Anthropic(_) => anthropic::whole(text),
            Self::Chat(_) => chat::whole(text),
            Self::Gemini(_) => gemini::whole(text),
            Self::OpenAi => openai::whole(text),
        }
    }

    fn tool_use(self, how: &Use, asked: &Value) -> Vec<Value> {
        match self {
            Self::Anthropic(tools) => anthropic::tool_use(tools.call(how, asked)),
            Self::Chat(tools) => chat::tool_use(tools.call(how, asked)),
            Self::Gemini(tools) => gemini::tool_use(tools.call(how, asked)),
            Self::OpenAi => openai::tool_use(how),
        }
    }

    fn voice(self) -> Box<dyn Voice> {
        match self {
            Self::Anthropic(_) => anthropic::voice(),
            Self::Chat(_) => chat::voice(),
            Self::Gemini(_) => gemini::voice(),
            Self::OpenAi => openai::voice(),
        }
    }
}

/// Plays the reply to what was asked. An error when the connection is gone, by whichever side.
pub(super) async fn play(
    connection: &mut Connection,
    dialect: Dialect,
    streamed: Streamed,
    asked: &Value,
    reply: &Reply,
) -> io::Result<()> {
    let json = "application/json";
    match (reply, streamed) {
        (Reply::Refuse(status), _) => {
            let body = dialect.refusal(*status).to_string();
            connection.whole(*status, json, body.as_bytes()).await
        }
        (Reply::Say(text), Streamed::No) => {
            let body = dialect.whole(text).to_string();
            connection.whole(200, json, body.as_bytes()).await
        }
        (Reply::Use(how), _) => {
            connection.begin("text/event-stream").await?;
            for event in dialect.tool_use(how, asked) {
                sse::event(connection, event).await?;
            }
            connection.end().await
        }
        (Reply::Say(_) | Reply::Babble | Reply::Hang(_) | Reply::Cut(_), _) => {
            connection.begin("text/event-stream").await?;
            speak(connection, &*dialect.voice(), reply).await
        }
    }
}

async fn speak(connection: &mut Connection, voice: &dyn Voice, reply: &Reply) -> io::Result<()> {
    for event in voice.opening() {
        sse::event(connection, event).await?;
    }
    if let Reply::Say(text) | Reply::Hang(text) | Reply::Cut(text) = reply {
        for word in text.split_inclusive(' ') {
            sse::event(connection, voice.word(word)).await?;
        }
    }
    match reply {
        Reply::Say(text) => {
            for event in voice.closing(text) {
                sse::event(connection, event).await?;
            }
            connection.end().await
        }
        Reply::Babble => babble(connection, voice).await,
        Reply::Hang(_) => Err(connection.hung_up().await),
        Reply::Cut(_) => Err(io::ErrorKind::ConnectionAborted.into()),
        Reply::Use(_) | Reply::Refuse(_) => Ok(()),
    }
}

async fn babble(connection: &mut Connection, voice: &dyn Voice) -> io::Result<()> {
    let mut n = 0_u64;
    loop {
        n += 1;
        sse::event(connection, voice.word(&format!("word {n} "))).await?;
        tokio::select! {
            error = connection.hung_up() => return Err(error),
            () = tokio::time::sleep(SLOWLY) => {}
        }
    }
}
