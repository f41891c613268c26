//! Rows of `attachment`: bytes that go with messages.

use crate::{Database, Loss};
use ::session::SessionError;
use ::session::port::AttachmentStore;
use kernel::{AttachmentId, Timestamp};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

pub const CREATE: &str = "
CREATE TABLE attachment (
  id TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;";

/// What messages refer to, sent or not.
const OF_MESSAGES: &str = "SELECT DISTINCT json_extract(one.value, '$.id')
    FROM message, json_each(message.attachments) AS one
    WHERE message.attachments <> '[]'";

/// What prompts in transcripts refer to. Their messages mostly say so too; one that was changed after it failed does not.
const OF_TRANSCRIPTS: &str = r#"SELECT DISTINCT json_extract(one.value, '$.id')
    FROM entry, json_each(entry.body, '$.attachments') AS one
    WHERE entry.body LIKE '%"attachments":[{%'"#;

const REMOVE: &str = "DELETE FROM attachment WHERE id = ?1 AND NOT EXISTS (
    SELECT 1 FROM message WHERE attachments <> '[]' AND instr(attachments, ?1) > 0)";

/// Those that were stored before then. Ids begin with the time when they were minted, in 12 hex digits of milliseconds.
fn older(db: &Connection, before: Timestamp) -> rusqlite::Result<BTreeSet<String>> {
    let first = format!("{:012x}", before.millis());
    db.prepare("SELECT id FROM attachment WHERE id < ?1")?
        .query_map([first], |row| row.get(0))?
        .collect()
}

impl AttachmentStore for Database {
    fn save_attachment(&self, id: &AttachmentId, bytes: &[u8]) -> Result<(), SessionError> {
        Ok(self.write(Loss::PowerCut, |db| {
            db.prepare_cached("INSERT INTO attachment (id, bytes) VALUES (?1, ?2)")?
                .execute((id.as_str(), bytes))?;
            Ok(())
        })?)
    }

    fn attachment(&self, id: &AttachmentId) -> Result<Option<Vec<u8>>, SessionError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT bytes FROM attachment WHERE id = ?1")?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()
        })?)
    }

    fn unused_attachments(&self, before: Timestamp) -> Result<Vec<AttachmentId>, SessionError> {
        Ok(self.read(|db| {
            let mut unused = older(db, before)?;
            for references in [OF_MESSAGES, OF_TRANSCRIPTS] {
                if unused.is_empty() {
                    break;
                }
                let mut rows = db.prepare(references)?;
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    if let Some(used) = row.get::<_, Option<String>>(0)? {
                        unused.remove(&used);
                    }
                }
            }
            Ok(unused.into_iter().map(AttachmentId::new).collect())
        })?)
    }

    fn remove_attachment(&self, id: &AttachmentId) -> Result<(), SessionError> {
        Ok(self.write(Loss::Kill, |db| {
            db.execute(REMOVE, [id.as_str()])?;
            Ok(())
        })?)
    }
}
