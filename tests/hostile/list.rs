//! What an agent may do wrong, one by one, and what the person sees of it.

use process::living;
use session::machine::SessionState;
use session::{AgentDefinition, Cause, MessageState};
use snapshot::Reason;
use std::path::Path;
use tests::app::RealApp;
use tests::telling::{has, output_of, told};

pub fn script(steps: &[&str]) -> String {
    format!("script:\n{}", steps.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_in_the_handshake_is_told_with_its_last_words_and_keeps_the_prompt() {
    let app = RealApp::start().await;
    let leaves = AgentDefinition {
        name: "Leaves".into(),
        command: "sh".into(),
        args: vec![
            "-c".into(),
            "read -r hello; (setsid sh -c 'sleep 997 & sleep 997' &); echo 'no config' >&2; exit 3"
                .into(),
        ],
        env: Vec::new(),
    };
    let agent = app.flows.rooms().agents.save(None, leaves).await.unwrap();
    let project = app.add_project().await;
    let id = app
        .create(&project, "Do something", Some(agent.program.id))
        .await
        .unwrap();
    app.card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    let session = app.session(&id);
    let summary = app.flows.rooms().sessions.summary(&session).unwrap();
    let SessionState::Failed {
        cause: Cause::Crashed { code, stderr, .. },
    } = &summary.state
    else {
        panic!("{:?}", summary.state);
    };
    assert_eq!((*code, stderr.as_str()), (Some(3), "no config"));
    assert_eq!(summary.queue[0].text, "Do something");
    assert_eq!(summary.queue[0].state, MessageState::Queued);
    assert_eq!(living(&app.tag()), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_answered_twice_ends_one_turn() {
    let app = RealApp::start().await;
    let id = app.workspace(&script(&["answer-twice", "say One"])).await;
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let session = app.session(&id);
    let next = script(&["wait 50ms", "say Two", r#"ask create two.txt "2""#]);
    app.flows
        .send_message(&id, Some(session.clone()), next)
        .await
        .unwrap();
    // A second end of the first turn would end this one before it asks.
    let entries = app
        .transcript_until(&session, |entries| has(entries, "request: "))
        .await;
    let lines = told(&entries);
    let ends = lines.iter().filter(|line| line.starts_with("end: "));
    assert_eq!(ends.count(), 1, "{lines:?}");
    assert!(has(&entries, "answer: Two"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_of_200_mb_is_shown_as_far_as_it_fits_and_the_turn_goes_on() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            "run head -c 200000000 /dev/zero | tr '\\0' y",
            "big 200000000",
            "say Unharmed.",
        ]))
        .await;
    let session = {
        app.card(&id, |card| card.status.reason == Reason::TurnFinished)
            .await;
        app.session(&id)
    };
    let entries = app.transcript(&session).await;
    let shown = output_of(&entries, "head -c 200000000 /dev/zero | tr '\\0' y");
    assert!(
        !shown.is_empty() && shown.len() <= 256 * 1024,
        "{} bytes",
        shown.len()
    );
    assert!(
        has(&entries, "lines beyond 64 MiB are left out"),
        "{:?}",
        told(&entries)
    );
    assert!(has(&entries, "answer: Unharmed."));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_agent_did_and_left_behind_nothing_survives_the_quit() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            "ignore-term",
            "ignore-cancel",
            "orphan",
            "orphan keeps-pipes",
            "bad-utf8",
            "garbage",
            "run (setsid sh -c 'trap \"\" TERM; touch up; sleep 996; sleep 996' >/dev/null 2>&1 &); \
             until test -e up; do sleep 0.01; done",
            "say Here I stay.",
            "wait 300s",
        ]))
        .await;
    app.card(&id, |card| card.status.reason == Reason::AgentWorking)
        .await;
    let session = app.session(&id);
    app.transcript_until(&session, |entries| has(entries, "answer: Here I stay."))
        .await;
    assert!(living(&app.tag()).len() >= 4, "{:?}", living(&app.tag()));
    let tag = app.quit().await;
    assert_eq!(living(&tag), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_amid_its_children_leaves_none_of_them() {
    let app = RealApp::start().await;
    let id = app
        .workspace(&script(&[
            "orphan",
            "orphan keeps-pipes",
            "run (setsid sh -c '(setsid sh -c \"touch up; sleep 995\" &)' &) >/dev/null 2>&1; \
             until test -e up; do sleep 0.01; done",
            "say Now.",
            "crash by-signal",
        ]))
        .await;
    // The one that is started by itself comes after the sweep, and asks to make a note of what it was told.
    app.card(&id, |card| card.status.reason == Reason::NeedsPermission)
        .await;
    let living = living(&app.tag());
    assert_eq!(living.len(), 1, "only the next agent: {living:?}");
    assert!(Path::new(&app.tree(&id).await).exists());
}
