//! Agents and preferences.

use crate::app::App;
use crate::commands::Answered;
use crate::preferences;
use kernel::AgentId;
use serde::{Deserialize, Serialize};
use session::port::Detection;
use session::{AgentDefinition, KnownAgent};
use specta::Type;
use tauri::State;

/// An agent of the registry.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgentEntry {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to what it inherits.
    pub env: Vec<Variable>,
    /// Whether the app ships it; the person's own can be edited and removed.
    pub shipped: bool,
    /// Where the program was found; `None` when it is missing.
    pub path: Option<String>,
    /// How to install it, when it is missing.
    pub install: Option<String>,
    /// Whether new workspaces get it unless told otherwise.
    pub is_default: bool,
}

/// One environment variable.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An agent of the person's own.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgentDraft {
    /// The one to change; `None` for a new one.
    pub id: Option<AgentId>,
    /// Its name.
    pub name: String,
    /// The program: an absolute path, or a name to be found on the PATH.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to what it inherits.
    pub env: Vec<Variable>,
}

/// What the person prefers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The agent for new workspaces; the first one found when `None`.
    pub default_agent: Option<AgentId>,
    /// The agent that fixes failing checks; the default one when `None`.
    pub fix_agent: Option<AgentId>,
    /// Agents' processes at a time, 1 to 64.
    pub max_live_agents: u32,
    /// Minutes until an idle agent's process ends, 1 to 1440; never when `None`, unless memory is short.
    pub sleep_after_minutes: Option<u32>,
    /// Minutes until a working agent from which nothing comes counts as quiet, 1 to 1440.
    pub quiet_after_minutes: u32,
    /// The person's editor as a command, such as `code -g {path}:{line}`; found by itself when `None`.
    pub editor: Option<String>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// All agents, the practice agent last.
#[tauri::command]
#[specta::specta]
pub async fn agents(app: State<'_, App>) -> Answered<Vec<AgentEntry>> {
    let default = preferences::default_agent(&app).await?;
    Ok(app
        .flows
        .rooms()
        .agents
        .list()
        .await?
        .into_iter()
        .map(|agent| entry(agent, Some(&default)))
        .collect())
}

/// Adds or changes an agent of the person's own.
#[tauri::command]
#[specta::specta]
pub async fn save_agent(app: State<'_, App>, draft: AgentDraft) -> Answered<AgentEntry> {
    let agents = &app.flows.rooms().agents;
    let saved = agents
        .save(
            draft.id,
            AgentDefinition {
                name: draft.name,
                command: draft.command,
                args: draft.args,
                env: draft
                    .env
                    .into_iter()
                    .map(|variable| (variable.name, variable.value))
                    .collect(),
            },
        )
        .await?;
    let default = preferences::load(&app.database).await?.default_agent;
    Ok(entry(saved, default.as_ref()))
}

/// Removes an agent of the person's own.
#[tauri::command]
#[specta::specta]
pub async fn remove_agent(app: State<'_, App>, id: AgentId) -> Answered<()> {
    Ok(app.flows.rooms().agents.remove(&id).await?)
}

/// What the person prefers.
#[tauri::command]
#[specta::specta]
pub async fn preferences(app: State<'_, App>) -> Answered<Preferences> {
    preferences::load(&app.database).await
}

/// Changes what the person prefers; agents that run follow at once.
#[tauri::command]
#[specta::specta]
pub async fn save_preferences(app: State<'_, App>, preferences: Preferences) -> Answered<()> {
    preferences::change(&app, preferences).await
}

fn entry(agent: KnownAgent, default: Option<&AgentId>) -> AgentEntry {
    let (path, install) = match agent.detection {
        Detection::Found { path } => (Some(path.display().to_string()), None),
        Detection::Missing { install } => (None, Some(install)),
    };
    AgentEntry {
        is_default: default == Some(&agent.program.id),
        id: agent.program.id,
        name: agent.program.name,
        command: agent.program.command,
        args: agent.program.args,
        env: agent
            .program
            .env
            .into_iter()
            .map(|(name, value)| Variable { name, value })
            .collect(),
        shipped: agent.shipped,
        path,
        install,
    }
}
