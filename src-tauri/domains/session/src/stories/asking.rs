//! What an agent asks, and stopping it.

use super::{World, asks, text, tool, turn_ends};
use crate::entry::ToolStatus;
use crate::error::SessionError;
use crate::fakes::Call;
use crate::port::{AgentEvent, Opening};
use crate::session::{Answer, PendingRequest};
use crate::stories::{ended, opens};
use kernel::RequestId;

fn yes() -> Answer {
    Answer::Option {
        id: "yes".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn several_requests_wait_and_each_is_answered_by_its_id() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(asks("read")).await;
    agent.says(asks("write")).await;
    agent.says(asks("write")).await;
    let summary = world.until(&session, |now| now.pending.len() == 2).await;
    let [read, write]: [PendingRequest; 2] = summary.pending.try_into().unwrap();

    world
        .sessions
        .answer(&session, &write.id, yes())
        .await
        .unwrap();
    assert_eq!(
        agent.called().await,
        Call::Answer("write".to_owned(), yes())
    );
    assert_eq!(world.summary(&session).pending, std::slice::from_ref(&read));
    let told = world.told(&session).await;
    assert_eq!(told[1], "request: May I read? Pending");
    let allowed = "request: May I write? Answered { choice: \"yes\", allowed: true, by: None }";
    assert_eq!(told[2], allowed);

    let twice = world.sessions.answer(&session, &write.id, yes()).await;
    assert!(matches!(twice, Err(SessionError::Lapsed)));
    let unknown = RequestId::new("unknown");
    let unknown = world.sessions.answer(&session, &unknown, yes()).await;
    assert!(matches!(
        unknown,
        Err(SessionError::Unknown { what: "request" })
    ));
    let never_offered = Answer::Option {
        id: "always".to_owned(),
    };
    let unfit = world
        .sessions
        .answer(&session, &read.id, never_offered)
        .await;
    assert!(matches!(unfit, Err(SessionError::Unfit { .. })));
    assert!(agent.calls().is_empty(), "nothing of this is consent");
    assert_eq!(world.summary(&session).pending, [read]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_stored_is_not_passed_on() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(asks("write")).await;
    let summary = world.until(&session, |now| now.pending.len() == 1).await;
    let request = summary.pending[0].id.clone();
    world.store.fill_disk(true);
    let refused = world.sessions.answer(&session, &request, yes()).await;
    assert!(matches!(refused, Err(SessionError::Store(_))));
    assert!(agent.calls().is_empty());
    world.store.fill_disk(false);
    world
        .sessions
        .answer(&session, &request, yes())
        .await
        .unwrap();
    assert_eq!(
        agent.called().await,
        Call::Answer("write".to_owned(), yes())
    );
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_request_cannot_be_answered() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(asks("write")).await;
    let summary = world.until(&session, |now| now.pending.len() == 1).await;
    let token = "write".to_owned();
    agent.says(AgentEvent::AskWithdrawn { token }).await;
    world.until(&session, |now| now.pending.is_empty()).await;
    let late = world
        .sessions
        .answer(&session, &summary.pending[0].id, yes())
        .await;
    assert!(matches!(late, Err(SessionError::Lapsed)));
    assert!(agent.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn stopping_cancels_what_is_open_and_the_turn_ends_by_the_agents_word() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(tool("a", ToolStatus::InProgress)).await;
    agent.says(asks("write")).await;
    let summary = world.until(&session, |now| now.pending.len() == 1).await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel);
    let stopping = world.summary(&session);
    assert_eq!(stopping.activity.as_deref(), Some("Stopping"));
    assert!(stopping.pending.is_empty());
    let late = world
        .sessions
        .answer(&session, &summary.pending[0].id, yes())
        .await;
    assert!(matches!(late, Err(SessionError::Lapsed)));

    agent.says(asks("delete")).await;
    let declined = Call::Answer("delete".to_owned(), Answer::Decline);
    assert_eq!(
        agent.called().await,
        declined,
        "nobody waits for a stopped turn"
    );
    agent.says(tool("b", ToolStatus::Pending)).await;
    agent.says(text("Stopped.")).await;
    let reason = "cancelled".to_owned();
    agent.says(AgentEvent::TurnEnded { reason }).await;
    world.until_ready(&session).await;
    let expected = [
        "prompt: go",
        "tool: Edit a Cancelled",
        "request: May I write? Cancelled",
        "tool: Edit b Cancelled",
        "answer: Stopped.",
        "end: cancelled",
    ];
    assert_eq!(world.told(&session).await, expected);
}

#[tokio::test(start_paused = true)]
async fn stopping_while_the_agent_starts_keeps_the_message() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    opens(&agent, Opening::New).await;
    agent.says(ended()).await;
    let rest = crate::machine::SessionState::Stopped;
    let summary = world.until(&session, |now| now.state == rest).await;
    assert_eq!(summary.queue.len(), 1);
    assert!(agent.calls().is_empty());
    let waiting = summary.queue[0].id.clone();
    world.sessions.resend(&session, &waiting).await.unwrap();
    world.launched().await;
}

#[tokio::test(start_paused = true)]
async fn calls_left_open_at_the_end_of_a_turn_are_closed() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(tool("a", ToolStatus::InProgress)).await;
    agent.says(asks("write")).await;
    agent.says(turn_ends()).await;
    let summary = world.until_ready(&session).await;
    assert!(summary.pending.is_empty());
    let told = world.told(&session).await;
    assert_eq!(told[1], "tool: Edit a Cancelled");
    assert_eq!(told[2], "request: May I write? Lapsed");
}

// In real time: the paused clock would not go on while the flood keeps everybody busy.
#[tokio::test]
async fn a_flood_delays_neither_the_person_nor_another_sessions_request() {
    let mut world = World::new();
    let (loud, mut flooding) = world.at_work("flood").await;
    let (quiet, asking) = world.at_work("ask").await;
    let events = flooding.events.clone();
    let flood = tokio::spawn(async move {
        // Without end: were it to be heard out first, this test would not come to its own.
        while events.send(text("word ")).await.is_ok() {}
    });
    world
        .until(&loud, |now| now.activity.as_deref() == Some("Writing"))
        .await;
    asking.says(asks("write")).await;
    let summary = world.until(&quiet, |now| now.pending.len() == 1).await;
    let request = &summary.pending[0].id;
    world.sessions.answer(&quiet, request, yes()).await.unwrap();
    world.sessions.stop_turn(&loud).await.unwrap();
    assert_eq!(flooding.called().await, Call::Cancel);
    assert!(!flood.is_finished());
    flood.abort();
}
