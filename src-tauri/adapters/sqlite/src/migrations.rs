//! The schema's history: numbered by place, only ever appended to, never edited.

use crate::{
    agent, agent_memory, attachment, entry, ledger, message, policy, project, search, session,
    setting, workspace,
};
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
    M::up(session::ADD_CHOICES),
    M::up(message::ADD_ATTACHMENTS),
    M::up(attachment::CREATE),
    M::up(policy::CREATE),
    M::up(ledger::CREATE),
    M::up(project::ADD_SETTINGS),
    M::up(agent_memory::CREATE),
    M::up(session::ADD_CLOSED),
    M::up(session::ADD_CONTEXT),
];

/// All of them, in order.
pub const ALL: Migrations<'static> = Migrations::from_slice(STEPS);

/// The schema this app writes; a file's is in its `user_version`.
pub const NEWEST: usize = STEPS.len();
