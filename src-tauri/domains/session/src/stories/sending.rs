//! From the person's message to the agent, and what the agent makes of it.

use super::{World, ended, opens, text, tool, turn_ends};
use crate::entry::ToolStatus;
use crate::error::SessionError;
use crate::fakes::Call;
use crate::machine::SessionState;
use crate::port::{AgentEvent, Opening};
use crate::session::{Attachment, MessageState, NewMessage, SessionFact, SessionSummary, Usage};
use kernel::{AgentId, AttachmentId, MessageId, SessionId, WorkspaceId};

#[tokio::test(start_paused = true)]
async fn a_message_starts_the_agent_and_enters_the_transcript_once() {
    let mut world = World::new();
    let session = world.placed().await;
    let sent = "Fix the login\nplease".to_owned();
    let message = world.sessions.send(&session, sent.clone()).await.unwrap();
    let stored = world.store.message(&message).unwrap();
    assert_eq!(stored.text, sent, "a row before anything else");

    let mut agent = world.launched().await;
    assert_eq!(agent.launch.cwd.to_str(), Some("/worktrees/w"));
    assert_eq!(agent.launch.program.id, AgentId::new("practice"));
    assert_eq!(agent.launch.resume, None);
    world
        .until(&session, |now| {
            matches!(now.state, SessionState::Starting { .. })
        })
        .await;
    assert!(
        agent.calls().is_empty(),
        "nothing is said before it is open"
    );

    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt(sent.clone()));
    let row = world.store.session(&session);
    assert!(matches!(row.state, SessionState::Working { .. }));
    assert_eq!(row.turn, 1);
    assert_eq!(row.agent_session.as_deref(), Some("theirs"));
    assert_eq!(
        world.store.message(&message).unwrap().state,
        MessageState::Sending
    );

    agent.says(AgentEvent::PromptWritten).await;
    agent.says(AgentEvent::PromptWritten).await;
    agent.says(AgentEvent::Thought("hm".to_owned())).await;
    agent.says(text("Do")).await;
    agent.says(text("ne.")).await;
    agent.says(turn_ends()).await;
    let summary = world.until_ready(&session).await;
    assert_eq!(
        world.store.message(&message).unwrap().state,
        MessageState::Sent
    );
    assert!(summary.queue.is_empty());
    assert_eq!(summary.title, "Fix the login");
    assert!(summary.turn_ended_at.is_some());
    assert_eq!(summary.activity.as_deref(), Some("Done."));
    let expected = [
        "prompt: Fix the login\nplease",
        "thought: hm",
        "answer: Done.",
        "end: end_turn",
    ];
    assert_eq!(world.told(&session).await, expected);
}

