//! Plain words in the practice project and in any other repository.

use crate::client::{Client, Heard, choose};
use serde_json::json;
use std::path::Path;
use std::process::Command;

const PRACTICE_PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../practice-project");

/// A session in a git repository that holds the practice project's files, or none.
fn in_repository(folder: &Path, practice: bool) -> (Client, String) {
    let (client, session) = Client::with_session(folder);
    if practice {
        for file in std::fs::read_dir(PRACTICE_PROJECT).unwrap().flatten() {
            std::fs::copy(file.path(), client.work().join(file.file_name())).unwrap();
        }
    }
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .current_dir(client.work())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(arguments)
            .status()
            .unwrap();
        assert!(status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "begin"]);
    (client, session)
}

fn ask(client: &mut Client, session: &str, words: &str, option: &'static str) -> Heard {
    let id = client.prompt(session, words);
    client.until(id, choose(option))
}

fn check(client: &Client) -> bool {
    Command::new("sh")
        .arg("check.sh")
        .current_dir(client.work())
        .output()
        .unwrap()
        .status
        .success()
}

#[test]
fn the_failing_check_of_the_practice_project_is_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = in_repository(folder.path(), true);
    assert!(!check(&client), "the practice project begins with a bug");
    let heard = ask(
        &mut client,
        &session,
        "Please fix the failing check",
        "allow_once",
    );
    assert!(check(&client));
    assert_eq!(heard.asked.len(), 2, "the edit and the command");
    assert!(!heard.text("agent_thought_chunk").is_empty());
    assert_eq!(heard.call(0)["title"], "Read greet.sh");
    assert_eq!(heard.call(1)["content"][0]["type"], "diff");
    assert_eq!(heard.call(2)["status"], "completed");
    let last = heard.of("plan").last().unwrap();
    let entries = last["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| entry["status"] == "completed"));
    assert!(heard.said().contains("all checks pass"));
}

#[test]
fn a_farewell_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = in_repository(folder.path(), true);
    ask(&mut client, &session, "fix the bug", "allow_always");
    let heard = ask(&mut client, &session, "Add a farewell", "reject_once");
    assert!(heard.asked.is_empty(), "all was allowed before");
    assert!(client.work().join("farewell.sh").exists());
    assert!(check(&client));
}

#[test]
fn any_other_request_is_written_down_in_any_repository() {
    for practice in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (mut client, session) = in_repository(folder.path(), practice);
        ask(
            &mut client,
            &session,
            "Draw me a sheep\nwith a box",
            "allow_once",
        );
        let heard = ask(&mut client, &session, "And a rose", "allow_once");
        let notes = client.file("NOTES.md");
        assert!(
            notes.contains("> Draw me a sheep\n> with a box\n"),
            "{notes}"
        );
        assert!(notes.contains("> And a rose\n"), "{notes}");
        assert_eq!(notes.matches("# Notes").count(), 1);
        if !practice {
            assert!(heard.said().contains("NOTES.md"), "{}", heard.said());
            assert_eq!(heard.call(2)["status"], "completed");
        }
    }
}

#[test]
fn nothing_is_changed_when_it_is_not_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = in_repository(folder.path(), true);
    let before = client.file("greet.sh");
    let heard = ask(&mut client, &session, "fix the bug", "reject_once");
    assert_eq!(client.file("greet.sh"), before);
    assert_eq!(
        heard.asked.len(),
        1,
        "the command is not asked about any more"
    );
    assert!(heard.said().contains("I changed nothing"));
}

#[test]
fn in_its_other_mode_nothing_is_asked_also_after_a_resume() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = in_repository(folder.path(), true);
    let choice = |value: &str| json!({"sessionId": session, "configId": "mode", "value": value});
    let refused = client.call("session/set_config_option", choice("reckless"));
    assert_eq!(refused["error"]["code"], -32602);
    let chosen = client.call("session/set_config_option", choice("auto"));
    assert_eq!(chosen["result"]["configOptions"][0]["currentValue"], "auto");
    let id = client.prompt(&session, "Please fix the failing check");
    client.until(id, |_, asked| panic!("asked: {asked}"));
    assert!(check(&client));
    let params = json!({"sessionId": session, "cwd": client.work()});
    let resumed = client.call("session/resume", params);
    assert_eq!(
        resumed["result"]["configOptions"][0]["currentValue"],
        "auto"
    );
}

#[test]
fn its_command_shows_what_changed_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, session) = in_repository(folder.path(), false);
    client.write("new.txt", "new\n");
    let id = client.prompt(&session, "/status");
    let heard = client.until(id, |_, asked| panic!("asked: {asked}"));
    assert!(heard.said().contains("?? new.txt"));
    assert!(!client.work().join("NOTES.md").exists());
}
