//! Server-sent events: a name and a line of JSON.

use super::http::Connection;
use serde_json::Value;
use std::io;

/// Sends one event, named by its `type` as both vendors do.
pub(super) async fn event(connection: &mut Connection, event: Value) -> io::Result<()> {
    let name = event["type"].as_str().unwrap_or("message");
    let text = format!("event: {name}\ndata: {event}\n\n");
    connection.chunk(text.as_bytes()).await
}
