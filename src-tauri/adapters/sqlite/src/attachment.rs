//! Rows of `attachment`: bytes that go with messages.

use crate::{Database, Loss};
use ::session::SessionError;
use ::session::port::AttachmentStore;
use kernel::AttachmentId;
use rusqlite::OptionalExtension;

pub const CREATE: &str = "
CREATE TABLE attachment (
  id TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;";

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
}
