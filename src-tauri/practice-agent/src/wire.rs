//! JSON-RPC 2.0 over stdout: one message a line, written whole or not at all.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Write, stdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// A JSON-RPC error.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// JSON-RPC's or the protocol's code.
    pub code: i64,
    /// For people.
    pub message: String,
    /// More, as the protocol allows.
    pub data: Option<Value>,
}

impl RpcError {
    /// An error without data.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// Parameters that don't fit (-32602).
    pub fn parameters(message: impl Into<String>) -> Self {
        Self::new(-32602, message)
    }
}

/// What the client answered to a request of ours.
pub type Reply = Result<Value, Value>;

/// The way out to the client, shared by all threads.
#[derive(Default)]
pub struct Wire {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Sender<Reply>>>,
    writing: Mutex<()>,
}

impl Wire {
    /// Sends a notification. An error means that nobody reads any more.
    pub fn notify(&self, method: &str, params: Value) -> std::io::Result<()> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Answers a request of the client.
    pub fn respond(&self, id: &Value, answer: Result<Value, RpcError>) -> std::io::Result<()> {
        self.send(&match answer {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(error) => {
                let mut body = json!({"code": error.code, "message": error.message});
                if let Some(data) = error.data {
                    body["data"] = data;
                }
                json!({"jsonrpc": "2.0", "id": id, "error": body})
            }
        })
    }

    /// Asks the client; its reply arrives at the receiver.
    pub fn request(&self, method: &str, params: Value) -> std::io::Result<(u64, Receiver<Reply>)> {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, sender);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        Ok((id, receiver))
    }

    /// Hands a reply to whoever asked; a reply that nobody waits for is dropped.
    pub fn settle(&self, id: &Value, reply: Reply) {
        if let Some(sender) = id.as_u64().and_then(|id| self.forget(id)) {
            let _ = sender.send(reply);
        }
    }

    /// Stops waiting for a reply.
    pub fn forget(&self, id: u64) -> Option<Sender<Reply>> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id)
    }

    /// Writes bytes as they are: only for misbehaving on purpose.
    pub fn write_raw(&self, bytes: &[u8]) -> std::io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    fn send(&self, message: &Value) -> std::io::Result<()> {
        let mut line = message.to_string();
        line.push('\n');
        self.write_raw(line.as_bytes())
    }
}
