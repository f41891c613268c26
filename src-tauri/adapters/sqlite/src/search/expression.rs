//! FTS5's own language, written by us alone: what a person typed gets into it only as quoted strings.

use ::session::search::{Query, Search, SearchKind, Term};
use kernel::{SessionId, WorkspaceId};
use std::fmt::Write;

/// What the index is asked.
pub struct Expression {
    /// Words and places.
    pub whole: String,
    /// The words alone, for marking them in a hit.
    pub text: String,
}

impl Expression {
    /// `None` when nothing can match.
    pub fn new(search: &Search) -> Option<Self> {
        let mut places = Vec::new();
        if let Some(workspaces) = &search.workspaces {
            places.push(any(workspaces.iter().map(workspace_word))?);
        }
        if !search.kinds.is_empty() {
            places.push(any(search.kinds.iter().copied().map(kind_word))?);
        }
        Self::of(&search.query, &places)
    }

    /// Within one session.
    pub fn in_session(session: &SessionId, query: &Query) -> Option<Self> {
        Self::of(query, &[quoted(&session_word(session))])
    }

    fn of(query: &Query, places: &[String]) -> Option<Self> {
        let terms: Vec<String> = query.terms().iter().map(term).collect();
        if terms.is_empty() {
            return None;
        }
        let text = format!("text : ({})", terms.join(" AND "));
        let whole = match places {
            [] => text.clone(),
            places => format!("{text} AND place : ({})", places.join(" AND ")),
        };
        Some(Self { whole, text })
    }
}

/// What finds the prompts of a session.
pub fn prompts_of(session: &SessionId) -> String {
    let session = quoted(&session_word(session));
    let prompt = quoted(&kind_word(SearchKind::Prompt));
    format!("place : ({session} AND {prompt})")
}

/// The words of column `place`.
pub fn place(session: &SessionId, workspace: &WorkspaceId, kind: SearchKind) -> String {
    let (session, workspace) = (session_word(session), workspace_word(workspace));
    format!("{session} {workspace} {}", kind_word(kind))
}

fn session_word(id: &SessionId) -> String {
    format!("s{}", one_word(id.as_str()))
}

fn workspace_word(id: &WorkspaceId) -> String {
    format!("w{}", one_word(id.as_str()))
}

fn kind_word(kind: SearchKind) -> String {
    format!("k{}", kind.word())
}

/// An id's bytes in hexadecimal: the tokenizer neither splits nor folds that, whatever is in the id.
fn one_word(id: &str) -> String {
    id.bytes().fold(String::new(), |mut word, byte| {
        write!(word, "{byte:02x}").expect("a string takes all that is written");
        word
    })
}

fn any(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.map(|word| quoted(&word)).collect();
    (!words.is_empty()).then(|| format!("({})", words.join(" OR ")))
}

fn term(term: &Term) -> String {
    match term {
        Term::Whole(text) => quoted(text),
        Term::Begun(text) => format!("{} *", quoted(text)),
    }
}

/// A string of FTS5: only the quote means something in it, and NUL ends it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}
