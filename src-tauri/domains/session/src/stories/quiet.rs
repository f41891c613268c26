//! Silence of a working agent: said after a while with its likely cause, never ended, over with any sign of life.

use super::{World, asks, text, tool, turn_ends};
use crate::entry::ToolStatus;
use crate::fakes::FakeAgent;
use crate::port::{AgentEvent, ToolPatch};
use crate::session::{Answer, Quiet};
use crate::{Limits, ToolKind};
use kernel::SessionId;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);

async fn until_quiet(world: &mut World, session: &SessionId) -> Quiet {
    let summary = world.until(session, |now| now.quiet.is_some()).await;
    summary.quiet.unwrap()
}

async fn is_over(world: &mut World, session: &SessionId) {
    world.until(session, |now| now.quiet.is_none()).await;
}

fn calls_nothing(agent: &mut FakeAgent) -> bool {
    agent.calls().is_empty()
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_says_nothing_to_a_prompt_is_quiet_after_ten_minutes_and_lives_on() {
    let mut world = World::new();
    let before = Instant::now();
    let (session, mut agent) = world.at_work("go").await;
    let quiet = until_quiet(&mut world, &session).await;
    assert_eq!(before.elapsed().as_secs() / 60, 10);
    assert!(quiet.likely.contains("retrying after a limit"), "{quiet:?}");
    sleep(100 * MINUTE).await;
    assert!(calls_nothing(&mut agent));
    agent.says(text("here I am")).await;
    is_over(&mut world, &session).await;
    assert_eq!(
        until_quiet(&mut world, &session).await.likely,
        "The model may be thinking, or its connection hangs."
    );
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    is_over(&mut world, &session).await;
    sleep(100 * MINUTE).await;
    assert_eq!(
        world.summary(&session).quiet,
        None,
        "an idle agent may be silent"
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_that_runs_is_the_likely_cause() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(tool("a", ToolStatus::Completed)).await;
    let command = ToolPatch {
        call: "b".to_owned(),
        tool: Some(ToolKind::Execute),
        title: Some("cargo test".to_owned()),
        status: Some(ToolStatus::InProgress),
        ..ToolPatch::default()
    };
    agent.says(AgentEvent::Tool(command)).await;
    let quiet = until_quiet(&mut world, &session).await;
    assert_eq!(quiet.likely, "\"cargo test\" has been running since.");
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_waits_for_the_person_is_not_quiet() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(asks("write")).await;
    let summary = world.until(&session, |now| !now.pending.is_empty()).await;
    sleep(25 * MINUTE).await;
    assert_eq!(world.summary(&session).quiet, None);
    let request = summary.pending[0].id.clone();
    let id = "yes".to_owned();
    let answer = Answer::Option { id };
    world
        .sessions
        .answer(&session, &request, answer)
        .await
        .unwrap();
    let answered = Instant::now();
    until_quiet(&mut world, &session).await;
    assert!(answered.elapsed() >= 10 * MINUTE);
}

#[tokio::test(start_paused = true)]
async fn the_limit_can_be_changed_while_it_runs() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(text("I am")).await;
    sleep(5 * MINUTE).await;
    let limits = |minutes: u32| Limits {
        quiet_after: minutes * MINUTE,
        ..Limits::default()
    };
    world.sessions.set_limits(limits(4));
    until_quiet(&mut world, &session).await;
    world.sessions.set_limits(limits(30));
    is_over(&mut world, &session).await;
}
