//! A message finds its session, or begins one.

use kernel::{AgentId, SessionId, WorkspaceId};
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Sends to `session`, or to a new one of `agent` (else the workspace's, else the default).
    /// Answers once the text is stored.
    #[tracing::instrument(skip(self, text))]
    pub async fn send_message(
        &self,
        workspace: &WorkspaceId,
        session: Option<SessionId>,
        agent: Option<AgentId>,
        text: String,
    ) -> Result<SessionId, FlowError> {
        let session = match session {
            Some(session) => session,
            None => self.begin_session(workspace, agent).await?,
        };
        self.rooms.sessions.send(&session, text).await?;
        Ok(session)
    }

    async fn begin_session(
        &self,
        workspace: &WorkspaceId,
        agent: Option<AgentId>,
    ) -> Result<SessionId, FlowError> {
        let row = self.rooms.workspaces.get(workspace).await?;
        let agent = match agent.or(row.agent) {
            Some(agent) => agent,
            None => self.rooms.agents.default_choice(None).await?,
        };
        let session = self
            .rooms
            .sessions
            .create(workspace, agent, row.name)
            .await?;
        if row.state == WorkspaceState::Ready {
            self.rooms.sessions.open_place(&session, row.path).await?;
        }
        Ok(session)
    }
}
