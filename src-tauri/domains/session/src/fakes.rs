//! The ports, in memory, for this crate's tests.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::entry::{Entry, EntryBody, RequestOutcome};
use crate::error::SessionError;
use crate::offer::Offers;
use crate::policy::{PolicyMode, Rule, Scope};
use crate::port::{
    AgentConnection, AgentEvent, AgentMemory, AgentProgram, AgentRegistry, AgentRuntime,
    AgentStore, AttachmentStore, Detection, Inheritance, Launch, Links, Memory, MemoryGauge,
    PolicyStore, ProcessLedger, ProcessRow, PromptPart, SessionStore, UnreadableSession,
};
use crate::session::{Answer, Message, MessageState, Session};
use kernel::{AgentId, AttachmentId, Clock, MessageId, RuleId, SessionId, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::mpsc;

/// A clock that goes on by a millisecond each time somebody looks.
#[derive(Default)]
pub struct FakeClock(AtomicU64);

impl FakeClock {
    pub fn pass(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Rows in memory; refuses all writes while the disk is full, and after its app was killed.
#[derive(Default)]
pub struct FakeStore {
    rows: Arc<Mutex<Rows>>,
    pub disk_is_full: AtomicBool,
    /// How many more writes get through before the app is killed.
    writes_left: Mutex<Option<u32>>,
}

#[derive(Default)]
struct Rows {
    sessions: BTreeMap<SessionId, Session>,
    messages: BTreeMap<MessageId, Message>,
    entries: BTreeMap<(SessionId, u32), Entry>,
    agents: BTreeMap<String, AgentProgram>,
    memory: BTreeMap<String, Remembered>,
    attachments: BTreeMap<AttachmentId, Vec<u8>>,
    rules: BTreeMap<RuleId, Rule>,
    modes: BTreeMap<Scope, PolicyMode>,
    processes: Vec<ProcessRow>,
}

#[derive(Clone, Default)]
struct Remembered {
    offers: Offers,
    choices: BTreeMap<String, String>,
    inheritance: Inheritance,
}

impl FakeStore {
    pub fn fill_disk(&self, full: bool) {
        self.disk_is_full.store(full, Ordering::SeqCst);
    }

    /// Lets so many writes through, and none of this run of the app afterwards.
    pub fn kill_after(&self, writes: u32) {
        *self.writes_left.lock().unwrap() = Some(writes);
    }

    /// The same rows for the next run; this one writes no more.
    pub fn for_the_next_run(&self) -> Self {
        self.kill_after(0);
        Self {
            rows: Arc::clone(&self.rows),
            ..Self::default()
        }
    }

    pub fn message(&self, id: &MessageId) -> Option<Message> {
        self.rows().messages.get(id).cloned()
    }

    pub fn session(&self, id: &SessionId) -> Session {
        self.rows().sessions[id].clone()
    }

    /// What the ledger says is running.
    pub fn processes(&self) -> Vec<ProcessRow> {
        self.rows().processes.clone()
    }

    pub fn open_messages_of(&self, session: &SessionId) -> Vec<Message> {
        self.open_messages(session).unwrap()
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    fn write(&self) -> Result<MutexGuard<'_, Rows>, SessionError> {
        if self.disk_is_full.load(Ordering::SeqCst) {
            return Err(SessionError::Store("The disk is full.".to_owned()));
        }
        match &mut *self.writes_left.lock().unwrap() {
            Some(0) => return Err(SessionError::Store("The app was killed.".to_owned())),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(self.rows())
    }
}

impl Rows {
    fn put(&mut self, session: &SessionId, entry: &Entry) {
        let key = (session.clone(), entry.ordinal);
        if let Some(old) = self.entries.insert(key, entry.clone()) {
            assert_eq!(old.id, entry.id, "two entries in one place");
        }
    }
}

impl SessionStore for FakeStore {
    fn sessions(&self) -> Result<Vec<Session>, SessionError> {
        Ok(self.rows().sessions.values().cloned().collect())
    }

    fn unreadable_sessions(&self) -> Result<Vec<UnreadableSession>, SessionError> {
        Ok(Vec::new())
    }

    fn save_session(&self, session: &Session) -> Result<(), SessionError> {
        let id = session.id.clone();
        self.write()?.sessions.insert(id, session.clone());
        Ok(())
    }

    fn open_messages(&self, session: &SessionId) -> Result<Vec<Message>, SessionError> {
        let rows = self.rows();
        let open =
            |message: &&Message| message.session == *session && message.state != MessageState::Sent;
        let mut open: Vec<_> = rows.messages.values().filter(open).cloned().collect();
        open.sort_by_key(|message| message.position);
        Ok(open)
    }

    fn save_messages(&self, messages: &[Message]) -> Result<(), SessionError> {
        let mut rows = self.write()?;
        for message in messages {
            rows.messages.insert(message.id.clone(), message.clone());
        }
        Ok(())
    }

    fn remove_message(&self, message: &MessageId) -> Result<(), SessionError> {
        self.write()?.messages.remove(message);
        Ok(())
    }

    fn save_entries(&self, session: &SessionId, entries: &[Entry]) -> Result<(), SessionError> {
        let mut rows = self.write()?;
        for entry in entries {
            rows.put(session, entry);
        }
        Ok(())
    }

    fn save_sent(&self, message: &Message, prompt: &Entry) -> Result<(), SessionError> {
        let mut rows = self.write()?;
        rows.put(&message.session, prompt);
        rows.messages.insert(message.id.clone(), message.clone());
        Ok(())
    }

    fn entries(
        &self,
        session: &SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Entry>, SessionError> {
        let rows = self.rows();
        let below = before.unwrap_or(u32::MAX);
        let range = (session.clone(), 0)..(session.clone(), below);
        let mut newest: Vec<_> = rows
            .entries
            .range(range)
            .rev()
            .take(limit as usize)
            .map(|(_, entry)| entry.clone())
            .collect();
        newest.reverse();
        Ok(newest)
    }

    fn pending_entries(&self, session: &SessionId) -> Result<Vec<Entry>, SessionError> {
        let pending = |entry: &Entry| {
            matches!(
                entry.body,
                EntryBody::Request {
                    outcome: RequestOutcome::Pending,
                    ..
                }
            )
        };
        let all = self.entries(session, None, u32::MAX)?;
        Ok(all.into_iter().filter(pending).collect())
    }
}

impl AgentStore for FakeStore {
    fn agents(&self) -> Result<Vec<AgentProgram>, SessionError> {
        let mut agents: Vec<_> = self.rows().agents.values().cloned().collect();
        agents.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(agents)
    }

    fn save_agent(&self, agent: &AgentProgram) -> Result<(), SessionError> {
        let id = agent.id.to_string();
        self.write()?.agents.insert(id, agent.clone());
        Ok(())
    }

    fn remove_agent(&self, id: &AgentId) -> Result<(), SessionError> {
        let mut rows = self.write()?;
        rows.agents.remove(id.as_str());
        rows.memory.remove(id.as_str());
        Ok(())
    }
}

impl FakeStore {
    fn memory(&self, agent: &AgentId) -> Remembered {
        let rows = self.rows();
        rows.memory.get(agent.as_str()).cloned().unwrap_or_default()
    }

    fn remember(
        &self,
        agent: &AgentId,
        change: impl FnOnce(&mut Remembered),
    ) -> Result<(), SessionError> {
        change(self.write()?.memory.entry(agent.to_string()).or_default());
        Ok(())
    }
}

impl AgentMemory for FakeStore {
    fn offers(&self, agent: &AgentId) -> Result<Offers, SessionError> {
        Ok(self.memory(agent).offers)
    }

    fn save_offers(&self, agent: &AgentId, offers: &Offers) -> Result<(), SessionError> {
        self.remember(agent, |memory| memory.offers = offers.clone())
    }

    fn choices(&self, agent: &AgentId) -> Result<BTreeMap<String, String>, SessionError> {
        Ok(self.memory(agent).choices)
    }

    fn save_choices(
        &self,
        agent: &AgentId,
        choices: &BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        self.remember(agent, |memory| memory.choices = choices.clone())
    }

    fn inheritance(&self, agent: &AgentId) -> Result<Inheritance, SessionError> {
        Ok(self.memory(agent).inheritance)
    }

    fn save_inheritance(
        &self,
        agent: &AgentId,
        inheritance: &Inheritance,
    ) -> Result<(), SessionError> {
        self.remember(agent, |memory| memory.inheritance = inheritance.clone())
    }
}

impl AttachmentStore for FakeStore {
    fn save_attachment(&self, id: &AttachmentId, bytes: &[u8]) -> Result<(), SessionError> {
        self.write()?.attachments.insert(id.clone(), bytes.to_vec());
        Ok(())
    }

    fn attachment(&self, id: &AttachmentId) -> Result<Option<Vec<u8>>, SessionError> {
        Ok(self.rows().attachments.get(id).cloned())
    }

    fn unused_attachments(&self, _: Timestamp) -> Result<Vec<AttachmentId>, SessionError> {
        Ok(Vec::new())
    }

    fn remove_attachment(&self, id: &AttachmentId) -> Result<(), SessionError> {
        self.write()?.attachments.remove(id);
        Ok(())
    }
}

impl PolicyStore for FakeStore {
    fn rules(&self) -> Result<Vec<Rule>, SessionError> {
        let mut rules: Vec<_> = self.rows().rules.values().cloned().collect();
        rules.sort_by_key(|rule| rule.created_at);
        Ok(rules)
    }

    fn save_rule(&self, rule: &Rule) -> Result<(), SessionError> {
        self.write()?.rules.insert(rule.id.clone(), rule.clone());
        Ok(())
    }

    fn remove_rule(&self, id: &RuleId) -> Result<(), SessionError> {
        self.write()?.rules.remove(id);
        Ok(())
    }

    fn modes(&self) -> Result<Vec<(Scope, PolicyMode)>, SessionError> {
        let rows = self.rows();
        let modes = rows
            .modes
            .iter()
            .map(|(scope, mode)| (scope.clone(), *mode));
        Ok(modes.collect())
    }

    fn save_mode(&self, scope: &Scope, mode: Option<PolicyMode>) -> Result<(), SessionError> {
        let mut rows = self.write()?;
        match mode {
            Some(mode) => rows.modes.insert(scope.clone(), mode),
            None => rows.modes.remove(scope),
        };
        Ok(())
    }
}

impl ProcessLedger for FakeStore {
    fn record(&self, process: &ProcessRow) -> Result<(), SessionError> {
        self.write()?.processes.push(process.clone());
        Ok(())
    }

    fn forget(&self, process: &ProcessRow) -> Result<(), SessionError> {
        self.write()?.processes.retain(|row| row != process);
        Ok(())
    }
}

/// A disk without symbolic links.
pub struct NoLinks;

impl Links for NoLinks {
    fn follow(&self, path: &Path) -> Option<PathBuf> {
        Some(path.to_owned())
    }
}

/// As much memory as the test says; a system that tells nothing until then.
#[derive(Default)]
pub struct FakeMemory(Mutex<Option<Memory>>);

impl FakeMemory {
    pub fn is(&self, memory: Memory) {
        *self.0.lock().unwrap() = Some(memory);
    }
}

impl MemoryGauge for FakeMemory {
    fn memory(&self) -> Option<Memory> {
        *self.0.lock().unwrap()
    }
}

/// Ships `alpha`, `beta` and `practice`; those whose command is named are there.
pub struct FakeRegistry {
    found: Vec<String>,
}

impl FakeRegistry {
    pub fn with(found: &[&str]) -> Self {
        let found = found.iter().map(|command| (*command).to_owned()).collect();
        Self { found }
    }
}

impl AgentRegistry for FakeRegistry {
    fn shipped(&self) -> Vec<AgentProgram> {
        ["alpha", "beta", "practice"]
            .map(|id| AgentProgram {
                id: AgentId::new(id),
                name: id.to_owned(),
                command: id.to_owned(),
                args: Vec::new(),
                env: Vec::new(),
            })
            .into()
    }

    fn detect(&self, program: &AgentProgram) -> Detection {
        if self.found.contains(&program.command) {
            let path = PathBuf::from("/bin").join(&program.command);
            Detection::Found { path }
        } else {
            let install = format!("install {}", program.command);
            Detection::Missing { install }
        }
    }
}

/// Hands each launch to the test.
pub struct FakeRuntime {
    launched: mpsc::UnboundedSender<FakeAgent>,
}

impl FakeRuntime {
    pub fn new() -> (Self, mpsc::UnboundedReceiver<FakeAgent>) {
        let (launched, agents) = mpsc::unbounded_channel();
        (Self { launched }, agents)
    }
}

impl AgentRuntime for FakeRuntime {
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        let (calls, called) = mpsc::unbounded_channel();
        let agent = FakeAgent {
            launch,
            events,
            called,
        };
        let _ = self.launched.send(agent);
        Arc::new(FakeConnection { calls })
    }
}

/// What was asked of an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Prompt(String),
    SetOption(String, String),
    Cancel,
    Answer(String, Answer),
    Close,
}

struct FakeConnection {
    calls: mpsc::UnboundedSender<Call>,
}

impl AgentConnection for FakeConnection {
    fn prompt(&self, parts: Vec<PromptPart>) {
        let texts = parts.iter().map(|part| match part {
            PromptPart::Text(text) | PromptPart::Context(text) => text.clone(),
            other => format!("{other:?}"),
        });
        let _ = self
            .calls
            .send(Call::Prompt(texts.collect::<Vec<_>>().join("\n")));
    }

    fn set_option(&self, id: &str, value: &str) {
        let call = Call::SetOption(id.to_owned(), value.to_owned());
        let _ = self.calls.send(call);
    }

    fn cancel(&self) {
        let _ = self.calls.send(Call::Cancel);
    }

    fn answer(&self, token: &str, answer: &Answer) {
        let call = Call::Answer(token.to_owned(), answer.clone());
        let _ = self.calls.send(call);
    }

    fn close(&self) {
        let _ = self.calls.send(Call::Close);
    }
}

/// The agent's side of a launch, played by the test.
pub struct FakeAgent {
    pub launch: Launch,
    pub events: mpsc::Sender<AgentEvent>,
    called: mpsc::UnboundedReceiver<Call>,
}

impl FakeAgent {
    pub async fn says(&self, event: AgentEvent) {
        self.events.send(event).await.unwrap();
    }

    /// The next thing that is asked of it.
    pub async fn called(&mut self) -> Call {
        self.called.recv().await.expect("the connection is dropped")
    }

    /// What was asked of it already.
    pub fn calls(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.called.try_recv().ok()).collect()
    }
}
