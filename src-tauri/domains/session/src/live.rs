//! One session's task: it owns the state, hears its agent and nobody else's, and obeys the person first.

mod deliver;
mod hear;
mod judging;
mod ledger;
mod options;
mod prompting;
mod queue;
mod quiet;
mod restart;
mod save;
mod seat;
mod steps;
mod tab;
mod turn;

use crate::entry::NoticeLevel;
use crate::error::{Cause, SessionError};
use crate::machine::{Input, Life};
use crate::offer::Offers;
use crate::place::Place;
use crate::policy::{PolicyMode, RuleDraft};
use crate::port::{AgentConnection, AgentEvent, ProcessRow};
use crate::session::{Answer, Attachment, Message, NewMessage, Session, SessionSummary};
use crate::sessions::{Page, Shared};
use crate::transcript::{Stamp, Transcript};
use deliver::InFlight;
use kernel::{EntryId, MessageId, RequestId};
use quiet::Watch;
use save::Unsaved;
use seat::Holding;
use std::collections::{BTreeMap, HashSet};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Sleep;
use turn::OpenTurn;

/// How many events are taken at a time, between two looks at what the person wants.
const BATCH: usize = 64;

/// What a session begins with.
pub(crate) struct Start {
    pub(crate) session: Session,
    /// Its messages that are not sent, by position.
    pub(crate) queue: Vec<Message>,
    /// How many entries its transcript has.
    pub(crate) next_ordinal: u32,
    /// How its newest turn ended, for the card.
    pub(crate) ending: Option<String>,
}

type Reply<T> = oneshot::Sender<T>;
type Outcome<T> = Reply<Result<T, SessionError>>;

/// What the person wants of a session.
pub(crate) enum Command {
    OpenPlace {
        place: Place,
        reply: Reply<()>,
    },
    /// Replies when the process is gone.
    ClosePlace {
        reply: Reply<()>,
    },
    Send {
        message: NewMessage,
        reply: Outcome<MessageId>,
    },
    Edit {
        message: MessageId,
        text: String,
        attachments: Vec<Attachment>,
        reply: Outcome<()>,
    },
    Move {
        message: MessageId,
        before: Option<MessageId>,
        reply: Outcome<()>,
    },
    Hold {
        message: MessageId,
        reply: Outcome<()>,
    },
    SendNow {
        message: MessageId,
        reply: Outcome<()>,
    },
    TakeBack {
        message: MessageId,
        reply: Outcome<String>,
    },
    Resend {
        message: MessageId,
        reply: Outcome<()>,
    },
    Answer {
        request: RequestId,
        answer: Answer,
        always: Option<RuleDraft>,
        reply: Outcome<()>,
    },
    SetPolicy {
        mode: Option<PolicyMode>,
        reply: Outcome<()>,
    },
    StopTurn {
        reply: Reply<()>,
    },
    End {
        reply: Reply<()>,
    },
    /// Ends an idle process; refused when it is needed.
    Sleep {
        reply: Option<Outcome<()>>,
    },
    LimitsChanged,
    Choose {
        choices: BTreeMap<String, String>,
        reply: Outcome<()>,
    },
    Rename {
        title: String,
        reply: Outcome<()>,
    },
    Close {
        reply: Outcome<()>,
    },
    Reopen {
        reply: Outcome<()>,
    },
    Page {
        before: Option<u32>,
        limit: u32,
        reply: Outcome<Page>,
    },
    Offers {
        reply: Reply<Offers>,
    },
    /// Replies when the process is gone; then the task ends.
    Leave {
        reply: Reply<()>,
    },
}

type Timer = Option<Pin<Box<Sleep>>>;

