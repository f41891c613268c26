//! The live end of a transcript: what an agent says becomes entries, and each change of them is told once.
//!
//! Pure: ids and times come in. Invariant: an entry keeps its place, ordinals have no gaps, and what is kept in
//! memory is bounded: the open text, the plan, what is asked, the calls that run and the last ones that ended.

mod calls;
mod requests;

pub use calls::is_over;

use crate::cut;
use crate::entry::{Entry, EntryBody, NoticeLevel, PlanItem, TurnSummary};
use crate::session::{Message, TranscriptChange, Usage};
use calls::Calls;
use kernel::{EntryId, Timestamp};
use requests::OpenRequest;
use std::collections::BTreeMap;

/// Longest answer or thought of one entry, in bytes; more begins another entry, so that a growing text does not
/// cost more with each piece.
const TEXT: usize = 64 * 1024;

/// Id and time for an entry that an input may make.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Its id.
    pub id: EntryId,
    /// Now.
    pub at: Timestamp,
}

/// A session's transcript from the entry that may still change on.
#[derive(Debug)]
pub struct Transcript {
    next: u32,
    turn: u32,
    kept: BTreeMap<u32, Kept>,
    text: Option<u32>,
    plan: Option<u32>,
    calls: Calls,
    /// What the calls of this turn came to.
    summary: TurnSummary,
    requests: Vec<OpenRequest>,
}

#[derive(Debug)]
struct Kept {
    entry: Entry,
    told: Told,
    /// Whether it may still change.
    open: bool,
}

/// How much of an entry was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    /// All but what comes after this many bytes of its text.
    TextUpTo(usize),
    /// It must be told whole.
    Not,
}

/// Which of the two texts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The answer.
    Answer,
    /// A thought.
    Thought,
}

impl Transcript {
    /// Goes on after `next` stored entries, in this turn.
    pub fn new(next: u32, turn: u32) -> Self {
        Self {
            next,
            turn,
            kept: BTreeMap::new(),
            text: None,
            plan: None,
            calls: Calls::default(),
            summary: TurnSummary::default(),
            requests: Vec::new(),
        }
    }

    /// From now on entries belong to this turn.
    pub fn begin_turn(&mut self, turn: u32) {
        self.turn = turn;
        self.summary = TurnSummary::default();
        self.close_text();
        let plan = self.plan.take();
        for ordinal in self.calls.forget_all().into_iter().chain(plan) {
            self.close(ordinal);
        }
    }

    /// The person's message, once it is with the agent.
    pub fn prompt(&mut self, message: &Message, stamp: Stamp) -> Entry {
        let body = EntryBody::Prompt {
            message: message.id.clone(),
            text: message.text.clone(),
            attachments: message.attachments.clone(),
            author: message.author,
        };
        let ordinal = self.put(body, stamp);
        self.kept[&ordinal].entry.clone()
    }

    /// More of an answer or a thought.
    pub fn say(&mut self, voice: Voice, text: &str, stamp: &Stamp) {
        let mut rest = text;
        while !rest.is_empty() {
            let ordinal = self.open_text(voice, stamp);
            let kept = self.kept.get_mut(&ordinal).expect("open_text made it");
            let grown = text_mut(&mut kept.entry.body).expect("open_text made a text");
            let room = cut::head(rest, TEXT.saturating_sub(grown.len()));
            if room.is_empty() {
                self.close_text();
                continue;
            }
            if kept.told == Told::All {
                kept.told = Told::TextUpTo(grown.len());
            }
            grown.push_str(room);
            kept.entry.updated_at = stamp.at;
            rest = &rest[room.len()..];
        }
    }

    /// What is being said is whole; more of the same voice is another entry.
    pub fn end_text(&mut self) {
        self.close_text();
    }

    /// The plan of this turn is now this.
    pub fn plan(&mut self, mut items: Vec<PlanItem>, stamp: Stamp) {
        cut::shorten_list(&mut items);
        for item in &mut items {
            cut::shorten_line(&mut item.text);
        }
        let body = EntryBody::Plan { items };
        match self.plan {
            Some(ordinal) => self.replace(ordinal, stamp.at, body),
            None => self.plan = Some(self.put_open(body, stamp)),
        }
    }

    /// Something of the session's life.
    pub fn notice(
        &mut self,
        level: NoticeLevel,
        text: String,
        detail: Option<String>,
        stamp: Stamp,
    ) {
        let body = EntryBody::Notice {
            level,
            text,
            detail,
        };
        self.put(body, stamp);
    }

