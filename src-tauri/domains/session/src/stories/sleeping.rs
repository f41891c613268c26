//! Idle agents sleep and wake, and no more live than may.

use super::{World, asks, ended, opens, text, turn_ends};
use crate::error::SessionError;
use crate::fakes::{Call, FakeAgent};
use crate::machine::SessionState;
use crate::port::{AgentEvent, Memory, Opening, ProcessRow};
use crate::{Limits, SessionSummary};
use kernel::{SessionId, WorkspaceId};
use std::time::Duration;

fn is_asleep(now: &SessionSummary) -> bool {
    now.state == SessionState::Asleep
}

fn waits(now: &SessionSummary) -> bool {
    matches!(now.state, SessionState::Waiting { .. })
}

/// At most so many agents, which sleep only when they must.
fn at_most(live_agents: u32) -> Limits {
    Limits {
        live_agents,
        sleep_after: None,
        ..Limits::default()
    }
}

impl World {
    /// A session whose turn ended.
    async fn idle(&mut self) -> (SessionId, FakeAgent) {
        let (session, agent) = self.at_work("go").await;
        agent.says(turn_ends()).await;
        self.until_ready(&session).await;
        (session, agent)
    }

    /// A session with a message that can't go out.
    async fn waiting(&mut self) -> SessionId {
        let session = self.placed().await;
        self.sessions.send(&session, "go".to_owned()).await.unwrap();
        self.until(&session, waits).await;
        session
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_agent_sleeps_when_its_time_is_up_and_wakes_with_the_next_message() {
    let mut world = World::new();
    let (session, mut agent) = world.idle().await;
    world.pass(Duration::from_secs(14 * 60));
    world.sessions.put_idle_to_sleep();
    world.entries(&session).await;
    assert!(agent.calls().is_empty());
    world.pass(Duration::from_secs(60));
    world.sessions.put_idle_to_sleep();
    assert_eq!(agent.called().await, Call::Close);
    world.until(&session, is_asleep).await;
    agent.says(ended()).await;

    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    let mut next = world.launched().await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("more".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_while_it_falls_asleep_starts_the_next_process_after_it() {
    let mut world = World::new();
    let (session, mut agent) = world.idle().await;
    world.sessions.sleep(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    assert!(world.nobody_was_launched(), "the old one is still there");
    agent.says(ended()).await;
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("more".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_needed_does_not_sleep() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    agent.says(asks("write")).await;
    world.until(&session, |now| !now.pending.is_empty()).await;
    world.pass(Duration::from_secs(3600));
    world.sessions.put_idle_to_sleep();
    let refused = world.sessions.sleep(&session).await;
    assert!(matches!(refused, Err(SessionError::Busy)));
    assert!(agent.calls().is_empty());
    let stopped = world.placed().await;
    world.sessions.sleep(&stopped).await.unwrap();
    assert_eq!(world.summary(&stopped).state, SessionState::Stopped);
}

#[tokio::test(start_paused = true)]
async fn short_memory_puts_one_to_sleep_at_a_time_the_longest_idle_first() {
    let mut world = World::new();
    let (first, mut one) = world.idle().await;
    let (second, mut two) = world.idle().await;
    world.sessions.put_idle_to_sleep();
    world.memory.is(Memory {
        total: 16 << 30,
        available: 1 << 30,
    });
    world.sessions.put_idle_to_sleep();
    assert_eq!(one.called().await, Call::Close);
    one.says(ended()).await;
    world.until(&first, is_asleep).await;
    assert!(two.calls().is_empty());
    world.sessions.put_idle_to_sleep();
    assert_eq!(two.called().await, Call::Close);
    world.until(&second, is_asleep).await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_and_a_quit_find_a_sleeping_session_asleep() {
    let mut world = World::new();
    let (session, agent) = world.idle().await;
    world.sessions.sleep(&session).await.unwrap();
    // Just falling asleep counts as asleep too.
    let next = World::over(world.store.clone());
    assert!(next.sessions.recover().await.unwrap().is_empty());
    assert_eq!(next.summary(&session).state, SessionState::Asleep);
    assert_eq!(
        next.store.session(&session).agent_session.as_deref(),
        Some("theirs")
    );

    agent.says(ended()).await;
    world.sessions.shutdown().await;
    assert_eq!(world.store.session(&session).state, SessionState::Asleep);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_failed_is_put_to_sleep_and_the_failure_stays_to_be_seen() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let said = "limit reached".to_owned();
    let cause = crate::Cause::Quota { said };
    agent.says(AgentEvent::TurnFailed(cause)).await;
    let failed = world.until_failed(&session).await;
    world.sessions.sleep(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    world.sessions.shutdown().await;
    assert_eq!(world.store.session(&session).state, failed.state);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_limit_the_longest_idle_one_makes_room() {
    let mut world = World::new();
    world.sessions.set_limits(at_most(2));
    let (first, mut one) = world.idle().await;
    let (_second, mut two) = world.idle().await;
    let third = world.waiting().await;
    assert_eq!(one.called().await, Call::Close);
    world.until(&first, is_asleep).await;
    assert!(world.nobody_was_launched(), "its process is still there");
    assert!(two.calls().is_empty());
    one.says(ended()).await;
    let mut next = world.launched().await;
    assert_eq!(next.launch.session, third);
    opens(&next, Opening::New).await;
    assert_eq!(next.called().await, Call::Prompt("go".to_owned()));
    assert_eq!(world.sessions.live_agents(), 2);
}

#[tokio::test(start_paused = true)]
async fn where_all_work_the_next_ones_wait_in_order_and_go_on_by_themselves() {
    let mut world = World::new();
    world.sessions.set_limits(at_most(1));
    let (_first, mut one) = world.at_work("go").await;
    let second = world.waiting().await;
    let third = world.waiting().await;
    let SessionState::Waiting { why } = world.summary(&third).state else {
        panic!("it waits");
    };
    assert_eq!(why, "1 agent is live, the limit is 1");
    assert!(one.calls().is_empty(), "nobody who works is disturbed");
    one.says(turn_ends()).await;
    assert_eq!(one.called().await, Call::Close);
    one.says(ended()).await;
    let next = world.launched().await;
    assert_eq!(next.launch.session, second);
    opens(&next, Opening::New).await;
    world.sessions.set_limits(at_most(2));
    assert_eq!(world.launched().await.launch.session, third);
}

#[tokio::test(start_paused = true)]
async fn who_waits_can_be_stopped_ended_and_taken_back_and_makes_room_for_the_next() {
    let mut world = World::new();
    world.sessions.set_limits(at_most(1));
    let (_first, one) = world.at_work("go").await;
    let (stopped, taken_back) = (world.waiting().await, world.waiting().await);
    let (ended_one, closed, last) = (
        world.waiting().await,
        world.waiting().await,
        world.waiting().await,
    );
    world.sessions.stop_turn(&stopped).await.unwrap();
    world.sessions.end(&ended_one).await.unwrap();
    world.sessions.close(&closed).await.unwrap();
    let message = world.summary(&taken_back).queue[0].id.clone();
    world
        .sessions
        .take_back(&taken_back, &message)
        .await
        .unwrap();
    for session in [stopped, ended_one, closed, taken_back] {
        let rests = |now: &SessionSummary| now.state == SessionState::Stopped;
        world.until(&session, rests).await;
    }
    one.says(turn_ends()).await;
    one.says(ended()).await;
    assert_eq!(world.launched().await.launch.session, last);
}

/// A full house, and a session that waits in it.
async fn full() -> (World, FakeAgent, SessionId) {
    let mut world = World::new();
    world.sessions.set_limits(at_most(1));
    let (_first, agent) = world.at_work("go").await;
    let session = world.waiting().await;
    (world, agent, session)
}

/// Another run of the app, in which the session goes on.
async fn goes_on(world: &World, session: &SessionId) {
    let mut next = World::over(world.store.clone());
    next.sessions.recover().await.unwrap();
    assert_eq!(next.summary(session).state, SessionState::Stopped);
    next.open_place(session).await;
    assert_eq!(next.launched().await.launch.session, *session);
}

#[tokio::test(start_paused = true)]
async fn quitting_while_one_waits_keeps_its_message_for_the_next_start() {
    let (mut world, mut agent, session) = full().await;
    let sessions = world.sessions.clone();
    let leaving = tokio::spawn(async move { sessions.shutdown().await });
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    leaving.await.unwrap();
    assert!(world.nobody_was_launched());
    goes_on(&world, &session).await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_while_one_waits_keeps_its_message_for_the_next_start() {
    let (world, _agent, session) = full().await;
    assert!(waits_in_its_row(&world, &session));
    goes_on(&world, &session).await;
}

fn waits_in_its_row(world: &World, session: &SessionId) -> bool {
    matches!(
        world.store.session(session).state,
        SessionState::Waiting { .. }
    )
}

#[tokio::test(start_paused = true)]
async fn however_an_agent_ends_its_seat_is_free_again() {
    let mut world = World::new();
    world.sessions.set_limits(at_most(1));
    for nth in 0..6 {
        let (session, mut agent) = world.at_work("go").await;
        match nth {
            // Crashes before it reacted.
            0 => drop(agent),
            // Crashes twice.
            1 => {
                agent.says(text("I am")).await;
                drop(agent);
                drop(world.launched().await);
            }
            2 => {
                world.sessions.end(&session).await.unwrap();
                agent.says(ended()).await;
            }
            3 => {
                let said = "no".to_owned();
                let cause = crate::Cause::SignIn { said };
                agent.says(AgentEvent::TurnFailed(cause)).await;
                assert_eq!(agent.called().await, Call::Close);
                agent.says(ended()).await;
            }
            4 => {
                agent.says(turn_ends()).await;
                world.until_ready(&session).await;
                drop(agent);
            }
            _ => {
                world.sessions.forget(&WorkspaceId::new("w"));
                agent.says(ended()).await;
            }
        }
        while world.sessions.live_agents() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_is_in_the_ledger_as_long_as_it_runs() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    let row = ProcessRow {
        pid: 42,
        began: 7,
        tag: "0123456789abcdef/s".to_owned(),
    };
    agent.says(AgentEvent::Started(row.clone())).await;
    opens(&agent, Opening::New).await;
    agent.called().await;
    assert_eq!(world.store.processes(), [row]);
    world.sessions.end(&session).await.unwrap();
    agent.says(ended()).await;
    let rests = |now: &SessionSummary| now.state == SessionState::Stopped;
    world.until(&session, rests).await;
    assert!(world.store.processes().is_empty());
}
