//! Tool calls: `tool_call` and `tool_call_update` are both patches, in any order.

use crate::text;
use serde_json::Value;
use session::port::ToolPatch;
use session::{Location, ToolCall, ToolContent, ToolKind, ToolStatus};
use std::collections::HashMap;

/// The longest side of a diff that is shown (1 MiB).
const LONGEST_DIFF: usize = 1024 * 1024;
/// How many calls of a turn are remembered for the permissions that name them.
const REMEMBERED: usize = 200;

/// Reads a patch; `None` without an id.
pub(crate) fn patch(update: &Value) -> Option<ToolPatch> {
    let word = |name: &str| update[name].as_str();
    Some(ToolPatch {
        call: word("toolCallId")?.to_owned(),
        tool: word("kind").map(kind),
        title: word("title").or(word("name")).map(str::to_owned),
        status: word("status").and_then(status),
        locations: update["locations"]
            .as_array()
            .map(|all| all.iter().filter_map(location).collect()),
        content: update["content"].as_array().and_then(|all| contents(all)),
        append: live_output(update),
        input: Some(&update["rawInput"])
            .filter(|input| says_something(input))
            .map(text::json),
    })
}

fn kind(word: &str) -> ToolKind {
    match word {
        "read" => ToolKind::Read,
        "edit" => ToolKind::Edit,
        "delete" => ToolKind::Delete,
        "move" => ToolKind::Move,
        "search" => ToolKind::Search,
        "execute" => ToolKind::Execute,
        "think" => ToolKind::Think,
        "fetch" => ToolKind::Fetch,
        "switch_mode" => ToolKind::SwitchMode,
        _ => ToolKind::Other,
    }
}

/// An unknown status leaves what was known.
fn status(word: &str) -> Option<ToolStatus> {
    match word {
        "pending" => Some(ToolStatus::Pending),
        "in_progress" => Some(ToolStatus::InProgress),
        "completed" => Some(ToolStatus::Completed),
        "failed" => Some(ToolStatus::Failed),
        "cancelled" => Some(ToolStatus::Cancelled),
        _ => None,
    }
}

fn location(location: &Value) -> Option<Location> {
    Some(Location {
        path: location["path"].as_str()?.to_owned(),
        line: location["line"]
            .as_u64()
            .and_then(|line| u32::try_from(line).ok()),
    })
}

/// The whole new content. `None` where it only names a terminal: Codex does so, and sends the terminal's bytes
/// beside it; that must not wipe what was shown.
fn contents(all: &[Value]) -> Option<Vec<ToolContent>> {
    let only_terminals = !all.is_empty() && all.iter().all(|one| one["type"] == "terminal");
    (!only_terminals).then(|| all.iter().filter_map(content).collect())
}

fn content(content: &Value) -> Option<ToolContent> {
    let shown = |text: &str| {
        let (text, cut) = text::shown(text);
        ToolContent::Text { text, cut }
    };
    match content["type"].as_str()? {
        "content" => text::of_block(&content["content"]).map(|text| shown(&text)),
        "diff" => diff(content),
        "terminal" => None,
        other => Some(shown(&format!("[{other}]"))),
    }
}

fn diff(content: &Value) -> Option<ToolContent> {
    let path = content["path"].as_str()?.to_owned();
    let old_text = content["oldText"].as_str();
    let new_text = content["newText"].as_str()?;
    let longest = new_text.len().max(old_text.map_or(0, str::len));
    if longest > LONGEST_DIFF {
        let text = format!("{path}: this change is too large to be shown here.");
        let cut = u32::try_from(longest).unwrap_or(u32::MAX);
        return Some(ToolContent::Text { text, cut });
    }
    let old_text = old_text.map(str::to_owned);
    Some(ToolContent::Diff {
        path,
        old_text,
        new_text: new_text.to_owned(),
    })
}