/// The state of one session.
pub(crate) struct Live {
    shared: Arc<Shared>,
    session: Session,
    life: Life,
    place: Option<Place>,
    /// Tells that rules or modes changed.
    policies: watch::Receiver<u64>,
    /// Messages that are not sent, by position.
    queue: Vec<Message>,
    /// The message that is recorded as being sent, while nothing tells that the agent has read it.
    in_flight: Option<InFlight>,
    /// A message waits that could not be recorded, or came while the one before was not stored.
    offer_due: bool,
    /// The turn was stopped for the first message of the queue, which has not gone out yet.
    steered: bool,
    transcript: Transcript,
    turn: Option<OpenTurn>,
    /// Requests of this run that are no longer open.
    settled: HashSet<RequestId>,
    /// Messages of this run that are with the agent.
    delivered: HashSet<MessageId>,
    /// The process is to go on with the conversation, and showed no sign of it yet.
    resuming: bool,
    /// The mark of what the prompt on its way tells of the place.
    telling: Option<String>,
    /// The next prompt tells the agent what was said before.
    digest_due: bool,
    activity: Option<String>,
    /// How the newest turn ended, for the card.
    ending: Option<String>,
    agent: Option<Arc<dyn AgentConnection>>,
    events: Option<mpsc::Receiver<AgentEvent>>,
    seat: Holding,
    /// The process as the ledger has it.
    process: Option<ProcessRow>,
    watch: Watch,
    start_limit: Timer,
    save_timer: Timer,
    unsaved: Unsaved,
    /// Counts the batches of changes that were told.
    revision: u32,
    /// Who waits for the process to be gone.
    waiters: Vec<Reply<()>>,
    leaving: bool,
}

impl Live {
    pub(crate) fn new(shared: Arc<Shared>, start: Start) -> Self {
        let Start {
            session,
            queue,
            next_ordinal,
            ending,
        } = start;
        let now = shared.clock.now();
        let policies = shared.policies.watch();
        Self {
            shared,
            life: Life::at_rest(&session.state),
            transcript: Transcript::new(next_ordinal, session.turn),
            session,
            place: None,
            policies,
            queue,
            in_flight: None,
            offer_due: false,
            steered: false,
            turn: None,
            settled: HashSet::new(),
            delivered: HashSet::new(),
            resuming: false,
            telling: None,
            digest_due: false,
            activity: None,
            ending,
            agent: None,
            events: None,
            seat: Holding::None,
            process: None,
            watch: Watch::new(now),
            start_limit: None,
            save_timer: None,
            unsaved: Unsaved::default(),
            revision: 0,
            waiters: Vec::new(),
            leaving: false,
        }
    }

