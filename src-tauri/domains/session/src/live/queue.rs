//! The person's messages that wait: stored first, in the order shown, changed as long as the agent has not got them.
//!
//! Invariant: rows are written before the queue changes, several of them in one go, so that a kill at any moment
//! leaves each message in one place and one state.

use super::{Live, Outcome};
use crate::digest;
use crate::error::SessionError;
use crate::machine::{Input, SessionState};
use crate::session::{Attachment, Delivery, Message, MessageState, NewMessage};
use crate::work::off_the_workers;
use kernel::MessageId;
use std::sync::Arc;

impl Live {
    pub(super) async fn send(&mut self, new: NewMessage, reply: Outcome<MessageId>) {
        let title = digest::title(&new.text, &new.attachments);
        let message = Message {
            id: MessageId::mint(),
            session: self.session.id.clone(),
            position: self.queue.last().map_or(1, |last| last.position + 1),
            text: new.text,
            attachments: new.attachments,
            author: new.author,
            state: MessageState::Queued,
            created_at: self.shared.clock.now(),
        };
        let id = message.id.clone();
        let mut queue = self.queue.clone();
        queue.push(message);
        let to = match new.delivery {
            Delivery::Queue => queue.len() - 1,
            Delivery::Now => first_free(&queue),
        };
        let from = queue.len() - 1;
        moved(&mut queue, from, to);
        if let Err(error) = self.rearrange(queue).await {
            let _ = reply.send(Err(error));
            return;
        }
        if self.session.title.is_empty() {
            self.session.title = title;
            self.unsaved.row = true;
            self.touch();
        }
        self.reopen();
        self.publish();
        let _ = reply.send(Ok(id));
        match new.delivery {
            Delivery::Queue => self.deliver().await,
            Delivery::Now => self.steer().await,
        }
    }

    pub(super) async fn take_back(&mut self, id: &MessageId) -> Result<String, SessionError> {
        let place = self.waiting_place(id)?;
        let (store, removed) = (Arc::clone(&self.shared.store), id.clone());
        off_the_workers(move || store.remove_message(&removed)).await?;
        let message = self.queue.remove(place);
        self.unsaved.messages.remove(id);
        self.publish();
        Ok(message.text)
    }

    /// Gives a message that waits another text.
    pub(super) async fn edit(
        &mut self,
        id: &MessageId,
        text: String,
        attachments: Vec<Attachment>,
    ) -> Result<(), SessionError> {
        let place = self.waiting_place(id)?;
        let mut queue = self.queue.clone();
        queue[place].text = text;
        queue[place].attachments = attachments;
        self.rearrange(queue).await?;
        self.publish();
        Ok(())
    }

    /// Puts a message that waits before another one, or at the end.
    pub(super) async fn move_to(
        &mut self,
        id: &MessageId,
        before: Option<&MessageId>,
    ) -> Result<(), SessionError> {
        let from = self.waiting_place(id)?;
        let to = match before {
            None => self.queue.len() - 1,
            Some(before) if before == id => from,
            Some(before) => {
                let mut others = self.queue.iter().filter(|message| message.id != *id);
                let place = others.position(|message| message.id == *before);
                place.ok_or(SessionError::Unknown { what: "message" })?
            }
        };
        let mut queue = self.queue.clone();
        // What the agent is just given stays in front.
        moved(&mut queue, from, to.max(first_free(&self.queue)));
        self.rearrange(queue).await?;
        self.publish();
        Ok(())
    }

    /// Keeps a message back until it is let go. One that failed goes nowhere anyway.
    pub(super) async fn hold(&mut self, id: &MessageId) -> Result<(), SessionError> {
        let place = self.waiting_place(id)?;
        if self.queue[place].state == MessageState::Queued {
            let mut queue = self.queue.clone();
            queue[place].state = MessageState::Held;
            self.rearrange(queue).await?;
            self.publish();
        }
        Ok(())
    }

    pub(super) async fn resend(&mut self, id: &MessageId, reply: Outcome<()>) {
        let queued = self.queue_again(id).await;
        let goes = queued.is_ok();
        let _ = reply.send(queued);
        if goes {
            self.deliver().await;
        }
    }

