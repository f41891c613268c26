//! The next run of the app, after an end of any kind.

use super::{World, asks, ended, opens, text, tool, turn_ends};
use crate::entry::{EntryBody, ToolStatus};
use crate::error::{Cause, SessionError};
use crate::fakes::Call;
use crate::machine::SessionState;
use crate::port::Opening;
use crate::session::{Answer, MessageState};
use kernel::SessionId;
use std::sync::Arc;

/// Kills the app, as far as its rows can tell: the next run sees nothing but them.
async fn killed(world: &World) -> World {
    let next = World::over(Arc::clone(&world.store));
    next.sessions.recover().await.unwrap();
    next
}

#[tokio::test(start_paused = true)]
async fn a_kill_in_a_turn_is_told_and_closes_all_that_was_open() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(tool("done", ToolStatus::Completed)).await;
    agent.says(tool("open", ToolStatus::InProgress)).await;
    agent.says(text("half a sen")).await;
    agent.says(asks("write")).await;
    let before = world.until(&session, |now| now.pending.len() == 1).await;

    let mut next = World::over(Arc::clone(&world.store));
    let live = next.sessions.recover().await.unwrap();
    assert_eq!(live.len(), 1);
    let summary = next.summary(&session);
    assert_eq!(live[0], summary);
    let cause = Cause::Interrupted;
    assert_eq!(summary.state, SessionState::Failed { cause });
    assert_eq!(next.store.session(&session).state, summary.state);
    assert!(summary.pending.is_empty());
    assert!(summary.turn_ended_at.is_some());
    assert_eq!((summary.turn, summary.title.as_str()), (1, "go"));
    let told = next.told(&session).await;
    let expected = [
        "prompt: go",
        "tool: Edit done Completed",
        "tool: Edit open Cancelled",
        "answer: half a sen",
        "request: May I write? Lapsed",
    ];
    assert_eq!(told[..5], expected);
    assert!(
        told[5].contains("ended while the agent was at work"),
        "{told:?}"
    );
    assert_eq!(told.len(), 6);

    let request = &before.pending[0].id;
    let late = next
        .sessions
        .answer(&session, request, Answer::Decline)
        .await;
    assert!(matches!(
        late,
        Err(SessionError::Unknown { .. } | SessionError::Lapsed)
    ));
    next.open_place(&session).await;
    assert!(next.nobody_was_launched());
    next.sessions
        .send(&session, "go on".to_owned())
        .await
        .unwrap();
    let mut agent = next.launched().await;
    assert_eq!(agent.launch.resume.as_deref(), Some("theirs"));
    opens(&agent, Opening::Resumed).await;
    assert_eq!(agent.called().await, Call::Prompt("go on".to_owned()));
    let entries = next.entries(&session).await;
    let places: Vec<u32> = entries.iter().map(|entry| entry.ordinal).collect();
    let without_gaps: Vec<u32> = (0..places.len())
        .map(|n| u32::try_from(n).unwrap())
        .collect();
    assert_eq!(places, without_gaps);
}

#[tokio::test(start_paused = true)]
async fn a_kill_while_a_message_was_on_its_way_keeps_its_text_and_does_not_send_it_twice() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));

    let mut next = killed(&world).await;
    let summary = next.summary(&session);
    assert_eq!(summary.queue[0].state, MessageState::Failed);
    assert_eq!(summary.queue[0].text, "go");
    let told = next.told(&session).await;
    assert!(told[0].contains("may not have arrived"), "{told:?}");
    next.open_place(&session).await;
    assert!(next.nobody_was_launched());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waited_goes_out_after_the_restart() {
    let world = World::new();
    let session = world.session().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut next = killed(&world).await;
    assert_eq!(next.summary(&session).queue.len(), 1);
    next.open_place(&session).await;
    let mut agent = next.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_kill_while_the_agent_started_delivers_the_message_after_the_restart() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let _agent = world.launched().await;
    let starting = |state: &SessionState| matches!(state, SessionState::Starting { .. });
    world.until(&session, |now| starting(&now.state)).await;
    assert!(starting(&world.store.session(&session).state));

    let mut next = killed(&world).await;
    assert_eq!(next.summary(&session).state, SessionState::Stopped);
    next.open_place(&session).await;
    let mut agent = next.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_agent_that_was_killed_with_the_app_is_nothing_to_tell() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    let told = world.told(&session).await;
    let next = World::over(Arc::clone(&world.store));
    let live = next.sessions.recover().await.unwrap();
    assert_eq!(live.len(), 1);
    assert_eq!(next.summary(&session).state, SessionState::Stopped);
    assert_eq!(next.told(&session).await, told);
}

#[tokio::test(start_paused = true)]
async fn after_an_orderly_end_nothing_has_to_be_recovered() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(text("I go")).await;
    let sessions = world.sessions.clone();
    let leaving = tokio::spawn(async move { sessions.shutdown().await });
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    leaving.await.unwrap();
    let next = World::over(Arc::clone(&world.store));
    assert!(next.sessions.recover().await.unwrap().is_empty());
    assert_eq!(next.summary(&session).state, SessionState::Stopped);
    let expected = ["prompt: go", "answer: I go", "end: cancelled"];
    assert_eq!(next.told(&session).await, expected);
    assert!(next.summary(&session).queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_reaction_is_kept_by_a_kill() {
    let mut world = World::new();
    let (session, _agent) = world.at_work("go").await;
    let next = killed(&world).await;
    let summary = next.summary(&session);
    assert_eq!(summary.queue[0].state, MessageState::Failed);
    assert_eq!(summary.queue[0].text, "go");
    let told = next.told(&session).await;
    assert_eq!(told[0], "prompt: go");
    assert!(told[1].contains("may not have arrived"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn recovering_again_changes_nothing_more() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(asks("write")).await;
    world.until(&session, |now| now.pending.len() == 1).await;
    let once = killed(&world).await;
    let twice = killed(&once).await;
    assert_eq!(once.told(&session).await, twice.told(&session).await);
    assert_eq!(once.summary(&session).state, twice.summary(&session).state);
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_at_the_start_still_shows_what_is_true() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(asks("write")).await;
    world.until(&session, |now| now.pending.len() == 1).await;
    world.store.fill_disk(true);
    let next = killed(&world).await;
    let summary = next.summary(&session);
    let cause = Cause::Interrupted;
    assert_eq!(summary.state, SessionState::Failed { cause });
    assert!(summary.pending.is_empty());
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_turn_with_very_many_entries_are_all_closed() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    for n in 0..450 {
        agent
            .says(tool(&n.to_string(), ToolStatus::InProgress))
            .await;
    }
    world
        .until(&session, |now| now.activity.as_deref() == Some("Edit 449"))
        .await;
    let next = killed(&world).await;
    assert_eq!(open_calls(&next, &session).await, 0);
}

async fn open_calls(world: &World, session: &SessionId) -> usize {
    let entries = world.entries(session).await;
    let open = entries.iter().filter(|entry| match &entry.body {
        EntryBody::Tool { call } => call.status != ToolStatus::Cancelled,
        _ => false,
    });
    open.count()
}
