//! Messages that wait, as a person handles them, on a real database and through restarts.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use kernel::AttachmentId;
use session::port::{AgentEvent, AttachmentStore, PromptPart};
use session::{Attachment, Delivery, EntryBody, MessageState, NewMessage};
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::agents::Told;
use tests::app::{App, PATIENCE};
use tests::telling::has;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn turn_ends() -> AgentEvent {
    AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steering_message_stops_the_turn_and_goes_first() {
    let app = App::start().await;
    let id = app.workspace("long work").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    let session = app.session(&id);
    let to = Some(session.clone());
    app.flows
        .send_message(&id, to.clone(), "later")
        .await
        .unwrap();
    let now = NewMessage {
        delivery: Delivery::Now,
        ..NewMessage::from("stop that, do this")
    };
    app.flows.send_message(&id, to, now).await.unwrap();
    agent.told_times(3).await;
    assert_eq!(
        agent.told()[1..],
        [Told::Cancel, Told::Prompt("stop that, do this".into())]
    );
    agent.does(turn_ends());
    assert_eq!(agent.told_times(4).await, Told::Prompt("later".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stop_held_back_waits_through_a_crash_until_it_is_let_go() {
    let app = App::start().await;
    let id = app.workspace("long work").await;
    app.agents.started(1).await.told_times(1).await;
    let session = app.session(&id);
    let sessions = app.flows.rooms().sessions.clone();
    let first = sessions.send(&session, "one").await.unwrap();
    let second = sessions.send(&session, "two").await.unwrap();
    sessions
        .move_message(&session, &second, Some(first.clone()))
        .await
        .unwrap();
    sessions.stop_turn(&session).await.unwrap();
    app.transcript_until(&session, |all| has(all, "end: cancelled"))
        .await;
    let app = app.crash().await;
    let sessions = &app.flows.rooms().sessions;
    let queue = sessions.summary(&session).unwrap().queue;
    let shown: Vec<_> = queue
        .iter()
        .map(|one| (one.text.as_str(), one.state))
        .collect();
    assert_eq!(
        shown,
        [("two", MessageState::Held), ("one", MessageState::Held)]
    );
    assert_eq!(app.agents.count(), 0, "nothing goes out by itself");
    sessions.resend(&session, &first).await.unwrap();
    let agent = app.agents.started(1).await;
    assert_eq!(agent.told_times(1).await, Told::Prompt("one".into()));
    agent.does(turn_ends());
    app.transcript_until(&session, |all| has(all, "end: end_turn"))
        .await;
    assert_eq!(agent.told().len(), 1, "the other one is still held");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_goes_along_and_is_there_again_after_a_crash() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.git.is_some()).await;
    let tree = app.tree(&id).await;
    std::fs::write(tree.join("shot.png"), PNG).unwrap();
    let session = app.flows.begin_session(&id, None).await.unwrap();
    let sessions = &app.flows.rooms().sessions;
    let note = b"a\nb".to_vec();
    let pasted = sessions.attach("note.txt".into(), "text/plain", note);
    let mut attachments = vec![pasted.await.unwrap()];
    let chosen = vec!["shot.png".into(), "src/lib.txt".into()];
    attachments.extend(app.flows.attach_files(&id, chosen).await.unwrap());
    let message = NewMessage {
        attachments: attachments.clone(),
        ..NewMessage::from("look at these")
    };
    sessions.send(&session, message).await.unwrap();
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    let parts = agent.parts();
    let [parts @ .., PromptPart::Context(_)] = &parts[..] else {
        panic!("the place comes last: {parts:?}");
    };
    assert_eq!(
        parts,
        [
            PromptPart::Embedded {
                name: "note.txt".into(),
                text: "a\nb".into()
            },
            PromptPart::Image {
                name: "shot.png".into(),
                mime: "image/png".into(),
                bytes: PNG.into()
            },
            PromptPart::Link {
                name: "src/lib.txt".into(),
                path: tree.join("src/lib.txt").display().to_string()
            },
            PromptPart::Text("look at these".into()),
        ]
    );
    agent.does(turn_ends());
    app.transcript_until(&session, |all| has(all, "end: end_turn"))
        .await;

    let app = app.crash().await;
    let entries = app.transcript(&session).await;
    let kept = entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Prompt { attachments, .. } => Some(attachments.clone()),
        _ => None,
    });
    assert_eq!(kept.as_ref(), Some(&attachments));
    let Attachment::Image { id, .. } = &attachments[1] else {
        panic!("it is a picture: {attachments:?}");
    };
    let bytes = app.flows.rooms().sessions.attachment(id).await.unwrap();
    assert_eq!(bytes, PNG);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_found_while_one_types_and_ignored_ones_are_not() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.git.is_some()).await;
    let tree = app.tree(&id).await;
    std::fs::write(tree.join(".gitignore"), "*.log\n").unwrap();
    std::fs::write(tree.join("fresh.txt"), "").unwrap();
    std::fs::write(tree.join("noise.log"), "").unwrap();
    let found = app.flows.find_files(&id, String::new()).await.unwrap();
    let paths: Vec<_> = found.iter().map(|hit| hit.path.as_str()).collect();
    assert!(
        paths.contains(&"fresh.txt") && paths.contains(&"src/lib.txt"),
        "{paths:?}"
    );
    assert!(!paths.contains(&"noise.log"), "{paths:?}");
    let found = app.flows.find_files(&id, "slib".into()).await.unwrap();
    assert_eq!(found[0].path, "src/lib.txt");
    assert_eq!(found[0].ranges, [(0, 1), (4, 7)]);
}

