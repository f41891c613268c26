//! A step whose end could not be recorded, because the database could not be written: made true as soon as it can be.

use kernel::WorkspaceId;
use std::time::Duration;
use workspace::machine::WorkspaceState;

use crate::Orchestration;

/// How long until the next try.
const RETRY: Duration = Duration::from_secs(1);

impl Orchestration {
    /// Nobody works on this workspace any more. At rest it is left as it is; otherwise it is settled in the
    /// background, and goes on where it was.
    pub(crate) async fn settle_when_possible(&self, id: &WorkspaceId) {
        if !self.is_unsettled(id).await {
            return;
        }
        let (this, id) = (self.clone(), id.clone());
        self.tasks.spawn_until_stop(async move {
            while this.is_unsettled(&id).await {
                tokio::time::sleep(RETRY).await;
                match this.rooms.workspaces.settle(&id).await {
                    Ok(true) => return this.begin_set_up(&id),
                    Ok(false) => {}
                    Err(error) => {
                        tracing::debug!(workspace = %id, %error, "it can't be settled yet");
                    }
                }
            }
            this.open_if_ready(&id).await;
        });
    }

    async fn is_unsettled(&self, id: &WorkspaceId) -> bool {
        match self.rooms.workspaces.get(id).await {
            Ok(row) => match row.state {
                WorkspaceState::New
                | WorkspaceState::Provisioning
                | WorkspaceState::Archiving { .. } => true,
                WorkspaceState::Ready
                | WorkspaceState::Failed { .. }
                | WorkspaceState::Archived => false,
            },
            Err(_) => false,
        }
    }

    async fn open_if_ready(&self, id: &WorkspaceId) {
        match self.rooms.workspaces.get(id).await {
            Ok(row) if row.state == WorkspaceState::Ready => self.open_places(&row).await,
            Ok(_) | Err(_) => {}
        }
    }
}
