//! The Responses API, as much of it as Codex reads.

use super::script::{Use, Voice};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

fn id(prefix: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{:020}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// Whether it is asked to work: it is offered tools (in the conversation's first item, where once they had a field of
/// their own) and may answer as it likes, where a title has to have a given form.
pub(super) fn is_at_work(asked: &Value) -> bool {
    let wants_a_form = asked["text"]["format"]["type"] == "json_schema";
    let has_tools = asked["input"]
        .as_array()
        .is_some_and(|all| all.iter().any(|item| item["type"] == "additional_tools"));
    has_tools && !wants_a_form
}

/// An error's body.
pub(super) fn refusal(status: u16) -> Value {
    let (kind, code, message) = match status {
        401 => (
            "invalid_request_error",
            "invalid_api_key",
            "Incorrect API key provided.",
        ),
        429 => (
            "requests",
            "rate_limit_exceeded",
            "This key's rate limit is reached.",
        ),
        _ => ("server_error", "server_error", "Scripted to fail"),
    };
    json!({"error": {"type": kind, "code": code, "message": message, "param": null}})
}

/// An answer in one piece.
pub(super) fn whole(text: &str) -> Value {
    let mut response = response();
    response["status"] = json!("completed");
    response["output"] = json!([message(&id("msg"), text)]);
    response
}

fn response() -> Value {
    json!({"id": id("resp"), "object": "response", "status": "in_progress", "output": []})
}

fn message(id: &str, text: &str) -> Value {
    json!({
        "type": "message", "id": id, "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    })
}

/// Words.
pub(super) fn voice() -> Box<dyn Voice> {
    Box::new(Message {
        id: id("msg"),
        response: response(),
    })
}

struct Message {
    id: String,
    response: Value,
}

impl Voice for Message {
    fn opening(&self) -> Vec<Value> {
        let mut item = message(&self.id, "");
        item["status"] = json!("in_progress");
        item["content"] = json!([]);
        vec![
            json!({"type": "response.created", "response": self.response}),
            json!({"type": "response.output_item.added", "output_index": 0, "item": item}),
        ]
    }

    fn word(&self, word: &str) -> Value {
        json!({
            "type": "response.output_text.delta", "item_id": self.id, "output_index": 0,
            "content_index": 0, "delta": word,
        })
    }

    fn closing(&self, text: &str) -> Vec<Value> {
        done(&self.response, message(&self.id, text))
    }
}

fn done(response: &Value, item: Value) -> Vec<Value> {
    let mut completed = response.clone();
    completed["status"] = json!("completed");
    completed["usage"] = json!({
        "input_tokens": 1200, "input_tokens_details": {"cached_tokens": 900},
        "output_tokens": 42, "output_tokens_details": {"reasoning_tokens": 7}, "total_tokens": 1242,
    });
    vec![
        json!({"type": "response.output_item.done", "output_index": 0, "item": item}),
        json!({"type": "response.completed", "response": completed}),
    ]
}

/// The use of a tool. This model is offered but one, which runs JavaScript that calls all the others.
pub(super) fn tool_use(how: &Use) -> Vec<Value> {
    let response = response();
    let item = json!({
        "type": "custom_tool_call", "id": id("ctc"), "call_id": id("call"), "status": "completed",
        "namespace": "functions", "name": "exec", "input": script(how),
    });
    let mut events = vec![
        json!({"type": "response.created", "response": response}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": item}),
    ];
    events.extend(done(&response, item));
    events
}

fn script(how: &Use) -> String {
    let exec = |arguments: Value| {
        format!("const done = await tools.exec_command({arguments}); text(done.output);")
    };
    let patch = |change: String| {
        let patch = json!(format!("*** Begin Patch\n{change}*** End Patch\n"));
        format!("text(await tools.apply_patch({patch}));")
    };
    match how {
        Use::Read { path } => exec(json!({"cmd": format!("cat {path}")})),
        Use::Run { command } => exec(json!({"cmd": command})),
        Use::RunIfAllowed { command } => exec(json!({
            "cmd": command, "sandbox_permissions": "require_escalated",
            "justification": "May I run this outside the sandbox?",
        })),
        Use::Edit { path, old, new } => {
            patch(format!("*** Update File: {path}\n@@\n-{old}\n+{new}\n"))
        }
        Use::Create { path, text } => {
            let lines: String = text.lines().map(|line| format!("+{line}\n")).collect();
            patch(format!("*** Add File: {path}\n{lines}"))
        }
        Use::Ask { .. } | Use::Plan { .. } => {
            unreachable!("Codex asks and plans only in a mode of its own")
        }
    }
}
