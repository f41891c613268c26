//! What the person does with messages that wait, at any moment and through any end of the app.

use super::{World, ended, opens, text, turn_ends};
use crate::error::{Cause, SessionError};
use crate::fakes::{Call, FakeAgent};
use crate::machine::SessionState;
use crate::port::{AgentEvent, Opening, SessionStore};
use crate::session::{Attachment, Delivery, Message, MessageState, NewMessage};
use kernel::{MessageId, SessionId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

fn now(text: &str) -> NewMessage {
    NewMessage {
        delivery: Delivery::Now,
        ..NewMessage::from(text.to_owned())
    }
}

async fn queued(world: &World, session: &SessionId, texts: &[&str]) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for text in texts {
        let sent = world.sessions.send(session, (*text).to_owned()).await;
        ids.push(sent.unwrap());
    }
    ids
}

fn shown(world: &World, session: &SessionId) -> Vec<String> {
    let queue = world.summary(session).queue;
    queue.into_iter().map(|message| message.text).collect()
}

/// The rows of messages that wait. One that is with the agent stays a row until the agent reacts to it.
fn stored(world: &World, session: &SessionId) -> Vec<Message> {
    let mut rows = world.store.open_messages(session).unwrap();
    rows.retain(|row| row.state != MessageState::Sending);
    rows
}

fn held(message: &Message) -> bool {
    message.state == MessageState::Held
}

