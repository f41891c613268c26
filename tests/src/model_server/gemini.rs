//! The Gemini API, as much of it as its CLI reads.

use super::script::Voice;
use serde_json::{Value, json};

/// What the path of a streamed answer ends with.
const STREAMED: &str = ":streamGenerateContent";
/// What the path of an answer in one piece ends with.
const WHOLE: &str = ":generateContent";

/// Whether a path asks for an answer.
pub(super) fn is_asked(path: &str) -> bool {
    path.ends_with(STREAMED) || path.ends_with(WHOLE)
}

/// Whether it is to come in events.
pub(super) fn is_streamed(path: &str) -> bool {
    path.ends_with(STREAMED)
}

/// An error's body.
pub(super) fn refusal(status: u16) -> Value {
    let kind = match status {
        401 => "UNAUTHENTICATED",
        429 => "RESOURCE_EXHAUSTED",
        _ => "UNAVAILABLE",
    };
    json!({"error": {"code": status, "message": "Scripted to fail", "status": kind}})
}

/// An answer in one piece.
pub(super) fn whole(text: &str) -> Value {
    answer(json!({"text": text}), Some("STOP"))
}

fn answer(part: Value, reason: Option<&str>) -> Value {
    let mut candidate = json!({"index": 0, "content": {"role": "model", "parts": [part]}});
    if let Some(reason) = reason {
        candidate["finishReason"] = json!(reason);
    }
    json!({
        "candidates": [candidate], "modelVersion": "double",
        "usageMetadata": {"promptTokenCount": 1200, "candidatesTokenCount": 42, "totalTokenCount": 1242},
    })
}

/// Words.
pub(super) fn voice() -> Box<dyn Voice> {
    Box::new(Message)
}

struct Message;

impl Voice for Message {
    fn opening(&self) -> Vec<Value> {
        Vec::new()
    }

    fn word(&self, word: &str) -> Value {
        answer(json!({"text": word}), None)
    }

    fn closing(&self, _: &str) -> Vec<Value> {
        vec![answer(json!({"text": ""}), Some("STOP"))]
    }
}

/// The use of a tool.
pub(super) fn tool_use((name, input): (&str, Value)) -> Vec<Value> {
    let call = json!({"name": name, "args": input});
    vec![answer(json!({"functionCall": call}), Some("STOP"))]
}
