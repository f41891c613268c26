//! A session's life as a pure function. No IO, no clock, no async.
//!
//! Invariant: a prompt goes only to an agent that is ready, so two are never in flight; events of an earlier
//! process change nothing; only `Ended` (and its `EndedUnread`) says that a process ended; none starts without a seat;
//! and what starts one without the person does so at most once until a turn ended.

mod causes;

pub use causes::speaks_against_resuming;

use crate::error::Cause;
use causes::leaves_the_process_good;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where a session is in its life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SessionState {
    /// No process.
    #[default]
    Stopped,
    /// No process, or one that is just ending, to save memory; the next message wakes it.
    Asleep,
    /// A message wants a process, and all seats among the live agents are taken.
    Waiting {
        /// For people: "8 agents are live, the limit is 8".
        why: String,
    },
    /// The process is there and shaking hands.
    Starting {
        /// Counts this session's processes, from 1; events of earlier ones are dropped.
        incarnation: u32,
    },
    /// Waits for a prompt.
    Ready {
        /// See `Starting`.
        incarnation: u32,
    },
    /// A turn runs.
    Working {
        /// See `Starting`.
        incarnation: u32,
    },
    /// The process was asked to end.
    Stopping {
        /// See `Starting`.
        incarnation: u32,
    },
    /// It failed; the next message starts it again.
    Failed {
        /// Why.
        cause: Cause,
    },
}

/// How long an agent may take to get ready, in seconds.
pub const START_LIMIT_SECONDS: u32 = 60;

/// A session's life: what [`SessionState`] shows, and what it must remember besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Number of the newest process, 0 before the first.
    incarnation: u32,
    /// A crash was answered by an automatic start, and no turn ended since.
    restarted: bool,
    phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Stopped,
    Asleep,
    Waiting { why: String },
    Starting,
    Ready,
    Working { turn: Turn },
    Stopping { then: Then },
    Failed { cause: Cause, process: Leftover },
}

/// How far the turn that runs is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// The prompt was given; whether the agent has read it nobody knows.
    Given,
    /// The agent reacted.
    Begun,
    /// The person stopped it.
    Stopped,
}

/// What follows when the process that was asked to end is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Stop,
    Sleep,
    /// A message came meanwhile.
    Launch,
}

/// What a failure left of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Leftover {
    /// Nothing.
    Gone,
    /// A process that can take the next prompt: only its turn failed.
    Usable,
    /// A process that was asked to end; `wanted` when a message came meanwhile.
    Closing { wanted: bool },
}

/// What may move a session on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message waits that the person wants delivered now, and there is a place to work in.
    Wake,
    /// There is a seat among the live agents.
    Seated,
    /// There is none.
    NoSeat {
        /// For people.
        why: String,
    },
    /// The first message of the queue is recorded as being sent.
    Prompt,
    /// The person stops the turn.
    StopTurn,
    /// The process shall end.
    End,
    /// The process shall end if nothing needs it, and the session sleep.
    Sleep,
    /// Something came from the process of this number.
    From {
        /// See [`SessionState::Starting`].
        incarnation: u32,
        /// What came.
        event: LifeEvent,
    },
}

/// What of a process matters for the session's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifeEvent {
    /// The handshake is done.
    Opened,
    /// It took longer than [`START_LIMIT_SECONDS`].
    StartTimedOut,
    /// The agent reacted to the prompt, so that it has read it.
    Reacted,
    /// The turn is over.
    TurnEnded,
    /// The turn ended with an error.
    TurnFailed(Cause),
    /// The process is gone.
    Ended(Option<Cause>),
    /// The process is gone, and the prompt on its way never got into it.
    EndedUnread(Option<Cause>),
}

/// What the caller has to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask for a seat among the live agents, and step with `Seated` or `NoSeat`.
    TakeSeat,
    /// Queue the app's own message before all others: the agent shall go on with the turn that broke off.
    GoOn {
        /// What ended the process.
        cause: Cause,
    },
    /// Tell that a process is started again for the prompt that never got into the last one.
    StartAgain {
        /// What ended the process.
        cause: Cause,
    },
    /// Start a process of this number.
    Launch {
        /// See [`SessionState::Starting`].
        incarnation: u32,
    },
    /// The agent can take a prompt: if a message waits, record it as being sent and step with `Prompt`.
    Offer,
    /// Give the agent the prompt that was recorded.
    Prompt,
    /// Ask the agent to stop the turn.
    Cancel,
    /// Ask the process to end.
    Close,
}

