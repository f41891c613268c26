//! Rows of `process`: what the app started and did not see end.

use crate::{Database, Loss};
use ::session::SessionError;
use ::session::port::{ProcessLedger, ProcessRow};

/// `began` is the system's own measure, an unsigned number kept by its bits.
pub const CREATE: &str = "
CREATE TABLE process (
  pid INTEGER NOT NULL,
  began INTEGER NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (pid, began)
) STRICT;";

impl ProcessLedger for Database {
    fn record(&self, process: &ProcessRow) -> Result<(), SessionError> {
        Ok(self.write(Loss::Kill, |db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO process (pid, began, tag) VALUES (?1, ?2, ?3)",
            )?
            .execute((process.pid, process.began.cast_signed(), &process.tag))?;
            Ok(())
        })?)
    }

    fn forget(&self, process: &ProcessRow) -> Result<(), SessionError> {
        Ok(self.write(Loss::Kill, |db| {
            db.prepare_cached("DELETE FROM process WHERE pid = ?1 AND began = ?2")?
                .execute((process.pid, process.began.cast_signed()))?;
            Ok(())
        })?)
    }
}

impl Database {
    /// What earlier runs of the app did not see end.
    pub fn left_processes(&self) -> Result<Vec<ProcessRow>, SessionError> {
        Ok(self.read(|db| {
            db.prepare_cached("SELECT pid, began, tag FROM process")?
                .query_map([], |row| {
                    Ok(ProcessRow {
                        pid: row.get("pid")?,
                        began: row.get::<_, i64>("began")?.cast_unsigned(),
                        tag: row.get("tag")?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()
        })?)
    }
}
