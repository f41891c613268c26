//! Agents that fail, and ending them.

use super::{World, ended, opens, text, turn_ends};
use crate::error::{Cause, SessionError};
use crate::fakes::{Call, FakeAgent};
use crate::machine::SessionState;
use crate::port::{AgentEvent, Opening, ProcessRow};
use crate::session::{Delivery, MessageState, NewMessage};
use kernel::{AgentId, SessionId, WorkspaceId};
use std::time::Duration;

pub(super) fn crashed() -> Cause {
    Cause::Crashed {
        code: Some(101),
        signal: None,
        stderr: "thread panicked".to_owned(),
    }
}

pub(super) fn crashes() -> AgentEvent {
    let cause = Some(crashed());
    AgentEvent::Ended { cause }
}

/// A session whose agent crashed in its first turn, and the process that was told to go on with the conversation.
async fn resuming(world: &mut World) -> (SessionId, FakeAgent) {
    let (session, agent) = world.at_work("go").await;
    agent.says(crashes()).await;
    world.until_failed(&session).await;
    let next = started_again(world, &session).await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
    (session, next)
}

async fn started_again(world: &mut World, session: &SessionId) -> FakeAgent {
    let sent = world.sessions.send(session, "again".to_owned()).await;
    sent.unwrap();
    let agent = world.launched().await;
    world
        .until(session, |now| {
            matches!(now.state, SessionState::Starting { .. })
        })
        .await;
    agent
}

async fn ends_by(world: &mut World, session: &SessionId, agent: &FakeAgent, cause: Cause) {
    agent.says(AgentEvent::Ended { cause: Some(cause) }).await;
    world.until_failed(session).await;
}

