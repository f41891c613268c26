//! Searching the transcripts: what a person may type, what of an entry is searched, and what a hit tells.
//!
//! Invariant: any text is a query and none is an error; what is stored is found, also of archived workspaces.

use crate::entry::{Ask, EntryBody, NoticeLevel, RequestOutcome, ToolCall, ToolContent};
use crate::error::SessionError;
use crate::session::{Attachment, Author};
use kernel::{EntryId, SessionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Terms beyond these are not looked for: a pasted page is no query.
const MOST_TERMS: usize = 32;

/// The full-text index over all transcripts. It follows the entries by itself and is only ever behind, never wrong:
/// what was saved and not indexed yet is known to the database, also after a kill. Blocking; called off the async
/// workers. Implemented by `adapters/sqlite`.
pub trait TranscriptSearch: Send + Sync {
    /// Brings a small part of what is not indexed yet into the index, in some ten milliseconds. What changed after
    /// `settled` may still grow and is left for later.
    fn index_some(&self, settled: Timestamp) -> Result<Indexing, SessionError>;
    /// What matches, newest first. Everything that was saved since the index exists is in it.
    fn search(&self, search: &Search) -> Result<SearchPage, SessionError>;
    /// The ordinals of all entries of one session that match, ascending.
    fn find_in_session(&self, session: &SessionId, query: &Query)
    -> Result<Vec<u32>, SessionError>;
    /// The person's messages in one session, in order.
    fn prompts(&self, session: &SessionId) -> Result<Vec<PromptLine>, SessionError>;
}

/// Whether the index is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// Everything that is stored is in it, but for what may still grow.
    Complete,
    /// There is more to be indexed.
    Behind,
}

/// What to look for, and where.
#[derive(Clone, Debug)]
pub struct Search {
    /// The words.
    pub query: Query,
    /// Only in these workspaces; in all when `None`.
    pub workspaces: Option<Vec<WorkspaceId>>,
    /// Only in entries of these kinds; in all when empty.
    pub kinds: Vec<SearchKind>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// At most so many hits.
    pub limit: u32,
}

/// Where a page of hits ended. Opaque; good for as long as the database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What an entry is to somebody who searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// The person's messages, with the names of what went with them.
    Prompt,
    /// The agent's answers.
    Answer,
    /// What the agent thought aloud.
    Thought,
    /// Tool calls: title, paths, output, new text of files.
    Tool,
    /// Plans, what was asked, notices, messages that the app wrote.
    Note,
}

impl SearchKind {
    /// Its word in an index.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Answer => "answer",
            Self::Thought => "thought",
            Self::Tool => "tool",
            Self::Note => "note",
        }
    }
}

/// Hits, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
    /// How many entries could not be looked at yet: above 0 for a while after an update of the app, and while the
    /// disk is full.
    pub unread: u32,
}

/// One entry that matches.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Its session.
    pub session: SessionId,
    /// The session's title.
    pub session_title: String,
    /// The session's workspace.
    pub workspace: WorkspaceId,
    /// The entry.
    pub entry: EntryId,
    /// The entry's place in the transcript.
    pub ordinal: u32,
    /// What the entry is.
    pub kind: SearchKind,
    /// The entry's turn.
    pub turn: u32,
    /// When the entry began.
    pub at: Timestamp,
    /// Some words around the match, in one line.
    pub snippet: Vec<SnippetPart>,
}

/// A part of a snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SnippetPart {
    /// Its text, never empty.
    pub text: String,
    /// Whether it is what was looked for.
    pub marked: bool,
}

/// A message of the person in a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromptLine {
    /// Its entry's place in the transcript.
    pub ordinal: u32,
    /// Its turn.
    pub turn: u32,
    /// When it was delivered.
    pub at: Timestamp,
    /// Its first line that says something, cut at 200 characters.
    pub line: String,
}

/// What a person typed, as terms that all must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

/// One word, or words in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Exactly this.
    Whole(String),
    /// The last word may go on: it is still being typed.
    Begun(String),
}

