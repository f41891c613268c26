//! The house as a process of its own: ordered about, listened to, and killed.

use crate::real_agents::practice_agent;
use process::{Ended, TAG_VARIABLE, Tag};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// A running house.
pub struct Host {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    orders: u64,
    /// The tag of what it starts, once it said so.
    pub run: Option<Tag>,
}

/// What came while waiting.
pub enum Heard {
    /// A line.
    Line(Value),
    /// Nothing, as long as was waited.
    Nothing,
    /// It is gone.
    End,
}

impl Host {
    /// Starts the program `headless` on a data directory; what it complains of goes to `stderr.log` there.
    pub fn start(program: &str, home: &Path, repository: &Path) -> Self {
        let complaints = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(home.join("stderr.log"))
            .expect("a temp folder is writable");
        let mut child = Command::new(program)
            .args([home, repository])
            .env("SHOPFLOOR_PRACTICE_AGENT_BIN", practice_agent())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .expect("the headless house was built with this test");
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("stdout is piped"));
        std::thread::spawn(move || {
            // A line that a kill cut off is no JSON and was not told.
            let told = out.lines().map_while(Result::ok);
            for line in told.filter_map(|line| serde_json::from_str(&line).ok()) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
            orders: 0,
            run: None,
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line, or nothing within this time.
    pub fn hear(&mut self, within: Duration) -> Heard {
        match self.lines.recv_timeout(within) {
            Ok(line) => {
                if let Some(tag) = line["run"].as_str() {
                    self.run = Tag::parse(tag);
                }
                Heard::Line(line)
            }
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// Gives an order; answers its number.
    pub fn order(&mut self, mut order: Value) -> u64 {
        self.orders += 1;
        order["n"] = json!(self.orders);
        if let Some(stdin) = &mut self.stdin {
            // Refused by one that is gone, which is heard.
            let _ = writeln!(stdin, "{order}");
        }
        self.orders
    }

    /// Ends it by SIGKILL; answers what it still had told.
    pub fn kill(&mut self) -> Vec<Value> {
        // Gone already is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.lines.iter().collect()
    }

    /// Quits it as a person does; answers what it still told, and whether it ended well.
    pub fn quit(&mut self) -> (Vec<Value>, bool) {
        self.stdin = None;
        let rest = self.lines.iter().collect();
        let ended = self.child.wait().is_ok_and(|status| status.success());
        (rest, ended)
    }

    /// The agents that run, with the tag that all they start bears.
    pub fn agents(&self) -> Vec<(i32, Tag)> {
        let Some(run) = &self.run else {
            return Vec::new();
        };
        let program = practice_agent();
        // Not what an agent forked and what has not become another program yet.
        let parent = self.child.id();
        process::living(run)
            .into_iter()
            .filter(|process| is_agent(process, &program) && parent_of(process.pid) == Some(parent))
            .filter_map(|process| Some((process.pid, tag_of(process.pid)?)))
            .collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Ends a process by SIGKILL, and nothing that it started.
pub fn kill(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        // Gone already is gone.
        let _ = kill_process(pid, Signal::KILL);
    }
}

fn is_agent(process: &Ended, program: &Path) -> bool {
    Path::new(&process.command) == program
}

fn parent_of(pid: i32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    parent.trim().parse().ok()
}

fn tag_of(pid: i32) -> Option<Tag> {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let value = environment.split(|byte| *byte == 0).find_map(|variable| {
        let variable = std::str::from_utf8(variable).ok()?;
        variable.strip_prefix(TAG_VARIABLE)?.strip_prefix('=')
    })?;
    Tag::parse(value)
}
