//! What a prompt is made of: what was said before, what goes along, the person's text, what the app tells of the place.

use super::Live;
use crate::digest;
use crate::entry::NoticeLevel;
use crate::port::PromptPart;
use crate::session::{Attachment, Message};
use crate::work::off_the_workers;
use std::sync::Arc;

/// How far back a digest looks, in entries.
const DIGEST_ENTRIES: u32 = 400;

impl Live {
    /// The parts of a prompt, in the order the agent reads them. The person's words come before what the app tells
    /// of the place: agents take the beginning for the conversation's title and for their own lists.
    pub(super) async fn prompt_parts(&mut self, message: &Message) -> Vec<PromptPart> {
        let mut parts: Vec<PromptPart> = Vec::new();
        if self.digest_due {
            parts.extend(self.digest().await.map(PromptPart::Context));
        }
        for attachment in &message.attachments {
            let part = self.attachment_part(attachment).await;
            parts.push(part.unwrap_or_else(|| self.left_out(attachment.name())));
        }
        if !message.text.trim().is_empty() {
            parts.push(PromptPart::Text(message.text.clone()));
        }
        parts.extend(self.context_due().map(PromptPart::Context));
        parts
    }

    /// Remembers what the prompt that goes out now tells of the place.
    pub(super) fn note_the_context(&mut self) {
        self.telling = self.context_due().as_deref().map(mark);
    }

    /// What the agent has to be told of its place: all of it, unless this conversation was told just that.
    fn context_due(&self) -> Option<String> {
        let context = &self.place.as_ref()?.context;
        let is_due = !context.is_empty() && self.session.context.as_deref() != Some(&mark(context));
        is_due.then(|| context.clone())
    }

    /// The person sees what the agent is told besides their words.
    pub(super) fn tell_of_the_context(&mut self) {
        if let Some(context) = self.context_due() {
            let text = "Told the agent about its workspace".to_owned();
            self.notice(NoticeLevel::Note, text, Some(context));
        }
    }

    /// The agent has read it.
    pub(super) fn context_told(&mut self) {
        // What changed meanwhile was not in it.
        if let Some(told) = self.telling.take() {
            self.session.context = Some(told);
            self.unsaved.row = true;
        }
    }

    /// Whether an agent took what it was told of its place for what the conversation is about.
    pub(super) fn is_of_the_context(&self, title: &str) -> bool {
        let begin = title.trim().trim_end_matches(['.', '…']).trim_end();
        let context = self.place.as_ref().map(|place| place.context.trim_start());
        !begin.is_empty() && context.is_some_and(|context| context.starts_with(begin))
    }

    async fn digest(&self) -> Option<String> {
        let (store, id) = (Arc::clone(&self.shared.store), self.session.id.clone());
        match off_the_workers(move || store.entries(&id, None, DIGEST_ENTRIES)).await {
            Ok(entries) => digest::of(&entries),
            Err(error) => {
                tracing::warn!(session = %self.session.id, %error, "the agent gets no digest");
                None
            }
        }
    }

    /// What could not go along is told to both: the person would wait for an answer to what nobody saw.
    fn left_out(&mut self, name: &str) -> PromptPart {
        let text =
            format!("{name} could not be read, so the agent did not get it. Attach it again.");
        self.notice(NoticeLevel::Warning, text, None);
        PromptPart::Context(format!(
            "[{name} was to go along here and could not be read.]"
        ))
    }

    /// `None` when its bytes can't be read.
    async fn attachment_part(&self, attachment: &Attachment) -> Option<PromptPart> {
        let (id, name) = match attachment {
            Attachment::File { name, path } => {
                let (name, path) = (name.clone(), path.clone());
                return Some(PromptPart::Link { name, path });
            }
            Attachment::Image { id, name, .. } | Attachment::Text { id, name, .. } => {
                (id.clone(), name.clone())
            }
        };
        let store = Arc::clone(&self.shared.attachments);
        let bytes = match off_the_workers(move || store.attachment(&id)).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!(session = %self.session.id, %error, "an attachment can't be read");
                return None;
            }
        };
        Some(match attachment {
            Attachment::Image { mime, .. } => PromptPart::Image {
                name,
                mime: mime.clone(),
                bytes: bytes.into(),
            },
            Attachment::Text { .. } | Attachment::File { .. } => PromptPart::Embedded {
                name,
                text: String::from_utf8_lossy(&bytes).into_owned(),
            },
        })
    }
}

/// What is remembered of a text to know it again: FNV-1a of 64 bits, in hex.
fn mark(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
