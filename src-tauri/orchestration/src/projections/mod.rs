//! Rows and summaries of the domains as groups of a card. Pure.

pub mod git;
pub mod project;
pub mod session;
pub mod workspace;
