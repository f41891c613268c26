//! What the person prefers, as one row of the settings, and what follows from it for agents that run.

use kernel::AgentId;
use serde_json::{Map, Value};
use session::Limits;
use sqlite::Database;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::commands::Answered;
use crate::commands::settings::{Preferences, Theme};
use crate::error::CommandError;

const KEY: &str = "preferences";

/// The stored ones, or the defaults.
pub async fn load(database: &Arc<Database>) -> Answered<Preferences> {
    let database = Arc::clone(database);
    off_the_workers(move || match database.setting(KEY) {
        Ok(Some(text)) => Ok(read(&text).unwrap_or_else(|error| {
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

/// What follows for agents' processes.
pub fn limits(preferences: &Preferences) -> Limits {
    let minutes = |count: u32| Duration::from_secs(u64::from(count) * 60);
    Limits {
        live_agents: preferences.max_live_agents,
        sleep_after: preferences.sleep_after_minutes.map(minutes),
        quiet_after: minutes(preferences.quiet_after_minutes),
    }
}

/// Stores them and has running agents follow them, unless one of them can't be.
pub async fn change(app: &App, preferences: Preferences) -> Answered<()> {
    let preferences = checked(preferences)?;
    save(&app.database, preferences.clone()).await?;
    app.flows.rooms().sessions.set_limits(limits(&preferences));
    Ok(())
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            default_agent: None,
            review_agent: None,
            max_live_agents: 8,
            sleep_after_minutes: Some(15),
            quiet_after_minutes: 10,
            editor: None,
        }
    }
}

/// A row as any version wrote it: what it does not name is as by default.
fn read(text: &str) -> serde_json::Result<Preferences> {
    let mut all = serde_json::to_value(Preferences::default())?;
    let stored: Map<String, Value> = serde_json::from_str(text)?;
    if let Some(all) = all.as_object_mut() {
        all.extend(stored);
    }
    serde_json::from_value(all)
}

fn checked(preferences: Preferences) -> Answered<Preferences> {
    const DAY: u32 = 24 * 60;
    let within = |what: &str, value: u32, most: u32| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        let message = format!("{what} can't be {value}.");
        Err(CommandError::failed(
            message,
            &format!("Choose a number from 1 to {most}."),
        ))
    };
    within("The number of live agents", preferences.max_live_agents, 64)?;
    within(
        "The minutes until an agent counts as quiet",
        preferences.quiet_after_minutes,
        DAY,
    )?;
    if let Some(minutes) = preferences.sleep_after_minutes {
        within("The minutes until an agent sleeps", minutes, DAY)?;
    }
    let editor = preferences.editor.map(|command| command.trim().to_owned());
    let editor = editor.filter(|command| !command.is_empty());
    if let Some(editor) = &editor {
        workspace::check_editor(editor)?;
    }
    Ok(Preferences {
        editor,
        ..preferences
    })
}

async fn save(database: &Arc<Database>, preferences: Preferences) -> Answered<()> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::{Preferences, Theme, checked, limits, read};
    use std::time::Duration;

    #[test]
    fn a_row_of_an_earlier_version_keeps_what_it_says_and_gets_the_defaults() {
        // "fixAgent" was a choice before anything fixed.
        let old = r#"{"theme":"dark","defaultAgent":"codex","fixAgent":"gemini"}"#;
        let read_old = read(old).unwrap();
        assert_eq!(read_old.theme, Theme::Dark);
        assert_eq!(
            (read_old.max_live_agents, read_old.sleep_after_minutes),
            (8, Some(15))
        );
        let never = read(r#"{"sleepAfterMinutes":null,"quietAfterMinutes":3}"#).unwrap();
        assert_eq!(limits(&never).sleep_after, None);
        assert_eq!(limits(&never).quiet_after, Duration::from_secs(180));
        assert!(read("[]").is_err());
    }

    #[test]
    fn the_defaults_are_the_rooms_own() {
        assert_eq!(limits(&Preferences::default()), session::Limits::default());
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused_and_an_empty_editor_is_none() {
        let ours = Preferences::default;
        let none_live = Preferences {
            max_live_agents: 0,
            ..ours()
        };
        let too_many = Preferences {
            max_live_agents: 65,
            ..ours()
        };
        let asleep_at_once = Preferences {
            sleep_after_minutes: Some(0),
            ..ours()
        };
        let quiet_at_once = Preferences {
            quiet_after_minutes: 0,
            ..ours()
        };
        for wrong in [none_live, too_many, asleep_at_once, quiet_at_once] {
            let refused = checked(wrong.clone()).unwrap_err();
            assert!(refused.hint.contains("from 1 to"), "{wrong:?}: {refused:?}");
        }
        let blank = Preferences {
            editor: Some("  ".to_owned()),
            ..ours()
        };
        assert_eq!(checked(blank).unwrap(), ours());
        let unclosed = Preferences {
            editor: Some("code 'a".to_owned()),
            ..ours()
        };
        let refused = checked(unclosed).unwrap_err();
        assert!(refused.message.contains("quote"), "{refused:?}");
    }
}
