//! The database on a disk that a test can fill: while it is full every write fails as SQLite's does then, and reads go
//! on. That a real full disk fails this way, and half writes nothing, is shown by the database's own tests.

use kernel::{
    AgentId, AttachmentId, MessageId, ProjectId, RuleId, SessionId, Timestamp, WorkspaceId,
};
use session::port::{
    AgentMemory, AgentProgram, AgentStore, AttachmentStore, Inheritance, PolicyStore,
    ProcessLedger, ProcessRow, SessionStore, UnreadableSession,
};
use session::search::{Indexing, PromptLine, Query, Search, SearchPage, TranscriptSearch};
use session::{Entry, Message, Offers, PolicyMode, Rule, Scope, SessionError};
use sqlite::{Database, Failure};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;
use workspace::machine::WorkspaceState;
use workspace::port::{ProjectStore, WorkspaceStore};
use workspace::{Project, Workspace, WorkspaceError};

/// The database and the room there is for it.
pub struct Disk {
    database: Database,
    /// How many writes there is room for; `None` when there is room for all.
    room: Mutex<Option<usize>>,
    refused: Notify,
    /// Whether the last step of indexing left something to do.
    behind: AtomicBool,
    caught_up: Notify,
}

impl Disk {
    /// With room for so many writes, or for all.
    pub fn with_room(database: Database, room: Option<usize>) -> Self {
        Self {
            database,
            room: Mutex::new(room),
            refused: Notify::new(),
            behind: AtomicBool::new(false),
            caught_up: Notify::new(),
        }
    }

    /// From now on nothing can be written.
    pub fn fill(&self) {
        self.fill_after(0);
    }

    /// From now on so many writes succeed, and then none.
    pub fn fill_after(&self, writes: usize) {
        self.leave(Some(writes));
    }

    /// There is room again.
    pub fn free(&self) {
        self.leave(None);
    }

    /// Waits until a write was refused that nobody waited for yet.
    pub async fn filled(&self) {
        self.refused.notified().await;
    }

    /// Waits until something was indexed in the background and nothing is left to be, since this was last asked.
    pub async fn indexed(&self) {
        self.caught_up.notified().await;
    }

    fn leave(&self, room: Option<usize>) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = room;
    }

    fn written(&self) -> Result<&Database, Failure> {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *room {
            None => Ok(&self.database),
            Some(0) => {
                self.refused.notify_one();
                Err(Failure::DiskFull)
            }
            Some(left) => {
                *left -= 1;
                Ok(&self.database)
            }
        }
    }
}

impl ProjectStore for Disk {
    fn projects(&self) -> Result<Vec<Project>, WorkspaceError> {
        self.database.projects()
    }
    fn project(&self, id: &ProjectId) -> Result<Option<Project>, WorkspaceError> {
        self.database.project(id)
    }
    fn save_project(&self, project: &Project) -> Result<(), WorkspaceError> {
        self.written()?.save_project(project)
    }
    fn remove_project(&self, id: &ProjectId) -> Result<(), WorkspaceError> {
        self.written()?.remove_project(id)
    }
}

impl WorkspaceStore for Disk {
    fn workspaces(&self) -> Result<Vec<Workspace>, WorkspaceError> {
        self.database.workspaces()
    }
    fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, WorkspaceError> {
        self.database.workspace(id)
    }
    fn insert_workspace(&self, workspace: &Workspace) -> Result<(), WorkspaceError> {
        self.written()?.insert_workspace(workspace)
    }
    fn update_workspace(
        &self,
        expected: &WorkspaceState,
        workspace: &Workspace,
    ) -> Result<bool, WorkspaceError> {
        self.written()?.update_workspace(expected, workspace)
    }
}

