//! A session's life as a pure function. No IO, no clock, no async.
//!
//! Invariant: a prompt goes only to an agent that is ready, so two are never in flight; events of an earlier
//! process change nothing; and only `Ended` says that a process ended.

use crate::error::Cause;
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
    phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Stopped,
    Starting,
    Ready,
    Working,
    Stopping { wanted: bool },
    Failed { cause: Cause, process: Leftover },
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
    /// The first message of the queue is recorded as being sent.
    Prompt,
    /// The person stops the turn.
    StopTurn,
    /// The process shall end.
    End,
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
    /// The turn is over.
    TurnEnded,
    /// The turn ended with an error.
    TurnFailed(Cause),
    /// The process is gone.
    Ended(Option<Cause>),
}

/// What the caller has to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
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
        Input::Prompt => match life.phase {
            Phase::Ready => life.becomes(Phase::Working, [Effect::Prompt]),
            _ => life.stays(),
        },
        Input::StopTurn => match life.phase {
            Phase::Working => (life, vec![Effect::Cancel]),
            // Nothing was given to the agent yet: what is being stopped is the start.
            Phase::Starting => life.becomes(Phase::Stopping { wanted: false }, [Effect::Close]),
            _ => life.stays(),
        },
        Input::End => end(life),
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
            SessionState::Stopped
            | SessionState::Starting { .. }
            | SessionState::Ready { .. }
            | SessionState::Working { .. }
            | SessionState::Stopping { .. } => Phase::Stopped,
        };
        Self {
            incarnation: 0,
            phase,
        }
    }

    /// What others may see of it.
    pub fn state(&self) -> SessionState {
        let incarnation = self.incarnation;
        match &self.phase {
            Phase::Stopped => SessionState::Stopped,
            Phase::Starting => SessionState::Starting { incarnation },
            Phase::Ready => SessionState::Ready { incarnation },
            Phase::Working => SessionState::Working { incarnation },
            Phase::Stopping { .. } => SessionState::Stopping { incarnation },
            Phase::Failed { cause, .. } => SessionState::Failed {
                cause: cause.clone(),
            },
        }
    }

    /// Whether there is a process that has not ended.
    pub fn has_process(&self) -> bool {
        match &self.phase {
            Phase::Stopped => false,
            Phase::Starting | Phase::Ready | Phase::Working | Phase::Stopping { .. } => true,
            Phase::Failed { process, .. } => *process != Leftover::Gone,
        }
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

    fn launches(self) -> (Self, Vec<Effect>) {
        let incarnation = self.incarnation + 1;
        let life = Self {
            incarnation,
            phase: Phase::Starting,
        };
        (life, vec![Effect::Launch { incarnation }])
    }
}

fn wake(life: Life) -> (Life, Vec<Effect>) {
    match &life.phase {
        Phase::Stopped => life.launches(),
        Phase::Ready => (life, vec![Effect::Offer]),
        // `Opened` and `TurnEnded` will offer.
        Phase::Starting | Phase::Working => life.stays(),
        // Two processes of one conversation would write over each other: the next starts when this one ended.
        Phase::Stopping { .. } => life.becomes(Phase::Stopping { wanted: true }, []),
        Phase::Failed { cause, process } => match process {
            Leftover::Gone => life.launches(),
            Leftover::Usable => life.becomes(Phase::Ready, [Effect::Offer]),
            Leftover::Closing { .. } => {
                let process = Leftover::Closing { wanted: true };
                let cause = cause.clone();
                life.becomes(Phase::Failed { cause, process }, [])
            }
        },
    }
}

fn end(life: Life) -> (Life, Vec<Effect>) {
    let stopping = Phase::Stopping { wanted: false };
    match &life.phase {
        Phase::Stopped => life.stays(),
        Phase::Starting | Phase::Ready | Phase::Working => life.becomes(stopping, [Effect::Close]),
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

fn hear(life: Life, event: LifeEvent) -> (Life, Vec<Effect>) {
    match (&life.phase, event) {
        (Phase::Starting, LifeEvent::Opened) => life.becomes(Phase::Ready, [Effect::Offer]),
        (Phase::Starting, LifeEvent::StartTimedOut) => {
            let seconds = START_LIMIT_SECONDS;
            life.fails_and_closes(Cause::StartTimedOut { seconds })
        }
        (Phase::Starting, LifeEvent::TurnFailed(cause)) => life.fails_and_closes(cause),
        (Phase::Working, LifeEvent::TurnEnded) => life.becomes(Phase::Ready, [Effect::Offer]),
        (Phase::Working, LifeEvent::TurnFailed(cause)) => {
            if leaves_the_process_good(&cause) {
                let process = Leftover::Usable;
                life.becomes(Phase::Failed { cause, process }, [])
            } else {
                life.fails_and_closes(cause)
            }
        }
        (_, LifeEvent::Ended(cause)) => life.ended(cause),
        // Late or doubled: an agent may say such a thing when it is no longer true.
        (
            _,
            LifeEvent::Opened
            | LifeEvent::StartTimedOut
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

    fn ended(self, cause: Option<Cause>) -> (Self, Vec<Effect>) {
        match self.phase.clone() {
            Phase::Stopped => self.stays(),
            Phase::Starting | Phase::Ready | Phase::Working => {
                let phase = cause.map_or(Phase::Stopped, |cause| Phase::Failed {
                    cause,
                    process: Leftover::Gone,
                });
                self.becomes(phase, [])
            }
            Phase::Stopping { wanted: true }
            | Phase::Failed {
                process: Leftover::Closing { wanted: true },
                ..
            } => self.launches(),
            // However it went: it was asked to end, and it did.
            Phase::Stopping { wanted: false } => self.becomes(Phase::Stopped, []),
            Phase::Failed { cause, .. } => {
                let process = Leftover::Gone;
                self.becomes(Phase::Failed { cause, process }, [])
            }
        }
    }
}

/// A process whose provider failed is worth keeping: its conversation is still in it. One that is not signed in
/// or lost the protocol has to begin anew to be any better.
fn leaves_the_process_good(cause: &Cause) -> bool {
    match cause {
        Cause::Provider { .. } | Cause::Quota { .. } => true,
        Cause::BinaryMissing { .. }
        | Cause::FolderUnusable { .. }
        | Cause::StartTimedOut { .. }
        | Cause::Protocol { .. }
        | Cause::SignIn { .. }
        | Cause::Crashed { .. }
        | Cause::Interrupted => false,
    }
}

/// Whether a process that ended like this, before it showed any sign of the conversation it was to resume, would end
/// so at each resume. What has nothing to do with the conversation is not held against it.
pub fn speaks_against_resuming(cause: &Cause) -> bool {
    match cause {
        Cause::Crashed { .. } | Cause::StartTimedOut { .. } | Cause::Protocol { .. } => true,
        Cause::BinaryMissing { .. }
        | Cause::FolderUnusable { .. }
        | Cause::Provider { .. }
        | Cause::SignIn { .. }
        | Cause::Quota { .. }
        | Cause::Interrupted => false,
    }
}

#[cfg(test)]
mod tests;
