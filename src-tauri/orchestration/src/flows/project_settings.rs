//! What the person set for a project reaches its workspaces: which agent they get, what their agents are told.

use kernel::{AgentId, ProjectId};
use workspace::ProjectSettings;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Stores the settings. Agents are told what changed with their next prompt.
    #[tracing::instrument(skip(self, settings))]
    pub async fn save_project_settings(
        &self,
        project: &ProjectId,
        settings: ProjectSettings,
    ) -> Result<(), FlowError> {
        if let Some(agent) = &settings.agent {
            self.rooms.agents.resolve(agent).await?;
        }
        self.rooms.projects.save_settings(project, settings).await?;
        for row in self.rooms.workspaces.list().await? {
            if row.project == *project && row.state == WorkspaceState::Ready {
                self.renew_places(&row).await;
            }
        }
        Ok(())
    }

    /// The agent for a project's new workspaces: what the person set for it, else what they prefer, as far as it exists, else
    /// the default.
    pub(crate) async fn agent_of(
        &self,
        project: &ProjectId,
        preferred: Option<AgentId>,
    ) -> Result<AgentId, FlowError> {
        let of_project = self.rooms.projects.get(project).await?.settings.agent;
        let wanted = of_project.into_iter().chain(preferred);
        Ok(self.rooms.agents.default_choice(wanted).await?)
    }
}
