//! What the person prefers, as one row of the settings.

use kernel::AgentId;
use sqlite::Database;
use std::sync::Arc;

use crate::app::App;
use crate::commands::Answered;
use crate::commands::settings::Preferences;
use crate::error::CommandError;

const KEY: &str = "preferences";

/// The stored ones, or the defaults.
pub async fn load(database: &Arc<Database>) -> Answered<Preferences> {
    let database = Arc::clone(database);
    off_the_workers(move || match database.setting(KEY) {
        Ok(Some(text)) => Ok(serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "stored preferences were not readable; the defaults are used");
            Preferences::default()
        })),
        Ok(None) => Ok(Preferences::default()),
        Err(error) => Err(unusable(&error)),
    })
    .await
}

/// The agent for new workspaces: what the person prefers, as far as it still exists.
pub async fn default_agent(app: &App) -> Answered<AgentId> {
    let preferred = load(&app.database).await?.default_agent;
    let agents = &app.flows.rooms().agents;
    Ok(agents.default_choice(preferred).await?)
}

/// Stores them.
pub async fn save(database: &Arc<Database>, preferences: Preferences) -> Answered<()> {
    let database = Arc::clone(database);
    off_the_workers(move || {
        let text = serde_json::to_string(&preferences).map_err(|error| unusable(&error))?;
        database
            .set_setting(KEY, &text)
            .map_err(|error| unusable(&error))
    })
    .await
}

async fn off_the_workers<T: Send + 'static>(
    work: impl FnOnce() -> Answered<T> + Send + 'static,
) -> Answered<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(unusable(&error)))
}

fn unusable(error: &dyn std::error::Error) -> CommandError {
    CommandError::failed(
        format!("The app's database could not be used: {error}"),
        "Free disk space and check the data directory's permissions.",
    )
}
