//! Rows of `message`: the queue and what became of it.

use crate::column::{from_json, json, millis, time};
use ::session::Message;
use kernel::{MessageId, SessionId};
use rusqlite::{Connection, Result, Row, named_params};

/// `state` is JSON text, so a string stands in its quotes.
pub const CREATE: &str = r#"
CREATE TABLE message (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_open ON message (session, position) WHERE state <> '"sent"';
CREATE INDEX message_of_session ON message (session);"#;

/// What goes with a message, and who wrote it.
pub const ADD_ATTACHMENTS: &str = r#"
ALTER TABLE message ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE message ADD COLUMN author TEXT NOT NULL DEFAULT '"person"';"#;

/// The messages that are not with the agent yet, by position.
pub fn open(db: &Connection, session: &SessionId) -> Result<Vec<Message>> {
    db.prepare_cached(OPEN)?
        .query_map([session.as_str()], from_row)?
        .collect()
}

pub const OPEN: &str = r#"SELECT * FROM message WHERE session = ?1 AND state <> '"sent"'
    ORDER BY position"#;

/// Inserts or replaces one.
pub fn put(db: &Connection, message: &Message) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO message (id, session, position, text, attachments, author, state, created_at)
         VALUES (:id, :session, :position, :text, :attachments, :author, :state, :created_at)
         ON CONFLICT (id) DO UPDATE SET position = :position, text = :text,
           attachments = :attachments, state = :state",
    )?
    .execute(named_params! {
        ":id": message.id.as_str(),
        ":session": message.session.as_str(),
        ":position": message.position,
        ":text": message.text,
        ":attachments": json(&message.attachments)?,
        ":author": json(&message.author)?,
        ":state": json(&message.state)?,
        ":created_at": millis(message.created_at),
    })?;
    Ok(())
}

/// Removes one.
pub fn remove(db: &Connection, message: &MessageId) -> Result<()> {
    db.execute("DELETE FROM message WHERE id = ?1", [message.as_str()])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: MessageId::new(row.get::<_, String>("id")?),
        session: SessionId::new(row.get::<_, String>("session")?),
        position: row.get("position")?,
        text: row.get("text")?,
        attachments: from_json(row, "attachments")?,
        author: from_json(row, "author")?,
        state: from_json(row, "state")?,
        created_at: time(row, "created_at")?,
    })
}
