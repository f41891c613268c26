//! Rows of `entry`: the transcripts.

use crate::column::{json, millis, time};
use ::session::{Entry, EntryBody, RequestOutcome};
use kernel::{EntryId, SessionId};
use rusqlite::{Connection, Result, Row, named_params};

/// `pending` is 1 for a request that waits for the person: derived from the body, kept for its index.
pub const CREATE: &str = "
CREATE TABLE entry (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (session, ordinal)
) STRICT;
CREATE INDEX entry_pending ON entry (session, ordinal) WHERE pending = 1;";

pub const PAGE: &str = "SELECT * FROM entry WHERE session = ?1 AND ordinal < ?2
    ORDER BY ordinal DESC LIMIT ?3";

pub const PENDING: &str = "SELECT * FROM entry WHERE session = ?1 AND pending = 1
    ORDER BY ordinal";

/// The newest `limit` entries below `before`, in order.
pub fn page(
    db: &Connection,
    session: &SessionId,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Entry>> {
    let below = before.map_or(i64::MAX, i64::from);
    let mut entries: Vec<Entry> = db
        .prepare_cached(PAGE)?
        .query_map((session.as_str(), below, limit), from_row)?
        .collect::<Result<_>>()?;
    entries.reverse();
    Ok(entries)
}

/// The entries whose request waits for the person.
pub fn pending(db: &Connection, session: &SessionId) -> Result<Vec<Entry>> {
    db.prepare_cached(PENDING)?
        .query_map([session.as_str()], from_row)?
        .collect()
}

/// Inserts or replaces one; its place never changes.
pub fn put(db: &Connection, session: &SessionId, entry: &Entry) -> Result<()> {
    let pending = matches!(
        entry.body,
        EntryBody::Request {
            outcome: RequestOutcome::Pending,
            ..
        }
    );
    db.prepare_cached(
        "INSERT INTO entry (id, session, ordinal, turn, at, updated_at, pending, body)
         VALUES (:id, :session, :ordinal, :turn, :at, :updated_at, :pending, :body)
         ON CONFLICT (id) DO UPDATE SET updated_at = :updated_at, pending = :pending, body = :body",
    )?
    .execute(named_params! {
        ":id": entry.id.as_str(),
        ":session": session.as_str(),
        ":ordinal": entry.ordinal,
        ":turn": entry.turn,
        ":at": millis(entry.at),
        ":updated_at": millis(entry.updated_at),
        ":pending": pending,
        ":body": json(&entry.body)?,
    })?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        id: EntryId::new(row.get::<_, String>("id")?),
        ordinal: row.get("ordinal")?,
        turn: row.get("turn")?,
        at: time(row, "at")?,
        updated_at: time(row, "updated_at")?,
        body: body(row.get("body")?),
    })
}

/// One entry of an unknown shape must not make its transcript unreadable, so it is shown as it is stored.
pub fn body(text: String) -> EntryBody {
    serde_json::from_str(&text).unwrap_or_else(|_| EntryBody::Other {
        name: "unreadable".to_owned(),
        raw: text,
    })
}