/// A picture that was stored so many days ago, as its id tells.
fn stored(app: &App, days_ago: u64, name: &str) -> Attachment {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let then = u64::try_from(now.as_millis()).unwrap() - days_ago * DAY;
    let id = AttachmentId::new(format!("{then:012x}7{name}"));
    app.disk.save_attachment(&id, PNG).unwrap();
    Attachment::Image {
        id,
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        bytes: 1,
    }
}

fn id_of(attachment: &Attachment) -> AttachmentId {
    match attachment {
        Attachment::Image { id, .. } | Attachment::Text { id, .. } => id.clone(),
        Attachment::File { .. } => panic!("a file has no bytes of ours"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_along_is_removed_after_a_month_when_nothing_can_show_or_send_it_any_more() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.git.is_some()).await;
    let session = app.flows.begin_session(&id, None).await.unwrap();
    let sessions = &app.flows.rooms().sessions;
    let [sent, queued, drafted, forgotten] =
        ["sent", "queued", "drafted", "forgotten"].map(|name| stored(&app, 31, name));
    let young = stored(&app, 29, "young");
    for attachment in [&sent, &queued] {
        let message = NewMessage {
            attachments: vec![attachment.clone()],
            ..NewMessage::from("look")
        };
        sessions.send(&session, message).await.unwrap();
    }
    // The first is with the agent, the second waits.
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::Text("I look".into()));
    app.transcript_until(&session, |all| has(all, "answer: I look"))
        .await;

    app.flows.keep_drafts(BTreeSet::from([id_of(&drafted)]));
    let is_gone = async |one: &Attachment| sessions.attachment(&id_of(one)).await.is_err();
    tokio::time::timeout(PATIENCE, async {
        while !is_gone(&forgotten).await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("what nothing refers to goes");
    for kept in [&sent, &queued, &drafted, &young] {
        assert!(!is_gone(kept).await, "{kept:?}");
    }
    // The draft was thrown away: the next start finds it.
    let count = sessions.sweep_attachments(BTreeSet::new()).await.unwrap();
    assert_eq!(count, 1);
    assert!(is_gone(&drafted).await);
}
