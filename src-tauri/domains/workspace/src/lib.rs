//! Projects and workspaces: which tasks exist, where their trees are, and what state each is in.
//!
//! Invariant: a transition is one guarded write (`machine::step`, then a compare-and-set in the store),
//! and nothing is removed from disk before a checkpoint of it was verified.

mod error;
pub mod machine;
pub mod port;
mod project;
mod workspace;

pub use error::WorkspaceError;
pub use project::{Project, ProjectFact};
pub use workspace::{SetupStep, SetupStepState, Workspace, WorkspaceFact};
