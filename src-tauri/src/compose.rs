//! The one page of composition: adapters → domains → orchestration.

use agents::{Agents as AgentPrograms, DiskLinks, SystemMemory};
use editor::{Desktop, Editors};
use git::Git;
use kernel::Clock;
use orchestration::{FlowError, Rooms, Running};
use process::Tag;
use pty::Terminals as Ptys;
use session::port::Ports;
use session::{Agents, Sessions, Transcripts};
use sqlite::Database;
use std::path::PathBuf;
use std::sync::Arc;
use terminal::Terminals;
use workspace::{Files, Projects, Workspaces};

use crate::clock::SystemClock;
use crate::home::Home;
use crate::preferences;
use crate::search_path::search_path;

/// Builds the house on an opened data directory and starts it.
pub async fn compose(
    home: &Home,
    tag: &Tag,
    database: Arc<Database>,
) -> Result<Running, FlowError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let git = Arc::new(Git::new(tag.clone()));
    let programs = Arc::new(AgentPrograms::new(
        tag.clone(),
        practice_agent(),
        search_path(),
    ));

    let projects = Projects::new(
        Arc::clone(&database) as _,
        Arc::clone(&database) as _,
        Arc::clone(&git) as _,
        Arc::clone(&clock),
    );
    let workspaces = Workspaces::new(
        Arc::clone(&database) as _,
        Arc::clone(&database) as _,
        Arc::clone(&git) as _,
        Arc::clone(&git) as _,
        Arc::clone(&clock),
        home.worktrees(),
    );
    let files = Files::new(
        Arc::clone(&git) as _,
        Arc::new(Editors::on(search_path(), Desktop::of_session())),
        Arc::clone(&clock),
    );
    let agents = Agents::new(Arc::clone(&programs) as _, Arc::clone(&database) as _);
    let sessions = Sessions::new(Ports {
        store: Arc::clone(&database) as _,
        agents: agents.clone(),
        runtime: programs,
        clock: Arc::clone(&clock),
        attachments: Arc::clone(&database) as _,
        policy: Arc::clone(&database) as _,
        ledger: Arc::clone(&database) as _,
        memory: Arc::new(SystemMemory),
        links: Arc::new(DiskLinks),
    });

    // Before anything can start: the limits hold from the first agent on.
    match preferences::load(&database).await {
        Ok(preferences) => sessions.set_limits(preferences::limits(&preferences)),
        Err(error) => tracing::warn!(?error, "preferences can't be read; the defaults hold"),
    }
    let transcripts = Transcripts::new(
        Arc::clone(&database) as _,
        Arc::new(export::Folders),
        database,
        environment(),
    );

    let ptys = Ptys::new(tag.clone(), search_path());
    let terminals = Terminals::new(Arc::new(ptys), Arc::clone(&clock));

    orchestration::start(Rooms {
        projects,
        workspaces,
        files,
        sessions,
        transcripts,
        terminals,
        agents,
        clock,
        practice: home.practice(),
    })
    .await
}

/// The app's own, for what looks secret in it. A name or value that is not text is none.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The practice agent is installed beside the app.
fn practice_agent() -> PathBuf {
    let name = format!("practice-agent{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe()
        .ok()
        .and_then(|app| app.parent().map(|folder| folder.join(&name)))
        .unwrap_or_else(|| PathBuf::from(name))
}
