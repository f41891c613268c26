//! Kills: of the agent, and of the app. No prompt is lost, nothing is left over, and the agent remembers.

use crate::scene::{Scene, Stage, look, nobody_lives, with_each_agent};
use process::Ended;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::process::Stdio;
use tests::app::PATIENCE;
use tests::installed_agents::Vendor;
use tests::model_server::Reply;
use tests::repository::Repository;
use tests::telling::has;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdout, Command};

with_each_agent!(
    an_agent_that_is_killed_while_it_speaks_goes_on_where_it_was,
    an_agent_that_is_killed_in_a_command_takes_it_along,
    an_app_that_is_killed_finds_the_conversation_again,
);

async fn an_agent_that_is_killed_while_it_speaks_goes_on_where_it_was(vendor: Vendor) {
    let script = [
        Reply::hang("One sheep, "),
        Reply::say("Two sheep."),
        Reply::say("Three sheep."),
    ];
    let scene = Scene::of(vendor, "Count the sheep", script).await;
    scene.until("One sheep").await;
    kill_agent(&scene, vendor).await;
    // By itself.
    scene.until("answer: Two sheep.").await;
    scene.send("Go on counting").await;
    scene.until("answer: Three sheep.").await;
    remembers(&scene).await;
    scene.end().await;
}

async fn an_agent_that_is_killed_in_a_command_takes_it_along(vendor: Vendor) {
    let command = "touch begun.txt; sleep 4321";
    let script = [
        Reply::run_if_allowed(command),
        Reply::say("Two sheep."),
        Reply::say("Three sheep."),
    ];
    let scene = Scene::of(vendor, "Count the sheep", script).await;
    scene.allow().await;
    scene.file_appears("begun.txt").await;
    kill_agent(&scene, vendor).await;
    look("the command's end", || {
        scene.living_with("sleep 4321").is_empty()
    })
    .await;
    // Copilot says before it what it makes of the command that was cut off.
    scene.until("Two sheep.").await;
    scene.send("Go on counting").await;
    scene.until("answer: Three sheep.").await;
    remembers(&scene).await;
    scene.end().await;
}

/// Kills the agent's process alone, as a person or the system would, and waits until the conversation tells of it.
async fn kill_agent(scene: &Scene, vendor: Vendor) {
    let agents = scene.living_with(vendor.command_line());
    let [Ended { pid, .. }] = agents.as_slice() else {
        panic!("one agent expected: {agents:?}");
    };
    let handle = Pid::from_raw(*pid).expect("it is a process");
    kill_process(handle, Signal::KILL).expect("it is ours");
    scene.until("signal 9").await;
}

/// The newest request shows that the agent knows the conversation from before, and both messages of the person are in
/// it once.
async fn remembers(scene: &Scene) {
    let expected = ["prompt: Count the sheep", "prompt: Go on counting"];
    let mut prompts = scene.prompts().await;
    prompts.retain(|line| !line.contains("ended unexpectedly"));
    assert_eq!(prompts, expected);
    let heard = scene.model.heard();
    let after = heard.iter().rev().find(|one| one.holds("Go on counting"));
    let texts = after.expect("the message was passed on").user_texts();
    assert!(
        texts.iter().any(|text| text.contains("Count the sheep")),
        "{texts:#?}"
    );
}

async fn an_app_that_is_killed_finds_the_conversation_again(vendor: Vendor) {
    let script = [Reply::hang("One sheep, "), Reply::say("Two sheep.")];
    let stage = Stage::of(vendor, script);
    let repository = Repository::find_or_make(stage.home.path());
    let mut app = Command::new(env!("CARGO_BIN_EXE_headless"))
        .args([stage.home.path(), repository.path.as_path()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it was built with this test");
    let mut orders = app.stdin.take().expect("its stdin is piped");
    let order = json!({"n": 1, "order": "say", "text": "Count the sheep"});
    let line = format!("{order}\n");
    let given = orders.write_all(line.as_bytes()).await;
    given.expect("it lives until it is killed");
    // A word of its own: words may be stored one by one.
    let told = stored(app.stdout.take().expect("its stdout is piped"), "sheep,");
    tokio::time::timeout(PATIENCE, told)
        .await
        .expect("it is stored in time");
    app.kill().await.expect("it is ours");
    nobody_lives(&stage.tag()).await;

    let scene = stage.open().await;
    let entries = scene.transcript().await;
    assert!(has(&entries, "prompt: Count the sheep"));
    assert!(
        has(&entries, "answer: One sheep"),
        "what was told is stored"
    );
    scene.send("Go on counting").await;
    scene.until("answer: Two sheep.").await;
    remembers(&scene).await;
    scene.end().await;
}

/// Waits until a killable house tells that this word is in a transcript.
async fn stored(said: ChildStdout, word: &str) {
    let mut lines = BufReader::new(said).lines();
    loop {
        let line = lines.next_line().await.expect("it writes UTF-8");
        let line = line.expect("it lives until it is killed");
        if line.starts_with(r#"{"changes""#) && line.contains(word) {
            return;
        }
    }
}
