//! The loop around a conversation: orders, lines, events and time limits, one after the other.
//!
//! Orders are heard at any time; events wait for the domain, and reading waits for the events, so that a flood
//! slows down nobody but the agent that makes it.

use crate::connection::{LAST_WORDS, Order};
use crate::conversation::{Act, Conversation};
use crate::lines::{Line, Lines};
use crate::resolve::resolved;
use crate::rpc;
use crate::verdict::Verdict;
use crate::writer::{Outgoing, Written};
use process::{Exit, Grace, Owned};
use session::port::AgentEvent;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

/// How long an agent may take to end its turn after a cancel, in seconds.
const CANCEL_SECONDS: u32 = 10;
/// How long an agent may take to confirm what was chosen of its options before the prompt goes without.
const CHOICE: Duration = Duration::from_secs(10);
/// How long a turn may take to end when the agent is being closed.
const FAREWELL: Duration = Duration::from_secs(1);
/// A loaded history is through when nothing came for this long (the one agent that answers before its replay is through
/// lets a millisecond pass; a busy machine more) …
const QUIET: Duration = Duration::from_millis(500);
/// … and at the latest after this.
const REPLAY: Duration = Duration::from_secs(10);
/// How long following the links of a request's paths may take.
const RESOLVING: Duration = Duration::from_secs(2);
/// How many events may wait for the domain before the agent is not read any more.
const WAITING_EVENTS: usize = 64;
/// How many lines may wait for the agent before it is not read any more.
const WAITING_LINES: usize = 1024;
/// Lines from this length on are read off the async workers.
const LONG_LINE: usize = 256 * 1024;

/// What is to happen at a time.
#[derive(Default)]
struct Deadlines {
    /// The cancelled turn must have ended.
    cancel: Option<Instant>,
    /// What was chosen must have been confirmed.
    choice: Option<Instant>,
    /// The replay is through if nothing comes until then.
    quiet: Option<Instant>,
    /// The replay is through whatever comes.
    replay: Option<Instant>,
    /// The agent that is closed gets no more time to end its turn.
    farewell: Option<Instant>,
}

impl Deadlines {
    fn next(&self) -> Option<Instant> {
        [
            self.cancel,
            self.choice,
            self.quiet,
            self.replay,
            self.farewell,
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// A running agent.
pub(crate) struct Live {
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
    verdict: Verdict,
    began: Instant,
}

impl Live {
    /// A process that was just started; `stdin` leads to its writer.
    pub(crate) fn new(
        owned: Owned,
        conversation: Conversation,
        stdin: mpsc::UnboundedSender<Outgoing>,
    ) -> Self {
        Self {
            conversation,
            owned,
            stdin: Some(stdin),
            unwritten: 0,
            prompt_unwritten: false,
            waiting: VecDeque::new(),
            deadlines: Deadlines::default(),
            ending: false,
            verdict: Verdict::Itself,
            began: Instant::now(),
        }
    }

    /// How long the handshake has lasted; `None` when it is over.
    pub(crate) fn handshake(&self) -> Option<Duration> {
        (!self.conversation.is_open()).then(|| self.began.elapsed())
    }

    /// Why it ended.
    pub(crate) fn verdict(self) -> Verdict {
        self.verdict
    }

    /// Runs until the process and what it left behind are gone.
    pub(crate) async fn run(
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
                    self.hear_the_writer_out(&mut written).await;
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

    /// The process is gone, and its pipe with it: only now it is certain whether the prompt was written whole, and what
    /// was not written whole was not read. Where the writer does not say so, it may have been.
    async fn hear_the_writer_out(&mut self, written: &mut mpsc::UnboundedReceiver<Written>) {
        self.stdin = None;
        let until = Instant::now() + LAST_WORDS;
        loop {
            match timeout_at(until, written.recv()).await {
                Ok(Some(notice)) => self.written(notice),
                Ok(None) => return,
                Err(_) => {
                    if std::mem::take(&mut self.prompt_unwritten) {
                        self.waiting.push_front(AgentEvent::PromptWritten);
                    }
                    return;
                }
            }
        }
    }

    /// Reads what the process wrote before it was gone, and delivers all that waits.
    pub(crate) async fn last_words(
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
            Order::Prompt(parts) => {
                let acts = self.conversation.prompt(parts);
                self.act(acts);
            }
            Order::SetOption { id, value } => {
                let acts = self.conversation.set_option(&id, &value);
                self.act(acts);
            }
            Order::Cancel => {
                self.cancel();
                if self.conversation.in_turn() && self.deadlines.cancel.is_none() {
                    self.deadlines.cancel =
                        Some(Instant::now() + Duration::from_secs(u64::from(CANCEL_SECONDS)));
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
        self.act(with_resolved_paths(acts).await);
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
        if due(self.deadlines.choice) {
            self.deadlines.choice = None;
            let acts = self.conversation.unconfirmed();
            self.act(acts);
        }
        if due(self.deadlines.cancel) {
            self.deadlines.cancel = None;
            self.end(Verdict::Overdue(CANCEL_SECONDS));
        }
        if due(self.deadlines.farewell) {
            self.deadlines.farewell = None;
            self.end(Verdict::Closed);
        }
    }

    fn after_each(&mut self) {
        if self.conversation.is_choosing() {
            self.deadlines
                .choice
                .get_or_insert_with(|| Instant::now() + CHOICE);
        } else {
            self.deadlines.choice = None;
        }
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
                // The turn ends with the process now: an agent that is ending takes no other.
                Act::Tell(AgentEvent::TurnEnded { .. } | AgentEvent::TurnFailed(_))
                    if matches!(self.verdict, Verdict::Overdue(_)) => {}
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

/// Follows the links in the paths of what is asked, off the async workers. What takes too long stays unclear, and is
/// asked.
async fn with_resolved_paths(mut acts: Vec<Act>) -> Vec<Act> {
    for act in &mut acts {
        if let Act::Tell(AgentEvent::Asked { ask, .. }) = act
            && !ask.paths.is_empty()
        {
            let named = std::mem::take(&mut ask.paths);
            let resolving = tokio::task::spawn_blocking(move || resolved(&named));
            if let Ok(Ok(resolved)) = timeout(RESOLVING, resolving).await {
                ask.paths = resolved;
            }
        }
    }
    acts
}
