//! Tool calls: every message about a call is an upsert by its id, in whatever order they come.

use super::{Stamp, Transcript};
use crate::cut;
use crate::entry::{EntryBody, ToolCall, ToolContent, ToolKind, ToolStatus, TurnSummary};
use crate::port::ToolPatch;
use kernel::Timestamp;
use std::collections::{HashMap, VecDeque};

/// How many calls that ended stay open for late additions.
const LATE: usize = 64;

/// Most files that a turn's summary names.
const FILES: usize = 50;

/// Where the calls of this turn stand.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Ordinal by call id; `None` once it is too old to be changed.
    known: HashMap<String, Option<u32>>,
    ended: VecDeque<String>,
}

impl Calls {
    /// Forgets all: an agent may use the same ids again in its next turn.
    pub(super) fn forget_all(&mut self) -> Vec<u32> {
        self.ended.clear();
        self.known.drain().filter_map(|(_, place)| place).collect()
    }

    /// Notes that a call ended; answers the place of the one that is now too old.
    fn end(&mut self, call: &str) -> Option<u32> {
        self.ended.push_back(call.to_owned());
        if self.ended.len() <= LATE {
            return None;
        }
        let oldest = self.ended.pop_front()?;
        self.known.get_mut(&oldest)?.take()
    }
}

/// What a patch did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patched {
    /// The call's title.
    pub title: String,
    /// Whether it ended with this.
    pub ended: bool,
}

impl Transcript {
    /// A call began or changed. `None` when the call is too old to be changed.
    pub fn tool(&mut self, patch: ToolPatch, stamp: Stamp) -> Option<Patched> {
        let id = patch.call.clone();
        let before = match self.calls.known.get(&id) {
            Some(None) => return None,
            Some(Some(ordinal)) => Some(*ordinal),
            None => None,
        };
        let old = before.and_then(|ordinal| self.call_at(ordinal)).cloned();
        let was_over = old.as_ref().is_some_and(|call| is_over(call.status));
        let call = patched(old, patch);
        let (title, over) = (call.title.clone(), is_over(call.status));
        if over && !was_over {
            count(&mut self.summary, &call);
        }
        let body = EntryBody::Tool { call };
        match before {
            Some(ordinal) => self.replace(ordinal, stamp.at, body),
            None => {
                let ordinal = self.put_open(body, stamp);
                self.calls.known.insert(id.clone(), Some(ordinal));
            }
        }
        let ended = over && !was_over;
        if ended {
            self.too_old(&id);
        }
        Some(Patched { title, ended })
    }

    /// The newest call that has not ended.
    pub fn running_call(&self) -> Option<&ToolCall> {
        let mut places: Vec<u32> = self
            .calls
            .known
            .values()
            .filter_map(|place| *place)
            .collect();
        places.sort_unstable();
        let mut calls = places
            .into_iter()
            .rev()
            .filter_map(|place| self.call_at(place));
        calls.find(|call| !is_over(call.status))
    }

    /// The protocol leaves it to us to say that calls will not go on.
    pub fn cancel_calls(&mut self, at: Timestamp) {
        let known: Vec<(String, u32)> = self
            .calls
            .known
            .iter()
            .filter_map(|(id, place)| Some((id.clone(), (*place)?)))
            .collect();
        for (id, ordinal) in known {
            let Some(call) = self.call_at(ordinal).filter(|call| !is_over(call.status)) else {
                continue;
            };
            let mut call = call.clone();
            call.status = ToolStatus::Cancelled;
            self.replace(ordinal, at, EntryBody::Tool { call });
            self.too_old(&id);
        }
    }

    fn too_old(&mut self, ended: &str) {
        if let Some(ordinal) = self.calls.end(ended) {
            self.close(ordinal);
        }
    }

    fn call_at(&self, ordinal: u32) -> Option<&ToolCall> {
        match &self.kept.get(&ordinal)?.entry.body {
            EntryBody::Tool { call } => Some(call),
            _ => None,
        }
    }
}

/// Whether a call with this status will not go on.
pub fn is_over(status: ToolStatus) -> bool {
    match status {
        ToolStatus::Pending | ToolStatus::InProgress => false,
        ToolStatus::Completed | ToolStatus::Failed | ToolStatus::Cancelled => true,
    }
}

/// Adds a call that ended to what its turn came to.
fn count(summary: &mut TurnSummary, call: &ToolCall) {
    match call.status {
        ToolStatus::Completed => summary.tools += 1,
        ToolStatus::Failed => summary.failed += 1,
        ToolStatus::Pending | ToolStatus::InProgress | ToolStatus::Cancelled => {}
    }
    let changes = matches!(
        call.tool,
        ToolKind::Edit | ToolKind::Delete | ToolKind::Move
    );
    if !changes || call.status != ToolStatus::Completed {
        return;
    }
    let located = call.locations.iter().map(|location| &location.path);
    let changed = call.content.iter().filter_map(|content| match content {
        ToolContent::Diff { path, .. } => Some(path),
        ToolContent::Text { .. } => None,
    });
    for path in located.chain(changed) {
        if summary.files.len() < FILES && !summary.files.contains(path) {
            summary.files.push(path.clone());
        }
    }
}

fn patched(old: Option<ToolCall>, patch: ToolPatch) -> ToolCall {
    let mut call = old.unwrap_or_else(|| ToolCall {
        call: patch.call,
        tool: Default::default(),
        title: "Tool".to_owned(),
        status: ToolStatus::default(),
        locations: Vec::new(),
        content: Vec::new(),
        input: None,
    });
    if let Some(status) = patch.status
        // A call that is over does not begin again because an older message comes late.
        && (is_over(status) || !is_over(call.status))
    {
        call.status = status;
    }
    call.tool = patch.tool.unwrap_or(call.tool);
    call.title = patch.title.unwrap_or(call.title);
    call.locations = patch.locations.unwrap_or(call.locations);
    call.content = patch.content.unwrap_or(call.content);
    call.input = patch.input.or(call.input);
    if let Some(more) = patch.append {
        append(&mut call.content, more);
    }
    cut::bound(&mut call);
    call
}

fn append(content: &mut Vec<ToolContent>, more: String) {
    match content.last_mut() {
        Some(ToolContent::Text { text, .. }) => text.push_str(&more),
        _ => content.push(ToolContent::Text { text: more, cut: 0 }),
    }
}