/// Codex's way to stream a command's output.
fn live_output(update: &Value) -> Option<String> {
    let output = update["_meta"]["terminal_output_delta"]["data"].as_str()?;
    (!output.is_empty()).then(|| text::shown(output).0)
}

fn says_something(input: &Value) -> bool {
    match input {
        Value::Null => false,
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// What is known of a turn's calls, so that a permission can show the call it is about.
#[derive(Default)]
pub(crate) struct Calls(HashMap<String, ToolCall>);

impl Calls {
    /// Learns from a patch. Beyond the limit nothing new is learned.
    pub(crate) fn learn(&mut self, patch: &ToolPatch) {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&patch.call) {
            return;
        }
        let call = self
            .0
            .entry(patch.call.clone())
            .or_insert_with(|| unknown(&patch.call));
        call.tool = patch.tool.unwrap_or(call.tool);
        call.status = patch.status.unwrap_or(call.status);
        replace(&mut call.title, patch.title.as_ref());
        replace(&mut call.locations, patch.locations.as_ref());
        replace(&mut call.content, patch.content.as_ref());
        if patch.input.is_some() {
            call.input.clone_from(&patch.input);
        }
        if matches!(call.status, ToolStatus::Completed | ToolStatus::Failed) {
            self.0.remove(&patch.call);
        }
    }

    /// The call as known.
    pub(crate) fn known(&self, id: &str) -> ToolCall {
        self.0.get(id).cloned().unwrap_or_else(|| unknown(id))
    }

    /// Forgets the turn.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}

fn unknown(id: &str) -> ToolCall {
    ToolCall {
        call: id.to_owned(),
        tool: ToolKind::default(),
        title: String::new(),
        status: ToolStatus::default(),
        locations: Vec::new(),
        content: Vec::new(),
        input: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_update_says_only_what_it_says() {
        let update = json!({"toolCallId": "a", "status": "completed"});
        let expected = ToolPatch {
            call: "a".to_owned(),
            status: Some(ToolStatus::Completed),
            ..ToolPatch::default()
        };
        assert_eq!(patch(&update), Some(expected));
    }

    #[test]
    fn content_replaces_and_a_bare_terminal_does_not() {
        let content = |all: Value| {
            patch(&json!({"toolCallId": "a", "content": all}))
                .unwrap()
                .content
        };
        assert_eq!(content(json!([])), Some(vec![]));
        assert_eq!(
            content(json!([{"type": "terminal", "terminalId": "t"}])),
            None
        );
        let text = ToolContent::Text {
            text: "x".to_owned(),
            cut: 0,
        };
        let diff = ToolContent::Diff {
            path: "/a".to_owned(),
            old_text: None,
            new_text: "n".to_owned(),
        };
        assert_eq!(
            content(json!([
                {"type": "content", "content": {"type": "text", "text": "x"}},
                {"type": "diff", "path": "/a", "oldText": null, "newText": "n"},
                {"type": "diff"},
            ])),
            Some(vec![text, diff])
        );
    }

    #[test]
    fn a_huge_diff_is_named_instead_of_shown() {
        let new = "x".repeat(LONGEST_DIFF + 1);
        let update =
            json!({"toolCallId": "a", "content": [{"type": "diff", "path": "/a", "newText": new}]});
        let content = patch(&update).unwrap().content.unwrap();
        assert!(
            matches!(&content[0], ToolContent::Text { cut, .. } if *cut as usize == LONGEST_DIFF + 1)
        );
    }

    #[test]
    fn a_finished_call_is_forgotten_and_an_open_one_is_known() {
        let mut calls = Calls::default();
        let told = |status: &str| {
            patch(&json!({"toolCallId": "a", "title": "T", "status": status})).unwrap()
        };
        calls.learn(&told("in_progress"));
        assert_eq!(calls.known("a").title, "T");
        calls.learn(&told("completed"));
        assert_eq!(calls.known("a").title, "");
    }
}
