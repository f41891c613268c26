//! A message finds its session, or begins one.

use kernel::{AgentId, SessionId, WorkspaceId};
use session::NewMessage;
use std::collections::BTreeMap;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

/// The conversation a message is for.
#[derive(Clone, Debug)]
pub enum Addressee {
    /// One that exists.
    Session(SessionId),
    /// A new one.
    New {
        /// Its agent; the workspace's when `None`.
        agent: Option<AgentId>,
        /// What the person chose of the agent's options, id to value.
        choices: BTreeMap<String, String>,
    },
}

impl From<Option<SessionId>> for Addressee {
    /// The session, or a new one with the workspace's agent as it comes.
    fn from(session: Option<SessionId>) -> Self {
        session.map_or_else(
            || Self::New {
                agent: None,
                choices: BTreeMap::new(),
            },
            Self::Session,
        )
    }
}

impl Orchestration {
    /// Sends to a conversation, or to a new one. Answers once the message is stored.
    #[tracing::instrument(skip_all)]
    pub async fn send_message(
        &self,
        workspace: &WorkspaceId,
        to: impl Into<Addressee> + Send,
        message: impl Into<NewMessage> + Send,
    ) -> Result<SessionId, FlowError> {
        let sessions = &self.rooms.sessions;
        let session = match to.into() {
            Addressee::Session(session) => session,
            Addressee::New { agent, choices } => {
                let session = self.begin_session(workspace, agent).await?;
                if !choices.is_empty() {
                    sessions.choose(&session, choices).await?;
                }
                session
            }
        };
        sessions.send(&session, message).await?;
        Ok(session)
    }

    /// A new conversation with `agent`, else the workspace's, else the default. No process yet.
    #[tracing::instrument(skip(self))]
    pub async fn begin_session(
        &self,
        workspace: &WorkspaceId,
        agent: Option<AgentId>,
    ) -> Result<SessionId, FlowError> {
        let row = self.rooms.workspaces.get(workspace).await?;
        let agent = match agent.or(row.agent.clone()) {
            Some(agent) => agent,
            None => self.agent_of(&row.project, None).await?,
        };
        let session = self
            .rooms
            .sessions
            .create(workspace, agent, row.name.clone())
            .await?;
        if row.state == WorkspaceState::Ready {
            let place = self.place(&row).await;
            self.rooms.sessions.open_place(&session, place).await?;
        }
        Ok(session)
    }
}
