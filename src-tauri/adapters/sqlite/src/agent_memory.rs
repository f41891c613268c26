//! Rows of `agent_memory`: what an agent offered last, what was chosen of it, and what it inherits.

use crate::column::{from_json, json};
use crate::{Database, Loss};
use ::session::port::{AgentMemory, Inheritance};
use ::session::{Offers, SessionError};
use kernel::AgentId;
use rusqlite::{OptionalExtension, Result, Row};
use serde::Serialize;
use std::collections::BTreeMap;

/// Without a reference to `agent`: the agents that the app ships have no row there.
pub const CREATE: &str = "
CREATE TABLE agent_memory (
  agent TEXT PRIMARY KEY,
  offers TEXT,
  choices TEXT,
  pass TEXT NOT NULL DEFAULT '[]',
  withhold TEXT NOT NULL DEFAULT '[]'
) STRICT;";

impl AgentMemory for Database {
    fn offers(&self, agent: &AgentId) -> Result<Offers, SessionError> {
        self.remembered(agent, |row| from_json_or_default(row, "offers"))
    }

    fn save_offers(&self, agent: &AgentId, offers: &Offers) -> Result<(), SessionError> {
        // An agent says it again with the next conversation.
        self.remember(Loss::Kill, agent, "offers", offers)
    }

    fn choices(&self, agent: &AgentId) -> Result<BTreeMap<String, String>, SessionError> {
        self.remembered(agent, |row| from_json_or_default(row, "choices"))
    }

    fn save_choices(
        &self,
        agent: &AgentId,
        choices: &BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        self.remember(Loss::PowerCut, agent, "choices", choices)
    }

    fn inheritance(&self, agent: &AgentId) -> Result<Inheritance, SessionError> {
        self.remembered(agent, |row| {
            Ok(Inheritance {
                pass: from_json(row, "pass")?,
                withhold: from_json(row, "withhold")?,
            })
        })
    }

    fn save_inheritance(
        &self,
        agent: &AgentId,
        inheritance: &Inheritance,
    ) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.prepare_cached(
                "INSERT INTO agent_memory (agent, pass, withhold) VALUES (?1, ?2, ?3)
                 ON CONFLICT (agent) DO UPDATE SET pass = ?2, withhold = ?3",
            )?
            .execute((
                agent.as_str(),
                json(&inheritance.pass)?,
                json(&inheritance.withhold)?,
            ))?;
            Ok(())
        })?)
    }
}

impl Database {
    fn remembered<T: Default>(
        &self,
        agent: &AgentId,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T, SessionError> {
        Ok(self.read(|db| {
            let remembered = db
                .prepare_cached("SELECT * FROM agent_memory WHERE agent = ?1")?
                .query_row([agent.as_str()], read)
                .optional()?;
            Ok(remembered.unwrap_or_default())
        })?)
    }

    fn remember(
        &self,
        loss: Loss,
        agent: &AgentId,
        column: &'static str,
        value: &impl Serialize,
    ) -> Result<(), SessionError> {
        Ok(self.write(loss, |db| {
            db.prepare_cached(&format!(
                "INSERT INTO agent_memory (agent, {column}) VALUES (?1, ?2)
                 ON CONFLICT (agent) DO UPDATE SET {column} = ?2"
            ))?
            .execute((agent.as_str(), json(value)?))?;
            Ok(())
        })?)
    }
}

fn from_json_or_default<T: Default + serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> Result<T> {
    match row.get::<_, Option<String>>(column)? {
        Some(_) => from_json(row, column),
        None => Ok(T::default()),
    }
}
