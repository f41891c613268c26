//! Rows of `setting`: a key and its value as JSON text; what the value means is its reader's.

use crate::{Database, Failure, Loss};
use rusqlite::OptionalExtension;

pub const CREATE: &str = "
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;";

impl Database {
    /// A setting's value as JSON text; `None` when it was never set.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Failure> {
        self.read(|db| {
            db.prepare_cached("SELECT value FROM setting WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }

    /// Sets a setting to a value, given as JSON text.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), Failure> {
        self.write(Loss::PowerCut, |db| {
            db.prepare_cached(
                "INSERT INTO setting (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute([key, value])?;
            Ok(())
        })
    }
}
