//! All conversations: each belongs to one task that owns its state; this hands it what the person wants.
//!
//! Invariant: what the person typed is stored before anything answers, and one agent's flood slows only itself.

use crate::agents::Agents;
use crate::attachments::{attached, swept};
use crate::entry::Entry;
use crate::error::SessionError;
use crate::live::{Command, Live, Start};
use crate::machine::SessionState;
use crate::offer::Offers;
use crate::place::Place;
use crate::policies::Policies;
use crate::policy::{PolicyMode, RuleDraft};
use crate::port::{
    AgentRuntime, AttachmentStore, Links, MemoryGauge, Ports, ProcessLedger, SessionStore,
    UnreadableSession,
};
use crate::recover::{Recovered, recovered};
use crate::seats::Seats;
use crate::session::{
    Answer, Attachment, NewMessage, Session, SessionFact, SessionSummary, TitleBy,
};
use crate::sleep::Limits;
use crate::work::off_the_workers;
use kernel::{
    AgentId, AttachmentId, Clock, FactStream, Facts, MessageId, RequestId, SessionId, Timestamp,
    WorkspaceId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long closing a place and shutting down wait for agents to end.
const END_LIMIT: Duration = Duration::from_secs(15);

/// The conversations. Clones share them.
#[derive(Clone)]
pub struct Sessions {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) runtime: Arc<dyn AgentRuntime>,
    pub(crate) agents: Agents,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) attachments: Arc<dyn AttachmentStore>,
    pub(crate) policies: Policies,
    pub(crate) ledger: Arc<dyn ProcessLedger>,
    pub(crate) memory: Arc<dyn MemoryGauge>,
    pub(crate) links: Arc<dyn Links>,
    pub(crate) facts: Facts<SessionFact>,
    pub(crate) seats: Seats,
    limits: Mutex<Limits>,
    /// Workspaces whose places are closed: nobody starts in one that may be going away.
    closed: Mutex<BTreeSet<WorkspaceId>>,
    slots: Mutex<BTreeMap<SessionId, Slot>>,
}

pub(crate) struct Slot {
    summary: SessionSummary,
    /// Since when it has a process that nothing needs.
    pub(crate) idle_since: Option<Timestamp>,
    pub(crate) inbox: mpsc::UnboundedSender<Command>,
}

/// A part of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// What [`SessionFact::Transcript`] tells up to this revision is contained already.
    pub revision: u32,
    /// Whether there are older ones.
    pub more: bool,
}

impl Sessions {
    /// With the default limits. None are known until [`Sessions::recover`] read them.
    pub fn new(ports: Ports) -> Self {
        Self {
            shared: Arc::new(Shared {
                store: ports.store,
                runtime: ports.runtime,
                agents: ports.agents,
                policies: Policies::new(ports.policy, Arc::clone(&ports.clock)),
                clock: ports.clock,
                attachments: ports.attachments,
                ledger: ports.ledger,
                memory: ports.memory,
                links: ports.links,
                facts: Facts::new(),
                seats: Seats::new(Limits::default().live_agents),
                limits: Mutex::default(),
                closed: Mutex::default(),
                slots: Mutex::default(),
            }),
        }
    }

    /// Hears what happens from now on.
    pub fn listen(&self) -> FactStream<SessionFact> {
        self.shared.facts.listen()
    }

    /// The rules and modes in force.
    pub fn policies(&self) -> &Policies {
        &self.shared.policies
    }

    /// All of them, oldest first.
    pub fn summaries(&self) -> Vec<SessionSummary> {
        let mut all: Vec<_> = self
            .shared
            .slots()
            .values()
            .map(|slot| slot.summary.clone())
            .collect();
        all.sort_by_key(|summary| summary.created_at);
        all
    }

    /// One of them.
    pub fn summary(&self, session: &SessionId) -> Option<SessionSummary> {
        let slots = self.shared.slots();
        slots.get(session).map(|slot| slot.summary.clone())
    }

    /// At start: reads all sessions that can be read and makes their rows true after any end of the app. Answers those that a
    /// kill of the app found alive.
    pub async fn recover(&self) -> Result<Vec<SessionSummary>, SessionError> {
        self.shared.policies.load().await?;
        let (store, now) = (Arc::clone(&self.shared.store), self.shared.clock.now());
        let all = off_the_workers(move || {
            let rows = store.sessions()?;
            rows.into_iter()
                .map(|row| recovered(&*store, row, now))
                .collect::<Result<Vec<Recovered>, SessionError>>()
        })
        .await?;
        let mut were_live = Vec::new();
        for one in all {
            let summary = self.begin(one.start);
            if one.was_live {
                were_live.push(summary);
            }
        }
        Ok(were_live)
    }

