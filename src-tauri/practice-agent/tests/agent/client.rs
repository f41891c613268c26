//! A small ACP client that drives the real binary; every message it receives must fit the protocol's schema.

use agent_client_protocol_schema::v1::{
    CreateElicitationRequest, RequestPermissionRequest, SessionNotification,
};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Nothing here takes longer unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(20);

/// The agent's process with a client at its pipes.
pub struct Client {
    pub child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    next: u64,
    folder: PathBuf,
}

/// All that happened until the prompt was answered.
#[derive(Debug, Default)]
pub struct Heard {
    pub updates: Vec<Value>,
    /// Requests of the agent, in order.
    pub asked: Vec<Value>,
    /// Lines that are not JSON in UTF-8.
    pub odd_lines: Vec<Vec<u8>>,
    /// The response to the prompt.
    pub answer: Value,
}

impl Client {
    /// Starts the agent with its state and its worktree inside `folder`; no handshake yet.
    pub fn start(folder: &Path) -> Self {
        let work = folder.join("work tree");
        std::fs::create_dir_all(&work).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_practice-agent"))
            .env("SHOPFLOOR_PRACTICE_STATE", folder.join("state"))
            .env("SHOPFLOOR_PRACTICE_LEDGER", folder.join("ledger"))
            .env("SHOPFLOOR_PRACTICE_PACE", "0")
            .env("SHOPFLOOR_TAG", tag(folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while let Ok(1..) = out.read_until(b'\n', &mut line) {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
            next: 0,
            folder: folder.to_owned(),
        }
    }

    /// Starts the agent and opens a new session; gives its id too.
    pub fn with_session(folder: &Path) -> (Self, String) {
        let mut client = Self::start(folder);
        client.initialize();
        let session = client.new_session();
        (client, session)
    }

    pub fn initialize(&mut self) -> Value {
        self.call(
            "initialize",
            json!({"protocolVersion": 1, "clientCapabilities": {"elicitation": {"form": {}}}}),
        )["result"]
            .clone()
    }

    pub fn new_session(&mut self) -> String {
        let answer = self.call("session/new", json!({"cwd": self.work(), "mcpServers": []}));
        answer["result"]["sessionId"].as_str().unwrap().to_owned()
    }

    /// The worktree.
    pub fn work(&self) -> PathBuf {
        self.folder.join("work tree")
    }

    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.work().join(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.work().join(name), text).unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        let mut line = message.to_string();
        line.push('\n');
        self.stdin
            .as_mut()
            .unwrap()
            .write_all(line.as_bytes())
            .unwrap();
    }

    /// Sends a request without waiting; gives its id.
    pub fn request(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// A request and its whole response.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.until(id, |_, asked| panic!("asked: {asked}")).answer
    }

    /// Sends a prompt without waiting; gives the request's id.
    pub fn prompt(&mut self, session: &str, text: &str) -> u64 {
        self.request(
            "session/prompt",
            json!({"sessionId": session, "prompt": [{"type": "text", "text": text}]}),
        )
    }

    /// A turn of these steps in which nothing is asked.
    pub fn script(&mut self, session: &str, steps: &str) -> Heard {
        self.script_answering(session, steps, |_, asked| panic!("asked: {asked}"))
    }

    /// A turn of these steps; `answer` gives the result for each request of the agent, `None` to leave it open.
    pub fn script_answering(
        &mut self,
        session: &str,
        steps: &str,
        answer: impl FnMut(&mut Self, &Value) -> Option<Value>,
    ) -> Heard {
        let id = self.prompt(session, &format!("script:\n{steps}"));
        self.until(id, answer)
    }

    /// Listens until the response to this request.
    pub fn until(
        &mut self,
        request: u64,
        mut answer: impl FnMut(&mut Self, &Value) -> Option<Value>,
    ) -> Heard {
        let mut heard = Heard::default();
        loop {
            let line = self.line().expect("the agent ended before it answered");
            let Ok(message) = serde_json::from_slice::<Value>(&line) else {
                heard.odd_lines.push(line);
                continue;
            };
            fits_the_schema(&message);
            match message["method"].as_str() {
                Some("session/update") => heard.updates.push(message["params"]["update"].clone()),
                Some(_) if message.get("id").is_some() => {
                    heard.asked.push(message.clone());
                    if let Some(result) = answer(self, &message) {
                        self.send(
                            &json!({"jsonrpc": "2.0", "id": message["id"], "result": result}),
                        );
                    }
                }
                Some(other) => panic!("unexpected notification {other}"),
                None if message["id"] == request => {
                    heard.answer = message;
                    return heard;
                }
                None => panic!("a response to nothing: {message}"),
            }
        }
    }

    /// Listens until an update fits.
    pub fn until_update(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.line().expect("the agent ended");
            let message: Value = serde_json::from_slice(&line).unwrap();
            let update = &message["params"]["update"];
            if fits(update) {
                return update.clone();
            }
        }
    }

