//! The typed commands: take input, one call into a domain or a flow, map the error.

pub mod agents;
pub mod attachments;
pub mod board;
pub mod changes;
pub mod diagnostics;
pub mod policy;
pub mod projects;
pub mod queue;
pub mod quit;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod terminals;
pub mod workspaces;

use crate::error::CommandError;

/// What every command answers.
pub type Answered<T> = Result<T, CommandError>;
