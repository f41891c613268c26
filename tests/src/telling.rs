//! A conversation in a line per entry, for tests to compare and to search.

use session::{Entry, EntryBody, PlanStatus, RequestOutcome, ToolContent};

/// What an entry is and says, in a line.
pub fn short(entry: &Entry) -> String {
    match &entry.body {
        EntryBody::Prompt { text, .. } => format!("prompt: {}", text.replace('\n', " / ")),
        EntryBody::Answer { text } => format!("answer: {text}"),
        EntryBody::Thought { text } => format!("thought: {text}"),
        EntryBody::Tool { call } => format!("tool: {} {:?}", call.title, call.status),
        EntryBody::Plan { items } => {
            let done = |status| items.iter().filter(|item| item.status == status).count();
            format!("plan: {}/{}", done(PlanStatus::Completed), items.len())
        }
        EntryBody::Request { ask, outcome, .. } => match outcome {
            RequestOutcome::Answered {
                choice, allowed, ..
            } => {
                format!("request: {} → {choice} ({allowed})", ask.title)
            }
            RequestOutcome::Pending | RequestOutcome::Cancelled | RequestOutcome::Lapsed => {
                format!("request: {} → {outcome:?}", ask.title)
            }
        },
        EntryBody::Notice { level, text, .. } => format!("{level:?}: {text}"),
        EntryBody::TurnEnd { reason, .. } => format!("end: {reason}"),
        EntryBody::Other { name, .. } => format!("other: {name}"),
    }
}

/// The whole conversation, but for the note that every agent was told of its place.
pub fn told(entries: &[Entry]) -> Vec<String> {
    let lines = entries.iter().map(short);
    lines.filter(|line| line != TOLD_OF_ITS_PLACE).collect()
}

/// The line of the note that shows what an agent was told of its place.
pub const TOLD_OF_ITS_PLACE: &str = "Note: Told the agent about its workspace";

/// Whether an entry's line holds this.
pub fn has(entries: &[Entry], line: &str) -> bool {
    entries.iter().any(|entry| short(entry).contains(line))
}

/// The first text that the newest tool call of this title shows.
pub fn output_of<'a>(entries: &'a [Entry], title: &str) -> &'a str {
    let mut outputs = entries.iter().rev().filter_map(|entry| match &entry.body {
        EntryBody::Tool { call } if call.title == title => match call.content.first() {
            Some(ToolContent::Text { text, .. }) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    });
    outputs.next().unwrap_or_default()
}

/// All that tool calls show, whatever their titles: some agents' titles are their model's.
pub fn shown(entries: &[Entry]) -> String {
    let calls = entries.iter().filter_map(|entry| match &entry.body {
        EntryBody::Tool { call } => Some(&call.content),
        _ => None,
    });
    let texts = calls.flatten().filter_map(|content| match content {
        ToolContent::Text { text, .. } => Some(text.as_str()),
        ToolContent::Diff { .. } => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
