//! Projects and workspaces: which tasks exist, where their trees are, and what state each is in.
//!
//! Invariant: a transition is one guarded write (`machine::step`, then a compare-and-set in the store),
//! and nothing is removed from disk before a checkpoint of it was verified.

mod archive;
pub mod changes;
mod editing;
mod error;
mod files;
pub mod machine;
mod naming;
pub mod port;
mod project;
mod projects;
mod recover;
mod review;
mod set_up;
mod work;
mod workspace;
mod workspaces;

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod tests;

pub use editing::check_editor;
pub use error::WorkspaceError;
pub use files::{FileHit, Files};
pub use project::{Project, ProjectFact, ProjectSettings};
pub use projects::Projects;
pub use workspace::{SetupStep, SetupStepState, Workspace, WorkspaceFact};
pub use workspaces::{NewWorkspace, Workspaces};
