//! The few words every room shares: ids, time, facts. Nothing here knows a domain, a file or a process.

mod clock;
mod facts;
mod ids;

pub use clock::{Clock, Timestamp};
pub use facts::{FactStream, Facts};
pub use ids::{
    AgentId, AttachmentId, EntryId, MessageId, ProjectId, RequestId, RuleId, SessionId, TerminalId,
    WorkspaceId,
};
