//! A terminal finds its folder: the person's shell in a workspace's tree.

use kernel::{TerminalId, WorkspaceId};
use terminal::{NewTerminal, Program, Size};
use workspace::WorkspaceError;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Opens the person's shell in the workspace's tree; refused while it has none and while it is being archived.
    #[tracing::instrument(skip(self))]
    pub async fn open_terminal(
        &self,
        workspace: &WorkspaceId,
        size: Size,
    ) -> Result<TerminalId, FlowError> {
        let row = self.rooms.workspaces.get(workspace).await?;
        if row.state != WorkspaceState::Ready {
            return Err(WorkspaceError::NoTree { name: row.name }.into());
        }
        let new = NewTerminal {
            title: "Terminal".to_owned(),
            program: Program::Shell,
            cwd: row.path,
            env: Vec::new(),
            size,
            workspace: Some(workspace.clone()),
        };
        Ok(self.rooms.terminals.open(new).await?)
    }
}
