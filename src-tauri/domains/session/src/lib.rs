//! Agent conversations: their machine, their transcript, their queue, and what they asked the person.
//!
//! Invariant: what the person typed is a row before anything is done with it, a message is never sent twice,
//! and an unanswered or unknown request is never consent. The domain knows no agent by name.

mod agents;
mod answers;
mod cut;
mod digest;
pub mod entry;
mod error;
#[cfg(test)]
mod fakes;
mod live;
pub mod machine;
pub mod port;
mod recover;
pub mod search;
mod session;
mod sessions;
#[cfg(test)]
mod stories;
mod transcript;
mod transcripts;
mod work;

pub use agents::{AgentDefinition, Agents, KnownAgent};
pub use entry::{
    Ask, AskKind, AskOption, Entry, EntryBody, FormField, FormFieldKind, Location, NoticeLevel,
    OptionKind, PlanItem, PlanStatus, RequestOutcome, ToolCall, ToolContent, ToolKind, ToolStatus,
};
pub use error::{Cause, SessionError};
pub use session::{
    Answer, Message, MessageState, PendingRequest, Session, SessionFact, SessionSummary,
    TranscriptChange, Usage,
};
pub use sessions::{Page, Sessions};
pub use transcripts::Transcripts;