#[tokio::test(start_paused = true)]
async fn messages_wait_for_a_place_and_go_out_when_it_opens() {
    let mut world = World::new();
    let session = world.session().await;
    world
        .sessions
        .send(&session, "one".to_owned())
        .await
        .unwrap();
    world
        .sessions
        .send(&session, "two".to_owned())
        .await
        .unwrap();
    assert!(world.nobody_was_launched());
    assert_eq!(world.summary(&session).queue.len(), 2);
    world.open_place(&session).await;
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("one".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn queued_messages_follow_one_turn_after_the_other_in_their_order() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("one").await;
    for message in ["two", "three"] {
        world
            .sessions
            .send(&session, message.to_owned())
            .await
            .unwrap();
    }
    assert!(agent.calls().is_empty(), "never two prompts in flight");
    for message in ["two", "three"] {
        agent.says(turn_ends()).await;
        assert_eq!(agent.called().await, Call::Prompt(message.to_owned()));
        agent.says(AgentEvent::PromptWritten).await;
    }
    agent.says(turn_ends()).await;
    let summary = world.until_ready(&session).await;
    assert_eq!(summary.turn, 3);
    let told = world.told(&session).await;
    let prompts: Vec<_> = told
        .iter()
        .filter(|line| line.starts_with("prompt"))
        .collect();
    assert_eq!(prompts, ["prompt: one", "prompt: two", "prompt: three"]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_ready_is_used_again() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("one").await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    world
        .sessions
        .send(&session, "two".to_owned())
        .await
        .unwrap();
    assert_eq!(agent.called().await, Call::Prompt("two".to_owned()));
    assert!(world.nobody_was_launched());
}

#[tokio::test(start_paused = true)]
async fn an_empty_message_and_an_unknown_session_are_refused() {
    let world = World::new();
    let session = world.placed().await;
    let empty = world.sessions.send(&session, " \n".to_owned()).await;
    assert!(matches!(empty, Err(SessionError::Empty)));
    let unknown = SessionId::new("unknown");
    let sent = world.sessions.send(&unknown, "x".to_owned()).await;
    assert!(matches!(
        sent,
        Err(SessionError::Unknown { what: "session" })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_message_can_be_taken_back_and_a_sent_one_can_not() {
    let mut world = World::new();
    let session = world.placed().await;
    let first = world
        .sessions
        .send(&session, "one".to_owned())
        .await
        .unwrap();
    let second = world
        .sessions
        .send(&session, "two".to_owned())
        .await
        .unwrap();
    let taken = world.sessions.take_back(&session, &second).await.unwrap();
    assert_eq!(taken, "two");
    assert_eq!(world.store.message(&second), None);
    let agent = world.launched().await;
    opens(&agent, Opening::New).await;
    world
        .until(&session, |now| now.queue[0].state == MessageState::Sending)
        .await;
    let sending = world.sessions.take_back(&session, &first).await;
    assert!(matches!(sending, Err(SessionError::AlreadySent)));
    agent.says(AgentEvent::PromptWritten).await;
    world.until(&session, |now| now.queue.is_empty()).await;
    let sent = world.sessions.take_back(&session, &first).await;
    assert!(matches!(sent, Err(SessionError::AlreadySent)));
    let resent = world.sessions.resend(&session, &first).await;
    assert!(matches!(resent, Err(SessionError::AlreadySent)));
    let unknown = world
        .sessions
        .take_back(&session, &MessageId::new("x"))
        .await;
    assert!(matches!(
        unknown,
        Err(SessionError::Unknown { what: "message" })
    ));
}

#[tokio::test(start_paused = true)]
async fn the_line_of_activity_says_what_the_agent_does() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    for (event, activity) in [
        (AgentEvent::Thought("hm".to_owned()), "Thinking"),
        (
            tool("src/lib.rs", ToolStatus::InProgress),
            "Edit src/lib.rs",
        ),
        (text("Now"), "Writing"),
    ] {
        agent.says(event).await;
        world
            .until(&session, |now| now.activity.as_deref() == Some(activity))
            .await;
    }
    agent.says(turn_ends()).await;
    let summary = world.until_ready(&session).await;
    assert_eq!(
        summary.activity.as_deref(),
        Some("Now"),
        "and what came of it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_was_cut_short_says_so_until_the_next_one() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let reason = "max_tokens".to_owned();
    agent.says(AgentEvent::TurnEnded { reason }).await;
    let summary = world.until_ready(&session).await;
    let said = Some("The answer reached its limit of tokens");
    assert_eq!(summary.activity.as_deref(), said);
    let sent = world.sessions.send(&session, "go on".to_owned()).await;
    sent.unwrap();
    assert_eq!(agent.called().await, Call::Prompt("go on".to_owned()));
    agent.says(turn_ends()).await;
    let ended = |now: &SessionSummary| now.turn == 2 && now.activity.is_none();
    world.until(&session, ended).await;
}

#[tokio::test(start_paused = true)]
async fn the_agent_may_name_the_conversation_and_tell_its_use() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    agent.says(AgentEvent::Title("Login".to_owned())).await;
    let usage = Usage {
        used: 7,
        size: 100,
        cost: Some("0.42 USD".to_owned()),
    };
    agent.says(AgentEvent::Usage(usage.clone())).await;
    let summary = world.until(&session, |now| now.usage.is_some()).await;
    assert_eq!(summary.usage, Some(usage));
    assert_eq!(summary.title, "Login");
    assert_eq!(world.store.session(&session).title, "Login");
}

#[tokio::test(start_paused = true)]
async fn files_are_told_touched_once_for_many_calls_that_end_together() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    world.told(&session).await;
    while world.facts.try_next().is_some() {}
    for n in 0..100 {
        agent
            .says(tool(&n.to_string(), ToolStatus::Completed))
            .await;
    }
    world
        .until(&session, |now| now.activity.as_deref() == Some("Edit 99"))
        .await;
    agent.says(text("so far")).await;
    let mut touched = 0;
    loop {
        match world.facts.next().await.unwrap() {
            SessionFact::FilesTouched(workspace) => {
                assert_eq!(workspace, WorkspaceId::new("w"));
                touched += 1;
            }
            SessionFact::Changed(now) if now.activity.as_deref() == Some("Writing") => break,
            _ => {}
        }
    }
    assert_eq!(touched, 1);
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_starts_again_with_the_next_message_and_resumes() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("one").await;
    world.sessions.end(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    assert!(matches!(
        world.summary(&session).state,
        SessionState::Stopping { .. }
    ));
    world
        .sessions
        .send(&session, "two".to_owned())
        .await
        .unwrap();
    assert!(
        world.nobody_was_launched(),
        "not while the old process lives"
    );
    agent.says(ended()).await;
    let mut next = world.launched().await;
    assert_eq!(next.launch.resume.as_deref(), Some("theirs"));
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("two".to_owned()));
    let told = world.told(&session).await;
    assert_eq!(told[..2], ["prompt: one", "end: cancelled"]);
    assert!(told[2].contains("goes on where"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_can_not_be_read_is_told_to_both() {
    let mut world = World::new();
    let session = world.placed().await;
    let gone = Attachment::Image {
        id: AttachmentId::new("gone"),
        name: "shot.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 3,
    };
    let message = NewMessage {
        attachments: vec![gone],
        ..NewMessage::from("look at this")
    };
    world.sessions.send(&session, message).await.unwrap();
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    let Call::Prompt(prompt) = agent.called().await else {
        panic!("a prompt is due");
    };
    assert!(prompt.contains("[shot.png was to go along"), "{prompt}");
    let told = world.told(&session).await;
    assert!(
        told.iter()
            .any(|line| line.contains("shot.png could not be read")),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_lost_the_conversation_gets_a_digest_that_only_it_sees() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("fix the login").await;
    agent.says(text("It is fixed.")).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    world.sessions.end(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    world
        .until(&session, |now| now.state == SessionState::Stopped)
        .await;

    world
        .sessions
        .send(&session, "and the logout".to_owned())
        .await
        .unwrap();
    let mut next = world.launched().await;
    opens(&next, Opening::Lost).await;
    let Call::Prompt(prompt) = next.called().await else {
        panic!("a prompt is due");
    };
    assert!(
        prompt.contains("Person: fix the login\nYou: It is fixed."),
        "{prompt}"
    );
    assert!(prompt.ends_with("and the logout"));
    next.says(AgentEvent::PromptWritten).await;
    next.says(turn_ends()).await;
    world.until_ready(&session).await;
    let told = world.told(&session).await;
    assert!(told[3].contains("could not resume"), "{told:?}");
    assert_eq!(told[4], "prompt: and the logout");

    world
        .sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap();
    assert_eq!(
        next.called().await,
        Call::Prompt("more".to_owned()),
        "once is enough"
    );
}
