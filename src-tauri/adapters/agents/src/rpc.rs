//! JSON-RPC 2.0 by hand: what a line is, and the lines we write. An odd line is told apart, never fatal.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a line of the agent says.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    /// It asks for something and waits for an answer.
    Request {
        id: Value,
        method: String,
        params: Value,
    },
    /// It tells something.
    Notification { method: String, params: Value },
    /// It answers our request of this id.
    Answer {
        id: u64,
        outcome: Result<Value, Refusal>,
    },
    /// JSON, but no message of ours to understand.
    Strange,
}

/// A JSON-RPC error.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Value,
}

/// The protocol's code for a method that does not exist.
pub(crate) const NO_SUCH_METHOD: i64 = -32601;
/// The protocol's code for parameters that make no sense.
pub(crate) const BAD_PARAMS: i64 = -32602;
/// The protocol's code for a request that was taken back.
pub(crate) const TAKEN_BACK: i64 = -32800;

/// Reads a line; `None` when it is not JSON.
pub(crate) fn read(line: &str) -> Option<Incoming> {
    let value = serde_json::from_str(line)
        .or_else(|_| serde_json::from_str(&without_lone_surrogates(line)))
        .ok()?;
    let Value::Object(mut message) = value else {
        return Some(Incoming::Strange);
    };
    let id = message.remove("id").filter(|id| !id.is_null());
    let params = message.remove("params").unwrap_or(Value::Null);
    Some(match (message.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => Incoming::Request { id, method, params },
        (Some(Value::String(method)), None) => Incoming::Notification { method, params },
        (_, Some(id)) => answer(&id, message),
        _ => Incoming::Strange,
    })
}

fn answer(id: &Value, mut message: Map<String, Value>) -> Incoming {
    let Some(id) = id.as_u64() else {
        return Incoming::Strange;
    };
    let outcome = match message.remove("error").filter(|error| !error.is_null()) {
        Some(error) => Err(Refusal {
            code: error["code"].as_i64().unwrap_or_default(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            data: error["data"].clone(),
        }),
        None => Ok(message.remove("result").unwrap_or(Value::Null)),
    };
    Incoming::Answer { id, outcome }
}

/// A request's line.
pub(crate) fn request(id: u64, method: &str, params: impl Serialize) -> serde_json::Result<String> {
    let params = serde_json::to_value(params)?;
    Ok(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string())
}

/// A notification's line.
pub(crate) fn notification(method: &str, params: impl Serialize) -> serde_json::Result<String> {
    let params = serde_json::to_value(params)?;
    Ok(json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string())
}

/// The line that answers the agent's request.
pub(crate) fn result(id: &Value, result: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// The line that refuses the agent's request.
pub(crate) fn refusal(id: &Value, code: i64, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
}

/// Replaces `\uD800`–`\uDFFF` escapes that are not a pair. JavaScript agents write one when a chunk of text ends
/// in the middle of an emoji, and it makes the whole line unreadable.
fn without_lone_surrogates(line: &str) -> String {
    let mut repaired = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let length = match surrogate(escape) {
            Some(0xD800..=0xDBFF)
                if matches!(escape.get(6..).and_then(surrogate), Some(0xDC00..)) =>
            {
                12
            }
            Some(_) => {
                repaired.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        repaired.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    repaired + rest
}

/// The surrogate that an escape at the beginning of the text stands for.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u32::from_str_radix(digits, 16).ok()?;
    (0xD800..=0xDFFF).contains(&unit).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart() {
        let read = |line: &str| read(line).expect("JSON");
        let method = "m".to_owned();
        assert_eq!(
            read(r#"{"id":"a","method":"m","params":1}"#),
            Incoming::Request {
                id: json!("a"),
                method: method.clone(),
                params: json!(1)
            }
        );
        assert_eq!(
            read(r#"{"id":null,"method":"m"}"#),
            Incoming::Notification {
                method,
                params: Value::Null
            }
        );
        assert_eq!(
            read(r#"{"id":3,"result":{}}"#),
            Incoming::Answer {
                id: 3,
                outcome: Ok(json!({}))
            }
        );
        let refused = Refusal {
            code: -1,
            message: "no".to_owned(),
            data: Value::Null,
        };
        assert_eq!(
            read(r#"{"id":3,"error":{"code":-1,"message":"no"}}"#),
            Incoming::Answer {
                id: 3,
                outcome: Err(refused)
            }
        );
        for strange in [
            "[1,2]",
            "7",
            "{}",
            r#"{"id":"x","result":1}"#,
            r#"{"method":5}"#,
        ] {
            assert_eq!(read(strange), Incoming::Strange, "{strange}");
        }
    }

    #[test]
    fn what_is_not_json_is_said_to_be_none() {
        for garbage in ["Loading…", "{\"id\":", "\\ud83d"] {
            assert_eq!(read(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn half_an_emoji_does_not_cost_the_line() {
        let line = r#"{"method":"m","params":"a\ud83d \\ud83d \ud83d\ude00 \ude00\n"}"#;
        let params = json!("a\u{fffd} \\ud83d 😀 \u{fffd}\n");
        assert_eq!(
            read(line),
            Some(Incoming::Notification {
                method: "m".to_owned(),
                params
            })
        );
    }
}
