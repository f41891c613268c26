//! Agent conversations: their machine, their transcript, their queue, and what they asked the person.
//!
//! Invariant: what the person typed is a row before anything is done with it, a message is never sent twice,
//! and an unanswered or unknown request is never consent. The domain knows no agent by name.

mod agents;
mod answers;
pub mod attachments;
mod checkup;
mod cut;
mod digest;
pub mod entry;
mod error;
pub mod export;
#[cfg(test)]
mod fakes;
mod inheritance;
mod live;
pub mod machine;
mod offer;
mod place;
mod policies;
mod policy;
pub mod port;
mod recover;
pub mod redact;
pub mod search;
mod seats;
mod session;
mod sessions;
mod sleep;
mod sleeping;
#[cfg(test)]
mod stories;
mod transcript;
mod transcripts;
mod work;

pub use agents::{AgentDefinition, Agents, KnownAgent};
pub use checkup::{Health, HealthState, SignInKind, SignInMethod, SignInProgram};
pub use entry::{
    Ask, AskKind, AskOption, Entry, EntryBody, FormField, FormFieldKind, Location, NoticeLevel,
    OptionKind, PlanItem, PlanStatus, RequestOutcome, ToolCall, ToolContent, ToolKind, ToolStatus,
    TurnSummary,
};
pub use error::{Cause, SessionError};
pub use inheritance::{InheritedVariable, Standing, standing};
pub use offer::{Offers, OptionCategory, OptionChoice, SessionOption, SlashCommand};
pub use place::{Place, PlaceProject};
pub use policies::Policies;
pub use policy::{
    Decision, Ground, PolicyMode, Rule, RuleDraft, Scope, ScopeMode, Verdict, decide,
};
pub use session::{
    Answer, Attachment, Author, Delivery, Message, MessageState, NewMessage, PendingRequest, Quiet,
    Session, SessionFact, SessionSummary, TitleBy, TranscriptChange, Usage,
};
pub use sessions::{Page, Sessions};
pub use sleep::Limits;
pub use transcripts::{Export, Transcripts};
