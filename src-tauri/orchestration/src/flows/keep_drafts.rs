//! The window says what its drafts hold; what nothing refers to any more is removed behind everybody's back.

use kernel::AttachmentId;
use std::collections::BTreeSet;

use crate::Orchestration;

impl Orchestration {
    /// Removes attachments older than 30 days that no message, no transcript and none of these drafts refers to, in the
    /// background. Without the window's word nothing is removed: a draft may be sent any day.
    #[tracing::instrument(skip_all, fields(drafted = drafted.len()))]
    pub fn keep_drafts(&self, drafted: BTreeSet<AttachmentId>) {
        let sessions = self.rooms.sessions.clone();
        self.tasks.spawn_until_stop(async move {
            match sessions.sweep_attachments(drafted).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "removed attachments that nothing refers to"),
                Err(error) => tracing::warn!(%error, "attachments could not be swept"),
            }
        });
    }
}
