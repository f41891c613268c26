//! Permissions, plan approval and questions.

use crate::client::{Client, choose, contents};
use serde_json::{Value, json};

const ASK_CREATE: &str = "ask create a.txt \"x\"\nsay after";

#[test]
fn an_allowed_act_is_done_after_it_was_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let mut there_when_asked = true;
    let heard = client.script_answering(&session, ASK_CREATE, |client, asked| {
        there_when_asked = client.work().join("a.txt").exists();
        choose("allow_once")(client, asked)
    });
    assert!(!there_when_asked);
    assert_eq!(client.file("a.txt"), "x");
    let params = &heard.asked[0]["params"];
    assert_eq!(params["toolCall"]["title"], "Create a.txt");
    assert_eq!(params["toolCall"]["content"][0]["newText"], "x");
    let kinds: Vec<_> = params["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|option| option["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["allow_once", "allow_always", "reject_once", "reject_always"]
    );
    assert_eq!(
        params["toolCall"]["toolCallId"],
        heard.call(0)["toolCallId"]
    );
    assert_eq!(heard.call(0)["status"], "completed");
}

#[test]
fn a_rejected_act_fails_and_the_turn_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script_answering(&session, ASK_CREATE, choose("reject_once"));
    assert!(!client.work().join("a.txt").exists());
    assert_eq!(heard.call(0)["status"], "failed");
    assert_eq!(heard.said(), "after");
    assert_eq!(heard.stop_reason(), "end_turn");
}

#[test]
fn once_and_for_all_is_remembered_for_its_kind_even_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.script_answering(&session, ASK_CREATE, choose("allow_always"));
    drop(client);

    let mut client = Client::start(folder.path());
    client.initialize();
    let work = client.work();
    client.call(
        "session/resume",
        json!({"sessionId": session, "cwd": work, "mcpServers": []}),
    );
    let steps = "ask edit a.txt replace \"x\" with \"y\"\nask run echo hi\nask run echo ho";
    let heard = client.script_answering(&session, steps, choose("reject_always"));
    assert_eq!(client.file("a.txt"), "y");
    assert_eq!(heard.asked.len(), 1, "only the first command is asked");
    assert_eq!(heard.call(1)["status"], "failed");
    assert_eq!(heard.call(2)["status"], "failed");
}

#[test]
fn a_file_that_changed_while_asking_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.write("a.txt", "x");
    let steps = "ask edit a.txt replace \"x\" with \"y\"";
    let heard = client.script_answering(&session, steps, |client, asked| {
        client.write("a.txt", "x and more");
        choose("allow_once")(client, asked)
    });
    assert_eq!(client.file("a.txt"), "x and more");
    assert!(contents(&heard.call(0)).contains("changed while I asked"));
}

#[test]
fn an_approved_plan_lets_the_turn_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let steps = "approve-plan First this, then that.\nask create a.txt \"x\"";
    let heard = client.script_answering(&session, steps, choose("allow_always"));
    assert_eq!(heard.asked.len(), 1, "edits are allowed with the plan");
    let call = &heard.asked[0]["params"]["toolCall"];
    assert_eq!(call["kind"], "switch_mode");
    assert_eq!(contents(call), "First this, then that.");
    assert_eq!(client.file("a.txt"), "x");
}

#[test]
fn a_plan_that_is_not_approved_ends_the_turn() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let steps = "approve-plan First this, then that.\ncreate a.txt \"x\"";
    let heard = client.script_answering(&session, steps, choose("reject_once"));
    assert!(heard.said().contains("not approved"));
    assert_eq!(heard.stop_reason(), "end_turn");
    assert!(!client.work().join("a.txt").exists());
}

#[test]
fn the_answer_to_a_question_is_said_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let mut answers = vec![
        json!({"action": "cancel"}),
        json!({"action": "decline"}),
        json!({"action": "accept", "content": {"answer": "dark blue"}}),
    ];
    let steps = "question \"Which colour?\" red|dark blue\n".repeat(3);
    let heard = client.script_answering(&session, &steps, |_, _| answers.pop());
    let schema = &heard.asked[0]["params"]["requestedSchema"]["properties"]["answer"];
    assert_eq!(heard.asked[0]["params"]["message"], "Which colour?");
    assert_eq!(schema["oneOf"][1]["const"], "dark blue");
    assert_eq!(
        heard.said(),
        "Your answer to “Which colour?”: dark blueYou declined to answer “Which colour?”.\
         I got no answer to “Which colour?”."
    );
}

#[test]
fn a_question_without_choices_takes_any_text() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script_answering(&session, "question \"Why?\"", |_, _| {
        Some(json!({"action": "accept", "content": {"answer": "because"}}))
    });
    let schema = &heard.asked[0]["params"]["requestedSchema"]["properties"]["answer"];
    assert_eq!(schema["oneOf"], Value::Null);
    assert!(heard.said().ends_with("because"));
}

#[test]
fn a_client_without_forms_is_not_asked_questions() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path());
    client.call(
        "initialize",
        json!({"protocolVersion": 1, "clientCapabilities": {}}),
    );
    let session = client.new_session();
    let heard = client.script(&session, "question \"Why?\" a|b");
    assert!(heard.said().contains("can't show questions"));
}
