//! One live agent: the domain's end of it, and its whole life from the start to the sweep.

use crate::conversation::Conversation;
use crate::lines::Lines;
use crate::live::Live;
use crate::stderr::{self, Tail};
use crate::{start, writer};
use process::{Owned, Tag};
use session::port::{AgentConnection, AgentEvent, Launch, ProcessRow, PromptPart};
use session::{Answer, Cause};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long the pipes of a process that is gone are read for what it wrote last.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(500);

/// What the domain wants of a live agent.
pub(crate) enum Order {
    Prompt(Vec<PromptPart>),
    SetOption { id: String, value: String },
    Cancel,
    Answer { token: String, answer: Answer },
    Close,
}

/// The domain's end of a live agent. Dropping it closes the agent.
struct Connection {
    orders: mpsc::UnboundedSender<Order>,
}

impl Connection {
    fn order(&self, order: Order) {
        // Refused only when the agent is gone, which its `Ended` tells.
        let _ = self.orders.send(order);
    }
}

impl AgentConnection for Connection {
    fn prompt(&self, parts: Vec<PromptPart>) {
        self.order(Order::Prompt(parts));
    }

    fn set_option(&self, id: &str, value: &str) {
        let (id, value) = (id.to_owned(), value.to_owned());
        self.order(Order::SetOption { id, value });
    }

    fn cancel(&self) {
        self.order(Order::Cancel);
    }

    fn answer(&self, token: &str, answer: &Answer) {
        let (token, answer) = (token.to_owned(), answer.clone());
        self.order(Order::Answer { token, answer });
    }

    fn close(&self) {
        self.order(Order::Close);
    }
}

/// Starts an agent in a task of its own.
pub(crate) fn open(
    launch: Launch,
    tag: Tag,
    search: OsString,
    events: mpsc::Sender<AgentEvent>,
) -> impl AgentConnection + 'static {
    let (orders, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        // In a task of its own, so that `Ended` is told even if it panics.
        let ended = tokio::spawn(life(launch, tag, search, events.clone(), heard)).await;
        let cause = ended.unwrap_or_else(|panic| {
            Some(Cause::Protocol {
                said: panic.to_string(),
            })
        });
        let _ = events.send(AgentEvent::Ended { cause }).await;
    });
    Connection { orders }
}

/// The agent's whole life; returns why it ended.
async fn life(
    launch: Launch,
    tag: Tag,
    search: OsString,
    events: mpsc::Sender<AgentEvent>,
    orders: mpsc::UnboundedReceiver<Order>,
) -> Option<Cause> {
    let Launch { cwd, resume, .. } = launch.clone();
    let recorded = tag.clone();
    let started = tokio::task::spawn_blocking(move || start::start(&launch, &tag, &search)).await;
    let (owned, pipes) = match started {
        Ok(Ok(started)) => started,
        Ok(Err(cause)) => return Some(cause),
        Err(panic) => {
            return Some(Cause::Protocol {
                said: panic.to_string(),
            });
        }
    };
    if let Some(process) = row(&owned, &recorded) {
        // Refused when nobody listens any more, which the loop below finds too.
        let _ = events.send(AgentEvent::Started(process)).await;
    }
    let stderr = Arc::new(Tail::default());
    let reading_stderr = tokio::spawn(stderr::tail(pipes.stderr, Arc::clone(&stderr)));
    let (lines, to_write) = mpsc::unbounded_channel();
    let (notices, written) = mpsc::unbounded_channel();
    tokio::spawn(writer::write(pipes.stdin, to_write, notices));
    let conversation = Conversation::new(cwd, resume);
    let mut live = Live::new(owned.clone(), conversation, lines);
    let mut stdout = Lines::new(pipes.stdout);
    let exit = live.run(&mut stdout, &events, orders, written).await;
    live.last_words(&mut stdout, &events).await;
    let _ = timeout(LAST_WORDS, reading_stderr).await;
    let (handshake, verdict) = (live.handshake(), live.verdict());
    if let Some(said) = verdict.last_words(handshake, || stderr.text()) {
        // Refused when nobody listens any more.
        let _ = events.send(AgentEvent::Trouble(said)).await;
    }
    verdict.cause(exit, owned.was_signalled(), || stderr.text())
}

/// What is to be recorded of the process; `None` when it is gone already or can't be told from another one.
fn row(owned: &Owned, tag: &Tag) -> Option<ProcessRow> {
    Some(ProcessRow {
        pid: u32::try_from(owned.pid()?).ok()?,
        began: owned.began()?,
        tag: tag.as_str().to_owned(),
    })
}
