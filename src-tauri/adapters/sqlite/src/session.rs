//! Rows of `session`, and the port that spans `session`, `message` and `entry`.

use crate::column::{from_json, json, millis, time, time_or_none};
use crate::{Database, Loss, entry, message};
use ::session::port::{SessionStore, UnreadableSession};
use ::session::{Entry, Message, Session, SessionError};
use kernel::{AgentId, MessageId, SessionId, WorkspaceId};
use rusqlite::{Connection, Error, Result, Row, named_params};

pub const CREATE: &str = "
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  agent TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  agent_session TEXT,
  turn INTEGER NOT NULL,
  turn_ended_at INTEGER,
  created_at INTEGER NOT NULL,
  state_since INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_workspace ON session (workspace);";

/// What the person chose for a session, and what its agent offered and used.
pub const ADD_CHOICES: &str = r#"
ALTER TABLE session ADD COLUMN policy TEXT NOT NULL DEFAULT 'null';
ALTER TABLE session ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE session ADD COLUMN offers TEXT NOT NULL DEFAULT '{"commands":[],"options":[],"images":null}';
ALTER TABLE session ADD COLUMN usage TEXT NOT NULL DEFAULT 'null';"#;

/// What the agent was told of its place.
pub const ADD_CONTEXT: &str = "ALTER TABLE session ADD COLUMN context TEXT;";

/// Whether the person named a session, and since when it is closed.
pub const ADD_CLOSED: &str = r#"
ALTER TABLE session ADD COLUMN title_by TEXT NOT NULL DEFAULT '"agent"';
ALTER TABLE session ADD COLUMN closed_at INTEGER;"#;

impl SessionStore for Database {
    fn sessions(&self) -> Result<Vec<Session>, SessionError> {
        let rows = self.read(all)?;
        Ok(rows.into_iter().filter_map(Result::ok).collect())
    }

    fn unreadable_sessions(&self) -> Result<Vec<UnreadableSession>, SessionError> {
        let rows = self.read(all)?;
        Ok(rows.into_iter().filter_map(Result::err).collect())
    }

    fn save_session(&self, session: &Session) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| put(db, session))?)
    }

    fn open_messages(&self, session: &SessionId) -> Result<Vec<Message>, SessionError> {
        Ok(self.read(|db| message::open(db, session))?)
    }

    fn save_messages(&self, messages: &[Message]) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            messages
                .iter()
                .try_for_each(|message| message::put(db, message))
        })?)
    }

    fn remove_message(&self, message: &MessageId) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| message::remove(db, message))?)
    }

    fn save_entries(&self, session: &SessionId, entries: &[Entry]) -> Result<(), SessionError> {
        Ok(self.write(Loss::Kill, |db| {
            entries
                .iter()
                .try_for_each(|entry| entry::put(db, session, entry))
        })?)
    }

    fn save_sent(&self, message: &Message, prompt: &Entry) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            message::put(db, message)?;
            entry::put(db, &message.session, prompt)
        })?)
    }

    fn entries(
        &self,
        session: &SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Entry>, SessionError> {
        Ok(self.read(|db| entry::page(db, session, before, limit))?)
    }

    fn pending_entries(&self, session: &SessionId) -> Result<Vec<Entry>, SessionError> {
        Ok(self.read(|db| entry::pending(db, session))?)
    }
}

/// Each row by itself: a damaged one must not keep the others from the person.
fn all(db: &Connection) -> Result<Vec<Result<Session, UnreadableSession>>> {
    db.prepare_cached("SELECT * FROM session ORDER BY created_at, id")?
        .query_map([], |row| match from_row(row) {
            Ok(session) => Ok(Ok(session)),
            Err(
                damage @ (Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::InvalidColumnType(..)
                | Error::Utf8Error(..)),
            ) => Ok(Err(unreadable(row, &damage)?)),
            Err(error) => Err(error),
        })?
        .collect()
}

fn unreadable(row: &Row<'_>, damage: &Error) -> Result<UnreadableSession> {
    let text = |column: &str| -> Result<String> {
        let value = row.get_ref(column)?;
        Ok(String::from_utf8_lossy(value.as_bytes()?).into_owned())
    };
    Ok(UnreadableSession {
        id: SessionId::new(text("id")?),
        workspace: WorkspaceId::new(text("workspace")?),
        title: text("title")?,
        damage: damage.to_string(),
    })
}

fn put(db: &Connection, session: &Session) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO session (id, workspace, agent, title, state, agent_session, turn,
           turn_ended_at, created_at, state_since, policy, choices, offers, usage, title_by,
           closed_at, context)
         VALUES (:id, :workspace, :agent, :title, :state, :agent_session, :turn,
           :turn_ended_at, :created_at, :state_since, :policy, :choices, :offers, :usage, :title_by,
           :closed_at, :context)
         ON CONFLICT (id) DO UPDATE SET workspace = :workspace, agent = :agent, title = :title,
           state = :state, agent_session = :agent_session, turn = :turn,
           turn_ended_at = :turn_ended_at, created_at = :created_at, state_since = :state_since,
           policy = :policy, choices = :choices, offers = :offers, usage = :usage,
           title_by = :title_by, closed_at = :closed_at, context = :context",
    )?
    .execute(named_params! {
        ":id": session.id.as_str(),
        ":workspace": session.workspace.as_str(),
        ":agent": session.agent.as_str(),
        ":title": session.title,
        ":state": json(&session.state)?,
        ":agent_session": session.agent_session,
        ":turn": session.turn,
        ":turn_ended_at": session.turn_ended_at.map(millis),
        ":created_at": millis(session.created_at),
        ":state_since": millis(session.state_since),
        ":policy": json(&session.policy)?,
        ":choices": json(&session.choices)?,
        ":offers": json(&session.offers)?,
        ":usage": json(&session.usage)?,
        ":title_by": json(&session.title_by)?,
        ":closed_at": session.closed_at.map(millis),
        ":context": session.context,
    })?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: SessionId::new(row.get::<_, String>("id")?),
        workspace: WorkspaceId::new(row.get::<_, String>("workspace")?),
        agent: AgentId::new(row.get::<_, String>("agent")?),
        title: row.get("title")?,
        state: from_json(row, "state")?,
        agent_session: row.get("agent_session")?,
        turn: row.get("turn")?,
        turn_ended_at: time_or_none(row, "turn_ended_at")?,
        created_at: time(row, "created_at")?,
        state_since: time(row, "state_since")?,
        policy: from_json(row, "policy")?,
        choices: from_json(row, "choices")?,
        offers: from_json(row, "offers")?,
        usage: from_json(row, "usage")?,
        title_by: from_json(row, "title_by")?,
        closed_at: time_or_none(row, "closed_at")?,
        context: row.get("context")?,
    })
}
