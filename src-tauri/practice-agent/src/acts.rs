//! The tools: read, edit, create, append, run. Each is one tool call with its kind, title, places, diff and outcome.

use crate::confine;
use crate::lifetime::{kill_group, terminate_group};
use crate::script::Act;
use crate::turn::{Flow, Permission, Turn};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How much of a command's output is shown: the end of it, in bytes.
const SHOWN: usize = 64 * 1024;
/// How often growing output is shown.
const SHOW_EVERY: Duration = Duration::from_millis(100);
/// How long a stopped command may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// What became of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It worked; what it gave (a file's text, a command's output).
    Done(String),
    /// It did not; why, or a failed command's output.
    Failed(String),
    /// The person did not allow it.
    Rejected,
}

/// Does an act, asking first if told so. Only being stopped ends the turn.
pub fn act(turn: &Turn, act: &Act, ask: bool) -> Flow<Outcome> {
    turn.check()?;
    let prepared = prepare(&turn.cwd(), act);
    let id = format!("call-{}-{}", std::process::id(), turn.agent.number());
    let mut call = json!({
        "sessionUpdate": "tool_call",
        "toolCallId": id,
        "title": title(act),
        "kind": kind(act),
        "status": "pending",
        "rawInput": raw_input(act),
    });
    if let Ok(prepared) = &prepared {
        if let Some(path) = prepared.path() {
            call["locations"] = json!([{"path": path}]);
        }
        if let Some(diff) = prepared.diff() {
            call["content"] = json!([diff]);
        }
    }
    turn.update(call.clone());
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return Ok(failed(turn, &id, why)),
    };
    if ask && turn.ask(&call)? == Permission::Rejected {
        patch(
            turn,
            &id,
            json!({"status": "failed", "content": [text("The person did not allow this.")]}),
        );
        return Ok(Outcome::Rejected);
    }
    patch(turn, &id, json!({"status": "in_progress"}));
    let outcome = match &prepared {
        Prepared::Read { path } => match read(path) {
            Ok(found) => {
                patch(
                    turn,
                    &id,
                    json!({"status": "completed", "content": [text(&found)]}),
                );
                Outcome::Done(found)
            }
            Err(why) => failed(turn, &id, why),
        },
        Prepared::Change { path, old, new } => match change(path, old.as_deref(), new) {
            Ok(()) => {
                patch(turn, &id, json!({"status": "completed"}));
                Outcome::Done(String::new())
            }
            Err(why) => failed(turn, &id, why),
        },
        Prepared::Run { command } => run(turn, &id, command)?,
    };
    turn.agent.keep(&turn.session);
    Ok(outcome)
}

/// An act whose effect is known, so that the person can be asked about exactly that.
enum Prepared {
    Read {
        path: PathBuf,
    },
    Change {
        path: PathBuf,
        old: Option<String>,
        new: String,
    },
    Run {
        command: String,
    },
}

impl Prepared {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Read { path } | Self::Change { path, .. } => Some(path),
            Self::Run { .. } => None,
        }
    }

    fn diff(&self) -> Option<Value> {
        match self {
            Self::Change { path, old, new } => {
                Some(json!({"type": "diff", "path": path, "oldText": old, "newText": new}))
            }
            Self::Read { .. } | Self::Run { .. } => None,
        }
    }
}

fn prepare(cwd: &Path, act: &Act) -> Result<Prepared, String> {
    let change = |path: &str, new: &dyn Fn(Option<&str>) -> Result<String, String>| {
        let path = confine::resolve(cwd, path)?;
        let old = match path.exists() {
            true => Some(read(&path)?),
            false => None,
        };
        let new = new(old.as_deref())?;
        Ok(Prepared::Change { path, old, new })
    };
    match act {
        Act::Read { path } => Ok(Prepared::Read {
            path: confine::resolve(cwd, path)?,
        }),
        Act::Edit { path, old, new } => change(path, &|text| match text {
            None => Err(format!("`{path}` does not exist.")),
            Some(text) if !text.contains(old.as_str()) => {
                Err(format!("The text to replace is not in `{path}`."))
            }
            Some(text) => Ok(text.replacen(old.as_str(), new, 1)),
        }),
        Act::Create { path, text } => change(path, &|_| Ok(text.clone())),
        Act::Append { path, text } => change(path, &|old| {
            Ok(format!("{}{text}", old.unwrap_or_default()))
        }),
        Act::Run { command } => Ok(Prepared::Run {
            command: command.clone(),
        }),
    }
}

fn kind(act: &Act) -> &'static str {
    match act {
        Act::Read { .. } => "read",
        Act::Edit { .. } | Act::Create { .. } | Act::Append { .. } => "edit",
        Act::Run { .. } => "execute",
    }
}

fn title(act: &Act) -> String {
    match act {
        Act::Read { path } => format!("Read {path}"),
        Act::Edit { path, .. } => format!("Edit {path}"),
        Act::Create { path, .. } => format!("Create {path}"),
        Act::Append { path, .. } => format!("Append to {path}"),
        Act::Run { command } => command.clone(),
    }
}

fn raw_input(act: &Act) -> Value {
    match act {
        Act::Read { path } => json!({"path": path}),
        Act::Edit { path, old, new } => json!({"path": path, "oldText": old, "newText": new}),
        Act::Create { path, text } | Act::Append { path, text } => {
            json!({"path": path, "text": text})
        }
        Act::Run { command } => json!({"command": command}),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name} can't be read: {error}."))?;
    String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8 text, so I leave it alone."))
}

