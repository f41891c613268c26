//! The full-text index over `entry`, and the port that asks it.
//!
//! Invariant: an entry that is not in the index as it is stored is in `unindexed`, or below `indexed_from`: triggers
//! see to it in the transaction that changes the entry, so a kill at any point loses nothing. The index is only
//! written by [`index`], never while an entry is saved.

mod expression;
mod index;
mod snippet;

use crate::{Database, Failure, entry, lock};
use ::session::search::{
    Cursor, Hit, Indexing, PromptLine, Query, Search, SearchPage, TranscriptSearch, first_line,
    searchable,
};
use ::session::{EntryBody, SessionError};
use expression::Expression;
use kernel::{EntryId, SessionId, Timestamp, WorkspaceId};
use rusqlite::{Connection, Result, Row, params};
use snippet::Marker;

use crate::column::{millis, time};

/// `search` has no copy of the text: a hit's words are read from its entry. Its rowid is the entry's, which is what
/// makes "newest first" the order that the index is read in. (A table with an index keeps its rowids when the file is
/// compacted; a test says so.) `place` holds one word each for session, workspace and kind, see [`expression`].
/// `unindexed` names the entries that were saved or removed since they were indexed; `search_progress` says from where
/// on older entries, saved before there was an index, are in it. (The triggers ask first instead of `OR IGNORE`, for
/// the statement that fires a trigger decides what a conflict in it does.)
pub const CREATE: &str = r#"
CREATE VIRTUAL TABLE search USING fts5 (
  text, place, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
CREATE TABLE unindexed (entry INTEGER PRIMARY KEY) STRICT;
CREATE TABLE search_progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  indexed_from INTEGER NOT NULL
) STRICT;
INSERT INTO search_progress SELECT 1, coalesce(max(rowid), 0) + 1 FROM entry;
CREATE TRIGGER entry_inserted AFTER INSERT ON entry
WHEN NOT EXISTS (SELECT 1 FROM unindexed WHERE entry = new.rowid)
BEGIN
  INSERT INTO unindexed VALUES (new.rowid);
END;
CREATE TRIGGER entry_changed AFTER UPDATE OF body ON entry
WHEN NOT EXISTS (SELECT 1 FROM unindexed WHERE entry = new.rowid)
BEGIN
  INSERT INTO unindexed VALUES (new.rowid);
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entry
WHEN NOT EXISTS (SELECT 1 FROM unindexed WHERE entry = old.rowid)
BEGIN
  INSERT INTO unindexed VALUES (old.rowid);
END;"#;

/// CROSS JOIN: the index is asked first, whatever the planner thinks.
const HITS: &str = "
SELECT search.rowid AS place, entry.id, entry.session, entry.ordinal, entry.turn, entry.at, entry.body,
  session.title, session.workspace
FROM search CROSS JOIN entry ON entry.rowid = search.rowid CROSS JOIN session ON session.id = entry.session
WHERE search MATCH ?1 AND search.rowid < ?2 ORDER BY search.rowid DESC LIMIT ?3";

const ORDINALS: &str = "
SELECT entry.ordinal FROM search CROSS JOIN entry ON entry.rowid = search.rowid
WHERE search MATCH ?1 AND entry.session = ?2 ORDER BY entry.ordinal";

const PROMPTS: &str = "
SELECT entry.ordinal, entry.turn, entry.at, entry.body
FROM search CROSS JOIN entry ON entry.rowid = search.rowid
WHERE search MATCH ?1 AND entry.session = ?2 ORDER BY entry.ordinal";

impl TranscriptSearch for Database {
    fn index_some(&self, settled: Timestamp) -> Result<Indexing, SessionError> {
        Ok(self.index_batch(millis(settled))?)
    }

