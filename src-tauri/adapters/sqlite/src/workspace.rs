//! Rows of `workspace`.

use crate::column::{from_json, json, millis, path, path_bytes, time, time_or_none};
use crate::{Database, Loss};
use ::workspace::machine::WorkspaceState;
use ::workspace::port::WorkspaceStore;
use ::workspace::{Workspace, WorkspaceError};
use kernel::{AgentId, ProjectId, WorkspaceId};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};

pub const CREATE: &str = "
CREATE TABLE workspace (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  branch TEXT NOT NULL,
  base TEXT NOT NULL,
  base_commit TEXT,
  path BLOB NOT NULL,
  agent TEXT,
  state TEXT NOT NULL,
  steps TEXT NOT NULL,
  notice TEXT,
  archive_checkpoint TEXT,
  seen_at INTEGER,
  created_at INTEGER NOT NULL,
  state_since INTEGER NOT NULL
) STRICT;
CREATE INDEX workspace_of_project ON workspace (project);";

impl WorkspaceStore for Database {
    fn workspaces(&self) -> Result<Vec<Workspace>, WorkspaceError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM workspace ORDER BY created_at, id")?
                .query_map([], from_row)?
                .collect()
        })?)
    }

    fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, WorkspaceError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT * FROM workspace WHERE id = ?1")?
                .query_row([id.as_str()], from_row)
                .optional()
        })?)
    }

    fn insert_workspace(&self, workspace: &Workspace) -> Result<(), WorkspaceError> {
        Ok(self.write(Loss::PowerCut, |db| {
            put(
                db,
                workspace,
                "INSERT INTO workspace (id, project, name, branch, base, base_commit, path, agent,
                   state, steps, notice, archive_checkpoint, seen_at, created_at, state_since)
                 VALUES (:id, :project, :name, :branch, :base, :base_commit, :path, :agent,
                   :state, :steps, :notice, :archive_checkpoint, :seen_at, :created_at, :state_since)",
            )
        })?)
    }

    fn update_workspace(
        &self,
        expected: &WorkspaceState,
        workspace: &Workspace,
    ) -> Result<bool, WorkspaceError> {
        Ok(self.write(Loss::PowerCut, |db| {
            // Compared as a value, not as text: the same state may have been written by an older version.
            let found = db
                .prepare_cached("SELECT state FROM workspace WHERE id = ?1")?
                .query_row([workspace.id.as_str()], |row| from_json(row, "state"))
                .optional()?;
            if found.as_ref() != Some(expected) {
                return Ok(false);
            }
            put(
                db,
                workspace,
                "UPDATE workspace SET project = :project, name = :name, branch = :branch,
                   base = :base, base_commit = :base_commit, path = :path, agent = :agent,
                   state = :state, steps = :steps, notice = :notice,
                   archive_checkpoint = :archive_checkpoint, seen_at = :seen_at,
                   created_at = :created_at, state_since = :state_since
                 WHERE id = :id",
            )?;
            Ok(true)
        })?)
    }
}

fn put(db: &Connection, workspace: &Workspace, sql: &str) -> Result<()> {
    db.prepare_cached(sql)?.execute(named_params! {
        ":id": workspace.id.as_str(),
        ":project": workspace.project.as_str(),
        ":name": workspace.name,
        ":branch": workspace.branch,
        ":base": workspace.base,
        ":base_commit": workspace.base_commit,
        ":path": path_bytes(&workspace.path),
        ":agent": workspace.agent.as_ref().map(AgentId::as_str),
        ":state": json(&workspace.state)?,
        ":steps": json(&workspace.steps)?,
        ":notice": workspace.notice,
        ":archive_checkpoint": workspace.archive_checkpoint,
        ":seen_at": workspace.seen_at.map(millis),
        ":created_at": millis(workspace.created_at),
        ":state_since": millis(workspace.state_since),
    })?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Workspace> {
    Ok(Workspace {
        id: WorkspaceId::new(row.get::<_, String>("id")?),
        project: ProjectId::new(row.get::<_, String>("project")?),
        name: row.get("name")?,
        branch: row.get("branch")?,
        base: row.get("base")?,
        base_commit: row.get("base_commit")?,
        path: path(row, "path")?,
        agent: row.get::<_, Option<String>>("agent")?.map(AgentId::new),
        state: from_json(row, "state")?,
        steps: from_json(row, "steps")?,
        notice: row.get("notice")?,
        archive_checkpoint: row.get("archive_checkpoint")?,
        seen_at: time_or_none(row, "seen_at")?,
        created_at: time(row, "created_at")?,
        state_since: time(row, "state_since")?,
    })
}