#[tokio::test(start_paused = true)]
async fn a_conversation_whose_resume_crashes_is_begun_anew_with_a_digest() {
    let mut world = World::new();
    let (session, agent) = resuming(&mut world).await;
    ends_by(&mut world, &session, &agent, crashed()).await;
    assert_eq!(world.store.session(&session).agent_session, None);

    let mut next = started_again(&mut world, &session).await;
    assert_eq!(next.launch.resume, None);
    opens(&next, Opening::New).await;
    let Call::Prompt(prompt) = next.called().await else {
        panic!("the message that waited goes out");
    };
    assert!(
        prompt.contains("go") && prompt.ends_with("again"),
        "{prompt}"
    );
    let told = world.told(&session).await;
    let notices = told.iter().filter(|line| line.contains("gets a digest"));
    assert_eq!(notices.count(), 1, "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_whose_resume_crashes_at_the_first_prompt_is_begun_anew_too() {
    let mut world = World::new();
    let (session, mut agent) = resuming(&mut world).await;
    opens(&agent, Opening::Resumed).await;
    assert_eq!(agent.called().await, Call::Prompt("again".to_owned()));
    agent.says(AgentEvent::PromptWritten).await;
    ends_by(&mut world, &session, &agent, crashed()).await;
    let next = started_again(&mut world, &session).await;
    assert_eq!(next.launch.resume, None);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_is_not_resumed_in_a_minute_is_begun_anew() {
    let mut world = World::new();
    let (session, mut agent) = resuming(&mut world).await;
    world.until_failed(&session).await;
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    let next = started_again(&mut world, &session).await;
    assert_eq!(next.launch.resume, None);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_did_go_on_is_resumed_again_after_the_next_crash() {
    let mut world = World::new();
    let (_session, mut agent) = resuming(&mut world).await;
    opens(&agent, Opening::Resumed).await;
    assert_eq!(agent.called().await, Call::Prompt("again".to_owned()));
    agent.says(AgentEvent::PromptWritten).await;
    agent.says(text("I remember")).await;
    agent.says(crashes()).await;
    let next = world.launched().await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_conversation_is_kept_when_something_else_than_its_resume_failed() {
    let said = || "no".to_owned();
    let folder = Cause::FolderUnusable {
        path: "/w".to_owned(),
        said: said(),
    };
    for cause in [Cause::SignIn { said: said() }, folder] {
        let mut world = World::new();
        let (session, agent) = resuming(&mut world).await;
        ends_by(&mut world, &session, &agent, cause).await;
        let next = started_again(&mut world, &session).await;
        assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
    }
    // The person stopped the start.
    let mut world = World::new();
    let (session, agent) = resuming(&mut world).await;
    world.sessions.stop_turn(&session).await.unwrap();
    agent.says(crashes()).await;
    world
        .until(&session, |now| now.state == SessionState::Stopped)
        .await;
    let next = started_again(&mut world, &session).await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_came_when_the_agent_was_dead_already_goes_to_the_next_one() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    // It is dead, and nobody knows yet: the prompt goes nowhere.
    let sent = world.sessions.send(&session, "more".to_owned()).await;
    let message = sent.unwrap();
    assert_eq!(agent.called().await, Call::Prompt("more".to_owned()));
    agent.says(crashes()).await;

    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("more".to_owned()));
    next.says(AgentEvent::PromptWritten).await;
    next.says(text("I do")).await;
    next.says(turn_ends()).await;
    world.until_ready(&session).await;
    assert!(world.summary(&session).queue.is_empty());
    let stored = world.store.message(&message).unwrap();
    assert_eq!(stored.state, MessageState::Sent);
    let told = world.told(&session).await;
    let expected = [
        "prompt: go",
        "end: end_turn",
        "notice: The agent ended by itself with exit code 101. It is started again by itself, once, for your message.",
        "notice: The agent goes on where the conversation was.",
        "prompt: more",
        "answer: I do",
        "end: end_turn",
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_no_process_lives_long_enough_to_read_waits_for_the_person() {
    let mut world = World::new();
    let session = world.placed().await;
    let sent = world.sessions.send(&session, "go".to_owned()).await;
    let message = sent.unwrap();
    for opening in [Opening::New, Opening::Resumed] {
        let mut agent = world.launched().await;
        opens(&agent, opening).await;
        assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));
        agent.says(crashes()).await;
    }
    let summary = world.until_failed(&session).await;
    assert!(world.nobody_was_launched(), "it is the person's to decide");
    assert_eq!(summary.queue[0].text, "go");
    assert_eq!(summary.queue[0].state, MessageState::Queued);
    let stored = world.store.message(&message).unwrap();
    assert_eq!(stored.state, MessageState::Queued);
    let told = world.told(&session).await;
    assert!(
        !told.iter().any(|line| line.starts_with("prompt")),
        "{told:?}"
    );

    world.sessions.resend(&session, &message).await.unwrap();
    let mut third = world.launched().await;
    opens(&third, Opening::New).await;
    assert_eq!(third.called().await, Call::Prompt("go".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_stopped_before_it_was_read_is_held() {
    let mut world = World::new();
    let session = world.placed().await;
    let sent = world.sessions.send(&session, "go".to_owned()).await;
    sent.unwrap();
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));
    world.sessions.stop_turn(&session).await.unwrap();
    agent.says(crashes()).await;
    let summary = world.until_failed(&session).await;
    assert_eq!(summary.queue[0].state, MessageState::Held);
    assert!(world.nobody_was_launched());
}

fn did_not_stop() -> AgentEvent {
    let cause = Some(Cause::TurnTimedOut { seconds: 10 });
    AgentEvent::Ended { cause }
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_did_not_stop_and_was_ended_says_so_and_what_was_queued_is_held() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    world
        .sessions
        .send(&session, "next".to_owned())
        .await
        .unwrap();
    agent.says(text("I go")).await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel);
    agent.says(did_not_stop()).await;
    let summary = world.until_failed(&session).await;
    let cause = Cause::TurnTimedOut { seconds: 10 };
    assert_eq!(summary.state, SessionState::Failed { cause });
    assert_eq!(summary.queue[0].state, MessageState::Held);
    assert!(world.nobody_was_launched());
    let told = world.told(&session).await;
    let expected = [
        "prompt: go",
        "answer: I go",
        "end: cancelled",
        "notice: The agent did not stop within 10 s, so its process was ended.",
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_after_a_stop_goes_out_though_the_agent_had_to_be_ended() {
    for steers in [false, true] {
        let mut world = World::new();
        let (session, mut agent) = world.at_work("go").await;
        agent.says(text("I go")).await;
        if !steers {
            world.sessions.stop_turn(&session).await.unwrap();
        }
        let instead = NewMessage {
            delivery: if steers {
                Delivery::Now
            } else {
                Delivery::Queue
            },
            ..NewMessage::from("instead")
        };
        world.sessions.send(&session, instead).await.unwrap();
        assert_eq!(agent.called().await, Call::Cancel);
        agent.says(did_not_stop()).await;
        let mut next = world.launched().await;
        opens(&next, Opening::Resumed).await;
        assert_eq!(next.called().await, Call::Prompt("instead".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_the_agent_did_not_react_to_is_kept_though_it_was_in_the_pipe() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(crashes()).await;
    let summary = world.until_failed(&session).await;
    assert_eq!(summary.queue[0].state, MessageState::Failed);
    let told = world.told(&session).await;
    assert_eq!(told[0], "prompt: go");
    assert!(told[1].contains("may not have arrived"), "{told:?}");

    let message = summary.queue[0].id.clone();
    world.sessions.resend(&session, &message).await.unwrap();
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("go".to_owned()));
    next.says(AgentEvent::PromptWritten).await;
    next.says(text("I go")).await;
    next.says(crashes()).await;
    // It did react, so it is not sent again: what is started by itself goes on with it.
    world.launched().await;
    assert!(
        world
            .told(&session)
            .await
            .contains(&"answer: I go".to_owned())
    );
    let stored = world.store.message(&message).unwrap();
    assert_eq!(stored.state, MessageState::Sent);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_does_not_get_ready_in_a_minute_is_given_up_and_closed() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    let before = tokio::time::Instant::now();
    let summary = world.until_failed(&session).await;
    let waited = before.elapsed();
    assert!(waited >= Duration::from_secs(59) && waited < Duration::from_secs(61));
    let cause = Cause::StartTimedOut { seconds: 60 };
    assert_eq!(summary.state, SessionState::Failed { cause });
    assert_eq!(agent.called().await, Call::Close);
    assert_eq!(summary.queue[0].state, MessageState::Queued);

    opens(&agent, Opening::New).await;
    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    assert!(world.nobody_was_launched(), "the old one is still there");
    agent.says(ended()).await;
    let mut next = world.launched().await;
    assert_eq!(next.launch.resume, None);
    assert!(agent.calls().is_empty(), "a late opening is nothing");
    opens(&next, Opening::New).await;
    assert_eq!(next.called().await, Call::Prompt("go".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_opened_in_time_may_work_for_hours() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_program_is_said_and_the_message_waits() {
    let mut world = World::new();
    let workspace = WorkspaceId::new("w");
    let gone = AgentId::new("gone");
    let session = world
        .sessions
        .create(&workspace, gone, "T".to_owned())
        .await
        .unwrap();
    world.open_place(&session).await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let summary = world.until_failed(&session).await;
    let SessionState::Failed { cause } = &summary.state else {
        panic!("it failed");
    };
    assert!(
        cause.message().contains("gone could not be started"),
        "{cause:?}"
    );
    assert_eq!(summary.queue[0].state, MessageState::Queued);
    assert_eq!(world.store.session(&session).state, summary.state);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refuses_leaves_the_process_for_the_next_message() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let said = "limit reached".to_owned();
    agent
        .says(AgentEvent::TurnFailed(Cause::Quota { said }))
        .await;
    world.until_failed(&session).await;
    world
        .sessions
        .send(&session, "again".to_owned())
        .await
        .unwrap();
    assert_eq!(agent.called().await, Call::Prompt("again".to_owned()));
    assert!(world.nobody_was_launched());
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_not_signed_in_is_closed_and_started_anew() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let said = "run login".to_owned();
    agent
        .says(AgentEvent::TurnFailed(Cause::SignIn { said }))
        .await;
    world.until_failed(&session).await;
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    world
        .sessions
        .send(&session, "again".to_owned())
        .await
        .unwrap();
    world.launched().await;
}

#[tokio::test(start_paused = true)]
async fn an_adapter_that_breaks_down_counts_as_a_crash() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    drop(agent);
    let summary = world.until_failed(&session).await;
    let SessionState::Failed { cause } = summary.state else {
        panic!("it failed");
    };
    assert!(matches!(cause, Cause::Crashed { .. }));
}

#[tokio::test(start_paused = true)]
async fn closing_a_place_waits_for_its_agents_and_keeps_the_queue() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    world
        .sessions
        .send(&session, "next".to_owned())
        .await
        .unwrap();
    let sessions = world.sessions.clone();
    let closing = tokio::spawn(async move { sessions.close_place(&WorkspaceId::new("w")).await });
    assert_eq!(agent.called().await, Call::Close);
    assert!(!closing.is_finished());
    agent.says(text("last words")).await;
    agent.says(ended()).await;
    closing.await.unwrap().unwrap();
    let summary = world.summary(&session);
    assert_eq!(summary.state, SessionState::Stopped);
    assert_eq!(summary.queue[0].state, MessageState::Queued);
    let told = world.told(&session).await;
    assert_eq!(told, ["prompt: go", "answer: last words", "end: cancelled"]);

    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    assert!(world.nobody_was_launched(), "there is no place to work in");
    world.sessions.reopen_place(&WorkspaceId::new("w"));
    world.open_place(&session).await;
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("next".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn nobody_starts_in_a_place_that_is_being_closed() {
    let mut world = World::new();
    let (_session, mut agent) = world.at_work("go").await;
    let sessions = world.sessions.clone();
    let workspace = WorkspaceId::new("w");
    let closing = tokio::spawn(async move { sessions.close_place(&WorkspaceId::new("w")).await });
    assert_eq!(agent.called().await, Call::Close);
    // While the agent takes its time to end, the person begins another conversation.
    let other = world.placed().await;
    let sent = world.sessions.send(&other, "me too".to_owned());
    sent.await.unwrap();
    agent.says(ended()).await;
    closing.await.unwrap().unwrap();
    world.entries(&other).await;
    assert!(world.nobody_was_launched());
    assert_eq!(
        world.summary(&other).queue[0].state,
        MessageState::Queued,
        "it is kept for when the place is there again"
    );
    world.sessions.reopen_place(&workspace);
    world.open_place(&other).await;
    let mut next = world.launched().await;
    opens(&next, Opening::New).await;
    assert_eq!(next.called().await, Call::Prompt("me too".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn closing_a_place_without_agents_is_done_at_once_and_concerns_no_other() {
    let mut world = World::new();
    let (working, mut agent) = world.at_work("go").await;
    world
        .sessions
        .close_place(&WorkspaceId::new("other"))
        .await
        .unwrap();
    assert!(agent.calls().is_empty());
    assert!(matches!(
        world.summary(&working).state,
        SessionState::Working { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_does_not_end_is_said_after_fifteen_seconds() {
    let mut world = World::new();
    let (_session, _agent) = world.at_work("go").await;
    let before = tokio::time::Instant::now();
    let closed = world.sessions.close_place(&WorkspaceId::new("w")).await;
    assert!(matches!(closed, Err(SessionError::StillRunning)));
    assert!(before.elapsed() >= Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn shutting_down_ends_all_agents_and_then_nothing_can_be_asked() {
    let mut world = World::new();
    let (one, mut first) = world.at_work("go").await;
    let (two, mut second) = world.at_work("go").await;
    let idle = world.placed().await;
    let sessions = world.sessions.clone();
    let leaving = tokio::spawn(async move { sessions.shutdown().await });
    for agent in [&mut first, &mut second] {
        assert_eq!(agent.called().await, Call::Close);
    }
    assert!(!leaving.is_finished());
    first.says(ended()).await;
    second.says(ended()).await;
    leaving.await.unwrap();
    for session in [one, two, idle] {
        assert_eq!(world.store.session(&session).state, SessionState::Stopped);
        let sent = world.sessions.send(&session, "more".to_owned()).await;
        assert!(matches!(sent, Err(SessionError::Closing)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_sessions_of_a_workspace_that_is_gone_are_ended_and_forgotten() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let process = ProcessRow {
        pid: 42,
        began: 7,
        tag: "0123456789abcdef/s".to_owned(),
    };
    agent.says(AgentEvent::Started(process.clone())).await;
    // A page comes after what was heard before it.
    while world.store.processes().is_empty() {
        world.entries(&session).await;
    }
    world.sessions.forget(&WorkspaceId::new("other"));
    assert_eq!(world.sessions.summaries().len(), 1);
    world.sessions.forget(&WorkspaceId::new("w"));
    assert_eq!(agent.called().await, Call::Close);
    assert!(world.sessions.summaries().is_empty());
    let sent = world.sessions.send(&session, "more".to_owned()).await;
    assert!(matches!(
        sent,
        Err(SessionError::Unknown { what: "session" })
    ));
    assert_eq!(world.sessions.live_agents(), 1, "it has not ended");
    assert_eq!(world.store.processes(), [process]);
    agent.says(ended()).await;
    while world.sessions.live_agents() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.store.processes(), []);
}
