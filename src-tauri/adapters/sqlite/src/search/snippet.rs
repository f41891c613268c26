//! The words around a match, marked by SQLite itself, so that what is marked is what the index found.

use ::session::search::SnippetPart;
use rusqlite::{Connection, OptionalExtension, Result};

/// Stand around a match in SQLite's answer; taken out of the text before.
const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

/// Marks one query's matches.
pub struct Marker {
    /// Holds one text at a time, cut into words as the index cuts them.
    memory: Connection,
    expression: String,
}

impl Marker {
    pub fn new(expression: &str) -> Result<Self> {
        let memory = Connection::open_in_memory()?;
        memory.execute_batch(
            r#"CREATE VIRTUAL TABLE one USING fts5 (text, tokenize = "unicode61 remove_diacritics 2")"#,
        )?;
        Ok(Self {
            memory,
            expression: expression.to_owned(),
        })
    }

    /// Some words around the matches; `None` where nothing matches.
    pub fn snippet(&mut self, text: &str) -> Result<Option<Vec<SnippetPart>>> {
        let text = text.replace([BEGIN, END, '\0'], " ");
        let transaction = self.memory.transaction()?;
        transaction
            .prepare_cached("INSERT INTO one (text) VALUES (?1)")?
            .execute([text])?;
        let marked: Option<String> = transaction
            .prepare_cached(
                "SELECT snippet(one, 0, char(1), char(2), '…', 24) FROM one WHERE one MATCH ?1",
            )?
            .query_row([&self.expression], |row| row.get(0))
            .optional()?;
        // Rolled back here: the next text is alone again.
        Ok(marked.map(|marked| parts(&marked)))
    }
}

/// In one line, cut at the marks.
fn parts(marked: &str) -> Vec<SnippetPart> {
    let mut parts = Vec::new();
    for piece in one_line(marked).split_inclusive([BEGIN, END]) {
        let text = piece.trim_end_matches([BEGIN, END]);
        if !text.is_empty() {
            parts.push(SnippetPart {
                text: text.to_owned(),
                marked: piece.ends_with(END),
            });
        }
    }
    parts
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_whitespace() {
            line.push(character);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line
}
