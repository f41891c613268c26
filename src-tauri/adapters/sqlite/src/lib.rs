//! The app's one database: every row the domains own, in SQLite.
//!
//! Invariant: one writer, and readers never wait for it; a write that returned is there after a kill -9,
//! and what a person typed is there after a power cut too.

mod agent;
mod agent_memory;
mod attachment;
mod column;
mod entry;
mod failure;
mod ledger;
mod message;
mod migrations;
mod open;
mod policy;
mod project;
mod search;
mod session;
mod setting;
mod workspace;

pub use failure::Failure;
pub use open::OpenError;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// The database. Clones share its connections. Every method blocks: call it off the async workers.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Mutex<Writer>,
    readers: [Mutex<Connection>; 2],
    /// For searches alone, so that a long one never keeps a page of a transcript waiting.
    searcher: Mutex<Connection>,
}

struct Writer {
    connection: Connection,
    safe_against: Loss,
}

/// What a finished write survives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// A kill of the app: for what an agent streams, many times a second.
    Kill,
    /// A power cut too: for what a person typed and all that decides what happens next.
    PowerCut,
}

impl Database {
    /// Runs `work` in one transaction of the writer: all of it or nothing.
    fn write<T>(
        &self,
        loss: Loss,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        let mut writer = lock(&self.shared.writer);
        writer.guard_against(loss)?;
        let transaction = writer
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Reads what is committed, without waiting for the writer.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let [first, second] = &self.shared.readers;
        let reader = match first.try_lock() {
            Ok(reader) => reader,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => lock(second),
        };
        Ok(work(&reader)?)
    }

    /// Reads every page and compares the indices: the first thing that is wrong, or `None`.
    /// Takes about a second per 300 MB, so the app asks now and then, not at each start.
    pub fn damage(&self) -> Result<Option<String>, Failure> {
        let said: String =
            self.read(|db| db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
        Ok((said != "ok").then_some(said))
    }
}

impl Writer {
    fn guard_against(&mut self, loss: Loss) -> rusqlite::Result<()> {
        if self.safe_against != loss {
            let level = match loss {
                Loss::Kill => "NORMAL",
                Loss::PowerCut => "FULL",
            };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.safe_against = loss;
        }
        Ok(())
    }
}

/// A panic while the lock was held rolled its transaction back, so the connection is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
