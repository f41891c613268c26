//! The Chat Completions API, as much of it as Qwen Code reads.

use super::script::Voice;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

fn id(prefix: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{:020}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// An error's body.
pub(super) fn refusal(status: u16) -> Value {
    json!({"error": {"type": "scripted", "code": status.to_string(), "message": "Scripted to fail", "param": null}})
}

/// An answer in one piece.
pub(super) fn whole(text: &str) -> Value {
    json!({
        "id": id("chat"), "object": "chat.completion", "created": 0, "model": "double",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": usage(),
    })
}

fn usage() -> Value {
    json!({"prompt_tokens": 1200, "completion_tokens": 42, "total_tokens": 1242})
}

/// Words.
pub(super) fn voice() -> Box<dyn Voice> {
    Box::new(Message(id("chat")))
}

struct Message(String);

impl Message {
    fn chunk(&self, delta: Value, reason: Option<&str>) -> Value {
        json!({
            "id": self.0, "object": "chat.completion.chunk", "created": 0, "model": "double",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        })
    }

    fn end(&self, reason: &str) -> Vec<Value> {
        let mut last = self.chunk(json!({}), Some(reason));
        last["usage"] = usage();
        // Not JSON, and the end of every stream.
        vec![last, Value::String("[DONE]".to_owned())]
    }
}

impl Voice for Message {
    fn opening(&self) -> Vec<Value> {
        vec![self.chunk(json!({"role": "assistant", "content": ""}), None)]
    }

    fn word(&self, word: &str) -> Value {
        self.chunk(json!({"content": word}), None)
    }

    fn closing(&self, _: &str) -> Vec<Value> {
        self.end("stop")
    }
}

/// The use of a tool.
pub(super) fn tool_use((name, input): (&str, Value)) -> Vec<Value> {
    let message = Message(id("chat"));
    let function = json!({"name": name, "arguments": input.to_string()});
    let call = json!({"index": 0, "id": id("call"), "type": "function", "function": function});
    let mut events = message.opening();
    events.push(message.chunk(json!({"tool_calls": [call]}), None));
    events.extend(message.end("tool_calls"));
    events
}
