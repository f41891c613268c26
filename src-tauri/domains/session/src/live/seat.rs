//! The session's seat among the live agents: taken before a process starts, kept while there is one, given back after.

use super::{Live, Outcome};
use crate::error::SessionError;
use crate::machine::{Input, SessionState};
use crate::seats::{Asked, Seat};
use kernel::Timestamp;
use tokio::sync::oneshot;

/// What the session has of a seat.
#[derive(Default)]
pub(super) enum Holding {
    #[default]
    None,
    InLine(oneshot::Receiver<Seat>),
    Seat(Seat),
}

impl Holding {
    /// Comes when the seat that is waited for is there, never otherwise.
    pub(super) async fn comes(&mut self) {
        let seat = match self {
            Self::InLine(turn) => turn.await,
            Self::None | Self::Seat(_) => std::future::pending().await,
        };
        // A turn ends without a seat only with the app.
        *self = seat.map_or(Self::None, Self::Seat);
    }
}

impl Live {
    pub(super) fn take_seat(&mut self) -> Input {
        match self.shared.seats.ask() {
            Asked::Seat(seat) => {
                self.seat = Holding::Seat(seat);
                Input::Seated
            }
            Asked::Line(turn) => {
                self.seat = Holding::InLine(turn);
                self.shared.make_room();
                let why = self.shared.seats.why();
                Input::NoSeat { why }
            }
        }
    }

    /// The seat that was waited for is there.
    pub(super) async fn seated(&mut self) {
        self.advance(Input::Seated).await;
        self.save_now().await;
    }

    /// After each step: a seat without a process and a place in a line without a wish are given back, however the
    /// session came there.
    pub(super) fn keep_or_leave_seat(&mut self) {
        let is_needed = self.life.has_process() || self.life.waits_for_a_seat();
        if !is_needed {
            self.seat = Holding::None;
        } else if let Holding::Seat(seat) = &mut self.seat {
            seat.is_leaving(self.life.leaves_its_seat());
        }
    }

    /// A session that waits for a seat and has nothing left to send waits no longer.
    pub(super) async fn leave_the_line_if_nothing_waits(&mut self) {
        if self.life.waits_for_a_seat() && !self.has_waiting() {
            self.advance(Input::End).await;
            self.save_now().await;
        }
    }

    /// Since when there is a process that nothing needs.
    pub(super) fn idle_since(&self) -> Option<Timestamp> {
        let is_idle = self.life.may_sleep()
            && !self.transcript.has_pending()
            && !self.has_waiting()
            && self.in_flight.is_none();
        is_idle.then_some(self.session.state_since)
    }

    pub(super) async fn sleep(&mut self, reply: Option<Outcome<()>>) {
        let needed =
            self.life.has_process() && !self.life.is_ending() && self.idle_since().is_none();
        if !needed {
            self.advance(Input::Sleep).await;
            self.save_now().await;
        }
        if let Some(reply) = reply {
            let slept = if needed {
                Err(SessionError::Busy)
            } else {
                Ok(())
            };
            let _ = reply.send(slept);
        }
    }

    /// The limits changed: what is told of them, and what is measured by them.
    pub(super) async fn limits_changed(&mut self) {
        if self.life.waits_for_a_seat() {
            let why = self.shared.seats.why();
            self.advance(Input::NoSeat { why }).await;
            self.save_now().await;
        }
        if matches!(self.session.state, SessionState::Working { .. }) {
            self.watch_again();
        }
    }
}