/// One step. Inputs that do not apply change nothing and ask for nothing.
pub fn step(life: Life, input: Input) -> (Life, Vec<Effect>) {
    match input {
        Input::Wake => wake(life),
        Input::Seated => match life.phase {
            Phase::Waiting { .. } => life.launches(Vec::new()),
            _ => life.stays(),
        },
        Input::NoSeat { why } => match life.phase {
            Phase::Waiting { .. } => life.becomes(Phase::Waiting { why }, []),
            _ => life.stays(),
        },
        Input::Prompt => match life.phase {
            Phase::Ready => life.becomes(Phase::Working { turn: Turn::Given }, [Effect::Prompt]),
            _ => life.stays(),
        },
        Input::StopTurn => stop_turn(life),
        Input::End => end(life),
        Input::Sleep => sleep(life),
        Input::From { incarnation, event } if incarnation == life.incarnation => hear(life, event),
        Input::From { .. } => life.stays(),
    }
}

impl Life {
    /// A session without a process, in the state its row says. A live state can't be continued: its process
    /// belonged to a run of the app that is over.
    pub fn at_rest(state: &SessionState) -> Self {
        let phase = match state {
            SessionState::Failed { cause } => Phase::Failed {
                cause: cause.clone(),
                process: Leftover::Gone,
            },
            SessionState::Asleep => Phase::Asleep,
            SessionState::Stopped
            | SessionState::Waiting { .. }
            | SessionState::Starting { .. }
            | SessionState::Ready { .. }
            | SessionState::Working { .. }
            | SessionState::Stopping { .. } => Phase::Stopped,
        };
        Self {
            incarnation: 0,
            restarted: false,
            phase,
        }
    }

    /// What others may see of it.
    pub fn state(&self) -> SessionState {
        let incarnation = self.incarnation;
        match &self.phase {
            Phase::Stopped => SessionState::Stopped,
            // Nobody waits for the end of a process that nobody needs.
            Phase::Asleep | Phase::Stopping { then: Then::Sleep } => SessionState::Asleep,
            Phase::Waiting { why } => SessionState::Waiting { why: why.clone() },
            Phase::Starting => SessionState::Starting { incarnation },
            Phase::Ready => SessionState::Ready { incarnation },
            Phase::Working { .. } => SessionState::Working { incarnation },
            Phase::Stopping { .. } => SessionState::Stopping { incarnation },
            Phase::Failed { cause, .. } => SessionState::Failed {
                cause: cause.clone(),
            },
        }
    }

    /// Whether there is a process that has not ended.
    pub fn has_process(&self) -> bool {
        match &self.phase {
            Phase::Stopped | Phase::Asleep | Phase::Waiting { .. } => false,
            Phase::Starting | Phase::Ready | Phase::Working { .. } | Phase::Stopping { .. } => true,
            Phase::Failed { process, .. } => *process != Leftover::Gone,
        }
    }

