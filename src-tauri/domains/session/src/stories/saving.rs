//! Stored first, then told; and full disks.

use super::{World, opens, text, tool, turn_ends};
use crate::entry::{Entry, EntryBody, ToolStatus};
use crate::error::{Cause, SessionError};
use crate::fakes::Call;
use crate::port::{AgentEvent, Opening, SessionStore};
use crate::session::{MessageState, SessionFact, TranscriptChange};
use kernel::SessionId;
use std::collections::BTreeMap;
use std::time::Duration;

/// Follows a transcript as the window does.
#[derive(Default)]
struct Follower {
    entries: BTreeMap<u32, Entry>,
}

impl Follower {
    fn follow(&mut self, changes: Vec<TranscriptChange>) {
        for change in changes {
            match change {
                TranscriptChange::Put { entry } => {
                    self.entries.insert(entry.ordinal, entry);
                }
                TranscriptChange::Append { entry: id, text } => {
                    let entry = self.entries.values_mut().find(|entry| entry.id == id);
                    match &mut entry.unwrap().body {
                        EntryBody::Answer { text: old } | EntryBody::Thought { text: old } => {
                            old.push_str(&text);
                        }
                        other => panic!("{other:?} does not grow"),
                    }
                }
            }
        }
    }

    fn bodies(&self) -> Vec<EntryBody> {
        let entries = self.entries.values();
        entries.map(|entry| entry.body.clone()).collect()
    }
}

fn stored(world: &World, session: &SessionId) -> Vec<EntryBody> {
    let entries = world.store.entries(session, None, u32::MAX).unwrap();
    entries.into_iter().map(|entry| entry.body).collect()
}

