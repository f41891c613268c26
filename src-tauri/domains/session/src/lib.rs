//! Agent conversations: their machine, their transcript, their queue, and what they asked the person.
//!
//! Invariant: what the person typed is a row before anything is done with it, a message is never sent twice,
//! and an unanswered or unknown request is never consent. The domain knows no agent by name.

mod cut;
pub mod entry;
mod error;
pub mod machine;
pub mod port;
mod session;
mod transcript;
mod work;

pub use entry::{
    Ask, AskKind, AskOption, Entry, EntryBody, FormField, FormFieldKind, Location, NoticeLevel,
    OptionKind, PlanItem, PlanStatus, RequestOutcome, ToolCall, ToolContent, ToolKind, ToolStatus,
};
pub use error::{Cause, SessionError};
pub use session::{
    Answer, Message, MessageState, PendingRequest, Session, SessionFact, SessionSummary,
    TranscriptChange, Usage,
};
