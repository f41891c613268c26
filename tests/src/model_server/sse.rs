//! Server-sent events: a line of JSON, and a name where the vendor gives one.

use super::http::Connection;
use serde_json::Value;
use std::io;

/// Sends one event, named by its `type` if it has one. A text goes as it is.
pub(super) async fn event(connection: &mut Connection, event: Value) -> io::Result<()> {
    let text = match (&event, event["type"].as_str()) {
        (Value::String(raw), _) => format!("data: {raw}\n\n"),
        (_, Some(name)) => format!("event: {name}\ndata: {event}\n\n"),
        (_, None) => format!("data: {event}\n\n"),
    };
    connection.chunk(text.as_bytes()).await
}
