//! Bringing entries into the index: in batches that are short, so that nobody who saves waits long.

use crate::{Database, Failure, Loss, entry};
use ::session::search::{Indexing, searchable};
use kernel::{SessionId, WorkspaceId};
use rusqlite::{Connection, Params, Result, Row, Transaction, params};

use super::expression::place;

/// A batch ends after so many entries…
const MOST_ENTRIES: usize = 500;
/// …or so many bytes of their bodies. One body may be larger.
const MOST_BYTES: usize = 256 * 1024;

/// What did not change after a time. Ascending, as the index wants to be written: a step back makes it write what it
/// gathered to the disk.
const CHANGED: &str = "
SELECT unindexed.entry AS place, entry.session, session.workspace, entry.body
FROM unindexed LEFT JOIN entry ON entry.rowid = unindexed.entry LEFT JOIN session ON session.id = entry.session
WHERE entry.session IS NULL OR entry.updated_at <= ?1
ORDER BY unindexed.entry";

const IS_COMPLETE: &str = "
SELECT indexed_from = 1 AND NOT EXISTS (
  SELECT 1 FROM unindexed LEFT JOIN entry ON entry.rowid = unindexed.entry
  WHERE entry.session IS NULL OR entry.updated_at <= ?1
) FROM search_progress";

/// Whatever changed, whenever it did.
const EVER: i64 = i64::MAX;

/// The newest of the older ones first.
const OLDER: &str = "
SELECT entry.rowid AS place, entry.session, session.workspace, entry.body
FROM entry JOIN session ON session.id = entry.session
WHERE entry.rowid < (SELECT indexed_from FROM search_progress) ORDER BY entry.rowid DESC";

impl Database {
    /// One batch of what changed, but not after `settled` (milliseconds), or, when nothing did, of what is older than
    /// the index.
    pub(super) fn index_batch(&self, settled: i64) -> Result<Indexing, Failure> {
        if self.read(|db| is_complete(db, settled))? {
            return Ok(Indexing::Complete);
        }
        self.write(Loss::Kill, |db| {
            let changed = batch(db, CHANGED, [settled])?;
            if changed.is_empty() {
                return index_older(db);
            }
            index_changed(db, &changed)?;
            Ok(Indexing::Behind)
        })
    }

    /// On a full disk what was indexed before can still be searched: answers how many changes are not in it.
    pub(super) fn index_what_fits(&self) -> Result<u32, Failure> {
        match self.index_changes() {
            Ok(()) => Ok(0),
            Err(Failure::DiskFull) => self.read(changes),
            Err(error) => Err(error),
        }
    }

    /// Everything that was saved since the index exists. What is saved meanwhile by an agent at work need not be in it.
    pub(super) fn index_changes(&self) -> Result<(), Failure> {
        let mut left = self.read(changes)?;
        while left > 0 {
            let done = self.write(Loss::Kill, |db| {
                let changed = batch(db, CHANGED, [EVER])?;
                index_changed(db, &changed)?;
                Ok(changed.len())
            })?;
            if done == 0 {
                break;
            }
            left = left.saturating_sub(u32::try_from(done).unwrap_or(u32::MAX));
            // Somebody may wait to save; the lock itself lets the same thread in again.
            std::thread::yield_now();
        }
        Ok(())
    }

    /// Everything of one session, also what is older than the index.
    pub(super) fn index_session(&self, session: &SessionId) -> Result<(), Failure> {
        if self.read(older)? > 0 {
            self.write(Loss::Kill, |db| {
                db.execute(
                    "INSERT OR IGNORE INTO unindexed SELECT rowid FROM entry WHERE session = ?1
                     AND rowid < (SELECT indexed_from FROM search_progress)",
                    [session.as_str()],
                )
            })?;
        }
        self.index_changes()
    }
}

/// How many entries are older than the index and not in it yet, at most: removed ones count too.
pub fn older(db: &Connection) -> Result<u32> {
    db.prepare_cached("SELECT indexed_from - 1 FROM search_progress")?
        .query_row([], |row| row.get(0))
}

fn changes(db: &Connection) -> Result<u32> {
    db.prepare_cached("SELECT count(*) FROM unindexed")?
        .query_row([], |row| row.get(0))
}

fn is_complete(db: &Connection, settled: i64) -> Result<bool> {
    db.prepare_cached(IS_COMPLETE)?
        .query_row([settled], |row| row.get(0))
}

/// An entry on its way into the index; without its text when it is gone.
struct Next {
    place: i64,
    stored: Option<(SessionId, WorkspaceId, String)>,
}

fn batch(db: &Connection, query: &str, given: impl Params) -> Result<Vec<Next>> {
    let mut statement = db.prepare_cached(query)?;
    let mut rows = statement.query(given)?;
    let (mut next, mut bytes) = (Vec::new(), 0);
    while next.len() < MOST_ENTRIES && bytes < MOST_BYTES {
        let Some(row) = rows.next()? else { break };
        let one = from_row(row)?;
        bytes += one.stored.as_ref().map_or(0, |(_, _, body)| body.len());
        next.push(one);
    }
    Ok(next)
}

fn from_row(row: &Row<'_>) -> Result<Next> {
    let stored = row.get::<_, Option<String>>("session")?;
    let stored = stored.map(|session| -> Result<_> {
        let workspace = WorkspaceId::new(row.get::<_, String>("workspace")?);
        Ok((SessionId::new(session), workspace, row.get("body")?))
    });
    Ok(Next {
        place: row.get("place")?,
        stored: stored.transpose()?,
    })
}

fn index_changed(db: &Transaction<'_>, changed: &[Next]) -> Result<()> {
    put(db, changed.iter())?;
    let mut remove = db.prepare_cached("DELETE FROM unindexed WHERE entry = ?1")?;
    for one in changed {
        remove.execute([one.place])?;
    }
    Ok(())
}

fn index_older(db: &Transaction<'_>) -> Result<Indexing> {
    let older = batch(db, OLDER, [])?;
    put(db, older.iter().rev())?;
    let from = older.last().map_or(1, |oldest| oldest.place);
    db.execute("UPDATE search_progress SET indexed_from = ?1", [from])?;
    Ok(if older.is_empty() {
        Indexing::Complete
    } else {
        Indexing::Behind
    })
}

fn put<'a>(db: &Connection, entries: impl Iterator<Item = &'a Next>) -> Result<()> {
    let mut put = db
        .prepare_cached("INSERT OR REPLACE INTO search (rowid, text, place) VALUES (?1, ?2, ?3)")?;
    let mut remove = db.prepare_cached("DELETE FROM search WHERE rowid = ?1")?;
    for Next { place: at, stored } in entries {
        let said = stored.as_ref().and_then(|(session, workspace, body)| {
            let (kind, text) = searchable(&entry::body(body.clone()))?;
            Some((text, place(session, workspace, kind)))
        });
        match said {
            Some((text, place)) => put.execute(params![at, text, place])?,
            None => remove.execute([at])?,
        };
    }
    Ok(())
}