#[tokio::test(start_paused = true)]
async fn a_page_and_what_is_told_after_it_hold_every_change_once() {
    let mut world = World::new();
    let mut all_facts = world.sessions.listen();
    let (session, agent) = world.at_work("go").await;
    let stream = tokio::spawn(async move {
        for n in 0..3_000 {
            agent.says(text(&format!("{n} "))).await;
            if n % 7 == 0 {
                agent
                    .says(tool(&n.to_string(), ToolStatus::InProgress))
                    .await;
                agent
                    .says(tool(&n.to_string(), ToolStatus::Completed))
                    .await;
            }
            if n % 50 == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        agent.says(turn_ends()).await;
        agent
    });
    let mut whole = Follower::default();
    let mut next = 1;
    for wait in [0, 30, 333] {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let mut facts = world.sessions.listen();
        let page = world
            .sessions
            .entries(&session, None, 10_000)
            .await
            .unwrap();
        let mut late = Follower::default();
        late.follow(
            page.entries
                .into_iter()
                .map(|entry| TranscriptChange::Put { entry })
                .collect(),
        );
        // Some of what is told is on the page already.
        tokio::time::sleep(Duration::from_millis(100)).await;
        while let Some(fact) = facts.try_next() {
            if let SessionFact::Transcript {
                revision, changes, ..
            } = fact
                && revision > page.revision
            {
                late.follow(changes);
            }
        }
        while let Some(fact) = all_facts.try_next() {
            if let SessionFact::Transcript {
                revision, changes, ..
            } = fact
            {
                assert_eq!(revision, next, "revisions have no gaps");
                next += 1;
                whole.follow(changes);
            }
        }
        assert_eq!(late.bodies(), whole.bodies());
    }
    let _agent = stream.await.unwrap();
    world.until_ready(&session).await;
    assert!(next > 3, "it was told in batches");
    assert!(stored(&world, &session).len() > 800);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_is_stored_already() {
    let mut world = World::new();
    let mut all_facts = world.sessions.listen();
    let (session, agent) = world.at_work("go").await;
    agent.says(text("one ")).await;
    let mut follower = Follower::default();
    let mut words = 0;
    while words < 5 {
        if let SessionFact::Transcript { changes, .. } = all_facts.next().await.unwrap() {
            follower.follow(changes);
            assert_eq!(follower.bodies(), stored(&world, &session));
            agent.says(text("more ")).await;
            words += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_written_at_most_every_fifty_milliseconds() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    world.told(&session).await;
    while world.facts.try_next().is_some() {}
    for n in 0..100 {
        agent.says(text(&format!("{n} "))).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.told(&session).await;
    let mut batches = 0;
    while let Some(fact) = world.facts.try_next() {
        batches += u32::from(matches!(fact, SessionFact::Transcript { .. }));
    }
    assert!(
        (15..=21).contains(&batches),
        "{batches} batches in a second"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_says_whether_there_are_older_entries() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    for n in 0..9 {
        agent
            .says(tool(&n.to_string(), ToolStatus::Completed))
            .await;
    }
    world
        .until(&session, |now| now.activity.as_deref() == Some("Edit 8"))
        .await;
    let newest = world.sessions.entries(&session, None, 4).await.unwrap();
    let places: Vec<u32> = newest.entries.iter().map(|entry| entry.ordinal).collect();
    assert_eq!((places, newest.more), (vec![6, 7, 8, 9], true));
    let oldest = world.sessions.entries(&session, Some(6), 6).await.unwrap();
    assert_eq!((oldest.entries.len(), oldest.more), (6, false));
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_loses_nothing_is_said_and_passes() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    world.told(&session).await;
    world.store.fill_disk(true);
    agent.says(text("while it was full")).await;
    let is_told =
        |activity: Option<&str>| activity.is_some_and(|line| line.contains("disk is full"));
    world
        .until(&session, |now| is_told(now.activity.as_deref()))
        .await;
    agent.says(text(" and after")).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    assert_eq!(world.told(&session).await, ["prompt: go"]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    world.store.fill_disk(false);
    world
        .until(&session, |now| !is_told(now.activity.as_deref()))
        .await;
    let told = world.told(&session).await;
    assert_eq!(told[1], "answer: while it was full");
    let notices = told
        .iter()
        .filter(|line| line.contains("could not be saved"));
    assert_eq!(notices.count(), 1, "{told:?}");
    assert!(told.contains(&"answer:  and after".to_owned()), "{told:?}");
    assert!(told.contains(&"end: end_turn".to_owned()), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_row_cannot_be_written_is_refused() {
    let world = World::new();
    let session = world.placed().await;
    world.store.fill_disk(true);
    let sent = world.sessions.send(&session, "go".to_owned()).await;
    assert!(matches!(sent, Err(SessionError::Store(_))));
    assert!(world.summary(&session).queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_queued_message_goes_out_only_once_its_row_says_so() {
    let mut world = World::new();
    let session = world.placed().await;
    let message = world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    world.store.fill_disk(true);
    opens(&agent, Opening::New).await;
    world.until(&session, |now| now.activity.is_some()).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(agent.calls().is_empty());
    assert_eq!(
        world.store.message(&message).unwrap().state,
        MessageState::Queued
    );
    world.store.fill_disk(false);
    assert_eq!(agent.called().await, Call::Prompt("go".to_owned()));
    assert_eq!(
        world.store.message(&message).unwrap().state,
        MessageState::Sending
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_for_the_disk_goes_out_whatever_wrote_first_when_there_is_room() {
    let mut world = World::new();
    let session = world.placed().await;
    world
        .sessions
        .send(&session, "go".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    world.store.fill_disk(true);
    opens(&agent, Opening::New).await;
    world
        .until(&session, |now| {
            let activity = now.activity.as_deref().unwrap_or_default();
            activity.contains("Not saved")
        })
        .await;
    world.store.fill_disk(false);
    // Somebody reads before the next try: that writes all there is.
    world.told(&session).await;
    let prompted = tokio::time::timeout(Duration::from_secs(60), agent.called());
    assert_eq!(prompted.await, Ok(Call::Prompt("go".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_was_delivered_during_a_full_disk_is_written_once_and_before_the_next() {
    let mut world = World::new();
    let session = world.placed().await;
    let first = world
        .sessions
        .send(&session, "one".to_owned())
        .await
        .unwrap();
    world
        .sessions
        .send(&session, "two".to_owned())
        .await
        .unwrap();
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    assert_eq!(agent.called().await, Call::Prompt("one".to_owned()));
    world.store.fill_disk(true);
    agent.says(AgentEvent::PromptWritten).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(agent.calls().is_empty(), "the next one waits");
    world.store.fill_disk(false);
    assert_eq!(agent.called().await, Call::Prompt("two".to_owned()));
    assert_eq!(
        world.store.message(&first).unwrap().state,
        MessageState::Sent
    );
    let told = world.told(&session).await;
    assert_eq!(told[0], "prompt: one");
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_failed_agent_is_heard_also_while_nothing_can_be_written() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let said = "who are you".to_owned();
    agent
        .says(AgentEvent::TurnFailed(Cause::SignIn { said }))
        .await;
    assert_eq!(agent.called().await, Call::Close);
    world.told(&session).await;
    world.store.fill_disk(true);
    let events = agent.events.clone();
    let last_words = tokio::spawn(async move {
        let piece = "x".repeat(64 * 1024);
        for _ in 0..1_000 {
            events.send(text(&piece)).await.unwrap();
        }
        events
            .send(AgentEvent::Ended { cause: None })
            .await
            .unwrap();
    });
    let heard = tokio::time::timeout(Duration::from_secs(60), last_words);
    heard.await.expect("it is heard out").unwrap();
    while world.sessions.live_agents() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_that_cannot_be_written_slows_the_agent_down_instead_of_filling_the_memory() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    world.told(&session).await;
    world.store.fill_disk(true);
    let events = agent.events.clone();
    let flood = tokio::spawn(async move {
        let piece = "x".repeat(64 * 1024);
        for _ in 0..1_000 {
            events.send(text(&piece)).await.unwrap();
        }
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!flood.is_finished(), "it has to wait");
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel, "the person has not");
    world.store.fill_disk(false);
    flood.await.unwrap();
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    let all = stored(&world, &session);
    let length = |body: &EntryBody| match body {
        EntryBody::Answer { text } => text.len(),
        _ => 0,
    };
    assert_eq!(all.iter().map(length).sum::<usize>(), 1_000 * 64 * 1024);
}
