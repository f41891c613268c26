//! Rows of `project`.

use crate::column::{millis, path, path_bytes, time};
use crate::{Database, Loss};
use ::workspace::port::ProjectStore;
use ::workspace::{Project, ProjectSettings, WorkspaceError};
use kernel::{AgentId, ProjectId};
use rusqlite::{OptionalExtension, Result, Row, named_params};

pub const CREATE: &str = "
CREATE TABLE project (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  path BLOB NOT NULL UNIQUE,
  default_branch TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;";

/// What the person set for a project.
pub const ADD_SETTINGS: &str = "
ALTER TABLE project ADD COLUMN instructions TEXT NOT NULL DEFAULT '';
ALTER TABLE project ADD COLUMN checks TEXT NOT NULL DEFAULT '';
ALTER TABLE project ADD COLUMN agent TEXT;";

impl ProjectStore for Database {
    fn projects(&self) -> Result<Vec<Project>, WorkspaceError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM project ORDER BY added_at, id")?
                .query_map([], from_row)?
                .collect()
        })?)
    }

    fn project(&self, id: &ProjectId) -> Result<Option<Project>, WorkspaceError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM project WHERE id = ?1")?
                .query_row([id.as_str()], from_row)
                .optional()
        })?)
    }

    fn save_project(&self, project: &Project) -> Result<(), WorkspaceError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.prepare_cached(
                "INSERT INTO project (id, name, path, default_branch, added_at, instructions,
                   checks, agent)
                 VALUES (:id, :name, :path, :default_branch, :added_at, :instructions, :checks, :agent)
                 ON CONFLICT (id) DO UPDATE SET name = :name, path = :path,
                   default_branch = :default_branch, added_at = :added_at,
                   instructions = :instructions, checks = :checks, agent = :agent",
            )?
            .execute(named_params! {
                ":id": project.id.as_str(),
                ":name": project.name,
                ":path": path_bytes(&project.path),
                ":default_branch": project.default_branch,
                ":added_at": millis(project.added_at),
                ":instructions": project.settings.instructions,
                ":checks": project.settings.checks,
                ":agent": project.settings.agent.as_ref().map(AgentId::as_str),
            })?;
            Ok(())
        })?)
    }

    fn remove_project(&self, id: &ProjectId) -> Result<(), WorkspaceError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.execute("DELETE FROM project WHERE id = ?1", [id.as_str()])?;
            Ok(())
        })?)
    }
}

fn from_row(row: &Row<'_>) -> Result<Project> {
    Ok(Project {
        id: ProjectId::new(row.get::<_, String>("id")?),
        name: row.get("name")?,
        path: path(row, "path")?,
        default_branch: row.get("default_branch")?,
        added_at: time(row, "added_at")?,
        settings: ProjectSettings {
            instructions: row.get("instructions")?,
            checks: row.get("checks")?,
            agent: row.get::<_, Option<String>>("agent")?.map(AgentId::new),
        },
    })
}