    /// Whether a message waits for a seat.
    pub fn waits_for_a_seat(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    /// Whether the process was asked to end.
    pub fn is_ending(&self) -> bool {
        matches!(self.phase, Phase::Stopping { .. })
    }

    /// Whether the process was asked to end, by the person or because it failed.
    pub fn is_closing(&self) -> bool {
        match &self.phase {
            Phase::Stopping { .. } => true,
            Phase::Failed { process, .. } => matches!(process, Leftover::Closing { .. }),
            Phase::Stopped
            | Phase::Asleep
            | Phase::Waiting { .. }
            | Phase::Starting
            | Phase::Ready
            | Phase::Working { .. } => false,
        }
    }

    /// Whether no other process follows the one that is ending.
    pub fn leaves_its_seat(&self) -> bool {
        match &self.phase {
            Phase::Stopping { then } => *then != Then::Launch,
            Phase::Failed { process, .. } => *process == Leftover::Closing { wanted: false },
            _ => false,
        }
    }

    /// Whether there is a process that no turn needs.
    pub fn may_sleep(&self) -> bool {
        match &self.phase {
            Phase::Ready => true,
            Phase::Failed { process, .. } => *process == Leftover::Usable,
            _ => false,
        }
    }

    /// Whether a crash was answered by an automatic start since a turn last ended.
    pub fn was_restarted(&self) -> bool {
        self.restarted
    }

    /// Number of the newest process, 0 before the first.
    pub fn incarnation(&self) -> u32 {
        self.incarnation
    }

    fn stays(self) -> (Self, Vec<Effect>) {
        (self, Vec::new())
    }

    fn becomes<const N: usize>(self, phase: Phase, effects: [Effect; N]) -> (Self, Vec<Effect>) {
        (Self { phase, ..self }, effects.into())
    }

    fn launches(self, mut effects: Vec<Effect>) -> (Self, Vec<Effect>) {
        let incarnation = self.incarnation + 1;
        let life = Self {
            incarnation,
            phase: Phase::Starting,
            ..self
        };
        effects.push(Effect::Launch { incarnation });
        (life, effects)
    }

    fn seeks_a_seat(self) -> (Self, Vec<Effect>) {
        let why = String::new();
        self.becomes(Phase::Waiting { why }, [Effect::TakeSeat])
    }
}

fn wake(life: Life) -> (Life, Vec<Effect>) {
    match &life.phase {
        Phase::Stopped | Phase::Asleep => life.seeks_a_seat(),
        Phase::Ready => (life, vec![Effect::Offer]),
        // `Seated` will launch, `Opened` and `TurnEnded` will offer.
        Phase::Waiting { .. } | Phase::Starting | Phase::Working { .. } => life.stays(),
        // Two processes of one conversation would write over each other: the next starts when this one ended.
        Phase::Stopping { .. } => life.becomes(Phase::Stopping { then: Then::Launch }, []),
        Phase::Failed { cause, process } => match process {
            Leftover::Gone => life.seeks_a_seat(),
            Leftover::Usable => life.becomes(Phase::Ready, [Effect::Offer]),
            Leftover::Closing { .. } => {
                let process = Leftover::Closing { wanted: true };
                let cause = cause.clone();
                life.becomes(Phase::Failed { cause, process }, [])
            }
        },
    }
}

fn stop_turn(life: Life) -> (Life, Vec<Effect>) {
    match &life.phase {
        Phase::Working { .. } => {
            let turn = Turn::Stopped;
            life.becomes(Phase::Working { turn }, [Effect::Cancel])
        }
        // Nothing was given to the agent yet: what is being stopped is the start.
        Phase::Starting => life.becomes(Phase::Stopping { then: Then::Stop }, [Effect::Close]),
        Phase::Waiting { .. } => life.becomes(Phase::Stopped, []),
        // What was to start anew has nothing to send any more.
        Phase::Stopping { then: Then::Launch } => {
            life.becomes(Phase::Stopping { then: Then::Stop }, [])
        }
        Phase::Failed {
            cause,
            process: Leftover::Closing { wanted: true },
        } => {
            let process = Leftover::Closing { wanted: false };
            let cause = cause.clone();
            life.becomes(Phase::Failed { cause, process }, [])
        }
        Phase::Stopped
        | Phase::Asleep
        | Phase::Ready
        | Phase::Stopping { .. }
        | Phase::Failed { .. } => life.stays(),
    }
}

fn end(life: Life) -> (Life, Vec<Effect>) {
    let stopping = Phase::Stopping { then: Then::Stop };
    match &life.phase {
        Phase::Stopped | Phase::Asleep | Phase::Stopping { then: Then::Sleep } => life.stays(),
        Phase::Waiting { .. } => life.becomes(Phase::Stopped, []),
        Phase::Starting | Phase::Ready | Phase::Working { .. } => {
            life.becomes(stopping, [Effect::Close])
        }
        Phase::Stopping { .. } => life.becomes(stopping, []),
        Phase::Failed { cause, process } => match process {
            Leftover::Gone => life.stays(),
            Leftover::Usable => life.becomes(stopping, [Effect::Close]),
            Leftover::Closing { .. } => {
                let process = Leftover::Closing { wanted: false };
                let cause = cause.clone();
                life.becomes(Phase::Failed { cause, process }, [])
            }
        },
    }
}

fn sleep(life: Life) -> (Life, Vec<Effect>) {
    match &life.phase {
        Phase::Ready => life.becomes(Phase::Stopping { then: Then::Sleep }, [Effect::Close]),
        // What failed stays to be seen.
        Phase::Failed {
            cause,
            process: Leftover::Usable,
        } => {
            let cause = cause.clone();
            life.fails_and_closes(cause)
        }
        Phase::Stopped
        | Phase::Asleep
        | Phase::Waiting { .. }
        | Phase::Starting
        | Phase::Working { .. }
        | Phase::Stopping { .. }
        | Phase::Failed { .. } => life.stays(),
    }
}

fn hear(life: Life, event: LifeEvent) -> (Life, Vec<Effect>) {
    match (&life.phase, event) {
        (Phase::Starting, LifeEvent::Opened) => life.becomes(Phase::Ready, [Effect::Offer]),
        (Phase::Starting, LifeEvent::StartTimedOut) => {
            let seconds = START_LIMIT_SECONDS;
            life.fails_and_closes(Cause::StartTimedOut { seconds })
        }
        (Phase::Starting, LifeEvent::TurnFailed(cause)) => life.fails_and_closes(cause),
        (Phase::Working { turn: Turn::Given }, LifeEvent::Reacted) => {
            life.becomes(Phase::Working { turn: Turn::Begun }, [])
        }
        (Phase::Working { .. }, LifeEvent::TurnEnded) => {
            let life = Life {
                restarted: false,
                ..life
            };
            life.becomes(Phase::Ready, [Effect::Offer])
        }
        (Phase::Working { .. }, LifeEvent::TurnFailed(cause)) => {
            if leaves_the_process_good(&cause) {
                let process = Leftover::Usable;
                life.becomes(Phase::Failed { cause, process }, [])
            } else {
                life.fails_and_closes(cause)
            }
        }
        (Phase::Working { turn: Turn::Given }, LifeEvent::EndedUnread(Some(cause)))
            if !life.restarted && is_crash(&cause) =>
        {
            life.starts_by_itself(Effect::StartAgain { cause })
        }
        (_, LifeEvent::Ended(cause) | LifeEvent::EndedUnread(cause)) => life.ended(cause),
        // Late or doubled: an agent may say such a thing when it is no longer true.
        (
            _,
            LifeEvent::Opened
            | LifeEvent::StartTimedOut
            | LifeEvent::Reacted
            | LifeEvent::TurnEnded
            | LifeEvent::TurnFailed(_),
        ) => life.stays(),
    }
}

impl Life {
    fn fails_and_closes(self, cause: Cause) -> (Self, Vec<Effect>) {
        let process = Leftover::Closing { wanted: false };
        self.becomes(Phase::Failed { cause, process }, [Effect::Close])
    }

