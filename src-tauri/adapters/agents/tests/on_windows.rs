//! A real agent on Windows: the practice agent, through the adapter and the jobs.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod common;

use common::{Room, Talk, end_turn};
use process::Recorded;
use session::Cause;
use session::port::{AgentEvent, ProcessRow};
use std::path::PathBuf;

/// Beside the tests: `cargo build -p practice-agent` for the same target makes it.
fn practice_agent() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("practice-agent.exe");
    assert!(program.is_file(), "there is no {}", program.display());
    program
}

/// The practice agent, at work in the room's folder.
fn start(room: &Room) -> Talk {
    let program = practice_agent();
    room.launch(program.to_str().unwrap(), &[], room.folder.path(), None)
}

async fn started(talk: &mut Talk) -> Recorded {
    let AgentEvent::Started(ProcessRow { pid, began, tag }) = talk.next_of_all().await else {
        panic!("something came before the start");
    };
    let tag = process::Tag::parse(&tag).unwrap();
    Recorded { pid, began, tag }
}

/// Waits until it opened its session and told its options.
async fn ready(talk: &mut Talk) {
    talk.opened().await;
    let event = talk.next().await;
    assert!(matches!(event, AgentEvent::Options(_)), "{event:?}");
}

#[tokio::test]
async fn a_turn_edits_a_file_runs_a_command_and_ends() {
    let room = Room::new();
    let mut talk = start(&room);
    let agent = started(&mut talk).await;
    ready(&mut talk).await;
    talk.prompt(
        "script:\ncreate made.txt \"by the agent\"\nrun echo from a command> ran.txt\nsay Done.",
    )
    .await;
    let (said, troubles, end) = talk.turn().await;
    assert_eq!((said.as_str(), end), ("Done.", end_turn("end_turn")));
    assert_eq!(troubles, Vec::<String>::new());
    let read = |name: &str| std::fs::read_to_string(room.folder.path().join(name)).unwrap();
    assert_eq!(read("made.txt"), "by the agent");
    assert_eq!(read("ran.txt").trim(), "from a command");
    assert!(agent.runs());
    assert_eq!(talk.close().await, None);
    assert!(!agent.runs());
}

#[tokio::test]
async fn an_agent_that_dies_in_its_turn_is_told_with_its_code() {
    let room = Room::new();
    let mut talk = start(&room);
    ready(&mut talk).await;
    talk.prompt("script:\nsay One last word.\nexit 7").await;
    let cause = talk.ended().await;
    assert!(
        matches!(cause, Some(Cause::Crashed { code: Some(7), .. })),
        "{cause:?}"
    );
}

#[tokio::test]
async fn an_agent_that_ignores_the_end_of_its_input_is_ended() {
    let room = Room::new();
    let mut talk = start(&room);
    let agent = started(&mut talk).await;
    ready(&mut talk).await;
    talk.prompt("script:\nignore-term\nsay Nothing ends me.")
        .await;
    let (_, _, end) = talk.turn().await;
    assert_eq!(end, end_turn("end_turn"));
    talk.close().await;
    assert!(!agent.runs());
}
