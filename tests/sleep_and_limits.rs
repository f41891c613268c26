//! Many agents, little memory, and crashes: who lives, who sleeps, who waits, and who starts again by itself.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use kernel::WorkspaceId;
use session::port::{AgentEvent, Memory};
use session::{Cause, EntryBody, Limits, SessionError};
use snapshot::{Card, Column, Need, Reason, Run};
use std::sync::Arc;
use std::time::Duration;
use tests::agents::{SteeredAgent, Told};
use tests::app::App;
use tests::telling::has;

/// At most so many agents, which sleep only when they must.
fn at_most(app: &App, live_agents: u32) {
    app.flows.rooms().sessions.set_limits(Limits {
        live_agents,
        sleep_after: None,
        ..Limits::default()
    });
}

/// A workspace of the project, and its agent at work on the prompt.
async fn at_work(app: &App, nth: usize) -> (WorkspaceId, Arc<SteeredAgent>) {
    let id = one_more(app, "Work").await;
    let agent = app.agents.started(nth).await;
    agent.told_times(1).await;
    (id, agent)
}

async fn one_more(app: &App, prompt: &str) -> WorkspaceId {
    let projects = app.flows.rooms().projects.list().await.unwrap();
    let project = match projects.first() {
        Some(project) => project.id.clone(),
        None => app.add_project().await,
    };
    app.create(&project, prompt, None).await.unwrap()
}

fn ends_its_turn(agent: &SteeredAgent) {
    agent.does(AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    });
}

fn crashes(agent: &SteeredAgent) {
    agent.does(AgentEvent::Text("I was".into()));
    agent.does(AgentEvent::Ended {
        cause: Some(Cause::Crashed {
            code: Some(101),
            signal: None,
            stderr: String::new(),
        }),
    });
}

fn is_asleep(card: &Card) -> bool {
    card.sessions[0].run == Run::Asleep
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_a_turn_is_answered_by_one_start_and_the_second_is_the_persons() {
    let app = App::start().await;
    let (id, agent) = at_work(&app, 1).await;
    crashes(&agent);
    let next = app.agents.started(2).await;
    assert_eq!(next.launch.resume.as_deref(), Some("conversation-1"));
    let Told::Prompt(words) = next.told_times(1).await else {
        panic!("it is told to go on");
    };
    assert!(
        words.contains("Look at what was done and go on."),
        "{words}"
    );
    let card = app.flows.snapshot().card(&id).unwrap();
    assert_eq!(card.status.need, Need::No, "nobody is called for it");

    crashes(&next);
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    assert_eq!(
        (card.sessions[0].queued, card.sessions[0].undelivered),
        (0, 0)
    );
    assert_eq!(app.agents.count(), 2);
    let entries = app.transcript(&app.session(&id)).await;
    let own = entries
        .iter()
        .filter(|entry| matches!(&entry.body, EntryBody::Prompt { text, .. } if *text == words));
    assert_eq!(own.count(), 1);
    assert!(has(&entries, "It is started again by itself, once"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_put_to_sleep_wakes_with_its_conversation_also_after_a_restart() {
    let app = App::start().await;
    let (id, agent) = at_work(&app, 1).await;
    let session = app.session(&id);
    let sessions = app.flows.rooms().sessions.clone();
    let refused = sessions.sleep(&session).await;
    assert!(matches!(refused, Err(SessionError::Busy)));
    ends_its_turn(&agent);
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    sessions.sleep(&session).await.unwrap();
    assert_eq!(agent.told_times(2).await, Told::Close);
    app.card(&id, is_asleep).await;

    let app = app.restart().await;
    let card = app.card(&id, is_asleep).await;
    assert_eq!(
        card.status.reason,
        Reason::TurnFinished,
        "asleep is at rest"
    );
    let sessions = &app.flows.rooms().sessions;
    sessions.send(&session, "more".to_owned()).await.unwrap();
    let agent = app.agents.started(1).await;
    assert_eq!(agent.launch.resume.as_deref(), Some("conversation-1"));
    assert_eq!(agent.told_times(1).await, Told::Prompt("more".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_four_sessions_two_live_and_the_others_go_on_by_themselves() {
    let app = App::start().await;
    at_most(&app, 2);
    let (first, one) = at_work(&app, 1).await;
    let (_second, _two) = at_work(&app, 2).await;
    let third = one_more(&app, "third").await;
    let is_queued = |card: &Card| card.status.reason == Reason::Queued;
    let card = app.card(&third, is_queued).await;
    assert_eq!(card.status.column, Some(Column::Working));
    assert_eq!(card.status.need, Need::No);
    assert_eq!(
        card.status.detail.as_deref(),
        Some("2 agents are live, the limit is 2")
    );
    let fourth = one_more(&app, "fourth").await;
    app.card(&fourth, is_queued).await;

    // One that is idle makes room by itself.
    ends_its_turn(&one);
    let next = app.agents.started(3).await;
    assert_eq!(next.launch.session, app.session(&third));
    app.card(&first, is_asleep).await;
    // And the limit can be raised at any time.
    at_most(&app, 3);
    let next = app.agents.started(4).await;
    assert_eq!(next.launch.session, app.session(&fourth));
    assert_eq!(next.told_times(1).await, Told::Prompt("fourth".into()));
    assert_eq!(app.flows.rooms().sessions.live_agents(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quit_while_one_waits_keeps_its_prompt_for_the_next_start() {
    let app = App::start().await;
    at_most(&app, 1);
    let (_first, _agent) = at_work(&app, 1).await;
    let second = one_more(&app, "second").await;
    app.card(&second, |card| card.status.reason == Reason::Queued)
        .await;
    let app = app.restart().await;
    let agent = app.agents.started(1).await;
    assert_eq!(agent.launch.session, app.session(&second));
    assert_eq!(agent.told_times(1).await, Told::Prompt("second".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn short_memory_puts_the_idle_to_sleep_and_leaves_who_works() {
    let app = App::start().await;
    let (first, one) = at_work(&app, 1).await;
    let (second, _two) = at_work(&app, 2).await;
    ends_its_turn(&one);
    app.card(&first, |card| card.status.reason == Reason::TurnFinished)
        .await;
    app.memory.is(Memory {
        total: 16 << 30,
        available: 1 << 30,
    });
    app.flows.rooms().sessions.put_idle_to_sleep();
    app.card(&first, is_asleep).await;
    app.flows.rooms().sessions.put_idle_to_sleep();
    let card = app.flows.snapshot().card(&second).unwrap();
    assert_eq!(card.sessions[0].run, Run::Working);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_agent_is_told_on_its_card_and_calls_for_nobody() {
    let app = App::start().await;
    let (id, agent) = at_work(&app, 1).await;
    app.flows.rooms().sessions.set_limits(Limits {
        quiet_after: Duration::from_millis(50),
        ..Limits::default()
    });
    let card = app.card(&id, |card| card.sessions[0].quiet.is_some()).await;
    assert_eq!(card.status.reason, Reason::AgentWorking);
    assert_eq!(card.status.need, Need::No);
    app.flows.rooms().sessions.set_limits(Limits::default());
    agent.does(AgentEvent::Text("Here I am".into()));
    app.card(&id, |card| card.sessions[0].quiet.is_none()).await;
    assert!(!agent.told().contains(&Told::Close));
}
