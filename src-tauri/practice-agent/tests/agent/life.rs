//! The handshake, opening again what was kept, stopping a turn, and the end of the process.

use crate::client::{Client, contents, eventually};
use agent_client_protocol_schema::v1::{InitializeResponse, ListSessionsResponse};
use serde_json::{Value, json};

const LONG_RUN: &str = "script:\nrun echo begun; sleep 300\nsay never";

/// A client whose agent runs a long command; the prompt's request id with it.
fn with_running_command(folder: &std::path::Path) -> (Client, String, u64) {
    let (mut client, session) = Client::with_session(folder);
    let id = client.prompt(&session, LONG_RUN);
    client.until_update(|update| contents(update) == "begun\n");
    assert!(!client.left_over().is_empty());
    (client, session, id)
}

fn nothing_is_left(client: &Client) {
    eventually("the command is gone", || client.left_over().is_empty());
}

#[test]
fn the_handshake_offers_what_the_agent_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    let offered = client.initialize();
    serde_json::from_value::<InitializeResponse>(offered.clone()).unwrap();
    assert_eq!(offered["protocolVersion"], 1);
    assert_eq!(offered["agentInfo"]["name"], "practice-agent");
    let capabilities = &offered["agentCapabilities"];
    assert_eq!(capabilities["loadSession"], true);
    for ability in ["list", "resume", "close"] {
        assert_eq!(capabilities["sessionCapabilities"][ability], json!({}));
    }
}

#[test]
fn wrong_requests_are_answered_with_the_protocols_errors() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    let work = client.work();
    for (method, params, code) in [
        ("session/dance", json!({}), -32601),
        ("session/new", json!({"cwd": "relative"}), -32602),
        ("session/new", json!({"cwd": work.join("missing")}), -32602),
        (
            "session/load",
            json!({"sessionId": "nobody", "cwd": work}),
            -32002,
        ),
        (
            "session/prompt",
            json!({"sessionId": "nobody", "prompt": []}),
            -32002,
        ),
    ] {
        assert_eq!(
            client.call(method, params)["error"]["code"],
            code,
            "{method}"
        );
    }
    client.notify("session/dance", json!({}));
    client.send(&json!("not a message"));
    let line: Value = serde_json::from_slice(&client.line().unwrap()).unwrap();
    assert_eq!(line["error"]["code"], -32600);
}

#[test]
fn load_in_a_new_process_replays_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(
        &session,
        "think Hm, let me think about this for a moment.\nsay Hello there, this is the answer.\nrun echo out",
    );
    drop(client);

    let mut client = Client::start(folder.path());
    client.initialize();
    let work = client.work();
    let id = client.request(
        "session/load",
        json!({"sessionId": session, "cwd": work, "mcpServers": []}),
    );
    let heard = client.until(id, |_, asked| panic!("{asked}"));
    assert!(
        heard
            .text("user_message_chunk")
            .starts_with("script:\nthink")
    );
    assert_eq!(
        heard.text("agent_thought_chunk"),
        "Hm, let me think about this for a moment."
    );
    assert_eq!(heard.said(), "Hello there, this is the answer.");
    assert_eq!(
        heard.of("agent_message_chunk").count(),
        1,
        "joined, not chunk by chunk"
    );
    assert_eq!(heard.call(0)["status"], "completed");
    assert_eq!(contents(&heard.call(0)), "out\n");
    assert_eq!(client.script(&session, "say more").said(), "more");
}

#[test]
fn resume_replays_nothing_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "say Hello.");
    drop(client);

    let mut client = Client::start(folder.path());
    client.initialize();
    let work = client.work();
    let id = client.request(
        "session/resume",
        json!({"sessionId": session, "cwd": work, "mcpServers": []}),
    );
    assert!(client.until(id, |_, _| None).updates.is_empty());
    assert_eq!(client.script(&session, "say more").said(), "more");
}

#[test]
fn what_was_done_before_a_kill_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session, _) = with_running_command(folder.path());
    client.child.kill().unwrap();
    drop(client);

    let mut client = Client::start(folder.path());
    let work = client.work();
    let id = client.request("session/load", json!({"sessionId": session, "cwd": work}));
    let heard = client.until(id, |_, _| None);
    assert_eq!(heard.text("user_message_chunk"), LONG_RUN);
}

