//! Rows of `rule` and `policy_mode`: what agents may do without asking.

use crate::column::{from_json, json, millis, time};
use crate::{Database, Loss};
use ::session::port::PolicyStore;
use ::session::{PolicyMode, Rule, Scope, SessionError};
use kernel::RuleId;
use rusqlite::{Result, Row, named_params};

/// Scopes, verdicts, tools and modes are JSON text.
pub const CREATE: &str = "
CREATE TABLE rule (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  verdict TEXT NOT NULL,
  tool TEXT NOT NULL,
  command TEXT,
  path TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE policy_mode (
  scope TEXT PRIMARY KEY,
  mode TEXT NOT NULL
) STRICT;";

impl PolicyStore for Database {
    fn rules(&self) -> Result<Vec<Rule>, SessionError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM rule ORDER BY created_at, id")?
                .query_map([], from_row)?
                .collect()
        })?)
    }

    fn save_rule(&self, rule: &Rule) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO rule (id, scope, verdict, tool, command, path, created_at)
                 VALUES (:id, :scope, :verdict, :tool, :command, :path, :created_at)",
            )?
            .execute(named_params! {
                ":id": rule.id.as_str(),
                ":scope": json(&rule.scope)?,
                ":verdict": json(&rule.verdict)?,
                ":tool": json(&rule.tool)?,
                ":command": rule.command,
                ":path": rule.path,
                ":created_at": millis(rule.created_at),
            })?;
            Ok(())
        })?)
    }

    fn remove_rule(&self, id: &RuleId) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.execute("DELETE FROM rule WHERE id = ?1", [id.as_str()])?;
            Ok(())
        })?)
    }

    fn modes(&self) -> Result<Vec<(Scope, PolicyMode)>, SessionError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM policy_mode ORDER BY scope")?
                .query_map([], |row| {
                    Ok((from_json(row, "scope")?, from_json(row, "mode")?))
                })?
                .collect()
        })?)
    }

    fn save_mode(&self, scope: &Scope, mode: Option<PolicyMode>) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            let scope = json(scope)?;
            match mode {
                Some(mode) => db.execute(
                    "INSERT OR REPLACE INTO policy_mode (scope, mode) VALUES (?1, ?2)",
                    (scope, json(&mode)?),
                )?,
                None => db.execute("DELETE FROM policy_mode WHERE scope = ?1", [scope])?,
            };
            Ok(())
        })?)
    }
}

fn from_row(row: &Row<'_>) -> Result<Rule> {
    Ok(Rule {
        id: RuleId::new(row.get::<_, String>("id")?),
        scope: from_json(row, "scope")?,
        verdict: from_json(row, "verdict")?,
        tool: from_json(row, "tool")?,
        command: row.get("command")?,
        path: row.get("path")?,
        created_at: time(row, "created_at")?,
    })
}
