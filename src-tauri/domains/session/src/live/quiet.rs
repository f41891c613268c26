//! The watch over a working agent: when nothing came for long, it says so and why that may be. It never ends anything.

use super::{Live, Timer};
use crate::entry::ToolKind;
use crate::machine::SessionState;
use crate::session::Quiet;
use kernel::Timestamp;
use tokio::time::{Instant, sleep_until};

/// When the agent was last heard, and what came of silence.
pub(super) struct Watch {
    pub(super) timer: Timer,
    heard: Instant,
    heard_at: Timestamp,
    quiet: Option<Quiet>,
}

impl Watch {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            timer: None,
            heard: moment(),
            heard_at: now,
            quiet: None,
        }
    }

    pub(super) fn quiet(&self) -> Option<Quiet> {
        self.quiet.clone()
    }
}

impl Live {
    /// Something came from the agent, or went to it that it has to react to.
    pub(super) fn sign_of_life(&mut self) {
        // Only noted: the timer looks at it when it is over, so that a flood costs nothing.
        self.watch.heard = moment();
        self.watch.heard_at = self.shared.clock.now();
        if self.watch.quiet.take().is_some() {
            self.watch_again();
            self.touch();
        }
    }

    /// The session's state changed: a turn is watched, and nothing else.
    pub(super) fn watch_or_rest(&mut self) {
        if matches!(self.session.state, SessionState::Working { .. }) {
            self.sign_of_life();
            self.watch_again();
        } else {
            self.watch.timer = None;
            self.watch.quiet = None;
        }
    }

    /// Sets the timer by the limit as it is now.
    pub(super) fn watch_again(&mut self) {
        let due = self.watch.heard + self.shared.limits().quiet_after;
        self.watch.timer = Some(Box::pin(sleep_until(due)));
        if self.watch.quiet.is_some() && due > moment() {
            self.watch.quiet = None;
            self.touch();
        }
    }

    pub(super) fn quiet_is_due(&mut self) {
        self.watch.timer = None;
        if self.transcript.has_pending() {
            // It waits for the person, who may take all the time there is.
            self.sign_of_life();
        }
        if self.watch.heard + self.shared.limits().quiet_after > moment() {
            self.watch_again();
            return;
        }
        let quiet = Quiet {
            since: self.watch.heard_at,
            likely: self.likely(),
        };
        tracing::info!(session = %self.session.id, likely = quiet.likely, "an agent is quiet");
        self.watch.quiet = Some(quiet);
        self.touch();
    }

    /// Why nothing comes, as far as one can tell from what came before.
    fn likely(&self) -> String {
        if let Some(call) = self.transcript.running_call() {
            return match call.tool {
                ToolKind::Execute => format!("\"{}\" has been running since.", call.title),
                _ => format!("\"{}\" has not ended since.", call.title),
            };
        }
        if self.in_flight.is_some() {
            return "Nothing came since your message: the provider may be retrying after a limit or a failure, or the \
                    sign-in may have ended; agents don't say so."
                .to_owned();
        }
        "The model may be thinking, or its connection hangs.".to_owned()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "silence is measured as timers are, by tokio's clock: tests stop it, and the system's may jump"
)]
fn moment() -> Instant {
    Instant::now()
}