impl Query {
    /// Words are separated by spaces and all must be there; words in double quotes must stand together; the last
    /// word, unless it is in closed quotes or a single Latin letter, may be the beginning of one. There are no operators, and what holds no
    /// letter and no digit is left out.
    pub fn parse(text: &str) -> Self {
        // Every second part stands in quotes; the last of all is not followed by one.
        let parts: Vec<&str> = text.split('"').collect();
        let last = parts.len() - 1;
        let mut terms = Vec::new();
        for (place, part) in parts.into_iter().enumerate() {
            let part = readable(part);
            if place % 2 == 0 {
                let words = part.split_whitespace().filter(|word| says_something(word));
                terms.extend(words.map(|word| Term::Whole(word.to_owned())));
            } else {
                terms.push(Term::Whole(part.clone()));
            }
            if place == last && says_something(&part) {
                let begun = terms.pop().map(Term::begun);
                terms.extend(begun);
            }
        }
        terms.retain(|term| says_something(term.text()));
        terms.truncate(MOST_TERMS);
        Self { terms }
    }

    /// The terms; none match nothing.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

impl Term {
    /// Its words.
    pub fn text(&self) -> &str {
        match self {
            Self::Whole(text) | Self::Begun(text) => text,
        }
    }

    /// One Latin letter or digit is no beginning: every tenth word has it, and reading where they all are takes
    /// seconds.
    fn begun(self) -> Self {
        match self {
            Self::Whole(text) if ends_in_one_letter(&text) => Self::Whole(text),
            Self::Whole(text) | Self::Begun(text) => Self::Begun(text),
        }
    }
}

/// Without control characters, which no index knows and which some take for the end.
fn readable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn ends_in_one_letter(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    let last = words.rfind(|word| !word.is_empty());
    last.is_some_and(|word| word.len() == 1)
}

fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// What of an entry is searched; `None` for one that says nothing in words.
pub fn searchable(body: &EntryBody) -> Option<(SearchKind, String)> {
    let (kind, text) = match body {
        EntryBody::Prompt {
            text,
            attachments,
            author,
            ..
        } => (kind_by(*author), of_prompt(text, attachments)),
        EntryBody::Answer { text } => (SearchKind::Answer, text.clone()),
        EntryBody::Thought { text } => (SearchKind::Thought, text.clone()),
        EntryBody::Tool { call } => (SearchKind::Tool, of_call(call)),
        EntryBody::Plan { items } => {
            let items = items.iter().map(|item| item.text.as_str());
            (SearchKind::Note, lines(items))
        }
        EntryBody::Request { ask, outcome, .. } => (SearchKind::Note, of_request(ask, outcome)),
        EntryBody::Notice {
            level,
            text,
            detail,
        } => {
            // What a note folds away is the app's own words, not what was said.
            let detail = detail.as_deref().filter(|_| *level != NoticeLevel::Note);
            let both = [Some(text.as_str()), detail];
            (SearchKind::Note, lines(both.into_iter().flatten()))
        }
        EntryBody::Other { raw, .. } => (SearchKind::Note, raw.clone()),
        EntryBody::TurnEnd { .. } => return None,
    };
    says_something(&text).then_some((kind, text))
}

fn kind_by(author: Author) -> SearchKind {
    match author {
        Author::Person => SearchKind::Prompt,
        Author::App => SearchKind::Note,
    }
}

fn of_prompt(text: &str, attachments: &[Attachment]) -> String {
    let names = attachments.iter().map(|attachment| match attachment {
        Attachment::File { path, .. } => path.as_str(),
        Attachment::Image { name, .. } | Attachment::Text { name, .. } => name.as_str(),
    });
    lines([text].into_iter().chain(names))
}

/// The old text of a change is left out: it was in the file before, and git still has it.
fn of_call(call: &ToolCall) -> String {
    let paths = call.locations.iter().map(|location| location.path.as_str());
    let shown = call.content.iter().flat_map(|content| match content {
        ToolContent::Text { text, .. } => [text.as_str(), ""],
        ToolContent::Diff { path, new_text, .. } => [path.as_str(), new_text.as_str()],
    });
    lines([call.title.as_str()].into_iter().chain(paths).chain(shown))
}

fn of_request(ask: &Ask, outcome: &RequestOutcome) -> String {
    let fields = ask.fields.iter().map(|field| field.title.as_str());
    let chosen = match outcome {
        RequestOutcome::Answered { choice, .. } => choice.as_str(),
        RequestOutcome::Pending | RequestOutcome::Cancelled | RequestOutcome::Lapsed => "",
    };
    let command = ask.command.as_deref().unwrap_or_default();
    let asked = [ask.title.as_str(), command];
    lines(asked.into_iter().chain(fields).chain([chosen]))
}

fn lines<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// The first line of a message that says something, cut at 200 characters.
pub fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests;