    /// Lives until the person leaves. The person comes first, then what is due, then the agent: its flood delays
    /// neither an answer nor what others see of it.
    pub(crate) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut heard = Vec::with_capacity(BATCH);
        let mut is_known = true;
        while !self.leaving || self.life.has_process() {
            let listens = self.events.is_some() && !self.has_too_much_unsaved();
            tokio::select! {
                biased;
                command = commands.recv(), if is_known => match command {
                    Some(command) => {
                        self.obey(command).await;
                        self.leave_the_line_if_nothing_waits().await;
                    }
                    // Forgotten, after it was told to leave. Its process is heard out: it has a seat and a row in the ledger.
                    None => is_known = false,
                },
                () = due(&mut self.start_limit) => self.start_timed_out().await,
                () = due(&mut self.save_timer) => self.save_and_go_on().await,
                () = self.seat.comes() => self.seated().await,
                () = due(&mut self.watch.timer) => self.quiet_is_due(),
                Ok(()) = self.policies.changed() => self.judge_pending().await,
                count = receive(&mut self.events, &mut heard), if listens => {
                    if count == 0 {
                        heard.push(vanished());
                    }
                    self.sign_of_life();
                    for event in heard.drain(..) {
                        let is_last = matches!(event, AgentEvent::Ended { .. });
                        self.hear(event).await;
                        if is_last {
                            break;
                        }
                    }
                    self.save_if_much().await;
                }
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        // A reply that nobody waits for any more is not an error: the caller was dropped.
        match command {
            Command::OpenPlace { place, reply } => {
                if !self.shared.is_closed(&self.session.workspace) {
                    self.place = Some(place);
                }
                self.publish();
                let _ = reply.send(());
                self.go_on_with_the_queue().await;
            }
            Command::ClosePlace { reply } => {
                self.place = None;
                self.end().await;
                self.waiters.push(reply);
                self.tell_waiters();
            }
            Command::Send { message, reply } => self.send(message, reply).await,
            Command::Edit {
                message,
                text,
                attachments,
                reply,
            } => {
                let _ = reply.send(self.edit(&message, text, attachments).await);
            }
            Command::Move {
                message,
                before,
                reply,
            } => {
                let _ = reply.send(self.move_to(&message, before.as_ref()).await);
            }
            Command::Hold { message, reply } => {
                let _ = reply.send(self.hold(&message).await);
            }
            Command::SendNow { message, reply } => self.send_now(&message, reply).await,
            Command::TakeBack { message, reply } => {
                let _ = reply.send(self.take_back(&message).await);
            }
            Command::Resend { message, reply } => self.resend(&message, reply).await,
            Command::Answer {
                request,
                answer,
                always,
                reply,
            } => {
                let _ = reply.send(self.answer(&request, &answer, always).await);
            }
            Command::SetPolicy { mode, reply } => {
                let _ = reply.send(self.set_policy(mode).await);
            }
            Command::StopTurn { reply } => {
                self.stop_turn().await;
                let _ = reply.send(());
            }
            Command::End { reply } => {
                self.end().await;
                let _ = reply.send(());
            }
            Command::Sleep { reply } => self.sleep(reply).await,
            Command::LimitsChanged => self.limits_changed().await,
            Command::Choose { choices, reply } => {
                let _ = reply.send(self.choose(choices).await);
            }
            Command::Rename { title, reply } => {
                let _ = reply.send(self.rename(title).await);
            }
            Command::Close { reply } => {
                let _ = reply.send(self.close().await);
            }
            Command::Reopen { reply } => {
                self.reopen();
                let _ = reply.send(self.save().await);
            }
            Command::Page {
                before,
                limit,
                reply,
            } => {
                let _ = reply.send(self.page(before, limit).await);
            }
            Command::Offers { reply } => {
                let _ = reply.send(self.session.offers.clone());
            }
            Command::Leave { reply } => {
                self.place = None;
                self.leaving = true;
                self.end().await;
                self.waiters.push(reply);
                self.tell_waiters();
            }
        }
    }

    async fn end(&mut self) {
        self.advance(Input::End).await;
        self.save_now().await;
    }

    fn tell_waiters(&mut self) {
        if !self.life.has_process() {
            self.tell_all_waiters();
        }
    }

    fn tell_all_waiters(&mut self) {
        for waiter in self.waiters.drain(..) {
            let _ = waiter.send(());
        }
    }

    fn notice(&mut self, level: NoticeLevel, text: String, detail: Option<String>) {
        let stamp = self.stamp();
        self.transcript.notice(level, text, detail, stamp);
        self.touch();
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            id: EntryId::mint(),
            at: self.shared.clock.now(),
        }
    }

    /// What others may know of it now.
    pub(crate) fn summary(&self) -> SessionSummary {
        let session = &self.session;
        SessionSummary {
            id: session.id.clone(),
            workspace: session.workspace.clone(),
            agent: session.agent.clone(),
            title: session.title.clone(),
            state: session.state.clone(),
            state_since: session.state_since,
            activity: self
                .unsaved
                .trouble()
                .or_else(|| self.activity.clone())
                .or_else(|| self.ending.clone()),
            pending: self.transcript.pending(&session.id),
            queue: self.queue_to_show(),
            turn: session.turn,
            turn_ended_at: session.turn_ended_at,
            usage: session.usage.clone(),
            policy: self.mode().0,
            policy_is_own: session.policy.is_some(),
            quiet: self.watch.quiet(),
            created_at: session.created_at,
            closed_at: session.closed_at,
        }
    }
}

/// Comes when the timer is over, never when there is none.
async fn due(timer: &mut Timer) {
    match timer {
        Some(timer) => timer.as_mut().await,
        None => std::future::pending().await,
    }
}

async fn receive(
    events: &mut Option<mpsc::Receiver<AgentEvent>>,
    into: &mut Vec<AgentEvent>,
) -> usize {
    match events {
        Some(events) => events.recv_many(into, BATCH).await,
        None => std::future::pending().await,
    }
}

/// What an agent's end would have told, had its adapter not broken down.
fn vanished() -> AgentEvent {
    let cause = Some(Cause::Crashed {
        code: None,
        signal: None,
        stderr: String::new(),
    });
    AgentEvent::Ended { cause }
}