#[test]
fn sessions_are_listed_by_folder_and_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script(&session, "say Hello.");
    let work = client.work();
    let listed = client.call("session/list", json!({"cwd": work}))["result"].clone();
    serde_json::from_value::<ListSessionsResponse>(listed.clone()).unwrap();
    assert_eq!(listed["sessions"][0]["sessionId"], session);
    assert_eq!(listed["sessions"][0]["title"], "say Hello.");
    let elsewhere = client.call("session/list", json!({"cwd": "/elsewhere"}));
    assert_eq!(elsewhere["result"]["sessions"], json!([]));

    client.call("session/close", json!({"sessionId": session}));
    let answer = client.call(
        "session/prompt",
        json!({"sessionId": session, "prompt": []}),
    );
    assert_eq!(answer["error"]["code"], -32002);
}

#[test]
fn cancel_ends_the_turn_and_the_command_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session, id) = with_running_command(folder.path());
    client.notify("session/cancel", json!({"sessionId": session}));
    let heard = client.until(id, |_, _| None);
    assert_eq!(heard.stop_reason(), "cancelled");
    assert_eq!(heard.said(), "");
    nothing_is_left(&client);
    assert_eq!(client.script(&session, "say next").said(), "next");
}

#[test]
fn a_command_that_ignores_sigterm_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let id = client.prompt(
        &session,
        "script:\nrun trap '' TERM; echo begun; while :; do sleep 0.1; done",
    );
    client.until_update(|update| contents(update) == "begun\n");
    client.notify("session/cancel", json!({"sessionId": session}));
    assert_eq!(client.until(id, |_, _| None).stop_reason(), "cancelled");
    nothing_is_left(&client);
}

#[test]
fn cancel_ends_a_wait_and_an_open_question() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    for steps in [
        "say a\nwait 300s",
        "say a\nask run true",
        "say a\nquestion \"b\"",
    ] {
        let id = client.prompt(&session, &format!("script:\n{steps}"));
        client.until_update(|update| update["content"]["text"] == "a");
        client.notify("session/cancel", json!({"sessionId": session}));
        let heard = client.until(id, |_, _| None);
        assert_eq!(heard.stop_reason(), "cancelled", "{steps}");
    }
}

#[test]
fn a_cancelled_request_is_answered_with_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, _, id) = with_running_command(folder.path());
    client.notify("$/cancel_request", json!({"requestId": id}));
    let heard = client.until(id, |_, _| None);
    assert_eq!(heard.answer["error"]["code"], -32800);
    nothing_is_left(&client);
}

#[test]
fn a_second_prompt_waits_for_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let first = client.prompt(&session, "script:\nwait 50ms\nsay first");
    let second = client.prompt(&session, "script:\nsay second");
    assert_eq!(client.until(first, |_, _| None).said(), "first");
    assert_eq!(client.until(second, |_, _| None).said(), "second");
}

#[test]
fn the_end_of_stdin_ends_the_agent_and_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, _, _) = with_running_command(folder.path());
    client.hang_up();
    assert_eq!(client.ended().code(), Some(0));
    nothing_is_left(&client);
}

#[test]
fn sigterm_ends_the_agent_and_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, _, _) = with_running_command(folder.path());
    terminate(&client);
    assert_eq!(client.ended().code(), Some(143));
    nothing_is_left(&client);
}

pub fn terminate(client: &Client) {
    let pid = rustix::process::Pid::from_child(&client.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn a_prompt_is_in_the_ledger_before_anything_is_done_with_it() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (mut client, session) = Client::with_session(folder.path());
        client.prompt(&session, "script:\ncrash by-signal");
        client.child.wait().unwrap();
    }
    let ledger = std::fs::read_to_string(folder.path().join("ledger")).unwrap();
    let noted: Vec<Value> = ledger
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(noted.len(), 2);
    assert_eq!(noted[0]["prompt"], "script:\ncrash by-signal");
    assert_ne!(noted[0]["pid"], noted[1]["pid"]);
}