fn change(path: &Path, old: Option<&str>, new: &str) -> Result<(), String> {
    let name = path.display();
    let now = match path.exists() {
        true => Some(read(path)?),
        false => None,
    };
    if now.as_deref() != old {
        return Err(format!(
            "{name} changed while I asked, so I left it as it is."
        ));
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, new))
        .map_err(|error| format!("{name} can't be written: {error}."))
}

fn run(turn: &Turn, id: &str, command: &str) -> Flow<Outcome> {
    let mut child = match turn.agent.lifetime.start(&mut shell(command, &turn.cwd())) {
        Ok(child) => child,
        Err(error) => {
            return Ok(failed(
                turn,
                id,
                format!("The command can't be started: {error}."),
            ));
        }
    };
    let group = child.id();
    let (status, output) = follow(turn, id, &mut child);
    turn.agent.lifetime.finish(group);
    let mut shown = output.text();
    let code = status.as_ref().ok().and_then(ExitStatus::code);
    if code != Some(0) {
        let how = match &status {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        shown = format!("{}\n({how})", shown.trim_end());
    }
    patch(
        turn,
        id,
        json!({
            "status": if code == Some(0) { "completed" } else { "failed" },
            "content": [text(&shown)],
            "rawOutput": {"exitCode": code},
        }),
    );
    turn.check()?;
    Ok(match code {
        Some(0) => Outcome::Done(shown),
        _ => Outcome::Failed(shown),
    })
}

fn shell(command: &str, cwd: &Path) -> Command {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", &format!("({command}) 2>&1")]);
        shell
    } else {
        let mut shell = Command::new("sh");
        // One pipe for both streams keeps their order.
        shell.args(["-c", &format!("exec 2>&1\n{command}")]);
        shell
    };
    shell
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    shell
}

/// Shows the output while it grows and waits for the end; a stopped turn ends the command.
fn follow(turn: &Turn, id: &str, child: &mut Child) -> (std::io::Result<ExitStatus>, Output) {
    let pieces = read_pieces(child);
    let mut output = Output::default();
    let mut shown_at = Instant::now();
    let mut fresh = false;
    let mut stopped_at: Option<Instant> = None;
    loop {
        let mut open = true;
        match pieces.recv_timeout(Duration::from_millis(15)) {
            Ok(piece) => {
                output.push(&piece);
                fresh = true;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                open = false;
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        if fresh && shown_at.elapsed() >= SHOW_EVERY {
            patch(turn, id, json!({"content": [text(&output.text())]}));
            (shown_at, fresh) = (Instant::now(), false);
        }
        match child.try_wait() {
            Ok(None) => {}
            ended => {
                // What it left in its group would keep the pipe open.
                kill_group(child.id());
                let until = Instant::now() + Duration::from_millis(200);
                while open && Instant::now() < until {
                    match pieces.recv_timeout(Duration::from_millis(20)) {
                        Ok(piece) => output.push(&piece),
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => open = false,
                    }
                }
                let status = ended.map(|status| status.expect("Ok(None) was matched above"));
                return (status, output);
            }
        }
        match stopped_at {
            None if turn.stop.check().is_some() => {
                terminate_group(child.id());
                stopped_at = Some(Instant::now());
            }
            Some(at) if at.elapsed() >= GRACE => kill_group(child.id()),
            _ => {}
        }
    }
}

fn read_pieces(child: &mut Child) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    if let Some(mut pipe) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}

/// The end of a command's output.
#[derive(Default)]
struct Output {
    kept: Vec<u8>,
    left_out: usize,
}

impl Output {
    fn push(&mut self, piece: &[u8]) {
        self.kept.extend_from_slice(piece);
        if self.kept.len() > 2 * SHOWN {
            let extra = self.kept.len() - SHOWN;
            self.kept.drain(..extra);
            self.left_out += extra;
        }
    }

    fn text(&self) -> String {
        let extra = self.kept.len().saturating_sub(SHOWN);
        let text = String::from_utf8_lossy(&self.kept[extra..]);
        match self.left_out + extra {
            0 => text.into_owned(),
            count => format!("({count} bytes left out)\n{text}"),
        }
    }
}

fn failed(turn: &Turn, id: &str, why: String) -> Outcome {
    patch(
        turn,
        id,
        json!({"status": "failed", "content": [text(&why)]}),
    );
    Outcome::Failed(why)
}

/// Sends a `tool_call_update`.
pub fn patch(turn: &Turn, id: &str, mut fields: Value) {
    fields["sessionUpdate"] = json!("tool_call_update");
    fields["toolCallId"] = json!(id);
    turn.update(fields);
}

/// A tool call's content of plain text.
pub fn text(text: &str) -> Value {
    json!({"type": "content", "content": {"type": "text", "text": text}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_keeps_its_end_and_says_what_is_missing() {
        let mut output = Output::default();
        for _ in 0..40 {
            output.push(&[b'x'; 8 * 1024]);
        }
        output.push(b"the end");
        let text = output.text();
        let missing = 40 * 8 * 1024 + 7 - SHOWN;
        assert!(text.starts_with(&format!("({missing} bytes left out)\n")));
        assert!(text.ends_with("the end"));
    }
}