    /// Those that [`Sessions::recover`] left out because their rows are damaged. Nothing is ever written to them.
    pub async fn unreadable(&self) -> Result<Vec<UnreadableSession>, SessionError> {
        let store = Arc::clone(&self.shared.store);
        off_the_workers(move || store.unreadable_sessions()).await
    }

    /// A new conversation with this agent. An empty title becomes the first prompt's first words.
    pub async fn create(
        &self,
        workspace: &WorkspaceId,
        agent: AgentId,
        title: String,
    ) -> Result<SessionId, SessionError> {
        let now = self.shared.clock.now();
        let (offers, choices) = self.begun_with(&agent).await;
        let session = Session {
            id: SessionId::mint(),
            workspace: workspace.clone(),
            agent,
            title,
            state: SessionState::Stopped,
            agent_session: None,
            turn: 0,
            turn_ended_at: None,
            created_at: now,
            state_since: now,
            policy: None,
            choices,
            offers,
            usage: None,
            title_by: TitleBy::Agent,
            closed_at: None,
            context: None,
        };
        let (store, row) = (Arc::clone(&self.shared.store), session.clone());
        off_the_workers(move || store.save_session(&row)).await?;
        let id = session.id.clone();
        let summary = self.begin(Start {
            session,
            queue: Vec::new(),
            next_ordinal: 0,
            ending: None,
        });
        self.shared.facts.announce(SessionFact::Changed(summary));
        Ok(id)
    }

    /// From now on the session may start in this folder; messages that waited for it go out. Nothing comes of it while the
    /// workspace's places are closed.
    pub async fn open_place(
        &self,
        session: &SessionId,
        place: impl Into<Place>,
    ) -> Result<(), SessionError> {
        let place = place.into();
        self.ask(session, |reply| Command::OpenPlace { place, reply })
            .await
    }

    /// Ends all sessions of the workspace and waits until their processes are gone, at most 15 s. What is queued
    /// stays queued, and none starts there, also no new one, until [`Sessions::reopen_place`].
    pub async fn close_place(&self, workspace: &WorkspaceId) -> Result<(), SessionError> {
        // Before they are told: who is given a place after this does not take it, who took it before is told to leave it.
        self.shared.closed().insert(workspace.clone());
        let ends = self.end_all(
            |summary| summary.workspace == *workspace,
            |reply| Command::ClosePlace { reply },
        );
        timeout(END_LIMIT, all(ends))
            .await
            .map_err(|_| SessionError::StillRunning)
    }

    /// The workspace's sessions may be given a place again.
    pub fn reopen_place(&self, workspace: &WorkspaceId) {
        self.shared.closed().remove(workspace);
    }

    /// Ends all sessions of a workspace whose rows are gone, and knows them no more. Does not wait for them.
    pub fn forget(&self, workspace: &WorkspaceId) {
        self.end_all(
            |summary| summary.workspace == *workspace,
            |reply| Command::Leave { reply },
        );
        self.shared
            .slots()
            .retain(|_, slot| slot.summary.workspace != *workspace);
    }

    /// Stores a picture (PNG, JPEG, GIF, WebP; at most 10 MiB) or a UTF-8 text (at most 1 MiB) to go with a message.
    pub async fn attach(
        &self,
        name: String,
        mime: &str,
        bytes: Vec<u8>,
    ) -> Result<Attachment, SessionError> {
        attached(Arc::clone(&self.shared.attachments), name, mime, bytes).await
    }