    /// An update of an unknown kind.
    pub fn other(&mut self, name: String, mut raw: String, stamp: Stamp) {
        cut::shorten(&mut raw, cut::RAW);
        self.put(EntryBody::Other { name, raw }, stamp);
    }

    /// The turn is over, with this use of the context as last reported.
    pub fn turn_end(&mut self, reason: String, millis: u64, usage: Option<&Usage>, stamp: Stamp) {
        let summary = TurnSummary {
            used: usage.map(|usage| u32::try_from(usage.used).unwrap_or(u32::MAX)),
            cost: usage.and_then(|usage| usage.cost.clone()),
            ..std::mem::take(&mut self.summary)
        };
        let body = EntryBody::TurnEnd {
            reason,
            millis,
            summary,
        };
        self.put(body, stamp);
    }

    /// The entries that changed since they were last told, whole, in order.
    pub fn changed(&self) -> Vec<Entry> {
        self.kept
            .values()
            .filter(|kept| kept.told != Told::All)
            .map(|kept| kept.entry.clone())
            .collect()
    }

    /// The changes since this was last asked, each told once. What can't change any more is forgotten.
    pub fn take_changes(&mut self) -> Vec<TranscriptChange> {
        let mut changes = Vec::new();
        for kept in self.kept.values_mut() {
            match std::mem::replace(&mut kept.told, Told::All) {
                Told::All => {}
                Told::Not => changes.push(TranscriptChange::Put {
                    entry: kept.entry.clone(),
                }),
                Told::TextUpTo(told) => {
                    let text = text_mut(&mut kept.entry.body).expect("only texts grow");
                    changes.push(TranscriptChange::Append {
                        entry: kept.entry.id.clone(),
                        text: text[told..].to_owned(),
                    });
                }
            }
        }
        self.kept.retain(|_, kept| kept.open);
        changes
    }

    /// The open text of this voice; anything else that was being said ends.
    fn open_text(&mut self, voice: Voice, stamp: &Stamp) -> u32 {
        if let Some(ordinal) = self.text {
            let body = &self.kept[&ordinal].entry.body;
            let same = match voice {
                Voice::Answer => matches!(body, EntryBody::Answer { .. }),
                Voice::Thought => matches!(body, EntryBody::Thought { .. }),
            };
            if same {
                return ordinal;
            }
        }
        let text = String::new();
        let body = match voice {
            Voice::Answer => EntryBody::Answer { text },
            Voice::Thought => EntryBody::Thought { text },
        };
        // A text that outgrew its entry goes on in one with an id of its own.
        let taken = self.kept.values().any(|kept| kept.entry.id == stamp.id);
        let id = if taken {
            EntryId::new(format!("{}.{}", stamp.id, self.next))
        } else {
            stamp.id.clone()
        };
        let ordinal = self.put_open(body, Stamp { id, at: stamp.at });
        self.text = Some(ordinal);
        ordinal
    }

    fn put(&mut self, body: EntryBody, stamp: Stamp) -> u32 {
        let ordinal = self.put_open(body, stamp);
        self.close(ordinal);
        ordinal
    }

    /// A new entry at the end; the text before it ends.
    fn put_open(&mut self, body: EntryBody, stamp: Stamp) -> u32 {
        self.close_text();
        let ordinal = self.next;
        self.next += 1;
        let entry = Entry {
            id: stamp.id,
            ordinal,
            turn: self.turn,
            at: stamp.at,
            updated_at: stamp.at,
            body,
        };
        let kept = Kept {
            entry,
            told: Told::Not,
            open: true,
        };
        self.kept.insert(ordinal, kept);
        ordinal
    }

    fn replace(&mut self, ordinal: u32, at: Timestamp, body: EntryBody) {
        if let Some(kept) = self.kept.get_mut(&ordinal)
            && kept.entry.body != body
        {
            kept.entry.body = body;
            kept.entry.updated_at = at;
            kept.told = Told::Not;
        }
    }

    fn close_text(&mut self) {
        if let Some(ordinal) = self.text.take() {
            self.close(ordinal);
        }
    }

    /// It can't change any more: once it is told it is forgotten.
    fn close(&mut self, ordinal: u32) {
        if let Some(kept) = self.kept.get_mut(&ordinal) {
            kept.open = false;
        }
    }
}

fn text_mut(body: &mut EntryBody) -> Option<&mut String> {
    match body {
        EntryBody::Answer { text } | EntryBody::Thought { text } => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
