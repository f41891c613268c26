//! A session, its queue, and what it announces.

use crate::entry::{Ask, Entry};
use crate::machine::SessionState;
use crate::offer::Offers;
use crate::policy::PolicyMode;
use kernel::{
    AgentId, AttachmentId, EntryId, MessageId, RequestId, SessionId, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// One row of `session`.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The workspace it works in.
    pub workspace: WorkspaceId,
    /// The agent that runs it.
    pub agent: AgentId,
    /// Title, from the agent or the first prompt.
    pub title: String,
    /// Where it is in its life; a live state in a row after a start means the app was killed.
    pub state: SessionState,
    /// The agent's own id for the conversation, to resume it.
    pub agent_session: Option<String>,
    /// Number of the newest turn, from 1; 0 before the first.
    pub turn: u32,
    /// When the newest turn ended.
    pub turn_ended_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub state_since: Timestamp,
    /// What its agent may do without asking, where the person chose it for this session; inherited when `None`.
    pub policy: Option<PolicyMode>,
    /// Options the person chose for this session, id to value; given to the agent whenever it opens.
    pub choices: BTreeMap<String, String>,
    /// What the agent offered last.
    pub offers: Offers,
    /// Context use and cost as last reported.
    pub usage: Option<Usage>,
    /// Who gave it its title.
    pub title_by: TitleBy,
    /// Since when it is not shown among the workspace's conversations.
    pub closed_at: Option<Timestamp>,
    /// A mark of what the agent's conversation was told of its place; `None` before it was told anything.
    pub context: Option<String>,
}

/// Who gave a conversation its title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleBy {
    /// The agent, the first prompt or the workspace; the agent may change it.
    #[default]
    Agent,
    /// The person; it stays.
    Person,
}

/// A message of the person: a row before anything is done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The session it is for.
    pub session: SessionId,
    /// Its place in the queue: lower goes first.
    pub position: u32,
    /// Its text.
    pub text: String,
    /// Files and images that go with it.
    pub attachments: Vec<Attachment>,
    /// Who wrote it.
    pub author: Author,
    /// How far it is.
    pub state: MessageState,
    /// When the person sent it.
    pub created_at: Timestamp,
}

/// A message as the person sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// Its text.
    pub text: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// Who wrote it.
    pub author: Author,
    /// When it goes out.
    pub delivery: Delivery,
}

impl Attachment {
    /// For people.
    pub fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Image { name, .. } | Self::Text { name, .. } => name,
        }
    }
}

impl From<String> for NewMessage {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl From<&str> for NewMessage {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// When a message goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// After what waits before it.
    #[default]
    Queue,
    /// Before all else: the turn that runs is stopped for it.
    Now,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person.
    #[default]
    Person,
    /// The app, to go on after a crash.
    App,
}

/// What goes with a message besides its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Attachment {
    /// A file the agent reads itself.
    File {
        /// For people: the path in the worktree, or the file's name.
        name: String,
        /// Absolute path.
        path: String,
    },
    /// A picture, given to the agent as it is.
    Image {
        /// Its bytes' row.
        id: AttachmentId,
        /// For people.
        name: String,
        /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
        mime: String,
        /// Size in bytes.
        bytes: u32,
    },
    /// A text that is no file of the worktree, given to the agent as it is.
    Text {
        /// Its bytes' row; UTF-8.
        id: AttachmentId,
        /// For people.
        name: String,
        /// Size in bytes.
        bytes: u32,
    },
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Kept back until the person lets it go.
    Held,
    /// Waits for its turn.
    Queued,
    /// Given to the agent, which has not reacted yet. A crash here makes it `Failed`: it may or may not have arrived.
    Sending,
    /// The agent reacted to it.
    Sent,
    /// Not delivered for sure; the text is kept for the person to send again.
    Failed,
}

/// Context use and cost as the agent reports them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens in the context.
    #[specta(type = u32)]
    pub used: u64,
    /// Tokens the context can hold.
    #[specta(type = u32)]
    pub size: u64,
    /// Cost so far, as text with its currency: "0.42 USD".
    pub cost: Option<String>,
}

/// A request that waits for the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PendingRequest {
    /// Its id.
    pub id: RequestId,
    /// The session that asked.
    pub session: SessionId,
    /// What is asked.
    pub ask: Ask,
    /// Since when.
    pub since: Timestamp,
}

/// The person's answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Answer {
    /// One of the offered options.
    Option {
        /// Its id.
        id: String,
    },
    /// A filled-in form: a JSON object of field name to value.
    Form {
        /// The object, as JSON text.
        values: String,
    },
    /// No answer: the agent is told it was declined.
    Decline,
}

/// A session as others may know it: its row and what is live about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// The workspace it works in.
    pub workspace: WorkspaceId,
    /// The agent that runs it.
    pub agent: AgentId,
    /// Title.
    pub title: String,
    /// Where it is in its life.
    pub state: SessionState,
    /// When its state last changed.
    pub state_since: Timestamp,
    /// The newest activity in a few words: "Edit src/lib.rs"; at rest, how the newest turn ended.
    pub activity: Option<String>,
    /// What waits for the person, oldest first.
    pub pending: Vec<PendingRequest>,
    /// Messages that wait, are being sent, or failed, in order; not those that stand in the transcript already.
    pub queue: Vec<Message>,
    /// Number of the newest turn; 0 before the first.
    pub turn: u32,
    /// When the newest turn ended.
    pub turn_ended_at: Option<Timestamp>,
    /// Context use and cost.
    pub usage: Option<Usage>,
    /// What its agent may do without asking: chosen for this session, else inherited.
    pub policy: PolicyMode,
    /// Whether `policy` was chosen for this session.
    pub policy_is_own: bool,
    /// Since when a working agent shows no sign of life, once that is long enough to tell.
    pub quiet: Option<Quiet>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it is closed: not shown as a tab, but searched and opened again.
    pub closed_at: Option<Timestamp>,
}

/// A working agent from which nothing came for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Quiet {
    /// When it last said something.
    pub since: Timestamp,
    /// The likely cause, for people.
    pub likely: String,
}

/// One change of a transcript, in the order they happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are the large one; a box would be paid by all of them"
)]
pub enum TranscriptChange {
    /// A new entry, or the new whole of one.
    Put {
        /// The entry.
        entry: Entry,
    },
    /// More text at the end of an answer or a thought.
    Append {
        /// The entry.
        entry: EntryId,
        /// What is added.
        text: String,
    },
}

/// What happened in a session.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "facts are few, and a box would be paid by all of them"
)]
pub enum SessionFact {
    /// Its summary is now this.
    Changed(SessionSummary),
    /// Its transcript grew; what is told here is stored already.
    Transcript {
        /// The session.
        session: SessionId,
        /// Counts the batches of this session since the app started, from 1, without gaps.
        revision: u32,
        /// The changes.
        changes: Vec<TranscriptChange>,
    },
    /// What the agent of a session offers is now this.
    Offers {
        /// The session.
        session: SessionId,
        /// The new whole.
        offers: Offers,
    },
    /// The agent may have changed files (a tool call ended, a turn ended).
    FilesTouched(WorkspaceId),
}
