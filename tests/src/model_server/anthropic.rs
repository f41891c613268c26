//! The Messages API, as much of it as Claude Code, OpenCode, Goose and Copilot read.

use super::script::Voice;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

const MODEL: &str = "claude-sonnet-4-5";

fn id(prefix: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{:024}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// An error's body.
pub(super) fn refusal(status: u16) -> Value {
    let (kind, message) = match status {
        401 => ("authentication_error", "invalid x-api-key"),
        429 => ("rate_limit_error", "This key's rate limit is reached."),
        529 => ("overloaded_error", "Overloaded"),
        _ => ("api_error", "Scripted to fail"),
    };
    json!({"type": "error", "error": {"type": kind, "message": message}})
}

/// An answer in one piece.
pub(super) fn whole(text: &str) -> Value {
    let mut message = message();
    message["content"] = json!([{"type": "text", "text": text}]);
    message["stop_reason"] = json!("end_turn");
    message
}

fn message() -> Value {
    json!({
        "id": id("msg"), "type": "message", "role": "assistant", "model": MODEL, "content": [],
        "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": 1200, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 900, "output_tokens": 1},
    })
}

/// Words.
pub(super) fn voice() -> Box<dyn Voice> {
    Box::new(Message(message()))
}

struct Message(Value);

impl Voice for Message {
    fn opening(&self) -> Vec<Value> {
        let block = json!({"type": "text", "text": ""});
        vec![
            json!({"type": "message_start", "message": self.0}),
            json!({"type": "content_block_start", "index": 0, "content_block": block}),
        ]
    }

    fn word(&self, word: &str) -> Value {
        delta(json!({"type": "text_delta", "text": word}))
    }

    fn closing(&self, _: &str) -> Vec<Value> {
        closing("end_turn")
    }
}

fn delta(delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": 0, "delta": delta})
}

fn closing(reason: &str) -> Vec<Value> {
    vec![
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 42}}),
        json!({"type": "message_stop"}),
    ]
}

/// The use of a tool.
pub(super) fn tool_use((name, input): (&str, Value)) -> Vec<Value> {
    let block = json!({"type": "tool_use", "id": id("toolu"), "name": name, "input": {}});
    let mut events = vec![
        json!({"type": "message_start", "message": message()}),
        json!({"type": "content_block_start", "index": 0, "content_block": block}),
        delta(json!({"type": "input_json_delta", "partial_json": input.to_string()})),
    ];
    events.extend(closing("tool_use"));
    events
}
