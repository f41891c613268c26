//! What a good agent never does.

use crate::client::{Client, contents, eventually};
use crate::life::terminate;
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt;

/// Lets the agent do something that ends it.
fn last_words(steps: &str) -> std::process::ExitStatus {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.prompt(&session, &format!("script:\n{steps}\nsay never"));
    while let Some(line) = client.line() {
        assert!(!String::from_utf8_lossy(&line).contains("never\""));
    }
    client.ended()
}

#[test]
fn crash_and_exit_end_the_process_without_a_word() {
    assert_eq!(last_words("crash").code(), Some(101));
    assert_eq!(last_words("crash by-signal").signal(), Some(9));
    assert_eq!(last_words("exit 3").code(), Some(3));
}

#[test]
fn a_stream_is_as_many_pieces_as_rate_and_time_make() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "stream 500/s for 100ms");
    assert_eq!(heard.said().matches('⟨').count(), 50);
}

#[test]
fn a_flood_is_as_many_updates_as_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "flood 5000");
    assert_eq!(heard.of("agent_message_chunk").count(), 5000);
    assert!(heard.said().ends_with("flood 5000\n"));
}

#[test]
fn garbage_and_bad_bytes_come_as_lines_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "garbage\nbad-utf8\nsay after");
    assert_eq!(heard.odd_lines.len(), 2);
    assert!(std::str::from_utf8(&heard.odd_lines[0]).is_ok());
    assert!(std::str::from_utf8(&heard.odd_lines[1]).is_err());
    let repaired: Value =
        serde_json::from_str(&String::from_utf8_lossy(&heard.odd_lines[1])).unwrap();
    assert_eq!(
        repaired["params"]["update"]["content"]["text"],
        "caf\u{fffd} au lait"
    );
    assert_eq!(heard.said(), "after");
}

#[test]
fn an_agent_that_answers_twice_says_the_same_two_times() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "answer-twice");
    let again: Value = serde_json::from_slice(&client.line().unwrap()).unwrap();
    assert_eq!(again["result"]["stopReason"], "end_turn");
}

#[test]
fn big_output_comes_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "big 3000000");
    assert_eq!(contents(&heard.call(0)).len(), 3_000_000);
}

#[test]
fn an_agent_that_ignores_cancel_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let id = client.prompt(
        &session,
        "script:\nignore-cancel\nrun echo begun; sleep 0.2\nask run true\nsay still here",
    );
    client.until_update(|update| contents(update) == "begun\n");
    client.notify("session/cancel", json!({"sessionId": session}));
    let heard = client.until(id, |_, _| {
        Some(json!({"outcome": {"outcome": "cancelled"}}))
    });
    assert_eq!(heard.said(), "still here");
    assert_eq!(heard.stop_reason(), "end_turn");
}

#[test]
fn an_agent_that_ignores_term_is_ended_by_kill_only() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "ignore-term");
    terminate(&client);
    // It took the signal and answers still.
    assert_eq!(client.script(&session, "say alive").said(), "alive");
    client.hang_up();
    terminate(&client);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(client.child.try_wait().unwrap(), None);
    client.child.kill().unwrap();
    assert_eq!(client.ended().signal(), Some(9));
}

#[test]
fn an_orphan_outlives_the_agent_and_keeps_its_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "orphan");
    eventually("the orphan is found by its tag", || {
        client.left_over().len() == 1
    });
    client.hang_up();
    client.ended();
    assert_eq!(client.line(), None, "it does not hold our pipes");
    assert_eq!(client.left_over().len(), 1);
}

#[test]
fn an_orphan_may_keep_the_pipes_too() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "orphan keeps-pipes");
    client.hang_up();
    client.ended();
    let orphan = client.left_over();
    assert_eq!(orphan.len(), 1);
    let out = |pid: u32| std::fs::read_link(format!("/proc/{pid}/fd/1")).unwrap();
    assert!(out(orphan[0]).to_string_lossy().starts_with("pipe:"));
}