    fn search(&self, search: &Search) -> Result<SearchPage, SessionError> {
        let before = place_of(search.after.as_ref())?;
        let Some(expression) = Expression::new(search) else {
            return Ok(SearchPage {
                hits: Vec::new(),
                next: None,
                unread: 0,
            });
        };
        let missed = self.index_what_fits()?;
        let mut found = self.ask(|db| found(db, &expression, before, search.limit))?;
        let next = (found.len() == search.limit as usize)
            .then(|| found.last().map(|last| Cursor(last.place.to_string())))
            .flatten();
        let mut marker = Marker::new(&expression.text).map_err(Failure::from)?;
        let mut hits = Vec::with_capacity(found.len());
        for one in found.drain(..) {
            // Without a mark it changed since it was indexed, and does not match any more.
            if let Some(hit) = one.hit(&mut marker).map_err(Failure::from)? {
                hits.push(hit);
            }
        }
        let unread = self.ask(index::older)?.saturating_add(missed);
        Ok(SearchPage { hits, next, unread })
    }

    fn find_in_session(
        &self,
        session: &SessionId,
        query: &Query,
    ) -> Result<Vec<u32>, SessionError> {
        let Some(expression) = Expression::in_session(session, query) else {
            return Ok(Vec::new());
        };
        self.index_session(session)?;
        Ok(self.ask(|db| {
            db.prepare_cached(ORDINALS)?
                .query_map([expression.whole.as_str(), session.as_str()], |row| {
                    row.get(0)
                })?
                .collect()
        })?)
    }

    fn prompts(&self, session: &SessionId) -> Result<Vec<PromptLine>, SessionError> {
        self.index_session(session)?;
        let expression = expression::prompts_of(session);
        Ok(self.ask(|db| {
            db.prepare_cached(PROMPTS)?
                .query_map([expression.as_str(), session.as_str()], prompt_line)?
                .collect()
        })?)
    }
}

impl Database {
    /// Reads on the connection that is for searches alone.
    fn ask<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T, Failure> {
        Ok(work(&lock(&self.shared.searcher))?)
    }
}

/// A row of [`HITS`].
struct Found {
    place: i64,
    hit: Hit,
    text: String,
}

impl Found {
    fn hit(self, marker: &mut Marker) -> Result<Option<Hit>> {
        let snippet = marker.snippet(&self.text)?;
        Ok(snippet.map(|snippet| Hit {
            snippet,
            ..self.hit
        }))
    }
}

fn place_of(cursor: Option<&Cursor>) -> Result<i64, SessionError> {
    let what = "place among the hits";
    cursor.map_or(Ok(i64::MAX), |Cursor(place)| {
        place.parse().map_err(|_| SessionError::Unknown { what })
    })
}

fn found(db: &Connection, expression: &Expression, before: i64, limit: u32) -> Result<Vec<Found>> {
    db.prepare_cached(HITS)?
        .query_map(params![expression.whole, before, limit], from_row)?
        .collect()
}

fn from_row(row: &Row<'_>) -> Result<Found> {
    let (kind, text) = searchable(&entry::body(row.get("body")?)).unwrap_or_else(|| {
        // It says nothing any more: there will be no mark in it.
        (::session::search::SearchKind::Note, String::new())
    });
    Ok(Found {
        place: row.get("place")?,
        text,
        hit: Hit {
            session: SessionId::new(row.get::<_, String>("session")?),
            session_title: row.get("title")?,
            workspace: WorkspaceId::new(row.get::<_, String>("workspace")?),
            entry: EntryId::new(row.get::<_, String>("id")?),
            ordinal: row.get("ordinal")?,
            kind,
            turn: row.get("turn")?,
            at: time(row, "at")?,
            snippet: Vec::new(),
        },
    })
}

fn prompt_line(row: &Row<'_>) -> Result<PromptLine> {
    let line = match entry::body(row.get("body")?) {
        EntryBody::Prompt { text, .. } => first_line(&text),
        _ => String::new(),
    };
    Ok(PromptLine {
        ordinal: row.get("ordinal")?,
        turn: row.get("turn")?,
        at: time(row, "at")?,
        line,
    })
}
