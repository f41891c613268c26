//! Newtype ids: a `SessionId` can't be passed where a `WorkspaceId` is asked for.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id that was minted before: from a row, the window, or a test.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Mints a new one: a UUID of version 7, so ids sort by the time they were made.
            pub fn mint() -> Self {
                Self(uuid::Uuid::now_v7().simple().to_string())
            }

            /// The text as stored.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// A local git repository known to the app.
    ProjectId);
id!(/// One task: a worktree, a branch, and all that hangs on it.
    WorkspaceId);
id!(/// One agent conversation in a workspace.
    SessionId);
id!(/// One message of the person, from the queue to the agent.
    MessageId);
id!(/// One entry of a transcript.
    EntryId);
id!(/// Bytes that the person gave an agent: a pasted image, a dropped text.
    AttachmentId);
id!(/// One rule about what agents may do without asking.
    RuleId);
id!(/// One thing an agent asked: a permission, a question, a plan's approval.
    RequestId);
id!(/// An agent program of the registry: `practice`, `claude-code`, or one the person added.
    AgentId);
id!(/// One terminal: a program with a screen and a keyboard of the window.
    TerminalId);
