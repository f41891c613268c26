//! A session, its queue, and what it announces.

use crate::entry::{Ask, Entry};
use crate::machine::SessionState;
use kernel::{AgentId, EntryId, MessageId, RequestId, SessionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;

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
    /// How far it is.
    pub state: MessageState,
    /// When the person sent it.
    pub created_at: Timestamp,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits for its turn.
    Queued,
    /// Being written to the agent. A crash here makes it `Failed`: it may or may not have arrived.
    Sending,
    /// With the agent.
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
    /// The newest activity in a few words: "Edit src/lib.rs".
    pub activity: Option<String>,
    /// What waits for the person, oldest first.
    pub pending: Vec<PendingRequest>,
    /// Messages that wait, are being sent, or failed, in order.
    pub queue: Vec<Message>,
    /// Number of the newest turn; 0 before the first.
    pub turn: u32,
    /// When the newest turn ended.
    pub turn_ended_at: Option<Timestamp>,
    /// Context use and cost.
    pub usage: Option<Usage>,
    /// When it was created.
    pub created_at: Timestamp,
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
    /// The agent may have changed files (a tool call ended, a turn ended).
    FilesTouched(WorkspaceId),
}
