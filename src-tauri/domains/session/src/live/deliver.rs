//! From the queue to the agent: one message at a time, recorded before it goes, never twice, never dropped.

use super::Live;
use crate::entry::Entry;
use crate::live::turn::OpenTurn;
use crate::machine::{Input, SessionState};
use crate::session::{Author, Message, MessageState};
use kernel::MessageId;

/// A message on its way.
pub(super) struct InFlight {
    message: MessageId,
    /// Its entry, once it is in the agent's pipe.
    prompt: Option<Entry>,
}

/// What was on its way when the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undelivered {
    Nothing,
    /// A message that never got into the agent's pipe.
    Unread,
    /// A message that stands in the transcript, and to which nothing came.
    Doubtful,
}

impl Live {
    /// The person wants the queue to go on: whatever state the session is in, if it has a place.
    pub(super) async fn deliver(&mut self) {
        if self.place.is_some() {
            self.advance(Input::Wake).await;
            self.save_now().await;
        }
    }

    /// What waited for a place or for the disk goes out. A failure is the person's to look at first.
    pub(super) async fn go_on_with_the_queue(&mut self) {
        let waits = self.next_waiting().is_some();
        if waits && !matches!(self.session.state, SessionState::Failed { .. }) {
            self.deliver().await;
        }
    }

    /// Whether a message waits that may go out.
    pub(super) fn has_waiting(&self) -> bool {
        self.next_waiting().is_some()
    }

    fn next_waiting(&self) -> Option<usize> {
        self.queue
            .iter()
            .position(|message| message.state == MessageState::Queued)
    }

    /// The agent can take a prompt: records the next message as being sent.
    pub(super) async fn offer(&mut self) -> Option<Input> {
        self.offer_due = false;
        let place = self.next_waiting()?;
        if self.in_flight.is_some() || self.unsaved.has_sent() {
            // Its row must be true before the next one goes.
            self.offer_due = true;
            return None;
        }
        let mut message = self.queue[place].clone();
        message.state = MessageState::Sending;
        if let Err(error) = self.store_messages(vec![message.clone()]).await {
            self.offer_due = true;
            self.has_trouble(&error);
            return None;
        }
        self.in_flight = Some(InFlight {
            message: message.id.clone(),
            prompt: None,
        });
        self.queue[place] = message;
        self.steered = false;
        Some(Input::Prompt)
    }

    /// Gives the agent the message that was recorded.
    pub(super) async fn prompt(&mut self) {
        let Some(message) = self.message_in_flight() else {
            tracing::error!(session = %self.session.id, "a prompt was due without a message");
            return;
        };
        let message = message.clone();
        self.session.turn += 1;
        self.transcript.begin_turn(self.session.turn);
        self.turn = Some(OpenTurn::begun(self.shared.clock.now()));
        self.activity = Some("Waiting for the agent".to_owned());
        self.ending = None;
        self.unsaved.row = true;
        // That a turn runs is stored before it runs, so that a kill is not taken for an idle end.
        self.save_now().await;
        self.note_the_context();
        let parts = self.prompt_parts(&message).await;
        if let Some(agent) = &self.agent {
            agent.prompt(parts);
        }
    }

    /// The message is in the agent's pipe: it enters the transcript. An agent that dies now may not have read it.
    pub(super) async fn written(&mut self) {
        let Some(message) = self.message_in_flight().cloned() else {
            return;
        };
        if self
            .in_flight
            .as_ref()
            .is_none_or(|sent| sent.prompt.is_some())
        {
            return;
        }
        self.tell_of_the_context();
        let stamp = self.stamp();
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.prompt = Some(self.transcript.prompt(&message, stamp));
        }
        self.save_now().await;
    }

    /// The agent reacts to the message, so it has read it: it is sent, once and for all.
    pub(super) async fn delivered(&mut self) {
        self.written().await;
        let Some(message) = self.message_in_flight() else {
            return;
        };
        let mut message = message.clone();
        message.state = MessageState::Sent;
        let Some(prompt) = self.in_flight.take().and_then(|sent| sent.prompt) else {
            return;
        };
        self.delivered.insert(message.id.clone());
        self.unsaved.sent(message, prompt);
        self.digest_due = false;
        self.context_told();
        self.touch();
    }

    /// The process is gone. A message that was not yet in its pipe was not read: it waits again, or is kept back where
    /// the person stopped it. Of one that was nobody knows: its text is kept for the person to send again.
    pub(super) fn undelivered(&mut self) -> Undelivered {
        let Some(in_flight) = self.in_flight.take() else {
            return Undelivered::Nothing;
        };
        let was_written = in_flight.prompt.is_some();
        let state = match was_written {
            true => MessageState::Failed,
            false if self.turn_was_stopped() => MessageState::Held,
            false => MessageState::Queued,
        };
        let id = in_flight.message;
        if let Some(message) = self.queue.iter_mut().find(|message| message.id == id) {
            message.state = state;
            self.unsaved.messages.insert(id);
            self.touch();
        }
        match was_written {
            true => Undelivered::Doubtful,
            false => Undelivered::Unread,
        }
    }

    /// Whether the message on its way is the app's own.
    pub(super) fn is_own_message_in_flight(&self) -> bool {
        self.message_in_flight()
            .is_some_and(|message| message.author == Author::App)
    }

    fn message_in_flight(&self) -> Option<&Message> {
        let in_flight = self.in_flight.as_ref()?;
        let mut queue = self.queue.iter();
        queue.find(|message| {
            message.id == in_flight.message && message.state == MessageState::Sending
        })
    }

    /// The queue as a person sees it: a message that stands in the transcript already does not wait any more.
    pub(super) fn queue_to_show(&self) -> Vec<Message> {
        let written = self.in_flight.as_ref().filter(|sent| sent.prompt.is_some());
        let shown = |message: &&Message| written.is_none_or(|sent| sent.message != message.id);
        self.queue.iter().filter(shown).cloned().collect()
    }
}
