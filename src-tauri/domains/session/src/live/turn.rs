//! The turn that runs: how it is stopped, how it ends, and what is closed with it.

use super::Live;
use super::deliver::Undelivered;
use crate::cut;
use crate::digest;
use crate::entry::{NoticeLevel, RequestOutcome};
use crate::error::Cause;
use crate::machine::{Input, LifeEvent, SessionState};
use kernel::Timestamp;

/// The turn that runs.
pub(super) struct OpenTurn {
    started: Timestamp,
    /// The person stopped it.
    stopped: bool,
    /// The beginning of what the agent said last.
    said: String,
    /// Whether it is still saying it.
    speaks: bool,
}

/// How much of what was said last is kept to tell of it, in bytes.
const SAID: usize = 400;

impl OpenTurn {
    pub(super) fn begun(started: Timestamp) -> Self {
        Self {
            started,
            stopped: false,
            said: String::new(),
            speaks: false,
        }
    }

    fn says(&mut self, text: &str) {
        if !std::mem::replace(&mut self.speaks, true) {
            self.said.clear();
        }
        let room = SAID.saturating_sub(self.said.len());
        self.said.push_str(cut::head(text, room));
    }
}

impl Live {
    /// More of an answer.
    pub(super) fn speaks(&mut self, text: &str) {
        if let Some(turn) = self.turn.as_mut() {
            turn.says(text);
        }
    }

    /// What it says next is something else.
    pub(super) fn falls_silent(&mut self) {
        if let Some(turn) = self.turn.as_mut() {
            turn.speaks = false;
        }
    }

    pub(super) async fn stop_turn(&mut self) {
        self.stop_open_turn();
        self.hold_all();
        self.advance(Input::StopTurn).await;
        self.save_now().await;
    }

    /// What the turn left open is closed before the agent hears of it. `false` when there is nothing to stop.
    pub(super) fn stop_open_turn(&mut self) -> bool {
        let Some(turn) = self.turn.as_mut().filter(|turn| !turn.stopped) else {
            return false;
        };
        turn.stopped = true;
        let now = self.shared.clock.now();
        self.settle_requests(&RequestOutcome::Cancelled);
        self.transcript.cancel_calls(now);
        self.activity = Some("Stopping".to_owned());
        true
    }

    /// Whether a turn is open that the person stopped.
    pub(super) fn turn_was_stopped(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.stopped)
    }

    pub(super) async fn turn_ended(&mut self, reason: String) {
        if !matches!(self.session.state, SessionState::Working { .. }) {
            return;
        }
        let turn = self.turn.as_ref();
        self.ending = turn.and_then(|turn| digest::ending(&reason, &turn.said));
        self.close_turn(Some(reason));
        self.live_event(LifeEvent::TurnEnded).await;
        self.save_now().await;
    }

    pub(super) async fn turn_failed(&mut self, cause: Cause) {
        let turn_was_stopped = self.turn_was_stopped();
        self.close_turn(None);
        self.live_event(LifeEvent::TurnFailed(cause)).await;
        self.save_now().await;
        let came_after_the_stop = turn_was_stopped && self.has_waiting();
        if std::mem::take(&mut self.steered) || came_after_the_stop {
            // The person had given that turn up already: its failure is nothing to look at first.
            self.deliver().await;
        }
    }

    pub(super) async fn ended(&mut self, cause: Option<Cause>) {
        let asked_to = self.life.is_ending();
        let is_own = self.is_own_message_in_flight();
        let undelivered = self.undelivered();
        if undelivered == Undelivered::Doubtful && !asked_to && !is_own {
            let text = "The agent did not react to your last message any more, so it may not have arrived; it is \
                kept for you to send again.";
            self.notice(NoticeLevel::Warning, text.to_owned(), None);
        }
        if let Some(cause) = cause.as_ref().filter(|_| !asked_to) {
            self.judge_resume(cause);
        }
        let turn_was_stopped = self.turn_was_stopped();
        let was_stopped = asked_to || turn_was_stopped;
        self.close_turn(was_stopped.then(|| "cancelled".to_owned()));
        self.settle_requests(&RequestOutcome::Lapsed);
        if asked_to || is_own {
            self.withdraw_own_messages();
        }
        self.agent = None;
        self.events = None;
        self.strike_out().await;
        self.live_event(match undelivered {
            Undelivered::Unread => LifeEvent::EndedUnread(cause),
            Undelivered::Nothing | Undelivered::Doubtful => LifeEvent::Ended(cause),
        })
        .await;
        self.save_now().await;
        self.tell_all_waiters();
        let came_after_the_stop = turn_was_stopped && !asked_to && self.has_waiting();
        if std::mem::take(&mut self.steered) || came_after_the_stop {
            // The turn was stopped for a message, or before it was sent, and the process went with the turn: the message
            // still wants to go.
            self.deliver().await;
        }
    }

    /// What the turn left open is closed; `reason` is told unless a failure tells more.
    fn close_turn(&mut self, reason: Option<String>) {
        let Some(turn) = self.turn.take() else {
            return;
        };
        let now = self.shared.clock.now();
        self.transcript.cancel_calls(now);
        self.settle_requests(&RequestOutcome::Lapsed);
        if let Some(reason) = reason {
            let millis = now.millis().saturating_sub(turn.started.millis());
            let (usage, stamp) = (self.session.usage.as_ref(), self.stamp());
            self.transcript.turn_end(reason, millis, usage, stamp);
        }
        self.session.turn_ended_at = Some(now);
        self.activity = None;
        self.unsaved.row = true;
        self.unsaved.files_touched = true;
        self.touch();
    }

    fn settle_requests(&mut self, outcome: &RequestOutcome) {
        let now = self.shared.clock.now();
        self.settled
            .extend(self.transcript.settle_all(outcome, now));
    }
}
