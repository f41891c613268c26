//! A task becomes a workspace: rows first, so that nothing typed is lost, then the tree, then the agent.

use kernel::{AgentId, ProjectId, WorkspaceId};
use workspace::{NewWorkspace, Workspace};

use crate::Orchestration;
use crate::flows::FlowError;

/// What the person wants done.
#[derive(Clone, Debug)]
pub struct Task {
    /// In which project.
    pub project: ProjectId,
    /// What the agent should do; may be empty.
    pub prompt: String,
    /// By whom; the project's agent when `None`.
    pub agent: Option<AgentId>,
    /// By whom where neither this nor the project names one; the first agent that is found when `None`.
    pub preferred: Option<AgentId>,
    /// From which branch or commit; the project's default when `None`.
    pub base: Option<String>,
}

impl Orchestration {
    /// Answers as soon as workspace and prompt are stored; branch, worktree and agent follow.
    #[tracing::instrument(skip_all, fields(project = %task.project))]
    pub async fn create_workspace(&self, task: Task) -> Result<WorkspaceId, FlowError> {
        let agent = match task.agent {
            Some(agent) => agent,
            None => self.agent_of(&task.project, task.preferred).await?,
        };
        let new = NewWorkspace {
            project: task.project,
            prompt: task.prompt.clone(),
            base: task.base,
            agent: Some(agent.clone()),
        };
        let workspace = self.rooms.workspaces.create(new).await?;
        let begun = self
            .begin_conversation(&workspace, agent, task.prompt)
            .await;
        // Also when the prompt could not be stored: it stays with who typed it, and the workspace is none the worse.
        self.begin_set_up(&workspace.id);
        begun.map(|()| workspace.id)
    }

    async fn begin_conversation(
        &self,
        workspace: &Workspace,
        agent: AgentId,
        prompt: String,
    ) -> Result<(), FlowError> {
        if prompt.trim().is_empty() {
            return Ok(());
        }
        let sessions = &self.rooms.sessions;
        let title = workspace.name.clone();
        let session = sessions.create(&workspace.id, agent, title).await?;
        sessions.send(&session, prompt).await?;
        Ok(())
    }

    /// Makes a workspace's tree again after a failure.
    #[tracing::instrument(skip(self))]
    pub async fn retry_set_up(&self, id: &WorkspaceId) -> Result<(), FlowError> {
        self.rooms.workspaces.get(id).await?;
        self.begin_set_up(id);
        Ok(())
    }

    /// Makes the tree in the background; then messages that waited for it go out.
    pub(crate) fn begin_set_up(&self, id: &WorkspaceId) {
        let (this, id) = (self.clone(), id.clone());
        self.tasks.spawn(async move {
            match this.rooms.workspaces.provision(&id).await {
                Ok(row) => this.open_places(&row).await,
                Err(error) => {
                    tracing::warn!(workspace = %id, %error, "set-up did not succeed");
                    this.settle_when_possible(&id).await;
                }
            }
        });
    }

    /// The workspace's sessions and terminals may start in its tree from now on, also where an archive had closed it.
    pub(crate) async fn open_places(&self, row: &Workspace) {
        self.rooms.sessions.reopen_place(&row.id);
        self.rooms.terminals.reopen_place(&row.id);
        self.renew_places(row).await;
    }

    /// Tells the workspace's sessions of its place as it is now. One that is being archived stays closed.
    pub(crate) async fn renew_places(&self, row: &Workspace) {
        let place = self.place(row).await;
        for session in self.rooms.sessions.summaries() {
            if session.workspace != row.id {
                continue;
            }
            if let Err(error) = self
                .rooms
                .sessions
                .open_place(&session.id, place.clone())
                .await
            {
                tracing::error!(session = %session.id, %error, "the session could not be given its place");
            }
        }
        self.numbers.refresh(&row.id);
    }
}
