//! What a good agent never does, done on purpose so that a host can be tested.

use crate::acts;
use crate::script::Misbehaviour;
use crate::turn::{Flow, Turn};
use serde_json::json;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The argument that makes this program an orphan.
pub const ORPHAN: &str = "--orphan";
/// How long an orphan lives if nobody sweeps it.
const ORPHAN_LIVES: Duration = Duration::from_secs(600);

/// Does it.
pub fn misbehave(turn: &Turn, how: &Misbehaviour) -> Flow {
    match how {
        Misbehaviour::Crash => std::process::exit(101),
        Misbehaviour::CrashBySignal => die_by_signal(),
        Misbehaviour::Exit(code) => std::process::exit(*code),
        Misbehaviour::Flood(count) => flood(turn, *count)?,
        Misbehaviour::Garbage => raw(turn, b"this line is { not JSON\n"),
        Misbehaviour::BadUtf8 => bad_utf8(turn),
        Misbehaviour::Big(bytes) => big(turn, *bytes),
        Misbehaviour::AnswerTwice => turn.agent.answers_twice.store(true, Ordering::SeqCst),
        Misbehaviour::IgnoreCancel => turn.agent.ignores_cancel.store(true, Ordering::SeqCst),
        Misbehaviour::IgnoreTerm => turn.agent.lifetime.become_stubborn(),
        Misbehaviour::Orphan { keeps_pipes } => orphan(*keeps_pipes),
    }
    Ok(())
}

fn die_by_signal() -> ! {
    #[cfg(unix)]
    {
        // SIGKILL leaves no core file in the worktree.
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
    std::process::exit(101)
}

fn flood(turn: &Turn, count: u32) -> Flow {
    let message = format!("flood-{}-{}", std::process::id(), turn.agent.number());
    for number in 1..=count {
        turn.check()?;
        turn.send(json!({
            "sessionUpdate": "agent_message_chunk",
            "messageId": message,
            "content": {"type": "text", "text": format!("flood {number}\n")},
        }));
    }
    Ok(())
}

/// A message that is right but for one byte of its text.
fn bad_utf8(turn: &Turn) {
    let message = json!({
        "jsonrpc": "2.0",
        "method": "session/update",
        "params": {"sessionId": turn.session.id, "update": {
            "sessionUpdate": "agent_message_chunk",
            "content": {"type": "text", "text": "caf? au lait"},
        }},
    });
    let mut line = message.to_string().into_bytes();
    for byte in &mut line {
        if *byte == b'?' {
            *byte = 0xe9;
        }
    }
    line.push(b'\n');
    raw(turn, &line);
}

fn big(turn: &Turn, bytes: usize) {
    let id = format!("call-{}-{}", std::process::id(), turn.agent.number());
    turn.update(json!({
        "sessionUpdate": "tool_call",
        "toolCallId": id,
        "title": format!("Print {bytes} bytes"),
        "kind": "execute",
        "status": "in_progress",
    }));
    acts::patch(
        turn,
        &id,
        json!({"status": "completed", "content": [acts::text(&"x".repeat(bytes))]}),
    );
}

fn raw(turn: &Turn, bytes: &[u8]) {
    if turn.agent.wire.write_raw(bytes).is_err() {
        turn.agent.lifetime.end_of_input();
    }
}

/// Starts a process that leaves our group, by a parent that ends at once.
fn orphan(keeps_pipes: bool) {
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut parent = Command::new(program);
    parent
        .arg(ORPHAN)
        .env("SHOPFLOOR_ORPHAN_STEP", "1")
        .stdin(Stdio::null());
    if !keeps_pipes {
        parent.stdout(Stdio::null()).stderr(Stdio::null());
    }
    let _ = parent.status();
}

/// The orphan's life: the first of the two processes starts the second in a new session and ends.
pub fn live_as_orphan() {
    if std::env::var_os("SHOPFLOOR_ORPHAN_STEP").is_none() {
        #[cfg(unix)]
        let _ = rustix::process::setsid();
        std::thread::sleep(ORPHAN_LIVES);
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let _ = Command::new(program)
            .arg(ORPHAN)
            .env_remove("SHOPFLOOR_ORPHAN_STEP")
            .spawn();
    }
}
