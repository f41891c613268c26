//! Whatever ended the app: the next start tells the truth and nothing of the person's is lost.

use session::port::AgentEvent;
use session::{Ask, AskKind, EntryBody, RequestOutcome};
use snapshot::Reason;
use tests::agents::Told;
use tests::app::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_a_turn_keeps_prompt_and_transcript() {
    let app = App::start().await;
    let id = app.workspace("Tell me a story").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::Text("Once upon a time".into()));
    let wrote = |card: &snapshot::Card| card.sessions[0].activity.as_deref() == Some("Writing");
    let card = app.card(&id, wrote).await;
    let session = card.sessions[0].id.clone();
    // Reading a page writes what was still gathered.
    app.flows
        .rooms()
        .sessions
        .entries(&session, None, 50)
        .await
        .unwrap();

    let app = app.crash().await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    assert!(
        card.status
            .detail
            .as_deref()
            .is_some_and(|text| text.contains("ended while"))
    );
    let page = app
        .flows
        .rooms()
        .sessions
        .entries(&session, None, 50)
        .await
        .unwrap();
    let has = |text: &str| {
        page.entries.iter().any(|entry| match &entry.body {
            EntryBody::Prompt { text: found, .. } | EntryBody::Answer { text: found } => {
                found == text
            }
            _ => false,
        })
    };
    assert!(has("Tell me a story"), "{page:#?}", page = page.entries);
    assert!(has("Once upon a time"), "{page:#?}", page = page.entries);

    app.flows
        .send_message(&id, Some(session), "go on")
        .await
        .unwrap();
    let agent = app.agents.started(1).await;
    assert_eq!(agent.launch.resume.as_deref(), Some("conversation-1"));
    assert_eq!(agent.told_times(1).await, Told::Prompt("go on".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_open_lapses_and_is_never_consent() {
    let app = App::start().await;
    let id = app.workspace("Ask me").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::Asked {
        token: "q".into(),
        ask: Ask {
            kind: AskKind::Permission,
            title: "Remove everything".into(),
            call: None,
            options: Vec::new(),
            fields: Vec::new(),
            command: None,
            paths: Vec::new(),
        },
    });
    let card = app
        .card(&id, |card| card.status.reason == Reason::NeedsPermission)
        .await;
    let (session, request) = (
        card.sessions[0].id.clone(),
        card.sessions[0].pending[0].id.clone(),
    );

    let app = app.crash().await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    assert!(card.sessions[0].pending.is_empty());
    let sessions = &app.flows.rooms().sessions;
    let page = sessions.entries(&session, None, 50).await.unwrap();
    assert!(page.entries.iter().any(|entry| matches!(
        &entry.body,
        EntryBody::Request { request: found, outcome: RequestOutcome::Lapsed, .. } if *found == request
    )), "{request} has not lapsed in {:#?}", page.entries);
    assert!(
        sessions
            .answer(&session, &request, session::Answer::Decline)
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quit_keeps_the_queue_and_the_next_start_delivers_it() {
    let app = App::start().await;
    let id = app.workspace("first").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    });
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;

    let app = app.restart().await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let session = card.sessions[0].id.clone();
    app.flows
        .send_message(&id, Some(session), "second")
        .await
        .unwrap();
    assert_eq!(
        app.agents.started(1).await.told_times(1).await,
        Told::Prompt("second".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_turn_stands_on_its_card_also_after_a_crash() {
    let app = App::start().await;
    let id = app.workspace("Mend the greeting").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::Text("I look first.".into()));
    agent.does(AgentEvent::Thought("hm".into()));
    agent.does(AgentEvent::Text(
        "\n## **Mended** `greet.sh`.\n\nIt ".into(),
    ));
    agent.does(AgentEvent::Text("greets the world.".into()));
    agent.does(AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    });
    let is_told = |card: &snapshot::Card| {
        card.status.reason == Reason::TurnFinished
            && card.status.detail.as_deref() == Some("Mended greet.sh.")
    };
    app.card(&id, is_told).await;
    let app = app.crash().await;
    app.card(&id, is_told).await;
}
