//! What a cause says of the process and of the conversation.

use crate::error::Cause;

/// A process whose provider failed is worth keeping: its conversation is still in it. One that is not signed in
/// or lost the protocol has to begin anew to be any better.
pub(super) fn leaves_the_process_good(cause: &Cause) -> bool {
    match cause {
        Cause::Provider { .. } | Cause::Quota { .. } => true,
        Cause::BinaryMissing { .. }
        | Cause::FolderUnusable { .. }
        | Cause::StartTimedOut { .. }
        | Cause::TurnTimedOut { .. }
        | Cause::Protocol { .. }
        | Cause::SignIn { .. }
        | Cause::Crashed { .. }
        | Cause::Interrupted => false,
    }
}

/// Whether a process that ended like this, before it showed any sign of the conversation it was to resume, would end
/// so at each resume. What has nothing to do with the conversation is not held against it.
pub fn speaks_against_resuming(cause: &Cause) -> bool {
    match cause {
        Cause::Crashed { .. } | Cause::StartTimedOut { .. } | Cause::Protocol { .. } => true,
        Cause::BinaryMissing { .. }
        | Cause::FolderUnusable { .. }
        | Cause::TurnTimedOut { .. }
        | Cause::Provider { .. }
        | Cause::SignIn { .. }
        | Cause::Quota { .. }
        | Cause::Interrupted => false,
    }
}
