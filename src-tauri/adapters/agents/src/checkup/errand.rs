//! One agent process that is asked a few things, one after the other. Dropping it ends the process and its children.

use crate::lines::{Line, Lines};
use crate::rpc::{self, Incoming, NO_SUCH_METHOD};
use crate::stderr::{self, Tail};
use crate::{causes, greeting, start};
use kernel::SessionId;
use process::{Grace, Owned, Tag};
use serde_json::Value;
use session::Cause;
use session::port::{AgentProgram, Inheritance, Launch};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;

/// How long a process that closed its output may take to end by itself.
const EXIT: Duration = Duration::from_secs(2);

pub(super) struct Errand {
    owned: Owned,
    stdin: ChildStdin,
    stdout: Lines<ChildStdout>,
    stderr: Arc<Tail>,
    folder: TempDir,
    asked: u64,
    /// What the agent said last of who is signed in, when that was nobody.
    signed_out: Option<String>,
}

impl Errand {
    /// Starts the agent in an empty folder of its own.
    pub(super) async fn begin(
        program: AgentProgram,
        inherits: Inheritance,
        tag: Tag,
        search: OsString,
    ) -> Result<Self, Cause> {
        let protocol = |said: String| Cause::Protocol { said };
        let starting = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().map_err(|error| protocol(error.to_string()))?;
            let launch = Launch {
                session: SessionId::mint(),
                program,
                inherits,
                cwd: folder.path().to_path_buf(),
                resume: None,
            };
            Ok((folder, start::start(&launch, &tag, &search)?))
        });
        let (folder, (owned, pipes)) = starting
            .await
            .unwrap_or_else(|panic| Err(protocol(panic.to_string())))?;
        let stderr = Arc::new(Tail::default());
        tokio::spawn(stderr::tail(pipes.stderr, Arc::clone(&stderr)));
        Ok(Self {
            owned,
            stdin: pipes.stdin,
            stdout: Lines::new(pipes.stdout),
            stderr,
            folder,
            asked: 0,
            signed_out: None,
        })
    }

    /// The folder it was started in; valid UTF-8, or it would not have been started.
    pub(super) fn folder(&self) -> &str {
        self.folder.path().to_str().unwrap_or_default()
    }

    /// That nobody is signed in, in the agent's words, if it said so.
    pub(super) fn signed_out(&self) -> Option<&str> {
        self.signed_out.as_deref()
    }

    /// The handshake; answers what the agent says of itself.
    pub(super) async fn greet(&mut self, limit: Duration) -> Result<Value, Cause> {
        let hello = self.ask("initialize", greeting::hello(), limit).await?;
        greeting::version_of(&hello)?;
        Ok(hello)
    }

    /// Asks one thing and waits for the answer.
    pub(super) async fn ask(
        &mut self,
        method: &str,
        params: impl serde::Serialize,
        limit: Duration,
    ) -> Result<Value, Cause> {
        let id = self.asked;
        self.asked += 1;
        let line = rpc::request(id, method, params).map_err(|error| Cause::Protocol {
            said: error.to_string(),
        })?;
        match timeout(limit, self.answer(id, line)).await {
            Ok(answer) => answer,
            Err(_) => Err(Cause::StartTimedOut {
                seconds: u32::try_from(limit.as_secs()).unwrap_or(u32::MAX),
            }),
        }
    }

    async fn answer(&mut self, id: u64, line: String) -> Result<Value, Cause> {
        if self.write(line).await.is_err() {
            return Err(self.crashed().await);
        }
        loop {
            let Some(line) = self.stdout.next().await else {
                return Err(self.crashed().await);
            };
            // What is no message says nothing here.
            let Line::Text { text, .. } = line else {
                continue;
            };
            match rpc::read(&text) {
                Some(Incoming::Answer { id: of, outcome }) if of == id => {
                    return outcome.map_err(|refusal| causes::of(&refusal));
                }
                Some(Incoming::Request { id, .. }) => {
                    let refusal = rpc::refusal(&id, NO_SUCH_METHOD, "Method not found");
                    if self.write(refusal).await.is_err() {
                        return Err(self.crashed().await);
                    }
                }
                Some(Incoming::Notification { method, params }) => self.told(&method, &params),
                Some(Incoming::Answer { .. } | Incoming::Strange) | None => {}
            }
        }
    }

    /// Some agents tell who is signed in, by an extension of their own.
    fn told(&mut self, method: &str, params: &Value) {
        if method == "_auth/status_update" {
            let status = &params["authStatus"];
            let said = status["label"].as_str().unwrap_or("Not signed in");
            self.signed_out = (status["kind"] == "none").then(|| said.to_owned());
        }
    }

    async fn write(&mut self, mut line: String) -> std::io::Result<()> {
        line.push('\n');
        self.stdin.write_all(line.as_bytes()).await?;
        self.stdin.flush().await
    }

    async fn crashed(&self) -> Cause {
        match timeout(EXIT, self.owned.gone()).await {
            Ok(exit) => Cause::Crashed {
                code: exit.code,
                signal: exit.signal,
                stderr: self.stderr.text(),
            },
            Err(_) => Cause::Protocol {
                said: "it closed its output and did not end".to_owned(),
            },
        }
    }

    /// Ends it in the usual order.
    pub(super) async fn end(self) {
        drop(self.stdin);
        self.owned.end(Grace::default()).await;
    }
}
