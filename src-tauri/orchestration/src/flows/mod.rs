//! The product's behaviour as a list of file names.

mod archive_workspace;
mod create_workspace;
mod export_session;
mod files;
mod keep_drafts;
mod open_terminal;
mod practice_project;
mod project_settings;
mod recover;
mod remove_project;
mod search;
mod send_message;
mod settle_workspace;
mod sign_in;

pub use create_workspace::Task;
pub use search::{FoundHit, FoundPage, Wanted};
pub use send_message::Addressee;

use session::SessionError;
use terminal::TerminalError;
use workspace::WorkspaceError;

/// What a flow can fail with: an error of the domain it was in.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// Of projects or workspaces.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Of sessions or agents.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Of terminals.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}
