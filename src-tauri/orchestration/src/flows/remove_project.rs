//! A project leaves the list, and with it the conversations of its archived workspaces. Nothing on disk is touched.

use kernel::{ProjectId, WorkspaceId};

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Takes a project off the list; refused while a workspace of it is not archived.
    #[tracing::instrument(skip(self))]
    pub async fn remove_project(&self, id: &ProjectId) -> Result<(), FlowError> {
        let rows = self.rooms.workspaces.list().await?;
        let gone: Vec<WorkspaceId> = rows
            .into_iter()
            .filter(|row| row.project == *id)
            .map(|row| row.id)
            .collect();
        self.rooms.projects.remove(id).await?;
        for workspace in &gone {
            self.rooms.sessions.forget(workspace);
        }
        Ok(())
    }
}
