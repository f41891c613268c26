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

/// The longest id of a call, in bytes: it can't be cut.
const LONGEST_ID: usize = 1024;
/// The longest path of a location, in bytes; a longer one is none that a system knows.
const LONGEST_PATH: usize = 16 * 1024;

/// Reads a patch; `None` without an id.
pub(crate) fn patch(update: &Value) -> Option<ToolPatch> {
    let word = |name: &str| update[name].as_str();
    Some(ToolPatch {
        call: word("toolCallId")
            .filter(|id| id.len() <= LONGEST_ID)?
            .to_owned(),
        tool: word("kind").map(kind).or_else(|| of_goose(update)),
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

/// Goose gives no kinds. Which of its own tools it uses stands beside the call.
fn of_goose(update: &Value) -> Option<ToolKind> {
    let call = &update["_meta"]["goose"]["toolCall"];
    match (call["extensionName"].as_str()?, call["toolName"].as_str()?) {
        ("developer", "shell") => Some(ToolKind::Execute),
        ("developer", "edit" | "write") => Some(ToolKind::Edit),
        _ => None,
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
        path: location["path"]
            .as_str()
            .filter(|path| path.len() <= LONGEST_PATH)?
            .to_owned(),
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

/// What is known of a turn's calls, so that a permission can show the call it is about, and the call what was only said
/// with the permission.
#[derive(Default)]
pub(crate) struct Calls {
    told: HashMap<String, ToolCall>,
    /// What permissions said of calls that were not told of before.
    asked: HashMap<String, ToolPatch>,
}

impl Calls {
    /// Learns from a patch and tells whether it said anything new; some agents repeat themselves many times a
    /// second. Beyond the limit nothing is learned and everything is new.
    pub(crate) fn learn(&mut self, patch: &ToolPatch) -> bool {
        if self.told.len() >= REMEMBERED && !self.told.contains_key(&patch.call) {
            return true;
        }
        let first = !self.told.contains_key(&patch.call);
        let call = self
            .told
            .entry(patch.call.clone())
            .or_insert_with(|| unknown(&patch.call));
        apply(call, patch) || first || patch.append.is_some()
    }

    /// The call as it was told.
    pub(crate) fn known(&self, id: &str) -> Option<&ToolCall> {
        self.told.get(id)
    }

    /// The call as known, with what a permission's patch adds. Not learned: it is not told as an event.
    pub(crate) fn known_with(&self, patch: &ToolPatch) -> ToolCall {
        let Some(known) = self.told.get(&patch.call) else {
            let mut call = unknown(&patch.call);
            apply(&mut call, patch);
            return call;
        };
        let mut call = known.clone();
        apply(&mut call, patch);
        // Goose says less when it asks than it said before: no more than the tool's name, and no kind.
        if known.title.starts_with(&call.title) {
            call.title.clone_from(&known.title);
        }
        if call.tool == ToolKind::Other {
            call.tool = known.tool;
        }
        call
    }

    /// Remembers what a permission said of a call that was not told of: Gemini and Qwen Code say it nowhere else.
    pub(crate) fn asked_about(&mut self, patch: ToolPatch) {
        if !self.told.contains_key(&patch.call) && self.asked.len() < REMEMBERED {
            self.asked.insert(patch.call.clone(), patch);
        }
    }

    /// Adds to the first that is told of a call what its permission said of it.
    pub(crate) fn complete(&mut self, patch: &mut ToolPatch) {
        let Some(asked) = self.asked.remove(&patch.call) else {
            return;
        };
        patch.tool = patch.tool.take().or(asked.tool);
        patch.title = patch.title.take().or(asked.title);
        patch.locations = patch.locations.take().or(asked.locations);
        patch.input = patch.input.take().or(asked.input);
    }

    /// Forgets the turn.
    pub(crate) fn clear(&mut self) {
        self.told.clear();
        self.asked.clear();
    }
}

/// Patches a call and tells whether that changed it. The output that is appended is not kept here.
fn apply(call: &mut ToolCall, patch: &ToolPatch) -> bool {
    let input = patch.input.is_some().then_some(&patch.input);
    [
        replace(&mut call.tool, patch.tool.as_ref()),
        replace(&mut call.status, patch.status.as_ref()),
        replace(&mut call.title, patch.title.as_ref()),
        replace(&mut call.locations, patch.locations.as_ref()),
        replace(&mut call.content, patch.content.as_ref()),
        replace(&mut call.input, input),
    ]
    .contains(&true)
}

/// Takes over what is new and tells whether it differs.
fn replace<T: Clone + PartialEq>(old: &mut T, new: Option<&T>) -> bool {
    let Some(new) = new.filter(|new| *new != old) else {
        return false;
    };
    old.clone_from(new);
    true
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
    fn what_is_repeated_is_not_news() {
        let mut calls = Calls::default();
        let told = |status: &str| {
            patch(&json!({"toolCallId": "a", "title": "T", "status": status})).unwrap()
        };
        assert!(calls.learn(&told("in_progress")));
        assert!(!calls.learn(&told("in_progress")));
        assert!(!calls.learn(&patch(&json!({"toolCallId": "a"})).unwrap()));
        assert!(calls.learn(&told("completed")));
        let output = json!({"toolCallId": "a", "_meta": {"terminal_output_delta": {"data": "x"}}});
        assert!(calls.learn(&patch(&output).unwrap()));
        assert!(
            calls.learn(&patch(&output).unwrap()),
            "the same output twice is twice the output"
        );
    }

    #[test]
    fn a_permission_shows_what_is_known_and_hides_no_later_update() {
        let mut calls = Calls::default();
        let told = |title: &str| patch(&json!({"toolCallId": "a", "title": title})).unwrap();
        calls.learn(&told("first"));
        let asked = patch(&json!({"toolCallId": "a", "kind": "edit"})).unwrap();
        let call = calls.known_with(&asked);
        assert_eq!((call.title.as_str(), call.tool), ("first", ToolKind::Edit));
        assert!(
            calls.learn(&asked),
            "the update after the permission is news"
        );
    }

    #[test]
    fn what_only_the_permission_said_belongs_to_the_call() {
        let mut calls = Calls::default();
        let asked = json!({"toolCallId": "a", "title": "touch x", "kind": "execute", "rawInput": {"command": "touch x"}});
        calls.asked_about(patch(&asked).unwrap());
        let mut ended = patch(&json!({"toolCallId": "a", "status": "completed"})).unwrap();
        calls.complete(&mut ended);
        assert!(calls.learn(&ended));
        assert_eq!(
            (ended.title.as_deref(), ended.tool, ended.status),
            (
                Some("touch x"),
                Some(ToolKind::Execute),
                Some(ToolStatus::Completed)
            )
        );
        assert!(ended.input.is_some());
    }

    #[test]
    fn a_call_of_goose_has_the_kind_of_its_tool_and_its_permission_the_title_that_says_most() {
        let meta =
            json!({"goose": {"toolCall": {"toolName": "shell", "extensionName": "developer"}}});
        let told = json!({"toolCallId": "a", "title": "shell · touch x", "rawInput": {"command": "touch x"}, "_meta": meta});
        let mut calls = Calls::default();
        calls.learn(&patch(&told).unwrap());
        let asked = json!({"toolCallId": "a", "kind": "other", "title": "shell", "rawInput": {"command": "touch x"}});
        let call = calls.known_with(&patch(&asked).unwrap());
        assert_eq!(
            (call.title.as_str(), call.tool),
            ("shell · touch x", ToolKind::Execute)
        );
        let foreign = json!({"toolCallId": "b", "_meta": {"goose": {"toolCall": {"toolName": "shell", "extensionName": "mine"}}}});
        assert_eq!(patch(&foreign).unwrap().tool, None);
    }
}
