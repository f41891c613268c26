//! What a reader sees of a conversation, across crashes: nothing seen is ever taken back.

use crate::script::number_of;
use session::{
    Entry, EntryBody, MessageState, RequestOutcome, SessionSummary, ToolStatus, TranscriptChange,
};
use std::collections::BTreeMap;

/// The reader's picture of the only session.
#[derive(Default)]
pub struct View {
    entries: BTreeMap<u32, Entry>,
    /// Of this run of the app; changes up to it are contained.
    revision: u32,
    /// The newest summary.
    pub summary: Option<SessionSummary>,
    /// What contradicts what was seen before.
    pub objections: Vec<String>,
}

impl View {
    /// The app is gone: what was seen stays seen, and must be found again.
    pub fn app_is_gone(&mut self) {
        self.summary = None;
        self.revision = 0;
    }

    /// The whole transcript as it is stored now.
    pub fn page(&mut self, entries: Vec<Entry>, revision: u32) {
        self.revision = revision;
        for (place, entry) in (0_u32..).zip(&entries) {
            if entry.ordinal != place {
                let said = format!("place {place} holds ordinal {}", entry.ordinal);
                self.objections.push(said);
            }
        }
        let before = std::mem::take(&mut self.entries);
        self.entries = entries
            .into_iter()
            .map(|entry| (entry.ordinal, entry))
            .collect();
        for (ordinal, seen) in before {
            match self.entries.get(&ordinal) {
                Some(now) => self.objections.extend(objection(&seen, now)),
                None => self.objections.push(format!("gone: {seen:?}")),
            }
        }
    }

    /// What was told since.
    pub fn changes(&mut self, changes: Vec<TranscriptChange>, revision: u32) {
        if revision <= self.revision {
            return;
        }
        if revision != self.revision + 1 {
            let said = format!("revision {revision} follows {}", self.revision);
            self.objections.push(said);
        }
        self.revision = revision;
        for change in changes {
            match change {
                TranscriptChange::Put { entry } => self.put(entry),
                TranscriptChange::Append { entry, text } => {
                    let open = self.entries.values_mut().find(|open| open.id == entry);
                    match open.map(|open| &mut open.body) {
                        Some(
                            EntryBody::Answer { text: grows } | EntryBody::Thought { text: grows },
                        ) => {
                            grows.push_str(&text);
                        }
                        _ => self.objections.push(format!("{entry} can't grow")),
                    }
                }
            }
        }
    }

    fn put(&mut self, entry: Entry) {
        match self.entries.get(&entry.ordinal) {
            Some(seen) => self.objections.extend(objection(seen, &entry)),
            None if entry.ordinal as usize == self.entries.len() => {}
            None => self.objections.push(format!(
                "ordinal {} comes after {} entries",
                entry.ordinal,
                self.entries.len()
            )),
        }
        self.entries.insert(entry.ordinal, entry);
    }

    /// How often a prompt stands in the transcript.
    pub fn prompts(&self, number: u32) -> usize {
        let is_it = |entry: &&Entry| matches!(&entry.body, EntryBody::Prompt { text, .. } if number_of(text) == Some(number));
        self.entries.values().filter(is_it).count()
    }

    /// How far a message is that is in the queue.
    pub fn queued(&self, number: u32) -> Option<MessageState> {
        let queue = &self.summary.as_ref()?.queue;
        let message = queue
            .iter()
            .find(|message| number_of(&message.text) == Some(number));
        message.map(|message| message.state)
    }

    /// Whether the person can find a prompt.
    pub fn shows(&self, number: u32) -> bool {
        self.prompts(number) > 0 || self.queued(number).is_some()
    }

    /// A transcript's end, to explain a failure.
    pub fn end(&self) -> String {
        let last = self.entries.values().rev().take(12).rev();
        let lines: Vec<String> = last
            .map(|entry| format!("  {} {:.200}", entry.ordinal, format!("{:?}", entry.body)))
            .collect();
        lines.join("\n")
    }
}

/// Why one entry can't have become the other.
fn objection(seen: &Entry, now: &Entry) -> Option<String> {
    let place = |entry: &Entry| (entry.id.clone(), entry.ordinal, entry.turn, entry.at);
    if place(seen) == place(now) && may_become(&seen.body, &now.body) {
        return None;
    }
    Some(format!(
        "{:.400}\n  became {:.400}",
        format!("{seen:?}"),
        format!("{now:?}")
    ))
}

fn may_become(seen: &EntryBody, now: &EntryBody) -> bool {
    match (seen, now) {
        (EntryBody::Answer { text: seen }, EntryBody::Answer { text: now })
        | (EntryBody::Thought { text: seen }, EntryBody::Thought { text: now }) => {
            now.starts_with(seen.as_str())
        }
        (EntryBody::Tool { call: seen }, EntryBody::Tool { call: now }) => {
            let (from, to) = (stage(seen.status), stage(now.status));
            seen.call == now.call && (from < to || seen.status == now.status)
        }
        (EntryBody::Plan { .. }, EntryBody::Plan { .. }) => true,
        (
            EntryBody::Request {
                request: seen,
                ask,
                outcome: was,
                ..
            },
            EntryBody::Request {
                request: now,
                ask: asks,
                outcome: is,
                ..
            },
        ) => seen == now && ask == asks && (*was == RequestOutcome::Pending || was == is),
        (seen, now) => seen == now,
    }
}

/// A call only goes on. That it was cancelled is the app's assumption; the agent's last word on it counts more.
fn stage(status: ToolStatus) -> u8 {
    match status {
        ToolStatus::Pending => 0,
        ToolStatus::InProgress => 1,
        ToolStatus::Cancelled => 2,
        ToolStatus::Completed | ToolStatus::Failed => 3,
    }
}
