//! What a person sees of a session, told with a played agent and rows in memory.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]
#![allow(
    clippy::disallowed_methods,
    reason = "limits are measured with tokio's paused clock"
)]

mod asking;
mod crashing;
mod queueing;
mod quiet;
mod recovering;
mod restarting;
mod saving;
mod sending;
mod sleeping;

use crate::agents::Agents;
use crate::entry::{Ask, AskKind, AskOption, Entry, EntryBody, OptionKind, ToolStatus};
use crate::fakes::{
    Call, FakeAgent, FakeClock, FakeMemory, FakeRegistry, FakeRuntime, FakeStore, NoLinks,
};
use crate::machine::SessionState;
use crate::port::{AgentEvent, Opening, Ports, ToolPatch};
use crate::session::{SessionFact, SessionSummary};
use crate::sessions::Sessions;
use kernel::{AgentId, FactStream, SessionId, WorkspaceId};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// One run of the app.
struct World {
    store: Arc<FakeStore>,
    memory: Arc<FakeMemory>,
    clock: Arc<FakeClock>,
    sessions: Sessions,
    facts: FactStream<SessionFact>,
    agents: mpsc::UnboundedReceiver<FakeAgent>,
}

impl World {
    fn new() -> Self {
        Self::over(Arc::default())
    }

    /// Another run of the app over the same rows.
    fn over(store: Arc<FakeStore>) -> Self {
        let (runtime, agents) = FakeRuntime::new();
        let registry = Arc::new(FakeRegistry::with(&["practice"]));
        let memory = Arc::new(FakeMemory::default());
        let clock = Arc::new(FakeClock::default());
        let sessions = Sessions::new(Ports {
            store: Arc::clone(&store) as _,
            agents: Agents::new(registry, Arc::clone(&store) as _),
            runtime: Arc::new(runtime),
            clock: Arc::clone(&clock) as _,
            attachments: Arc::clone(&store) as _,
            policy: Arc::clone(&store) as _,
            ledger: Arc::clone(&store) as _,
            memory: Arc::clone(&memory) as _,
            links: Arc::new(NoLinks),
        });
        Self {
            facts: sessions.listen(),
            store,
            memory,
            clock,
            sessions,
            agents,
        }
    }

    /// So much time passes on the clock.
    fn pass(&self, time: Duration) {
        self.clock.pass(u64::try_from(time.as_millis()).unwrap());
    }

    async fn session(&self) -> SessionId {
        let workspace = WorkspaceId::new("w");
        let practice = AgentId::new("practice");
        let created = self.sessions.create(&workspace, practice, String::new());
        created.await.unwrap()
    }

    /// A session that has a place.
    async fn placed(&self) -> SessionId {
        let session = self.session().await;
        self.open_place(&session).await;
        session
    }

    async fn open_place(&self, session: &SessionId) {
        let cwd = PathBuf::from("/worktrees/w");
        self.sessions.open_place(session, cwd).await.unwrap();
    }

    /// A session at work on this prompt.
    async fn at_work(&mut self, prompt: &str) -> (SessionId, FakeAgent) {
        let session = self.placed().await;
        self.sessions
            .send(&session, prompt.to_owned())
            .await
            .unwrap();
        let mut agent = self.launched().await;
        opens(&agent, Opening::New).await;
        assert_eq!(agent.called().await, Call::Prompt(prompt.to_owned()));
        agent.says(AgentEvent::PromptWritten).await;
        self.until(&session, |now| now.queue.is_empty()).await;
        (session, agent)
    }

    async fn launched(&mut self) -> FakeAgent {
        self.agents.recv().await.unwrap()
    }

    fn nobody_was_launched(&mut self) -> bool {
        self.agents.try_recv().is_err()
    }

    fn summary(&self, session: &SessionId) -> SessionSummary {
        self.sessions.summary(session).unwrap()
    }

    /// Waits until the session is so; what was told of it before that does not count.
    async fn until(
        &mut self,
        session: &SessionId,
        is_so: impl Fn(&SessionSummary) -> bool,
    ) -> SessionSummary {
        loop {
            let now = self.summary(session);
            if is_so(&now) {
                return now;
            }
            self.facts.next().await.unwrap();
        }
    }

    async fn until_ready(&mut self, session: &SessionId) -> SessionSummary {
        self.until(session, |now| {
            matches!(now.state, SessionState::Ready { .. })
        })
        .await
    }

    async fn until_failed(&mut self, session: &SessionId) -> SessionSummary {
        self.until(session, |now| {
            matches!(now.state, SessionState::Failed { .. })
        })
        .await
    }

    async fn entries(&self, session: &SessionId) -> Vec<Entry> {
        let page = self.sessions.entries(session, None, 1000).await.unwrap();
        page.entries
    }

    /// The transcript in short.
    async fn told(&self, session: &SessionId) -> Vec<String> {
        self.entries(session).await.iter().map(short).collect()
    }
}

fn short(entry: &Entry) -> String {
    match &entry.body {
        EntryBody::Prompt { text, .. } => format!("prompt: {text}"),
        EntryBody::Answer { text } => format!("answer: {text}"),
        EntryBody::Thought { text } => format!("thought: {text}"),
        EntryBody::Tool { call } => format!("tool: {} {:?}", call.title, call.status),
        EntryBody::Plan { items } => format!("plan: {}", items.len()),
        EntryBody::Request { ask, outcome, .. } => format!("request: {} {outcome:?}", ask.title),
        EntryBody::Notice { text, .. } => format!("notice: {text}"),
        EntryBody::TurnEnd { reason, .. } => format!("end: {reason}"),
        EntryBody::Other { name, .. } => format!("other: {name}"),
    }
}

async fn opens(agent: &FakeAgent, opening: Opening) {
    agent
        .says(AgentEvent::Opened {
            agent_session: "theirs".to_owned(),
            opening,
        })
        .await;
}

fn text(text: &str) -> AgentEvent {
    AgentEvent::Text(text.to_owned())
}

fn tool(call: &str, status: ToolStatus) -> AgentEvent {
    AgentEvent::Tool(ToolPatch {
        call: call.to_owned(),
        title: Some(format!("Edit {call}")),
        status: Some(status),
        ..ToolPatch::default()
    })
}

fn turn_ends() -> AgentEvent {
    AgentEvent::TurnEnded {
        reason: "end_turn".to_owned(),
    }
}

fn asks(token: &str) -> AgentEvent {
    let option = |id: &str, kind| AskOption {
        id: id.to_owned(),
        name: id.to_owned(),
        kind,
    };
    AgentEvent::Asked {
        token: token.to_owned(),
        ask: Ask {
            kind: AskKind::Permission,
            title: format!("May I {token}?"),
            call: None,
            options: vec![
                option("yes", OptionKind::AllowOnce),
                option("no", OptionKind::RejectOnce),
            ],
            fields: Vec::new(),
            command: None,
            paths: Vec::new(),
        },
    }
}

fn ended() -> AgentEvent {
    AgentEvent::Ended { cause: None }
}
