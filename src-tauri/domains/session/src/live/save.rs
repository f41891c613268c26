//! Stored first, then told: changes are gathered for 50 ms, written, and only then announced.

use super::Live;
use crate::entry::{Entry, NoticeLevel};
use crate::error::SessionError;
use crate::session::{Message, SessionFact};
use crate::sessions::Page;
use crate::work::off_the_workers;
use kernel::MessageId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long changes are gathered.
const GATHER: Duration = Duration::from_millis(50);
/// How long after a failed write the next one is tried.
const RETRY: Duration = Duration::from_millis(500);
/// How much of an agent's stream is held unwritten, in bytes; while nothing can be written the agent has to wait.
const HOLD: usize = 8 * 1024 * 1024;

/// What is not written yet, besides the transcript's changes.
#[derive(Default)]
pub(super) struct Unsaved {
    /// The session's row.
    pub(super) row: bool,
    /// Messages whose row is behind.
    pub(super) messages: BTreeSet<MessageId>,
    /// Messages of the app's own that are out of the queue and still have a row.
    pub(super) withdrawn: BTreeSet<MessageId>,
    /// What the agent offers changed; remembered for it with the next write.
    pub(super) offers: bool,
    /// Files may have changed; told with the next write.
    pub(super) files_touched: bool,
    /// A message that is with the agent, and its entry.
    sent: Option<(Message, Entry)>,
    /// About how much came from the agent since the last write, in bytes.
    size: usize,
    trouble: Option<String>,
}

impl Unsaved {
    pub(super) fn grew(&mut self, bytes: usize) {
        self.size = self.size.saturating_add(bytes);
    }

    pub(super) fn sent(&mut self, message: Message, entry: Entry) {
        self.sent = Some((message, entry));
    }

    /// Whether a message is with the agent whose row does not say so.
    pub(super) fn has_sent(&self) -> bool {
        self.sent.is_some()
    }

    /// For people, while nothing can be written.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.clone()
    }
}

impl Live {
    /// Something changed: it is written and told soon.
    pub(super) fn touch(&mut self) {
        if self.save_timer.is_none() {
            self.save_timer = Some(Box::pin(sleep(GATHER)));
        }
    }

    /// Writes what can't wait. A failure is kept, told, and tried again.
    pub(super) async fn save_now(&mut self) {
        // Told by `has_trouble`.
        let _ = self.save().await;
    }

    /// Writes what is due; then a message goes out that had to wait for it.
    pub(super) async fn save_and_go_on(&mut self) {
        let saved = self.save().await.is_ok();
        if saved && self.place.is_some() && std::mem::take(&mut self.offer_due) {
            self.go_on_with_the_queue().await;
        }
    }

    /// Writes all that changed and tells it. What can't be written is kept.
    pub(super) async fn save(&mut self) -> Result<(), SessionError> {
        self.save_timer = None;
        let entries = self.transcript.changed();
        let has_entries = !entries.is_empty();
        let sent = self.unsaved.sent.clone();
        let messages = self.queued(&self.unsaved.messages);
        let withdrawn = self.unsaved.withdrawn.clone();
        let row = self.unsaved.row.then(|| self.session.clone());
        let rows_change = !messages.is_empty() || !withdrawn.is_empty() || row.is_some();
        if has_entries || sent.is_some() || rows_change {
            let (store, id) = (Arc::clone(&self.shared.store), self.session.id.clone());
            let written = off_the_workers(move || {
                if let Some((message, prompt)) = &sent {
                    store.save_sent(message, prompt)?;
                }
                if has_entries {
                    store.save_entries(&id, &entries)?;
                }
                if !messages.is_empty() {
                    store.save_messages(&messages)?;
                }
                row.map_or(Ok(()), |row| store.save_session(&row))?;
                withdrawn
                    .iter()
                    .try_for_each(|message| store.remove_message(message))
            })
            .await;
            if let Err(error) = written {
                self.has_trouble(&error);
                self.publish();
                return Err(error);
            }
            self.is_written();
            self.remember_offers().await;
        }
        if self.offer_due && self.place.is_some() {
            // Whatever was written now: a message waited for this.
            self.touch();
        }
        self.publish();
        if std::mem::take(&mut self.unsaved.files_touched) {
            let fact = SessionFact::FilesTouched(self.session.workspace.clone());
            self.shared.facts.announce(fact);
        }
        Ok(())
    }

    fn queued(&self, ids: &BTreeSet<MessageId>) -> Vec<Message> {
        let of = |message: &&Message| ids.contains(&message.id);
        self.queue.iter().filter(of).cloned().collect()
    }

    /// Nothing can be written: said once in the transcript, and on the session as long as it lasts.
    pub(super) fn has_trouble(&mut self, error: &SessionError) {
        self.save_timer = Some(Box::pin(sleep(RETRY)));
        let text = format!("Not saved: {error}");
        if self.unsaved.trouble.replace(text).is_some() {
            return;
        }
        tracing::warn!(session = %self.session.id, %error, "a conversation can't be written");
        let stamp = self.stamp();
        let text = "For a while the conversation could not be saved; it was kept in memory and written later.";
        self.transcript.notice(
            NoticeLevel::Warning,
            text.to_owned(),
            Some(error.to_string()),
            stamp,
        );
    }

    fn is_written(&mut self) {
        if let Some((message, _)) = self.unsaved.sent.take() {
            self.queue.retain(|queued| queued.id != message.id);
        }
        self.unsaved.row = false;
        self.unsaved.messages.clear();
        self.unsaved.withdrawn.clear();
        self.unsaved.size = 0;
        self.unsaved.trouble = None;
        let changes = self.transcript.take_changes();
        if !changes.is_empty() {
            self.revision += 1;
            self.shared.facts.announce(SessionFact::Transcript {
                session: self.session.id.clone(),
                revision: self.revision,
                changes,
            });
        }
    }

    pub(super) fn publish(&self) {
        self.shared.publish(self.summary(), self.idle_since());
    }

    /// A flood is written before its time, so that it never fills the memory.
    pub(super) async fn save_if_much(&mut self) {
        if self.unsaved.size > HOLD && self.unsaved.trouble.is_none() {
            self.save_now().await;
        }
    }

    /// Whether the agent has to wait until something can be written again. One that is ending is heard out.
    pub(super) fn has_too_much_unsaved(&self) -> bool {
        self.unsaved.trouble.is_some() && self.unsaved.size > HOLD && !self.life.is_closing()
    }

    pub(super) async fn page(
        &mut self,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Page, SessionError> {
        // What can't be written now is not on the page and is told later, like any other change.
        self.save_now().await;
        let (store, id) = (Arc::clone(&self.shared.store), self.session.id.clone());
        let wanted = limit.saturating_add(1);
        let mut entries = off_the_workers(move || store.entries(&id, before, wanted)).await?;
        let more = entries.len() > limit as usize;
        if more {
            entries.remove(0);
        }
        Ok(Page {
            entries,
            revision: self.revision,
            more,
        })
    }
}
