//! Rows of `agent`: the agents that the person added.

use crate::column::{from_json, json};
use crate::{Database, Loss};
use ::session::SessionError;
use ::session::port::{AgentProgram, AgentStore};
use kernel::AgentId;
use rusqlite::{Result, Row, named_params};

pub const CREATE: &str = "
CREATE TABLE agent (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  command TEXT NOT NULL,
  args TEXT NOT NULL,
  env TEXT NOT NULL
) STRICT;";

impl AgentStore for Database {
    fn agents(&self) -> Result<Vec<AgentProgram>, SessionError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM agent ORDER BY name COLLATE NOCASE, id")?
                .query_map([], from_row)?
                .collect()
        })?)
    }

    fn save_agent(&self, agent: &AgentProgram) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.prepare_cached(
                "INSERT INTO agent (id, name, command, args, env)
                 VALUES (:id, :name, :command, :args, :env)
                 ON CONFLICT (id) DO UPDATE SET name = :name, command = :command, args = :args,
                   env = :env",
            )?
            .execute(named_params! {
                ":id": agent.id.as_str(),
                ":name": agent.name,
                ":command": agent.command,
                ":args": json(&agent.args)?,
                ":env": json(&agent.env)?,
            })?;
            Ok(())
        })?)
    }

    fn remove_agent(&self, id: &AgentId) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.execute("DELETE FROM agent WHERE id = ?1", [id.as_str()])?;
            db.execute("DELETE FROM agent_memory WHERE agent = ?1", [id.as_str()])?;
            Ok(())
        })?)
    }
}

fn from_row(row: &Row<'_>) -> Result<AgentProgram> {
    Ok(AgentProgram {
        id: AgentId::new(row.get::<_, String>("id")?),
        name: row.get("name")?,
        command: row.get("command")?,
        args: from_json(row, "args")?,
        env: from_json(row, "env")?,
    })
}
