//! One live agent: its process, its pipes and its time limits around the pure conversation.
//!
//! One task per agent. Orders are heard at any time; events wait for the domain, and reading waits for the events,
//! so that a flood slows down nobody but the agent that makes it.

use crate::conversation::{Act, Conversation};
use crate::lines::{Line, Lines};
use crate::stderr::{self, Tail};
use crate::writer::{self, Outgoing, Written};
use crate::{environment, registry, rpc};
use process::{Exit, Grace, Owned, Tag};
use session::port::{AgentConnection, AgentEvent, Launch};
use session::{Answer, Cause};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

/// How long an agent may take to end its turn after a cancel.
const CANCEL: Duration = Duration::from_secs(10);
/// How long a turn may take to end when the agent is being closed.
const FAREWELL: Duration = Duration::from_secs(1);
/// A loaded history is through when nothing came for this long …
const QUIET: Duration = Duration::from_millis(200);
/// … and at the latest after this.
const REPLAY: Duration = Duration::from_secs(10);
/// How long the pipes of a process that is gone are read for what it wrote last.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How many events may wait for the domain before the agent is not read any more.
const WAITING_EVENTS: usize = 64;
/// How many lines may wait for the agent before it is not read any more.
const WAITING_LINES: usize = 1024;
/// Lines from this length on are read off the async workers.
const LONG_LINE: usize = 256 * 1024;

enum Order {
    Prompt(String),
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
    fn prompt(&self, text: String) {
        self.order(Order::Prompt(text));
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
        let life = tokio::spawn(live(launch, tag, search, events.clone(), heard)).await;
        let cause = life.unwrap_or_else(|panic| {
            Some(Cause::Protocol {
                said: panic.to_string(),
            })
        });
        let _ = events.send(AgentEvent::Ended { cause }).await;
    });
    Connection { orders }
}

/// The agent's whole life; returns why it ended.
async fn live(
    launch: Launch,
    tag: Tag,
    search: OsString,
    events: mpsc::Sender<AgentEvent>,
    orders: mpsc::UnboundedReceiver<Order>,
) -> Option<Cause> {
    let Launch { cwd, resume, .. } = launch.clone();
    let started = tokio::task::spawn_blocking(move || start(&launch, &tag, &search)).await;
    let (owned, pipes) = match started {
        Ok(Ok(started)) => started,
        Ok(Err(cause)) => return Some(cause),
        Err(panic) => {
            return Some(Cause::Protocol {
                said: panic.to_string(),
            });
        }
    };
    let stderr = Arc::new(Tail::default());
    let reading_stderr = tokio::spawn(stderr::tail(pipes.stderr, Arc::clone(&stderr)));
    let (lines, to_write) = mpsc::unbounded_channel();
    let (notices, written) = mpsc::unbounded_channel();
    tokio::spawn(writer::write(pipes.stdin, to_write, notices));
    let mut live = Live {
        conversation: Conversation::new(cwd, resume),
        owned: owned.clone(),
        stdin: Some(lines),
        unwritten: 0,
        prompt_unwritten: false,
        waiting: VecDeque::new(),
        deadlines: Deadlines::default(),
        ending: false,
        overdue: false,
        verdict: Verdict::Itself,
    };
    let mut stdout = Lines::new(pipes.stdout);
    let exit = live.run(&mut stdout, &events, orders, written).await;
    live.last_words(&mut stdout, &events).await;
    let _ = timeout(LAST_WORDS, reading_stderr).await;
    live.verdict
        .cause(exit, owned.was_signalled(), || stderr.text())
}

struct Pipes {
    stdin: tokio::process::ChildStdin,
    stdout: tokio::process::ChildStdout,
    stderr: tokio::process::ChildStderr,
}

/// Starts the process. Blocking.
fn start(launch: &Launch, tag: &Tag, search: &OsString) -> Result<(Owned, Pipes), Cause> {
    let unusable = |said: &str| Cause::FolderUnusable {
        path: launch.cwd.to_string_lossy().into_owned(),
        said: said.to_owned(),
    };
    // Some agents take any folder and fail later in ways nobody understands.
    if !launch.cwd.is_dir() {
        return Err(unusable("there is no such folder"));
    }
    if launch.cwd.to_str().is_none() {
        return Err(unusable(
            "its name is not valid UTF-8, which the protocol demands",
        ));
    }
    let missing = |said: String| Cause::BinaryMissing {
        command: launch.program.command.clone(),
        said,
    };
    let Some(path) = environment::find(&launch.program.command, search) else {
        return Err(missing(format!(
            "it was not found. {}",
            registry::install(&launch.program)
        )));
    };
    let mut command = environment::command(&launch.program, &path, &launch.cwd, search);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (owned, mut child) =
        Owned::spawn(&mut command, tag).map_err(|error| missing(error.to_string()))?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(missing("its pipes are missing".to_owned()));
    };
    match asynchronous(stdin, stdout, stderr) {
        Ok(pipes) => Ok((owned, pipes)),
        Err(error) => Err(missing(error.to_string())),
    }
}

