//! Preferences.

use crate::app::App;
use crate::commands::Answered;
use crate::preferences;
use kernel::AgentId;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

/// What the person prefers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The agent for new workspaces; the first one found when `None`.
    pub default_agent: Option<AgentId>,
    /// The agent that reviews what another one did; the workspace's own when `None`.
    pub review_agent: Option<AgentId>,
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