#[tokio::test(start_paused = true)]
async fn a_waiting_message_can_be_changed_and_moved_and_goes_out_as_shown() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let ids = queued(&world, &session, &["one", "two", "three"]).await;
    let file = Attachment::File {
        name: "a.txt".to_owned(),
        path: "/worktrees/w/a.txt".to_owned(),
    };
    let changed = "two and a half".to_owned();
    let edited = world
        .sessions
        .edit(&session, &ids[1], changed, vec![file.clone()]);
    edited.await.unwrap();
    let before_the_first = Some(ids[0].clone());
    let moved = world
        .sessions
        .move_message(&session, &ids[2], before_the_first);
    moved.await.unwrap();
    let to_the_end = world.sessions.move_message(&session, &ids[0], None);
    to_the_end.await.unwrap();
    let expected = ["three", "two and a half", "one"];
    assert_eq!(shown(&world, &session), expected);
    let rows = stored(&world, &session);
    assert_eq!(rows, world.summary(&session).queue);
    assert_eq!(rows[1].attachments, [file]);
    for text in expected {
        agent.says(turn_ends()).await;
        let Call::Prompt(prompt) = agent.called().await else {
            panic!("the next message goes out");
        };
        assert!(prompt.contains(text), "{prompt}");
        agent.says(AgentEvent::PromptWritten).await;
    }
    let gone = world.sessions.move_message(&session, &ids[0], None).await;
    assert!(matches!(gone, Err(SessionError::AlreadySent)));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_came_after_a_stop_goes_out_even_if_the_stopped_turn_fails() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    queued(&world, &session, &["held back"]).await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel);
    queued(&world, &session, &["do this instead"]).await;
    let said = "overloaded".to_owned();
    agent
        .says(AgentEvent::TurnFailed(Cause::Provider { said }))
        .await;
    assert_eq!(
        agent.called().await,
        Call::Prompt("do this instead".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn an_edit_to_nothing_and_a_move_before_nothing_are_refused() {
    let mut world = World::new();
    let (session, _agent) = world.at_work("go").await;
    let ids = queued(&world, &session, &["one", "two"]).await;
    let empty = world
        .sessions
        .edit(&session, &ids[0], "  ".to_owned(), Vec::new())
        .await;
    assert!(matches!(empty, Err(SessionError::Empty)));
    let unknown = Some(MessageId::new("unknown"));
    let moved = world.sessions.move_message(&session, &ids[0], unknown);
    assert!(matches!(
        moved.await,
        Err(SessionError::Unknown { what: "message" })
    ));
    assert_eq!(shown(&world, &session), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_message_stays_while_others_pass_it_and_goes_once_it_is_let_go() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let ids = queued(&world, &session, &["one", "two"]).await;
    world.sessions.hold(&session, &ids[0]).await.unwrap();
    agent.says(turn_ends()).await;
    assert_eq!(agent.called().await, Call::Prompt("two".to_owned()));
    agent.says(AgentEvent::PromptWritten).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    assert!(agent.calls().is_empty());
    assert_eq!(stored(&world, &session)[0].state, MessageState::Held);
    world.sessions.resend(&session, &ids[0]).await.unwrap();
    assert_eq!(agent.called().await, Call::Prompt("one".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn steering_stops_the_turn_and_the_message_goes_before_all_that_wait() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    queued(&world, &session, &["later"]).await;
    world.sessions.send(&session, now("instead")).await.unwrap();
    assert_eq!(shown(&world, &session), ["instead", "later"]);
    assert_eq!(stored(&world, &session)[0].text, "instead", "stored first");
    assert_eq!(agent.called().await, Call::Cancel);
    assert!(agent.calls().is_empty(), "nothing goes into a running turn");
    agent.says(turn_ends()).await;
    assert_eq!(agent.called().await, Call::Prompt("instead".to_owned()));
    agent.says(AgentEvent::PromptWritten).await;
    agent.says(turn_ends()).await;
    let next = agent.called().await;
    assert_eq!(next, Call::Prompt("later".to_owned()), "it was not held");
}

#[tokio::test(start_paused = true)]
async fn a_queued_message_can_be_sent_now_and_the_turn_is_stopped_once() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    let ids = queued(&world, &session, &["one", "two", "three"]).await;
    world.sessions.send_now(&session, &ids[2]).await.unwrap();
    world.sessions.send_now(&session, &ids[1]).await.unwrap();
    assert_eq!(shown(&world, &session), ["two", "three", "one"]);
    assert_eq!(agent.called().await, Call::Cancel);
    agent.says(turn_ends()).await;
    assert_eq!(agent.called().await, Call::Prompt("two".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_steering_message_goes_out_although_the_agent_dies_of_the_stop() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    world.sessions.send(&session, now("instead")).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel);
    let cause = Cause::Crashed {
        code: Some(1),
        signal: None,
        stderr: String::new(),
    };
    agent.says(AgentEvent::Ended { cause: Some(cause) }).await;
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("instead".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_what_is_queued_is_held_also_through_a_kill_of_the_app() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    queued(&world, &session, &["one", "two"]).await;
    world.sessions.stop_turn(&session).await.unwrap();
    assert!(world.summary(&session).queue.iter().all(held));
    assert_eq!(agent.called().await, Call::Cancel);
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    assert!(agent.calls().is_empty());

    let mut next = World::over(Arc::new(world.store.for_the_next_run()));
    next.sessions.recover().await.unwrap();
    next.open_place(&session).await;
    assert!(next.nobody_was_launched());
    assert_eq!(shown(&next, &session), ["one", "two"]);
    assert!(next.summary(&session).queue.iter().all(held));
}

#[tokio::test(start_paused = true)]
async fn a_stop_holds_the_queue_even_while_nothing_can_be_written() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    queued(&world, &session, &["one"]).await;
    world.store.fill_disk(true);
    world.sessions.stop_turn(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Cancel);
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    world.store.fill_disk(false);
    while !stored(&world, &session).iter().all(held) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(agent.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_taken_back_does_not_come_again_with_a_late_write() {
    let mut world = World::new();
    let session = world.placed().await;
    let ids = queued(&world, &session, &["one"]).await;
    let mut agent = world.launched().await;
    opens(&agent, Opening::New).await;
    agent.called().await;
    world.store.fill_disk(true);
    agent.says(ended()).await;
    world
        .until(&session, |now| now.queue[0].state == MessageState::Queued)
        .await;
    world.store.fill_disk(false);
    world.sessions.take_back(&session, &ids[0]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.store.message(&ids[0]), None);
}

#[tokio::test(start_paused = true)]
async fn a_closed_conversation_ends_holds_its_queue_and_comes_back_whole() {
    let mut world = World::new();
    let (session, mut agent) = world.at_work("go").await;
    agent.says(text("I begin")).await;
    world
        .until(&session, |now| now.activity.as_deref() == Some("Writing"))
        .await;
    queued(&world, &session, &["later"]).await;
    world.sessions.close(&session).await.unwrap();
    assert_eq!(agent.called().await, Call::Close);
    agent.says(ended()).await;
    let summary = world
        .until(&session, |now| now.state == SessionState::Stopped)
        .await;
    assert!(summary.closed_at.is_some());
    assert!(summary.queue.iter().all(held));
    assert!(world.store.session(&session).closed_at.is_some());
    world.sessions.reopen(&session).await.unwrap();
    assert_eq!(world.summary(&session).closed_at, None);
    world.sessions.close(&session).await.unwrap();
    queued(&world, &session, &["again"]).await;
    assert_eq!(
        world.summary(&session).closed_at,
        None,
        "a message opens it"
    );
    let mut next = world.launched().await;
    opens(&next, Opening::Resumed).await;
    assert_eq!(next.called().await, Call::Prompt("again".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_persons_name_for_a_conversation_stays() {
    let mut world = World::new();
    let (session, agent) = world.at_work("go").await;
    world
        .sessions
        .rename(&session, " The login ".to_owned())
        .await
        .unwrap();
    agent.says(AgentEvent::Title("Theirs".to_owned())).await;
    agent.says(turn_ends()).await;
    world.until_ready(&session).await;
    assert_eq!(world.summary(&session).title, "The login");
    let empty = world.sessions.rename(&session, " ".to_owned()).await;
    assert!(matches!(empty, Err(SessionError::Unfit { .. })));
}

/// What may happen to a queue. Numbers choose among the messages that are there.
#[derive(Clone, Debug)]
enum Deed {
    Send,
    Steer,
    Edit(usize),
    Move(usize, usize),
    Hold(usize),
    LetGo(usize),
    SendNow(usize),
    TakeBack(usize),
    Stop,
    AgentOpens,
    AgentReads,
    AgentEndsTurn,
    AgentDies,
    /// The app is killed after so many more writes of the deed.
    KilledDuring(Box<Deed>, u32),
}

fn deed() -> impl Strategy<Value = Deed> {
    let place = || 0..6_usize;
    let plain = prop_oneof![
        4 => Just(Deed::Send),
        2 => Just(Deed::Steer),
        1 => place().prop_map(Deed::Edit),
        2 => (place(), place()).prop_map(|(from, to)| Deed::Move(from, to)),
        1 => place().prop_map(Deed::Hold),
        2 => place().prop_map(Deed::LetGo),
        1 => place().prop_map(Deed::SendNow),
        1 => place().prop_map(Deed::TakeBack),
        1 => Just(Deed::Stop),
        3 => Just(Deed::AgentOpens),
        3 => Just(Deed::AgentReads),
        3 => Just(Deed::AgentEndsTurn),
        1 => Just(Deed::AgentDies),
    ];
    let inner = plain.boxed();
    let killed = (inner.clone(), 0..4_u32)
        .prop_map(|(deed, writes)| Deed::KilledDuring(Box::new(deed), writes));
    prop_oneof![8 => inner, 1 => killed]
}

/// A queue under test, and what must be true of it.
struct Trial {
    world: World,
    session: SessionId,
    agent: Option<FakeAgent>,
    /// Counts messages; each bears its number, whatever it is edited to.
    count: usize,
    /// Messages that the app took, by number. One whose taking was cut off by a kill is not among them.
    taken: BTreeMap<usize, MessageId>,
    taken_back: BTreeSet<usize>,
    /// How often a message may go out: once, and once more each time the person sends a failed one again.
    may_go: BTreeMap<usize, usize>,
    went: BTreeMap<usize, usize>,
    /// The message that was given to the agent and is not in its pipe yet.
    given: Option<usize>,
    kept_back: BTreeSet<usize>,
    /// Whether the app is just being killed: its rows are behind for good.
    dying: bool,
}

fn number(text: &str) -> usize {
    let line = text.lines().last().unwrap();
    let digits = line.trim_start_matches("message ").split(' ').next();
    digits.unwrap().parse().unwrap()
}

impl Trial {
    async fn begin() -> Self {
        let world = World::new();
        let session = world.placed().await;
        Self {
            world,
            session,
            agent: None,
            count: 0,
            taken: BTreeMap::new(),
            taken_back: BTreeSet::new(),
            may_go: BTreeMap::new(),
            went: BTreeMap::new(),
            given: None,
            kept_back: BTreeSet::new(),
            dying: false,
        }
    }

    /// Lets everything come to rest that does so by itself, and looks at what the agent was told.
    async fn settle(&mut self) {
        tokio::time::sleep(Duration::from_millis(700)).await;
        if let Ok(agent) = self.world.agents.try_recv() {
            self.agent = Some(agent);
            self.given = None;
        }
        let calls = self.agent.as_mut().map(FakeAgent::calls);
        for call in calls.unwrap_or_default() {
            match call {
                Call::Prompt(text) => self.goes_out(number(&text)),
                Call::Close => self.says(ended()).await,
                _ => {}
            }
        }
    }

    fn goes_out(&mut self, n: usize) {
        let went = self.went.get(&n).copied().unwrap_or_default();
        let may_go = self.may_go.get(&n).copied().unwrap_or(1);
        assert!(went < may_go, "message {n} went out twice");
        self.given = Some(n);
        assert!(!self.kept_back.contains(&n), "message {n} was held");
        assert!(!self.taken_back.contains(&n), "message {n} was taken back");
        let rows = self.world.store.open_messages(&self.session).unwrap();
        if let Some(going) = rows.iter().position(|row| number(&row.text) == n) {
            let waiting = |row: &Message| row.state == MessageState::Queued;
            assert!(
                !rows[..going].iter().any(waiting),
                "message {n} jumped the queue"
            );
        }
    }

    /// The message in this place of what is shown.
    fn chosen(&self, place: usize) -> Option<Message> {
        let queue = self.world.summary(&self.session).queue;
        (!queue.is_empty()).then(|| queue[place % queue.len()].clone())
    }

    async fn does(&mut self, deed: &Deed) {
        let session = self.session.clone();
        let sessions = self.world.sessions.clone();
        match deed {
            Deed::Send | Deed::Steer => {
                self.count += 1;
                let n = self.count;
                let text = format!("message {n}");
                let message = match deed {
                    Deed::Steer => now(&text),
                    _ => NewMessage::from(text),
                };
                if let Ok(id) = sessions.send(&session, message).await {
                    self.taken.insert(n, id);
                }
            }
            Deed::Edit(place) => {
                if let Some(message) = self.chosen(*place) {
                    let text = format!("message {} edited", number(&message.text));
                    let _ = sessions.edit(&session, &message.id, text, Vec::new()).await;
                }
            }
            Deed::Move(from, to) => {
                let before = self.chosen(*to).map(|message| message.id);
                if let Some(message) = self.chosen(*from) {
                    let before = before.filter(|id| *id != message.id);
                    let _ = sessions.move_message(&session, &message.id, before).await;
                }
            }
            Deed::Hold(place) => {
                if let Some(message) = self.chosen(*place) {
                    let was_queued = message.state == MessageState::Queued;
                    let done = sessions.hold(&session, &message.id).await;
                    if done.is_ok() && was_queued {
                        self.kept_back.insert(number(&message.text));
                    }
                }
            }
            Deed::LetGo(place) | Deed::SendNow(place) => {
                if let Some(message) = self.chosen(*place) {
                    let n = number(&message.text);
                    self.kept_back.remove(&n);
                    if message.state == MessageState::Failed {
                        *self.may_go.entry(n).or_insert(1) += 1;
                    }
                    let _ = match deed {
                        Deed::SendNow(_) => sessions.send_now(&session, &message.id).await,
                        _ => sessions.resend(&session, &message.id).await,
                    };
                }
            }
            Deed::TakeBack(place) => {
                if let Some(message) = self.chosen(*place)
                    && sessions.take_back(&session, &message.id).await.is_ok()
                {
                    self.taken_back.insert(number(&message.text));
                }
            }
            Deed::Stop => {
                let queue = self.world.summary(&self.session).queue;
                sessions.stop_turn(&session).await.unwrap();
                let waiting = queue
                    .iter()
                    .filter(|message| message.state == MessageState::Queued);
                // A stop that was not written before a kill is as if it had not been.
                if stored(&self.world, &session)
                    .iter()
                    .all(|row| row.state != MessageState::Queued)
                {
                    self.kept_back
                        .extend(waiting.map(|message| number(&message.text)));
                }
            }
            Deed::AgentOpens => {
                if let Some(agent) = &self.agent {
                    let opening = match agent.launch.resume {
                        Some(_) => Opening::Resumed,
                        None => Opening::New,
                    };
                    if !agent.events.is_closed() {
                        opens(agent, opening).await;
                    }
                }
            }
            Deed::AgentReads => self.reads(AgentEvent::PromptWritten).await,
            Deed::AgentEndsTurn => self.reads(turn_ends()).await,
            Deed::AgentDies => {
                self.given = None;
                let cause = Some(Cause::Crashed {
                    code: None,
                    signal: Some(9),
                    stderr: String::new(),
                });
                self.says(AgentEvent::Ended { cause }).await;
            }
            Deed::KilledDuring(deed, writes) => {
                self.dying = true;
                self.world.store.kill_after(*writes);
                Box::pin(self.does(deed)).await;
                self.settle().await;
                let store = Arc::new(self.world.store.for_the_next_run());
                self.world = World::over(store);
                self.agent = None;
                self.given = None;
                self.dying = false;
                self.world.sessions.recover().await.unwrap();
                self.world.open_place(&self.session).await;
            }
        }
        self.settle().await;
        if !self.dying {
            self.check();
        }
    }

    /// The agent says what it can only say of a prompt that it has.
    async fn reads(&mut self, event: AgentEvent) {
        if let Some(n) = self.given.take() {
            *self.went.entry(n).or_default() += 1;
        }
        self.says(event).await;
    }

    async fn says(&self, event: AgentEvent) {
        if let Some(agent) = self
            .agent
            .as_ref()
            .filter(|agent| !agent.events.is_closed())
        {
            agent.says(event).await;
        }
    }

    fn check(&self) {
        let mut shown = self.world.summary(&self.session).queue;
        shown.retain(|message| message.state != MessageState::Sending);
        let rows = stored(&self.world, &self.session);
        assert_eq!(shown, rows, "what is shown is what is stored, in its order");
        let positions: BTreeSet<u32> = rows.iter().map(|row| row.position).collect();
        assert_eq!(positions.len(), rows.len(), "each has a place of its own");
        for (n, id) in &self.taken {
            let row = self.world.store.message(id);
            assert_eq!(
                row.is_none(),
                self.taken_back.contains(n),
                "message {n} is there unless it was taken back: {row:?}"
            );
        }
    }

    /// The person lets all go, and a good agent works it off.
    async fn works_off(&mut self) {
        for _ in 0..400 {
            let Some(waiting) = self.chosen(0) else {
                return;
            };
            match waiting.state {
                MessageState::Held | MessageState::Failed => {
                    Box::pin(self.does(&Deed::LetGo(0))).await;
                }
                _ => {
                    for deed in [Deed::AgentOpens, Deed::AgentReads, Deed::AgentEndsTurn] {
                        self.does(&deed).await;
                    }
                    if self.chosen(0).is_some_and(|message| message == waiting) {
                        let _ = self.world.sessions.resend(&self.session, &waiting.id).await;
                        self.settle().await;
                    }
                }
            }
        }
        panic!(
            "the queue never ends: {:?}",
            shown(&self.world, &self.session)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_happens_no_message_is_lost_or_goes_twice(
        deeds in prop::collection::vec(deed(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut trial = Trial::begin().await;
            for deed in &deeds {
                trial.does(deed).await;
            }
            trial.works_off().await;
            for n in trial.taken.keys() {
                let went = trial.went.get(n).copied().unwrap_or_default();
                let taken_back = trial.taken_back.contains(n);
                assert!(went > 0 || taken_back, "message {n} was dropped");
            }
        });
    }
}
