//! What a crash in a turn leads to: the process is started again once, and told by a message of the app's own to go on;
//! or given the person's message, where that never got into it.
//!
//! Such a message is a row like any other, so it is given to the agent once. It is nobody's prompt: where the session
//! comes to rest before it was delivered it is taken out again, and the person decides.

use super::Live;
use crate::entry::NoticeLevel;
use crate::error::Cause;
use crate::session::{Author, Message, MessageState};
use kernel::MessageId;

/// What the agent is told.
const GO_ON: &str = "The agent's process ended unexpectedly in the middle of its turn. It was started again. Look at \
    what was done and go on.";

impl Live {
    /// Tells of the crash and queues the app's message before all others.
    pub(super) async fn go_on(&mut self, cause: &Cause) {
        self.tell_of_start(cause, "to go on with its turn");
        let message = Message {
            id: MessageId::mint(),
            session: self.session.id.clone(),
            position: self.queue.first().map_or(1, |first| first.position),
            text: GO_ON.to_owned(),
            attachments: Vec::new(),
            author: Author::App,
            state: MessageState::Queued,
            created_at: self.shared.clock.now(),
        };
        let mut changed = vec![message.clone()];
        for behind in &mut self.queue {
            behind.position += 1;
            changed.push(behind.clone());
        }
        self.queue.insert(0, message);
        if let Err(error) = self.store_messages(changed.clone()).await {
            // It is written before it is given to the agent; until then it waits like all that can't be written.
            self.unsaved
                .messages
                .extend(changed.into_iter().map(|message| message.id));
            self.has_trouble(&error);
        }
    }

    /// Tells of a crash and of the start that answers it.
    pub(super) fn tell_of_start(&mut self, cause: &Cause, what_for: &str) {
        let text = format!(
            "{} It is started again by itself, once, {what_for}.",
            cause.message()
        );
        self.notice(NoticeLevel::Warning, text, cause.detail());
    }

    /// The session is at rest: a message of the app's own that did not go out is not kept for later.
    pub(super) fn withdraw_own_messages(&mut self) {
        let own = self
            .queue
            .extract_if(.., |message| {
                message.author == Author::App && !self.delivered.contains(&message.id)
            })
            .map(|message| message.id);
        self.unsaved.withdrawn.extend(own);
    }

    /// A failure as the transcript tells it.
    pub(super) fn tell_of_failure(&mut self, cause: &Cause) {
        let mut text = cause.message();
        if self.life.was_restarted() && matches!(cause, Cause::Crashed { .. }) {
            text.push_str(
                " It had been started again by itself already, so the next start is yours.",
            );
        }
        self.notice(NoticeLevel::Error, text, cause.detail());
    }
}
