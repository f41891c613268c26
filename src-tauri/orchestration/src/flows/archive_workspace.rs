//! Off the board and back: agents and terminals end before the tree goes, and agents start again where it could not go.

use kernel::WorkspaceId;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Ends the workspace's agents and terminals, then checkpoints, verifies and removes its tree. The branch stays.
    #[tracing::instrument(skip(self))]
    pub async fn archive_workspace(&self, id: &WorkspaceId) -> Result<(), FlowError> {
        let archived = self.leave_and_archive(id).await;
        // Also where somebody did not leave in time: what waits in the queues must not wait for ever.
        let row = self.rooms.workspaces.get(id).await?;
        if row.state == WorkspaceState::Ready {
            self.open_places(&row).await;
        }
        if archived.is_err() {
            self.settle_when_possible(id).await;
        }
        archived
    }

    async fn leave_and_archive(&self, id: &WorkspaceId) -> Result<(), FlowError> {
        // The agents may take seconds to end. A shell that is opened meanwhile would be ended again before it was of use.
        self.rooms.terminals.bar_place(id);
        self.rooms.sessions.close_place(id).await?;
        self.rooms.terminals.close_place(id).await?;
        self.rooms.workspaces.archive(id).await?;
        Ok(())
    }

    /// Brings the tree back as it was; then its sessions may start again.
    #[tracing::instrument(skip(self))]
    pub async fn unarchive_workspace(&self, id: &WorkspaceId) -> Result<(), FlowError> {
        match self.rooms.workspaces.unarchive(id).await {
            Ok(row) => {
                self.board.reconcile().await;
                self.open_places(&row).await;
                Ok(())
            }
            Err(error) => {
                self.settle_when_possible(id).await;
                Err(error.into())
            }
        }
    }
}
