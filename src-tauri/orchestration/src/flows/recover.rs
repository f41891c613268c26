//! After any end, also kill -9: rows, git and processes are made to agree before anything is shown.

use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Says on the cards what was recovered; set-ups that were cut off begin again, queued messages go out.
    pub(crate) async fn recover(&self) -> Result<(), FlowError> {
        let unfinished = self.rooms.workspaces.recover().await?;
        let interrupted = self.rooms.sessions.recover().await?;
        if !interrupted.is_empty() {
            tracing::info!(
                sessions = interrupted.len(),
                "sessions were at work when the app ended"
            );
        }
        for row in self.rooms.workspaces.list().await? {
            if row.state == WorkspaceState::Ready {
                self.open_places(&row).await;
            } else if unfinished.contains(&row.id) {
                self.begin_set_up(&row.id);
            } else {
                self.settle_when_possible(&row.id).await;
            }
        }
        Ok(())
    }
}