    /// The bytes of an attachment.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Vec<u8>, SessionError> {
        let (store, id) = (Arc::clone(&self.shared.attachments), id.clone());
        off_the_workers(move || store.attachment(&id))
            .await?
            .ok_or(SessionError::Unknown { what: "attachment" })
    }

    /// Removes attachments older than 30 days that no message, no transcript and none of these drafts refers to;
    /// answers how many.
    pub async fn sweep_attachments(
        &self,
        drafted: BTreeSet<AttachmentId>,
    ) -> Result<usize, SessionError> {
        let (store, now) = (
            Arc::clone(&self.shared.attachments),
            self.shared.clock.now(),
        );
        swept(store, drafted, now).await
    }

    /// Queues a message, stored when this answers; it goes out as soon as the agent can take it.
    pub async fn send(
        &self,
        session: &SessionId,
        message: impl Into<NewMessage>,
    ) -> Result<MessageId, SessionError> {
        let message = message.into();
        not_empty(&message.text, &message.attachments)?;
        self.ask(session, |reply| Command::Send { message, reply })
            .await?
    }

    /// Gives a message that waits or failed another text and other attachments, in its place.
    pub async fn edit(
        &self,
        session: &SessionId,
        message: &MessageId,
        text: String,
        attachments: Vec<Attachment>,
    ) -> Result<(), SessionError> {
        not_empty(&text, &attachments)?;
        let message = message.clone();
        self.ask(session, |reply| Command::Edit {
            message,
            text,
            attachments,
            reply,
        })
        .await?
    }

    /// Puts a message that waits or failed before another one, or at the end.
    pub async fn move_message(
        &self,
        session: &SessionId,
        message: &MessageId,
        before: Option<MessageId>,
    ) -> Result<(), SessionError> {
        let message = message.clone();
        self.ask(session, |reply| Command::Move {
            message,
            before,
            reply,
        })
        .await?
    }

    /// Keeps a message back until it is let go with [`Sessions::resend`].
    pub async fn hold(&self, session: &SessionId, message: &MessageId) -> Result<(), SessionError> {
        let message = message.clone();
        self.ask(session, |reply| Command::Hold { message, reply })
            .await?
    }

    /// Sends a message that waits or failed before all others; the turn that runs is stopped for it.
    pub async fn send_now(
        &self,
        session: &SessionId,
        message: &MessageId,
    ) -> Result<(), SessionError> {
        let message = message.clone();
        self.ask(session, |reply| Command::SendNow { message, reply })
            .await?
    }

    /// Takes a message out of the queue that waits or failed, and answers its text.
    pub async fn take_back(
        &self,
        session: &SessionId,
        message: &MessageId,
    ) -> Result<String, SessionError> {
        let message = message.clone();
        self.ask(session, |reply| Command::TakeBack { message, reply })
            .await?
    }

    /// Queues a failed or held message again, in its place. For one that waits: tries now.
    pub async fn resend(
        &self,
        session: &SessionId,
        message: &MessageId,
    ) -> Result<(), SessionError> {
        let message = message.clone();
        self.ask(session, |reply| Command::Resend { message, reply })
            .await?
    }

    /// Passes an answer on, after it was stored. An unknown or settled request is an error, never consent.
    pub async fn answer(
        &self,
        session: &SessionId,
        request: &RequestId,
        answer: Answer,
    ) -> Result<(), SessionError> {
        self.give(session, request, answer, None).await
    }

    /// Stores a rule, then passes the answer on; what else waits and fits the rule is answered by it.
    pub async fn answer_always(
        &self,
        session: &SessionId,
        request: &RequestId,
        answer: Answer,
        rule: RuleDraft,
    ) -> Result<(), SessionError> {
        self.give(session, request, answer, Some(rule)).await
    }

    async fn give(
        &self,
        session: &SessionId,
        request: &RequestId,
        answer: Answer,
        always: Option<RuleDraft>,
    ) -> Result<(), SessionError> {
        let request = request.clone();
        self.ask(session, |reply| Command::Answer {
            request,
            answer,
            always,
            reply,
        })
        .await?
    }

    /// Sets what the session's agent may do without asking, or lets it inherit again; what waits is judged by it.
    pub async fn set_policy(
        &self,
        session: &SessionId,
        mode: Option<PolicyMode>,
    ) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::SetPolicy { mode, reply })
            .await?
    }

    /// Remembers these values of options, id to value, for this conversation. An agent that is open is told at once,
    /// any other when it opens.
    pub async fn choose(
        &self,
        session: &SessionId,
        choices: BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::Choose { choices, reply })
            .await?
    }

    /// Gives a conversation the person's name for it.
    pub async fn rename(&self, session: &SessionId, title: String) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::Rename { title, reply })
            .await?
    }

    /// Ends its process and hides it; what waits in its queue is held, and its transcript stays.
    pub async fn close(&self, session: &SessionId) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::Close { reply }).await?
    }

    /// Shows a closed conversation again. A message to it does so too.
    pub async fn reopen(&self, session: &SessionId) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::Reopen { reply }).await?
    }

    /// Asks the agent to stop its turn; what it asked is cancelled, and what is queued is held. A start is stopped
    /// too.
    pub async fn stop_turn(&self, session: &SessionId) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::StopTurn { reply }).await
    }

    /// Asks the process to end; the conversation stays, and the next message starts it again.
    pub async fn end(&self, session: &SessionId) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::End { reply }).await
    }

    /// At most `limit` entries below `before` (the newest when `None`). Whoever listens since before the call and
    /// leaves out what is told up to the page's revision sees every change exactly once.
    pub async fn entries(
        &self,
        session: &SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Page, SessionError> {
        self.ask(session, |reply| Command::Page {
            before,
            limit,
            reply,
        })
        .await?
    }

    /// What its agent offered last.
    pub async fn offers(&self, session: &SessionId) -> Result<Offers, SessionError> {
        self.ask(session, |reply| Command::Offers { reply }).await
    }

    /// Ends all processes and waits for them, at most 15 s. Nothing can be asked of the sessions afterwards.
    pub async fn shutdown(&self) {
        let ends = self.end_all(|_| true, |reply| Command::Leave { reply });
        if timeout(END_LIMIT, all(ends)).await.is_err() {
            tracing::warn!("not all agents ended in time");
        }
    }

    /// What a new conversation of this agent begins with: what the agent offered last, and what the person chose of it
    /// last, as far as that is still offered.
    async fn begun_with(&self, agent: &AgentId) -> (Offers, BTreeMap<String, String>) {
        let agents = &self.shared.agents;
        let known = async { Ok((agents.offers(agent).await?, agents.choices(agent).await?)) };
        let known: Result<(Offers, BTreeMap<String, String>), SessionError> = known.await;
        let (mut offers, mut choices) = known.unwrap_or_else(|error| {
            tracing::warn!(%agent, %error, "what it offers and was given is not known");
            Default::default()
        });
        choices.retain(|id, value| offers.has(id, value));
        for option in &mut offers.options {
            if let Some(value) = choices.get(&option.id) {
                option.current.clone_from(value);
            }
        }
        (offers, choices)
    }

    fn begin(&self, start: Start) -> SessionSummary {
        let (inbox, commands) = mpsc::unbounded_channel();
        let id = start.session.id.clone();
        let live = Live::new(Arc::clone(&self.shared), start);
        let summary = live.summary();
        let slot = Slot {
            summary: summary.clone(),
            idle_since: None,
            inbox,
        };
        self.shared.slots().insert(id, slot);
        tokio::spawn(live.run(commands));
        summary
    }

    /// Gives the session's task a command and waits for its answer.
    pub(crate) async fn ask<T>(
        &self,
        session: &SessionId,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, SessionError> {
        let (reply, answer) = oneshot::channel();
        {
            let slots = self.shared.slots();
            let slot = slots
                .get(session)
                .ok_or(SessionError::Unknown { what: "session" })?;
            slot.inbox
                .send(command(reply))
                .map_err(|_| SessionError::Closing)?;
        }
        answer.await.map_err(|_| SessionError::Closing)
    }

    /// Tells all sessions that `concerns` names to end, at once; each receiver hears when one did.
    fn end_all(
        &self,
        concerns: impl Fn(&SessionSummary) -> bool,
        command: impl Fn(oneshot::Sender<()>) -> Command,
    ) -> Vec<oneshot::Receiver<()>> {
        let mut ends = Vec::new();
        for slot in self.shared.slots().values() {
            if concerns(&slot.summary) {
                let (reply, ended) = oneshot::channel();
                // Refused by a task that left already: its process is gone.
                let _ = slot.inbox.send(command(reply));
                ends.push(ended);
            }
        }
        ends
    }
}

fn not_empty(text: &str, attachments: &[Attachment]) -> Result<(), SessionError> {
    if text.trim().is_empty() && attachments.is_empty() {
        return Err(SessionError::Empty);
    }
    Ok(())
}

async fn all(ends: Vec<oneshot::Receiver<()>>) {
    for ended in ends {
        let _ = ended.await;
    }
}

impl Shared {
    /// Makes this the session's summary and tells of it, if it is another than before.
    pub(crate) fn publish(&self, summary: SessionSummary, idle_since: Option<Timestamp>) {
        let became_idle;
        {
            let mut slots = self.slots();
            let Some(slot) = slots.get_mut(&summary.id) else {
                return;
            };
            became_idle = idle_since.is_some() && slot.idle_since != idle_since;
            slot.idle_since = idle_since;
            if slot.summary != summary {
                slot.summary = summary.clone();
                drop(slots);
                self.facts.announce(SessionFact::Changed(summary));
            }
        }
        if became_idle {
            self.make_room();
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep_limits(&self, limits: Limits) {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// Whether the workspace's places are closed.
    pub(crate) fn is_closed(&self, workspace: &WorkspaceId) -> bool {
        self.closed().contains(workspace)
    }

    fn closed(&self) -> MutexGuard<'_, BTreeSet<WorkspaceId>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn slots(&self) -> MutexGuard<'_, BTreeMap<SessionId, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