    /// Answers a crash by a start, which happens once until a turn ended.
    fn starts_by_itself(self, tells: Effect) -> (Self, Vec<Effect>) {
        let life = Self {
            restarted: true,
            ..self
        };
        life.launches(vec![tells])
    }

    fn ended(self, cause: Option<Cause>) -> (Self, Vec<Effect>) {
        match self.phase.clone() {
            Phase::Stopped | Phase::Asleep | Phase::Waiting { .. } => self.stays(),
            Phase::Starting | Phase::Ready | Phase::Working { .. } => {
                match (self.phase.clone(), cause) {
                    (Phase::Working { turn: Turn::Begun }, Some(cause))
                        if !self.restarted && is_crash(&cause) =>
                    {
                        self.starts_by_itself(Effect::GoOn { cause })
                    }
                    (_, Some(cause)) => {
                        let process = Leftover::Gone;
                        self.becomes(Phase::Failed { cause, process }, [])
                    }
                    (_, None) => self.becomes(Phase::Stopped, []),
                }
            }
            Phase::Stopping { then: Then::Launch }
            | Phase::Failed {
                process: Leftover::Closing { wanted: true },
                ..
            } => self.launches(Vec::new()),
            // However it went: it was asked to end, and it did.
            Phase::Stopping { then: Then::Stop } => self.becomes(Phase::Stopped, []),
            Phase::Stopping { then: Then::Sleep } => self.becomes(Phase::Asleep, []),
            Phase::Failed { cause, .. } => {
                let process = Leftover::Gone;
                self.becomes(Phase::Failed { cause, process }, [])
            }
        }
    }
}

fn is_crash(cause: &Cause) -> bool {
    matches!(cause, Cause::Crashed { .. })
}

#[cfg(test)]
mod tests;
