//! A person signs an agent in where it needs a terminal: its own program in one.

use kernel::{AgentId, TerminalId};
use terminal::{NewTerminal, Program, Size};

use crate::Orchestration;
use crate::flows::FlowError;

/// The size until somebody looks at it.
const SIZE: Size = Size {
    cols: 100,
    rows: 30,
};

impl Orchestration {
    /// Opens a terminal in which the person signs in by this method of the agent's. It belongs to no workspace.
    #[tracing::instrument(skip(self))]
    pub async fn sign_in_terminal(
        &self,
        agent: &AgentId,
        method: &str,
    ) -> Result<TerminalId, FlowError> {
        // The app's own folder: there is nothing in it that an agent would take for a project.
        let practice = &self.rooms.practice;
        let cwd = practice.parent().unwrap_or(practice).to_owned();
        let agents = &self.rooms.agents;
        let program = agents.sign_in_program(agent, method, cwd).await?;
        let new = NewTerminal {
            title: program.title,
            program: Program::Command {
                command: program.command.to_string_lossy().into_owned(),
                args: program.args,
            },
            cwd: program.cwd,
            env: program.env,
            size: SIZE,
            workspace: None,
        };
        Ok(self.rooms.terminals.open(new).await?)
    }
}