impl SessionStore for Disk {
    fn sessions(&self) -> Result<Vec<session::Session>, SessionError> {
        self.database.sessions()
    }
    fn unreadable_sessions(&self) -> Result<Vec<UnreadableSession>, SessionError> {
        self.database.unreadable_sessions()
    }
    fn save_session(&self, session: &session::Session) -> Result<(), SessionError> {
        self.written()?.save_session(session)
    }
    fn open_messages(&self, session: &SessionId) -> Result<Vec<Message>, SessionError> {
        self.database.open_messages(session)
    }
    fn save_messages(&self, messages: &[Message]) -> Result<(), SessionError> {
        self.written()?.save_messages(messages)
    }
    fn remove_message(&self, message: &MessageId) -> Result<(), SessionError> {
        self.written()?.remove_message(message)
    }
    fn save_entries(&self, session: &SessionId, entries: &[Entry]) -> Result<(), SessionError> {
        self.written()?.save_entries(session, entries)
    }
    fn save_sent(&self, message: &Message, prompt: &Entry) -> Result<(), SessionError> {
        self.written()?.save_sent(message, prompt)
    }
    fn entries(
        &self,
        session: &SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Entry>, SessionError> {
        self.database.entries(session, before, limit)
    }
    fn pending_entries(&self, session: &SessionId) -> Result<Vec<Entry>, SessionError> {
        self.database.pending_entries(session)
    }
}

impl AttachmentStore for Disk {
    fn save_attachment(&self, id: &AttachmentId, bytes: &[u8]) -> Result<(), SessionError> {
        self.written()?.save_attachment(id, bytes)
    }
    fn attachment(&self, id: &AttachmentId) -> Result<Option<Vec<u8>>, SessionError> {
        self.database.attachment(id)
    }
    fn unused_attachments(&self, before: Timestamp) -> Result<Vec<AttachmentId>, SessionError> {
        self.database.unused_attachments(before)
    }
    fn remove_attachment(&self, id: &AttachmentId) -> Result<(), SessionError> {
        self.written()?.remove_attachment(id)
    }
}

impl PolicyStore for Disk {
    fn rules(&self) -> Result<Vec<Rule>, SessionError> {
        self.database.rules()
    }
    fn save_rule(&self, rule: &Rule) -> Result<(), SessionError> {
        self.written()?.save_rule(rule)
    }
    fn remove_rule(&self, id: &RuleId) -> Result<(), SessionError> {
        self.written()?.remove_rule(id)
    }
    fn modes(&self) -> Result<Vec<(Scope, PolicyMode)>, SessionError> {
        self.database.modes()
    }
    fn save_mode(&self, scope: &Scope, mode: Option<PolicyMode>) -> Result<(), SessionError> {
        self.written()?.save_mode(scope, mode)
    }
}

impl ProcessLedger for Disk {
    fn record(&self, process: &ProcessRow) -> Result<(), SessionError> {
        self.written()?.record(process)
    }
    fn forget(&self, process: &ProcessRow) -> Result<(), SessionError> {
        self.written()?.forget(process)
    }
}

impl AgentStore for Disk {
    fn agents(&self) -> Result<Vec<AgentProgram>, SessionError> {
        self.database.agents()
    }
    fn save_agent(&self, agent: &AgentProgram) -> Result<(), SessionError> {
        self.written()?.save_agent(agent)
    }
    fn remove_agent(&self, id: &AgentId) -> Result<(), SessionError> {
        self.written()?.remove_agent(id)
    }
}

impl TranscriptSearch for Disk {
    fn index_some(&self, settled: Timestamp) -> Result<Indexing, SessionError> {
        let indexing = self.database.index_some(settled)?;
        let behind = indexing == Indexing::Behind;
        if self.behind.swap(behind, Ordering::Relaxed) && !behind {
            self.caught_up.notify_one();
        }
        Ok(indexing)
    }
    fn search(&self, search: &Search) -> Result<SearchPage, SessionError> {
        self.database.search(search)
    }
    fn find_in_session(
        &self,
        session: &SessionId,
        query: &Query,
    ) -> Result<Vec<u32>, SessionError> {
        self.database.find_in_session(session, query)
    }
    fn prompts(&self, session: &SessionId) -> Result<Vec<PromptLine>, SessionError> {
        self.database.prompts(session)
    }
}

impl AgentMemory for Disk {
    fn offers(&self, agent: &AgentId) -> Result<Offers, SessionError> {
        self.database.offers(agent)
    }
    fn save_offers(&self, agent: &AgentId, offers: &Offers) -> Result<(), SessionError> {
        self.written()?.save_offers(agent, offers)
    }
    fn choices(&self, agent: &AgentId) -> Result<BTreeMap<String, String>, SessionError> {
        self.database.choices(agent)
    }
    fn save_choices(
        &self,
        agent: &AgentId,
        choices: &BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        self.written()?.save_choices(agent, choices)
    }
    fn inheritance(&self, agent: &AgentId) -> Result<Inheritance, SessionError> {
        self.database.inheritance(agent)
    }
    fn save_inheritance(
        &self,
        agent: &AgentId,
        inheritance: &Inheritance,
    ) -> Result<(), SessionError> {
        self.written()?.save_inheritance(agent, inheritance)
    }
}
