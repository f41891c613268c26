//! Every harmless step of the script language.

use crate::client::{Client, contents};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
fn say_streams_the_text_in_several_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let text = "A sentence that is long enough to come in more than one piece, as a model's would.";
    let heard = client.script(&session, &format!("say {text}"));
    assert_eq!(heard.said(), text);
    assert!(heard.of("agent_message_chunk").count() > 2);
    assert_eq!(heard.stop_reason(), "end_turn");
}

#[test]
fn think_streams_a_thought() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "think Where is the bug?");
    assert_eq!(heard.text("agent_thought_chunk"), "Where is the bug?");
    assert_eq!(heard.said(), "");
}

#[test]
fn a_plan_advances_with_the_steps_that_follow() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "plan look; fix\nsay a\nsay b\nsay c\nsay d");
    let states: Vec<String> = heard
        .of("plan")
        .map(|plan| {
            let statuses: Vec<&str> = plan["entries"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| entry["status"].as_str().unwrap())
                .collect();
            statuses.join(" ")
        })
        .collect();
    assert_eq!(
        states,
        [
            "in_progress pending",
            "completed in_progress",
            "completed completed"
        ]
    );
}

#[test]
fn edit_replaces_text_and_shows_the_diff() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.write("a b.txt", "one two\nthree\n");
    let heard = client.script(&session, r#"edit "a b.txt" replace "two\n" with "2\n""#);
    assert_eq!(client.file("a b.txt"), "one 2\nthree\n");
    let call = heard.call(0);
    let path = client.work().canonicalize().unwrap().join("a b.txt");
    assert_eq!(call["kind"], "edit");
    assert_eq!(call["title"], "Edit a b.txt");
    assert_eq!(call["status"], "completed");
    assert_eq!(call["locations"], json!([{"path": path}]));
    assert_eq!(
        call["content"],
        json!([{"type": "diff", "path": path, "oldText": "one two\nthree\n", "newText": "one 2\nthree\n"}])
    );
    assert_eq!(call["rawInput"]["newText"], "2\n");
}

#[test]
fn an_edit_that_finds_nothing_fails_and_the_turn_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.write("a.txt", "one\n");
    let heard = client.script(
        &session,
        "edit a.txt replace \"two\" with \"2\"\nedit none.txt replace \"x\" with \"y\"\nsay still here",
    );
    assert_eq!(heard.call(0)["status"], "failed");
    assert!(contents(&heard.call(0)).contains("not in `a.txt`"));
    assert!(contents(&heard.call(1)).contains("does not exist"));
    assert_eq!(heard.said(), "still here");
    assert_eq!(client.file("a.txt"), "one\n");
}

#[test]
fn create_and_append_write_files_in_new_folders_too() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(
        &session,
        "create sub/new.txt \"a\\n\"\nappend sub/new.txt \"b\\n\"\nappend other.txt \"c\"",
    );
    assert_eq!(client.file("sub/new.txt"), "a\nb\n");
    assert_eq!(client.file("other.txt"), "c");
    assert_eq!(heard.call(0)["content"][0]["oldText"], Value::Null);
    assert_eq!(heard.call(1)["content"][0]["oldText"], "a\n");
    assert_eq!(heard.call(1)["title"], "Append to sub/new.txt");
}

#[test]
fn read_shows_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    client.write("a.txt", "what is in it");
    std::fs::write(client.work().join("bytes"), [0xff, 0xfe]).unwrap();
    let heard = client.script(&session, "read a.txt\nread bytes\nread missing");
    assert_eq!(heard.call(0)["kind"], "read");
    assert_eq!(contents(&heard.call(0)), "what is in it");
    assert!(contents(&heard.call(1)).contains("not UTF-8"));
    assert_eq!(heard.call(2)["status"], "failed");
}

#[test]
fn paths_outside_of_the_worktree_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    std::fs::write(folder.path().join("secret"), "mine").unwrap();
    let heard = client.script(
        &session,
        "read ../secret\ncreate ../new \"x\"\nread /etc/hostname",
    );
    for index in 0..3 {
        assert_eq!(heard.call(index)["status"], "failed");
        assert!(contents(&heard.call(index)).contains("outside"));
    }
    assert!(!folder.path().join("new").exists());
}

#[test]
fn run_executes_in_the_worktree_and_tells_output_and_exit() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(
        &session,
        "run echo out; echo err >&2; touch made\nrun echo no; exit 3",
    );
    assert!(client.work().join("made").exists());
    let call = heard.call(0);
    assert_eq!(call["kind"], "execute");
    assert_eq!(call["title"], "echo out; echo err >&2; touch made");
    assert_eq!(call["status"], "completed");
    assert_eq!(contents(&call), "out\nerr\n");
    let call = heard.call(1);
    assert_eq!(call["status"], "failed");
    assert_eq!(call["rawOutput"]["exitCode"], 3);
    assert_eq!(contents(&call), "no\n(exit status: 3)");
}

#[test]
fn output_is_shown_while_the_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let id = client.prompt(
        &session,
        "script:\nrun echo begun; until test -e go; do sleep 0.02; done; echo over",
    );
    client.until_update(|update| contents(update) == "begun\n");
    client.write("go", "");
    let heard = client.until(id, |_, _| None);
    let last = heard.of("tool_call_update").last().unwrap();
    assert_eq!(contents(last), "begun\nover\n");
}

#[test]
fn a_command_leaves_nothing_behind_in_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "run sleep 300 & echo started");
    assert_eq!(heard.call(0)["status"], "completed");
    crate::client::eventually("the sleep is gone", || client.left_over().is_empty());
}

#[test]
fn wait_takes_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let begun = Instant::now();
    client.script(&session, "wait 120ms\nwait 0.1s");
    assert!(begun.elapsed() >= Duration::from_millis(220));
}

#[test]
fn end_gives_the_stop_reason_and_does_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "end max_tokens\nsay never");
    assert_eq!(heard.stop_reason(), "max_tokens");
    assert_eq!(heard.said(), "");
}

#[test]
fn failures_are_errors_of_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "fail The model is on fire");
    assert_eq!(heard.answer["error"]["code"], -32603);
    assert_eq!(heard.answer["error"]["message"], "The model is on fire");
    let heard = client.script(&session, "fail-auth");
    assert_eq!(heard.answer["error"]["code"], -32000);
    let heard = client.script(&session, "fail-quota");
    assert_eq!(heard.answer["error"]["data"]["status"], 429);
    let heard = client.script(&session, "say the process is still good");
    assert_eq!(heard.stop_reason(), "end_turn");
}

#[test]
fn a_line_that_is_no_step_is_named_and_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = Client::with_session(folder.path());
    let heard = client.script(&session, "create a.txt \"x\"\ndance wildly");
    assert!(heard.said().contains("line 2"), "{}", heard.said());
    assert!(heard.said().contains("`dance wildly`"));
    assert_eq!(heard.stop_reason(), "end_turn");
    assert!(!client.work().join("a.txt").exists());
}