    async fn queue_again(&mut self, id: &MessageId) -> Result<(), SessionError> {
        let place = self.waiting_place(id)?;
        if self.queue[place].state != MessageState::Queued {
            let mut queue = self.queue.clone();
            queue[place].state = MessageState::Queued;
            self.rearrange(queue).await?;
            self.publish();
        }
        Ok(())
    }

    pub(super) async fn send_now(&mut self, id: &MessageId, reply: Outcome<()>) {
        let first = self.queue_first(id).await;
        let goes = first.is_ok();
        let _ = reply.send(first);
        if goes {
            self.steer().await;
        }
    }

    async fn queue_first(&mut self, id: &MessageId) -> Result<(), SessionError> {
        let place = self.waiting_place(id)?;
        let mut queue = self.queue.clone();
        queue[place].state = MessageState::Queued;
        moved(&mut queue, place, first_free(&self.queue));
        self.rearrange(queue).await?;
        self.publish();
        Ok(())
    }

    /// The first message is to go out as soon as it can: the turn that runs is stopped for it.
    async fn steer(&mut self) {
        match self.session.state {
            SessionState::Working { .. } => {
                self.steered = true;
                if self.stop_open_turn() {
                    self.advance(Input::StopTurn).await;
                }
                self.save_now().await;
            }
            _ => self.deliver().await,
        }
    }

    /// The person stopped the agent: nothing goes out until they let it go. Holds even if it can't be written now.
    pub(super) fn hold_all(&mut self) {
        self.steered = false;
        for message in &mut self.queue {
            if message.state == MessageState::Queued {
                message.state = MessageState::Held;
                self.unsaved.messages.insert(message.id.clone());
            }
        }
        self.touch();
    }

    /// Where a message stands in the queue that is not with the agent.
    fn waiting_place(&self, id: &MessageId) -> Result<usize, SessionError> {
        let place = self.queue.iter().position(|message| message.id == *id);
        match place.map(|place| (place, self.queue[place].state)) {
            Some((place, MessageState::Held | MessageState::Queued | MessageState::Failed)) => {
                Ok(place)
            }
            Some((_, MessageState::Sending | MessageState::Sent)) => Err(SessionError::AlreadySent),
            None if self.delivered.contains(id) => Err(SessionError::AlreadySent),
            None => Err(SessionError::Unknown { what: "message" }),
        }
    }

    /// Makes this the queue, once the rows that differ are written.
    async fn rearrange(&mut self, queue: Vec<Message>) -> Result<(), SessionError> {
        let changed: Vec<Message> = queue
            .iter()
            .filter(|message| !self.queue.contains(message))
            .cloned()
            .collect();
        if !changed.is_empty() {
            self.store_messages(changed).await?;
        }
        self.queue = queue;
        Ok(())
    }

    /// Writes these rows, all or none; what was to be written of them later is written with it.
    pub(super) async fn store_messages(
        &mut self,
        messages: Vec<Message>,
    ) -> Result<(), SessionError> {
        let written: Vec<MessageId> = messages.iter().map(|message| message.id.clone()).collect();
        let store = Arc::clone(&self.shared.store);
        off_the_workers(move || store.save_messages(&messages)).await?;
        for id in &written {
            self.unsaved.messages.remove(id);
        }
        Ok(())
    }
}

/// The first place that a message can have which is not being given to the agent.
fn first_free(queue: &[Message]) -> usize {
    let is_going = |message: &Message| message.state == MessageState::Sending;
    queue
        .iter()
        .rposition(is_going)
        .map_or(0, |place| place + 1)
}

/// Moves one to another place; the positions stay the same ones, in order.
fn moved(queue: &mut Vec<Message>, from: usize, to: usize) {
    let positions: Vec<u32> = queue.iter().map(|message| message.position).collect();
    let message = queue.remove(from);
    queue.insert(to.min(queue.len()), message);
    for (message, position) in queue.iter_mut().zip(positions) {
        message.position = position;
    }
}
