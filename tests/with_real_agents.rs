//! Stories with the practice agent as a real process, through the flows, on a real database and real git.

use kernel::{AgentId, SessionId, WorkspaceId};
use process::{Tag, living};
use session::machine::SessionState;
use session::{
    AgentDefinition, Answer, AskKind, Cause, Entry, EntryBody, NoticeLevel, OptionKind,
    ToolContent, ToolStatus,
};
use snapshot::{Column, Reason};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tests::app::{PATIENCE, RealApp};
use tests::telling::{has, output_of, short, told};

fn script(steps: &[&str]) -> String {
    format!("script:\n{}", steps.join("\n"))
}

/// Waits until no process bears the tag. What was killed may take a moment to be gone.
async fn nobody_lives(tag: &Tag) {
    let gone = tokio::time::timeout(PATIENCE, async {
        while !living(tag).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(gone.await.is_ok(), "left over: {:?}", living(tag));
}

async fn at_reason(app: &RealApp, id: &WorkspaceId, reason: Reason) -> SessionId {
    app.card(id, |card| card.status.reason == reason).await;
    app.session(id)
}

async fn send(app: &RealApp, id: &WorkspaceId, session: &SessionId, text: &str) {
    app.flows
        .send_message(id, Some(session.clone()), text)
        .await
        .expect("the message is stored");
}

/// One of the person's own agents: the practice agent, started by this line of `sh`, in which it is `$0`.
async fn own_agent(app: &RealApp, line: &str) -> AgentId {
    let practice = app.agents.practice();
    let definition = AgentDefinition {
        name: "My own".into(),
        command: "sh".into(),
        args: vec!["-c".into(), line.into(), practice.command],
        env: practice.env,
    };
    let saved = app.flows.rooms().agents.save(None, definition).await;
    saved.expect("the definition is complete").program.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_turn_changes_the_file_and_is_found_again_after_a_restart() {
    let app = RealApp::start().await;
    let before = app.repository.fingerprint();
    let id = app
        .workspace(&script(&[
            "think I look at it first.",
            "plan Change the file; Ask about the rest",
            r#"ask edit src/lib.txt replace "two" with "TWO""#,
            "run echo one line; cat src/lib.txt",
            r#"question "Which colour?" Red|Blue"#,
            "say All is done.",
        ]))
        .await;
    let session = at_reason(&app, &id, Reason::NeedsPermission).await;
    let tree = app.tree(&id).await;
    let content = || std::fs::read_to_string(tree.join("src/lib.txt")).unwrap();
    assert_eq!(content(), "one\ntwo\nthree\n", "nothing is done unasked");
    app.choose(&session, OptionKind::AllowOnce).await;

    at_reason(&app, &id, Reason::NeedsAnswer).await;
    assert_eq!(content(), "one\nTWO\nthree\n");
    let sessions = &app.flows.rooms().sessions;
    let asked = sessions.summary(&session).unwrap().pending.remove(0);
    assert_eq!(asked.ask.kind, AskKind::Question);
    let values = r#"{"answer": "Green"}"#.to_owned();
    let unfit = sessions.answer(&session, &asked.id, Answer::Form { values });
    unfit.await.expect_err("green was not offered");
    let values = r#"{"answer": "Blue"}"#.to_owned();
    let fit = sessions.answer(&session, &asked.id, Answer::Form { values });
    fit.await.unwrap();

    let card = app
        .card(&id, |card| {
            card.status.reason == Reason::TurnFinished
                && card.git.as_ref().is_some_and(|git| git.files == 1)
        })
        .await;
    assert_eq!(card.status.column, Some(Column::Waiting));
    let entries = app.transcript(&session).await;
    let lines = told(&entries);
    let prompt = lines[0].clone();
    let expected = [
        prompt.as_str(),
        "thought: I look at it first.",
        "plan: 2/2",
        "tool: Edit src/lib.txt Completed",
        "request: Edit src/lib.txt → Allow once (true)",
        "tool: echo one line; cat src/lib.txt Completed",
        "request: Which colour? → Which colour?: Blue (true)",
        "answer: Your answer to “Which colour?”: Blue",
        "answer: All is done.",
        "end: end_turn",
    ];
    assert_eq!(told(&entries), expected);
    assert_eq!(
        output_of(&entries, "echo one line; cat src/lib.txt").trim(),
        "one line\none\nTWO\nthree"
    );
    assert!(entries.iter().any(|entry| matches!(
        &entry.body,
        EntryBody::Tool { call } if matches!(
            call.content.as_slice(),
            [ToolContent::Diff { old_text: Some(old), new_text: new, .. }]
                if old == "one\ntwo\nthree\n" && new == "one\nTWO\nthree\n"
        )
    )));

    let app = app.restart().await;
    assert_eq!(app.transcript(&session).await, entries);
    at_reason(&app, &id, Reason::TurnFinished).await;
    assert_eq!(app.repository.fingerprint(), before);
    nobody_lives(&app.quit().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_is_not_done_and_the_turn_goes_on() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            r#"ask create unwanted.txt "no""#,
            "say I left it.",
        ]))
        .await;
    let session = at_reason(&app, &id, Reason::NeedsPermission).await;
    app.choose(&session, OptionKind::RejectOnce).await;
    at_reason(&app, &id, Reason::TurnFinished).await;
    assert!(!app.tree(&id).await.join("unwanted.txt").exists());
    let entries = app.transcript(&session).await;
    let expected = [
        "tool: Create unwanted.txt Failed",
        "request: Create unwanted.txt → Reject (false)",
        "answer: I left it.",
        "end: end_turn",
    ];
    assert_eq!(told(&entries)[1..], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_running_command_and_all_of_its_children() {
    let app = RealApp::start().await;
    let command = "(sleep 987 & sleep 988 & wait) & echo begun; wait";
    let id = app.workspace(&script(&[&format!("run {command}")])).await;
    let session = at_reason(&app, &id, Reason::AgentWorking).await;
    app.transcript_until(&session, |entries| {
        output_of(entries, command).contains("begun")
    })
    .await;
    let sleeping = |tag: &Tag| {
        let all = living(tag);
        all.iter()
            .filter(|one| one.command.starts_with("sleep"))
            .count()
    };
    assert_eq!(sleeping(&app.tag()), 2);

    let sessions = &app.flows.rooms().sessions;
    sessions.stop_turn(&session).await.unwrap();
    at_reason(&app, &id, Reason::TurnFinished).await;
    let entries = app.transcript(&session).await;
    assert_eq!(short(entries.last().unwrap()), "end: cancelled");
    let ended = tokio::time::timeout(PATIENCE, async {
        while sleeping(&app.tag()) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(ended.await.is_ok(), "the command's children live on");

    send(&app, &id, &session, "script:\nsay Still here.").await;
    app.transcript_until(&session, |entries| has(entries, "Still here."))
        .await;
    nobody_lives(&app.quit().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_leaves_behind_is_ended_with_it() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&["orphan", "orphan keeps-pipes", "say Left two."]))
        .await;
    let session = at_reason(&app, &id, Reason::TurnFinished).await;
    let orphans = living(&app.tag());
    assert_eq!(orphans.len(), 3, "the agent and two more: {orphans:?}");
    app.flows.rooms().sessions.end(&session).await.unwrap();
    nobody_lives(&app.tag()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_explained_and_the_agent_goes_on_where_it_was() {
    let app = RealApp::start().await;
    let agent = own_agent(&app, r#"echo "warning: low on luck" >&2; exec "$0""#).await;
    let project = app.add_project().await;
    let prompt = script(&["say Half of it", "crash"]);
    let id = app.create(&project, &prompt, Some(agent)).await.unwrap();
    // Started again by itself, it asks to make a note of what the app told it.
    let session = at_reason(&app, &id, Reason::NeedsPermission).await;
    let entries = app.transcript(&session).await;
    let is_crash = |entry: &&Entry| matches!(&entry.body, EntryBody::Notice { text, .. } if text.contains("exit code 101"));
    let Some(EntryBody::Notice { level, detail, .. }) =
        entries.iter().find(is_crash).map(|entry| &entry.body)
    else {
        panic!("the crash is a notice: {entries:#?}");
    };
    assert_eq!(*level, NoticeLevel::Warning);
    assert_eq!(
        detail.as_deref().map(str::trim),
        Some("warning: low on luck")
    );
    assert!(has(&entries[..2], "prompt: script:"), "the prompt is kept");
    assert!(has(
        &entries,
        "Note: The agent goes on where the conversation was."
    ));
    assert!(has(
        &entries,
        "prompt: The agent's process ended unexpectedly"
    ));

    app.choose(&session, OptionKind::RejectOnce).await;
    at_reason(&app, &id, Reason::TurnFinished).await;
    let before = app.transcript(&session).await;
    send(&app, &id, &session, "script:\nsay The other half").await;
    let after = app
        .transcript_until(&session, |entries| {
            has(&entries[before.len()..], "end: end_turn")
        })
        .await;
    assert_eq!(after[..before.len()], before, "history is not doubled");
    let expected = [
        "prompt: script: / say The other half",
        "answer: The other half",
        "end: end_turn",
    ];
    assert_eq!(told(&after[before.len()..]), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_is_replayed_does_not_enter_the_transcript_again() {
    let app = RealApp::start().await;
    // Without `session/resume` there is only `session/load`, which replays.
    let only_loads = r#""$0" | sed -u 's/"resume":{}/"other":{}/'"#;
    let agent = own_agent(&app, only_loads).await;
    let project = app.add_project().await;
    let prompt = script(&["think Hm.", "say Once", "read README.md"]);
    let id = app.create(&project, &prompt, Some(agent)).await.unwrap();
    let session = at_reason(&app, &id, Reason::TurnFinished).await;
    let before = app.transcript(&session).await;

    let app = app.restart().await;
    send(&app, &id, &session, "script:\nsay Twice").await;
    let after = app
        .transcript_until(&session, |entries| {
            entries.len() > before.len() && has(&entries[before.len()..], "end: end_turn")
        })
        .await;
    assert_eq!(after[..before.len()], before);
    let expected = [
        "Note: The agent goes on where the conversation was.",
        "prompt: script: / say Twice",
        "answer: Twice",
        "end: end_turn",
    ];
    assert_eq!(told(&after[before.len()..]), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_breaks_down_at_each_resume_begins_anew_with_a_digest() {
    let app = RealApp::start().await;
    let breaks = r#"sed -u '/"session\/resume"/Q' | "$0""#;
    let agent = own_agent(&app, breaks).await;
    let project = app.add_project().await;
    let prompt = script(&["say The first answer"]);
    let id = app.create(&project, &prompt, Some(agent)).await.unwrap();
    let session = at_reason(&app, &id, Reason::TurnFinished).await;

    let app = app.restart().await;
    send(&app, &id, &session, "Draw a sheep").await;
    at_reason(&app, &id, Reason::SessionFailed).await;
    send(&app, &id, &session, "And a rose").await;
    let entries = app
        .transcript_until(&session, |entries| has(entries, "request: "))
        .await;
    assert!(has(
        &entries,
        "Warning: The agent could not resume the conversation."
    ));
    assert!(
        has(&entries, "prompt: Draw a sheep"),
        "{:?}",
        told(&entries)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quit_in_a_turn_ends_the_agent_and_the_next_start_goes_on() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&["say Begun", "run echo here; sleep 989"]))
        .await;
    let session = at_reason(&app, &id, Reason::AgentWorking).await;
    let asked = "run echo here; sleep 989".trim_start_matches("run ");
    app.transcript_until(&session, |entries| {
        output_of(entries, asked).contains("here")
    })
    .await;
    let app = app.restart().await;
    assert!(living(&app.tag()).is_empty());
    let before = app.transcript(&session).await;
    assert!(has(&before, "answer: Begun"), "{:?}", told(&before));
    assert_eq!(short(before.last().unwrap()), "end: cancelled");

    send(&app, &id, &session, "script:\nsay Awake").await;
    let after = app
        .transcript_until(&session, |entries| has(entries, "answer: Awake"))
        .await;
    assert_eq!(after[..before.len()], before);
    assert!(has(&after, "The agent goes on where the conversation was."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_ignores_the_stop_is_ended_and_can_be_talked_to_again() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&["ignore-cancel", "say I go on", "wait 300s"]))
        .await;
    let session = at_reason(&app, &id, Reason::AgentWorking).await;
    app.transcript_until(&session, |entries| has(entries, "answer: I go on"))
        .await;
    app.flows
        .rooms()
        .sessions
        .stop_turn(&session)
        .await
        .unwrap();
    // While it still ignores the stop: it goes out to the process that follows.
    send(&app, &id, &session, "script:\nsay Tame again").await;
    let entries = app
        .transcript_until(&session, |entries| has(entries, "answer: Tame again"))
        .await;
    for told in [
        "end: cancelled",
        "The agent did not stop within 10 s, so its process was ended.",
    ] {
        assert!(has(&entries, told), "{told} is missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_agents_flood_does_not_keep_anothers_question_from_the_person() {
    let app = RealApp::start().await;
    let project = app.add_project().await;
    let flood = script(&["say First", "flood 20000", "say Last"]);
    let flooding = app.create(&project, &flood, None).await.unwrap();
    at_reason(&app, &flooding, Reason::AgentWorking).await;
    let loud = app.session(&flooding);
    let asks = script(&[r#"ask create wanted.txt "yes""#]);
    let asking = app.create(&project, &asks, None).await.unwrap();
    let quiet = at_reason(&app, &asking, Reason::NeedsPermission).await;
    app.choose(&quiet, OptionKind::AllowOnce).await;
    at_reason(&app, &asking, Reason::TurnFinished).await;
    assert!(app.tree(&asking).await.join("wanted.txt").exists());

    let entries = app
        .transcript_until(&loud, |entries| has(entries, "end: end_turn"))
        .await;
    let text: String = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Answer { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("flood")).collect();
    assert_eq!(lines.len(), 20_000, "nothing was dropped");
    assert_eq!(lines.last(), Some(&"flood 20000"));
    assert!(text.contains("Last"));
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_bytes_are_told_once_and_the_turn_goes_on() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            "garbage",
            "garbage",
            "bad-utf8",
            "bad-utf8",
            "big 3000000",
            "say Unharmed.",
        ]))
        .await;
    let session = at_reason(&app, &id, Reason::TurnFinished).await;
    let entries = app.transcript(&session).await;
    let warnings: Vec<String> = told(&entries)
        .into_iter()
        .filter(|line| line.starts_with("Warning"))
        .collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("this line is { not JSON"));
    assert!(warnings[1].contains("not UTF-8"));
    assert!(has(&entries, "caf\u{fffd} au lait"));
    let big = output_of(&entries, "Print 3000000 bytes");
    assert!(
        !big.is_empty() && big.len() < 300_000,
        "{} bytes",
        big.len()
    );
    assert!(has(&entries, "answer: Unharmed."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_is_told_by_its_kind_and_the_next_message_is_heard() {
    let app = RealApp::start().await;
    let id = app.workspace(&script(&["fail-quota"])).await;
    let session = at_reason(&app, &id, Reason::SessionFailed).await;
    let state = |app: &RealApp| app.flows.rooms().sessions.summary(&session).unwrap().state;
    assert!(matches!(
        state(&app),
        SessionState::Failed {
            cause: Cause::Quota { .. }
        }
    ));
    send(&app, &id, &session, "script:\nfail-auth").await;
    app.transcript_until(&session, |entries| has(entries, "not signed in"))
        .await;
    send(&app, &id, &session, "script:\nsay Signed in now.").await;
    app.transcript_until(&session, |entries| has(entries, "answer: Signed in now."))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_words_in_the_practice_project_mend_it() {
    let app = RealApp::start().await;
    let project = app.flows.open_practice_project().await.unwrap();
    assert!(!check_passes(&project.path), "it begins with a bug");
    let id = app
        .create(&project.id, "Please fix the failing check", None)
        .await
        .unwrap();
    let session = at_reason(&app, &id, Reason::NeedsPermission).await;
    app.choose(&session, OptionKind::AllowOnce).await;
    let asks_again = |card: &snapshot::Card| {
        card.sessions[0]
            .pending
            .first()
            .is_some_and(|asked| asked.title == "sh check.sh")
    };
    app.card(&id, asks_again).await;
    app.choose(&session, OptionKind::AllowOnce).await;
    at_reason(&app, &id, Reason::TurnFinished).await;

    let tree = app.tree(&id).await;
    assert!(check_passes(&tree));
    assert!(
        !check_passes(&project.path),
        "the main checkout is the person's"
    );
    let entries = app.transcript(&session).await;
    assert!(has(&entries, "tool: Edit greet.sh Completed"));
    assert!(output_of(&entries, "sh check.sh").contains("all checks pass"));
    assert!(has(&entries, "**Done.**"));
}

fn check_passes(folder: &Path) -> bool {
    let mut check = Command::new("sh");
    let output = check.arg("check.sh").current_dir(folder).output();
    output.expect("there is a shell").status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_work_in_one_workspace_side_by_side() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[r#"ask create first.txt "1""#, "say One."]))
        .await;
    let first = at_reason(&app, &id, Reason::NeedsPermission).await;
    let text = script(&[r#"ask create second.txt "2""#, "say Two."]);
    let second = app.flows.send_message(&id, None, text).await.unwrap();
    app.card(&id, |card| {
        let asking = card.sessions.iter().filter(|one| !one.pending.is_empty());
        asking.count() == 2
    })
    .await;
    app.choose(&second, OptionKind::AllowOnce).await;
    app.transcript_until(&second, |entries| has(entries, "end: end_turn"))
        .await;
    let card = app.flows.snapshot().card(&id).unwrap();
    assert_eq!(
        card.status.reason,
        Reason::NeedsPermission,
        "the first still asks"
    );
    app.choose(&first, OptionKind::AllowOnce).await;
    at_reason(&app, &id, Reason::TurnFinished).await;

    let tree = app.tree(&id).await;
    assert_eq!(
        std::fs::read_to_string(tree.join("first.txt")).unwrap(),
        "1"
    );
    assert_eq!(
        std::fs::read_to_string(tree.join("second.txt")).unwrap(),
        "2"
    );
    for (session, own, others) in [(&first, "One.", "Two."), (&second, "Two.", "One.")] {
        let entries = app.transcript(session).await;
        assert!(
            has(&entries, own) && !has(&entries, others),
            "{:?}",
            told(&entries)
        );
    }
    app.flows.archive_workspace(&id).await.unwrap();
    nobody_lives(&app.tag()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_fails_is_shown_with_its_output() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            "run echo out of cheese; exit 3",
            "say So it goes.",
        ]))
        .await;
    let session = at_reason(&app, &id, Reason::TurnFinished).await;
    let entries = app.transcript(&session).await;
    let failed = entries.iter().any(|entry| {
        matches!(&entry.body, EntryBody::Tool { call } if call.status == ToolStatus::Failed)
    });
    assert!(failed);
    let output = output_of(&entries, "echo out of cheese; exit 3");
    assert!(
        output.contains("out of cheese") && output.contains('3'),
        "{output}"
    );
}