fn asynchronous(
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
) -> std::io::Result<Pipes> {
    Ok(Pipes {
        stdin: tokio::process::ChildStdin::from_std(stdin)?,
        stdout: tokio::process::ChildStdout::from_std(stdout)?,
        stderr: tokio::process::ChildStderr::from_std(stderr)?,
    })
}

/// Why the process ended, as far as we had a hand in it.
enum Verdict {
    /// We had none.
    Itself,
    /// It was asked to, or nobody is there to listen.
    Closed,
    /// It was of no use.
    Failed(Cause),
    /// It stopped reading or writing; its own exit says more, if it comes without a signal of ours.
    FellSilent(&'static str),
}

impl Verdict {
    fn cause(self, exit: Exit, signalled: bool, stderr: impl FnOnce() -> String) -> Option<Cause> {
        let Exit { code, signal } = exit;
        match self {
            Self::Closed => None,
            Self::Failed(cause) => Some(cause),
            Self::FellSilent(said) if signalled => Some(Cause::Protocol {
                said: said.to_owned(),
            }),
            Self::FellSilent(_) | Self::Itself => Some(Cause::Crashed {
                code,
                signal,
                stderr: stderr(),
            }),
        }
    }
}

/// What is to happen at a time.
#[derive(Default)]
struct Deadlines {
    /// The cancelled turn must have ended.
    cancel: Option<Instant>,
    /// The replay is through if nothing comes until then.
    quiet: Option<Instant>,
    /// The replay is through whatever comes.
    replay: Option<Instant>,
    /// The agent that is closed gets no more time to end its turn.
    farewell: Option<Instant>,
}

impl Deadlines {
    fn next(&self) -> Option<Instant> {
        [self.cancel, self.quiet, self.replay, self.farewell]
            .into_iter()
            .flatten()
            .min()
    }
}

struct Live {
    conversation: Conversation,
    owned: Owned,
    /// The way to the agent's stdin; dropping it closes stdin once all is written.
    stdin: Option<mpsc::UnboundedSender<Outgoing>>,
    unwritten: usize,
    /// Events wait until the prompt is written, so that none of its turn comes before `PromptWritten`.
    prompt_unwritten: bool,
    waiting: VecDeque<AgentEvent>,
    deadlines: Deadlines,
    ending: bool,
    /// The turn was cancelled and did not end in time.
    overdue: bool,
    verdict: Verdict,
}

impl Live {
    /// Runs until the process and what it left behind are gone.
    async fn run(
        &mut self,
        stdout: &mut Lines<tokio::process::ChildStdout>,
        events: &mpsc::Sender<AgentEvent>,
        mut orders: mpsc::UnboundedReceiver<Order>,
        mut written: mpsc::UnboundedReceiver<Written>,
    ) -> Exit {
        let owned = self.owned.clone();
        let gone = owned.gone();
        tokio::pin!(gone);
        let begin = self.conversation.begin();
        self.act(begin);
        let (mut hears_orders, mut reads) = (true, true);
        loop {
            let deliverable = !self.waiting.is_empty() && !self.prompt_unwritten;
            let room = self.waiting.len() < WAITING_EVENTS && self.unwritten < WAITING_LINES;
            let deadline = self.deadlines.next();
            tokio::select! {
                biased;
                exit = &mut gone => {
                    while let Ok(notice) = written.try_recv() {
                        self.written(notice);
                    }
                    return exit;
                }
                order = orders.recv(), if hears_orders => match order {
                    Some(order) => self.obey(order),
                    None => {
                        hears_orders = false;
                        self.obey(Order::Close);
                    }
                },
                Some(notice) = written.recv() => self.written(notice),
                permit = events.reserve(), if deliverable => match (permit, self.waiting.pop_front()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    // Nobody listens any more.
                    _ => {
                        self.waiting.clear();
                        self.obey(Order::Close);
                    }
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => self.time_is_up(),
                line = stdout.next(), if reads && room => match line {
                    Some(line) => self.read(line).await,
                    None => {
                        reads = false;
                        self.end(Verdict::FellSilent("it closed its output and did not end"));
                    }
                },
            }
            self.after_each();
        }
    }

    /// Reads what the process wrote before it was gone, and delivers all that waits.
    async fn last_words(
        &mut self,
        stdout: &mut Lines<tokio::process::ChildStdout>,
        events: &mpsc::Sender<AgentEvent>,
    ) {
        let until = Instant::now() + LAST_WORDS;
        self.stdin = None;
        while let Ok(Some(line)) = timeout_at(until, stdout.next()).await {
            self.read(line).await;
            self.deliver(events).await;
        }
        if self.overdue && self.conversation.in_turn() {
            let reason = "cancelled".to_owned();
            self.waiting.push_back(AgentEvent::TurnEnded { reason });
        }
        self.deliver(events).await;
    }

    async fn deliver(&mut self, events: &mpsc::Sender<AgentEvent>) {
        while let Some(event) = self.waiting.pop_front() {
            // Refused when nobody listens any more.
            let _ = events.send(event).await;
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Prompt(text) => {
                let acts = self.conversation.prompt(text);
                self.act(acts);
            }
            Order::Cancel => {
                self.cancel();
                if self.conversation.in_turn() && self.deadlines.cancel.is_none() {
                    self.deadlines.cancel = Some(Instant::now() + CANCEL);
                }
            }
            Order::Answer { token, answer } => {
                let acts = self.conversation.answer(&token, &answer);
                self.act(acts);
            }
            Order::Close => {
                self.cancel();
                if matches!(self.verdict, Verdict::Itself) {
                    self.verdict = Verdict::Closed;
                }
                self.deadlines
                    .farewell
                    .get_or_insert_with(|| Instant::now() + FAREWELL);
            }
        }
    }

    fn cancel(&mut self) {
        let acts = self.conversation.cancel();
        self.act(acts);
    }

    fn written(&mut self, notice: Written) {
        match notice {
            Written::Line { is_prompt } => {
                self.unwritten = self.unwritten.saturating_sub(1);
                if is_prompt {
                    self.prompt_unwritten = false;
                    self.waiting.push_front(AgentEvent::PromptWritten);
                }
            }
            Written::Broken(error) => {
                tracing::info!(%error, "an agent reads no more");
                self.prompt_unwritten = false;
                self.end(Verdict::FellSilent("it closed its input and did not end"));
            }
        }
    }

    async fn read(&mut self, line: Line) {
        let acts = match line {
            Line::Text { text, repaired } => {
                let mut acts = Vec::new();
                if repaired {
                    acts = self.conversation.trouble("bytes", || {
                        "The agent wrote bytes that are not UTF-8; they were replaced.".to_owned()
                    });
                }
                acts.extend(self.understand(text).await);
                acts
            }
            Line::TooLong { bytes } => self.conversation.trouble("length", || {
                format!(
                    "The agent wrote a line of {bytes} bytes; lines beyond 64 MiB are left out."
                )
            }),
        };
        self.act(acts);
        if self.conversation.is_settling() {
            self.deadlines.quiet = Some(Instant::now() + QUIET);
            self.deadlines
                .replay
                .get_or_insert_with(|| Instant::now() + REPLAY);
        }
    }

    async fn understand(&mut self, text: String) -> Vec<Act> {
        let understood = if text.len() < LONG_LINE {
            rpc::read(&text).ok_or(text)
        } else {
            let reading = move || rpc::read(&text).ok_or(text);
            tokio::task::spawn_blocking(reading)
                .await
                .unwrap_or_else(|_| Err(String::new()))
        };
        match understood {
            Ok(message) => self.conversation.hear(message),
            Err(text) => self.conversation.trouble("json", || {
                let begin: String = text.chars().take(200).collect();
                format!(
                    "The agent wrote something that is not the protocol; such lines are left out. \
                     The first: {begin}"
                )
            }),
        }
    }

    fn time_is_up(&mut self) {
        let now = Instant::now();
        let due = |deadline: Option<Instant>| deadline.is_some_and(|at| at <= now);
        if due(self.deadlines.quiet) || due(self.deadlines.replay) {
            self.deadlines.quiet = None;
            self.deadlines.replay = None;
            let acts = self.conversation.settled();
            self.act(acts);
        }
        if due(self.deadlines.cancel) {
            self.deadlines.cancel = None;
            self.waiting.push_back(AgentEvent::Trouble(
                "The agent did not stop within 10 s, so its process is ended.".to_owned(),
            ));
            self.overdue = true;
            self.end(Verdict::Closed);
        }
        if due(self.deadlines.farewell) {
            self.deadlines.farewell = None;
            self.end(Verdict::Closed);
        }
    }

    fn after_each(&mut self) {
        if !self.conversation.in_turn() {
            self.deadlines.cancel = None;
            if self.deadlines.farewell.take().is_some() {
                self.end(Verdict::Closed);
            }
        }
    }

    fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(line) => self.send(line, false),
                Act::SendPrompt(line) => self.send(line, true),
                Act::Tell(event) => self.waiting.push_back(event),
                Act::Fail(cause) => self.end(Verdict::Failed(cause)),
            }
        }
    }

    fn send(&mut self, line: String, is_prompt: bool) {
        let Some(stdin) = &self.stdin else {
            return;
        };
        self.prompt_unwritten |= is_prompt;
        if stdin.send(Outgoing { line, is_prompt }).is_ok() {
            self.unwritten += 1;
        }
    }

    /// Begins the closing ladder, once. The first verdict stands.
    fn end(&mut self, verdict: Verdict) {
        if matches!(self.verdict, Verdict::Itself) {
            self.verdict = verdict;
        }
        self.stdin = None;
        if std::mem::replace(&mut self.ending, true) {
            return;
        }
        let owned = self.owned.clone();
        tokio::spawn(async move { owned.end(Grace::default()).await });
    }
}