    /// The next line; `None` when the agent closed its stdout.
    pub fn line(&self) -> Option<Vec<u8>> {
        match self.lines.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("the agent says nothing"),
        }
    }

    /// Closes stdin.
    pub fn hang_up(&mut self) {
        self.stdin.take();
    }

    /// Waits for the process's end.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the agent ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Processes that inherited this client's tag, but for the agent itself.
    pub fn left_over(&self) -> Vec<u32> {
        tagged(&tag(&self.folder))
            .into_iter()
            .filter(|pid| *pid != self.child.id())
            .collect()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        for pid in self.left_over() {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Heard {
    /// Joined text of one kind of chunk.
    pub fn text(&self, kind: &str) -> String {
        self.of(kind)
            .filter_map(|update| update["content"]["text"].as_str())
            .collect()
    }

    pub fn said(&self) -> String {
        self.text("agent_message_chunk")
    }

    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.updates
            .iter()
            .filter(move |update| update["sessionUpdate"] == kind)
    }

    /// The sum of all messages on the n-th tool call.
    pub fn call(&self, index: usize) -> Value {
        let mut call = self
            .of("tool_call")
            .nth(index)
            .expect("a tool call")
            .clone();
        let id = call["toolCallId"].clone();
        for update in self
            .of("tool_call_update")
            .filter(|update| update["toolCallId"] == id)
        {
            for (name, value) in update.as_object().unwrap() {
                call[name] = value.clone();
            }
        }
        call
    }

    pub fn stop_reason(&self) -> &str {
        self.answer["result"]["stopReason"].as_str().unwrap()
    }
}

/// Answers a permission with the option of this kind.
pub fn choose(kind: &'static str) -> impl FnMut(&mut Client, &Value) -> Option<Value> {
    move |_, asked| {
        let option = asked["params"]["options"]
            .as_array()
            .unwrap()
            .iter()
            .find(|option| option["kind"] == kind)
            .unwrap();
        Some(json!({"outcome": {"outcome": "selected", "optionId": option["optionId"]}}))
    }
}

/// Waits for a fact.
pub fn eventually(what: &str, mut fact: impl FnMut() -> bool) {
    let until = Instant::now() + LIMIT;
    while !fact() {
        assert!(Instant::now() < until, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn contents(call: &Value) -> String {
    call["content"][0]["content"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn tag(folder: &Path) -> String {
    format!("practice-test:{}", folder.display())
}

fn tagged(tag: &str) -> Vec<u32> {
    let wanted = format!("SHOPFLOOR_TAG={tag}");
    let alive = |pid: &u32| {
        std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
            environ
                .split(|byte| *byte == 0)
                .any(|variable| variable == wanted.as_bytes())
        })
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(alive)
        .collect()
}

fn fits_the_schema(message: &Value) {
    let params = message["params"].clone();
    match message["method"].as_str() {
        Some("session/update") => {
            serde_json::from_value::<SessionNotification>(params)
                .unwrap_or_else(|error| panic!("{error}: {message}"));
        }
        Some("session/request_permission") => {
            let parsed: RequestPermissionRequest =
                serde_json::from_value(params).unwrap_or_else(|error| panic!("{error}: {message}"));
            assert!(!parsed.options.is_empty());
        }
        Some("elicitation/create") => {
            serde_json::from_value::<CreateElicitationRequest>(params)
                .unwrap_or_else(|error| panic!("{error}: {message}"));
        }
        Some(other) => panic!("the agent sent {other}"),
        None => {}
    }
}
