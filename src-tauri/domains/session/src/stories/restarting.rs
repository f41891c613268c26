//! A crash in a turn is answered by one start; what comes after is the person's.

use super::crashing::{crashed, crashes};
use super::{World, asks, ended, opens, text, tool, turn_ends};
use crate::entry::{EntryBody, ToolStatus};
use crate::error::Cause;
use crate::fakes::{Call, FakeAgent};
use crate::machine::SessionState;
use crate::port::{AgentEvent, Opening};
use crate::session::{Author, MessageState};
use kernel::{SessionId, WorkspaceId};

const NOTICE: &str = "notice: The agent ended by itself with exit code 101. It is started again by itself, once, to go \
    on with its turn.";

/// A session whose agent crashed in its turn, and the process that was started by itself.
async fn restarted(world: &mut World) -> (SessionId, FakeAgent) {
    let (session, agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    agent.says(crashes()).await;
    (session, world.launched().await)
}

fn goes_on(call: &Call) -> bool {
    matches!(call, Call::Prompt(text) if text.ends_with("Look at what was done and go on."))
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_a_turn_closes_all_that_was_open_and_the_agent_goes_on_by_itself() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(tool("a", ToolStatus::InProgress)).await;
    agent.says(asks("write")).await;
    agent.says(text("I am")).await;
    agent.says(crashes()).await;
    let mut next = world.launched().await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
    let starts = |now: &crate::SessionSummary| matches!(now.state, SessionState::Starting { .. });
    let summary = world.until(&session, starts).await;
    assert!(summary.pending.is_empty());
    assert!(summary.turn_ended_at.is_some());
    opens(&next, Opening::Resumed).await;
    assert!(goes_on(&next.called().await));
    next.says(AgentEvent::PromptWritten).await;
    next.says(text("done")).await;
    next.says(turn_ends()).await;
    world.until_ready(&session).await;
    let entries = world.entries(&session).await;
    let told: Vec<_> = entries.iter().map(super::short).collect();
    let expected = [
        "prompt: go",
        "tool: Edit a Cancelled",
        "request: May I write? Lapsed",
        "answer: I am",
        NOTICE,
        "notice: The agent goes on where the conversation was.",
    ];
    assert_eq!(told[..6], expected);
    assert!(matches!(
        &entries[6].body,
        EntryBody::Prompt {
            author: Author::App,
            ..
        }
    ));
    assert_eq!(told[7..], ["answer: done", "end: end_turn"]);
    let EntryBody::Notice { detail, .. } = &entries[4].body else {
        panic!("the end is a notice");
    };
    assert_eq!(detail.as_deref(), Some("thread panicked"));
}

#[tokio::test(start_paused = true)]
async fn a_second_crash_before_a_turn_ended_is_the_persons() {
    let mut world = World::new();
    let (session, mut next) = restarted(&mut world).await;
    opens(&next, Opening::Resumed).await;
    assert!(goes_on(&next.called().await));
    next.says(AgentEvent::PromptWritten).await;
    next.says(text("again")).await;
    next.says(crashes()).await;
    let summary = world.until_failed(&session).await;
    assert_eq!(summary.state, SessionState::Failed { cause: crashed() });
    assert!(world.nobody_was_launched());
    let told = world.told(&session).await;
    let last = told.last().unwrap();
    assert!(last.ends_with("so the next start is yours."), "{told:?}");

    world
        .sessions
        .send(&session, "again".to_owned())
        .await
        .unwrap();
    let mut third = world.launched().await;
    opens(&third, Opening::Resumed).await;
    assert_eq!(third.called().await, Call::Prompt("again".to_owned()));
    third.says(AgentEvent::PromptWritten).await;
    third.says(turn_ends()).await;
    world.until_ready(&session).await;
    // A turn ended: the next crash is answered again.
    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    third.says(text("yes")).await;
    third.says(crashes()).await;
    world.launched().await;
}

#[tokio::test(start_paused = true)]
async fn a_start_that_crashes_too_takes_the_apps_message_back() {
    let mut world = World::new();
    let (session, next) = restarted(&mut world).await;
    next.says(crashes()).await;
    let summary = world.until_failed(&session).await;
    assert!(summary.queue.is_empty(), "it is nobody's prompt");
    assert!(world.store.open_messages_of(&session).is_empty());
    assert!(world.nobody_was_launched());
}

#[tokio::test(start_paused = true)]
async fn the_apps_message_that_may_have_arrived_is_not_the_persons_to_send_again() {
    let mut world = World::new();
    let (session, mut next) = restarted(&mut world).await;
    opens(&next, Opening::Resumed).await;
    assert!(goes_on(&next.called().await));
    next.says(AgentEvent::PromptWritten).await;
    next.says(crashes()).await;
    let summary = world.until_failed(&session).await;
    assert!(summary.queue.is_empty());
    assert!(world.store.open_messages_of(&session).is_empty());
    let told = world.told(&session).await;
    assert!(
        !told.iter().any(|line| line.contains("kept for you")),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_person_queued_comes_after_the_apps_message() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    world
        .sessions
        .send(&session, "next".to_owned())
        .await
        .unwrap();
    agent.says(crashes()).await;
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert!(goes_on(&next.called().await));
    next.says(AgentEvent::PromptWritten).await;
    next.says(turn_ends()).await;
    assert_eq!(next.called().await, Call::Prompt("next".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_was_killed_from_outside_is_started_again_like_one_that_crashed() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    let cause = Some(Cause::Crashed {
        code: None,
        signal: Some(9),
        stderr: String::new(),
    });
    agent.says(AgentEvent::Ended { cause }).await;
    world.launched().await;
    let told = world.told(&session).await;
    assert!(
        told.last().unwrap().contains("killed from outside"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_the_start_that_nobody_asked_for_ends_it_and_its_message() {
    let mut world = World::new();
    let (session, mut next) = restarted(&mut world).await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(next.called().await, Call::Close);
    next.says(ended()).await;
    let stopped = |now: &crate::SessionSummary| now.state == SessionState::Stopped;
    let summary = world.until(&session, stopped).await;
    assert!(summary.queue.is_empty());
    assert!(world.store.open_messages_of(&session).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_closed_place_and_a_stopped_turn_are_not_started_again() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    let sessions = world.sessions.clone();
    let closing = tokio::spawn(async move { sessions.close_place(&WorkspaceId::new("w")).await });
    assert_eq!(agent.called().await, Call::Close);
    agent.says(crashes()).await;
    closing.await.unwrap().unwrap();
    assert_eq!(world.summary(&session).state, SessionState::Stopped);
    assert!(world.nobody_was_launched());

    world.sessions.reopen_place(&WorkspaceId::new("w"));
    let (session, agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    world.sessions.stop_turn(&session).await.unwrap();
    agent.says(crashes()).await;
    world.until_failed(&session).await;
    assert!(world.nobody_was_launched());
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_app_during_the_start_leaves_the_next_one_to_the_person() {
    let mut world = World::new();
    let (session, _next) = restarted(&mut world).await;
    let starts = |now: &crate::SessionSummary| matches!(now.state, SessionState::Starting { .. });
    world.until(&session, starts).await;
    // Reading a page writes what was still gathered.
    world.entries(&session).await;
    assert_eq!(
        world.store.open_messages_of(&session)[0].state,
        MessageState::Queued
    );

    let mut next = World::over(world.store.clone());
    next.sessions.recover().await.unwrap();
    next.open_place(&session).await;
    let cause = Cause::Interrupted;
    assert_eq!(next.summary(&session).state, SessionState::Failed { cause });
    assert!(next.summary(&session).queue.is_empty());
    assert!(next.nobody_was_launched());
    assert!(next.store.open_messages_of(&session).is_empty());
}
