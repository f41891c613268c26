//! The schema's history: numbered by place, only ever appended to, never edited.

use crate::{agent, entry, message, project, search, session, setting, workspace};
use rusqlite_migration::{M, Migrations};

const STEPS: &[M<'static>] = &[
    M::up(project::CREATE),
    M::up(workspace::CREATE),
    M::up(session::CREATE),
    M::up(message::CREATE),
    M::up(entry::CREATE),
    M::up(agent::CREATE),
    M::up(setting::CREATE),
    M::up(search::CREATE),
];

/// All of them, in order.
pub const ALL: Migrations<'static> = Migrations::from_slice(STEPS);

/// The schema this app writes; a file's is in its `user_version`.
pub const NEWEST: usize = STEPS.len();
