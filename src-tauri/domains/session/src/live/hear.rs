//! What comes from the agent while it works.

use super::Live;
use crate::cut;
use crate::entry::{Ask, NoticeLevel, RequestOutcome, ToolContent};
use crate::machine::{LifeEvent, SessionState};
use crate::offer::Offers;
use crate::port::{AgentEvent, Opening, ToolPatch};
use crate::session::{Answer, SessionFact, TitleBy};
use crate::transcript::Voice;
use kernel::RequestId;

impl Live {
    pub(super) async fn hear(&mut self, event: AgentEvent) {
        if is_sign_of_the_conversation(&event) {
            self.resuming = false;
        }
        if is_reaction(&event) {
            self.reacted().await;
        }
        match event {
            AgentEvent::Opened {
                agent_session,
                opening,
            } => self.opened(agent_session, opening).await,
            AgentEvent::PromptWritten => self.written().await,
            AgentEvent::NextMessage => {
                self.transcript.end_text();
                self.falls_silent();
            }
            AgentEvent::Text(text) => self.said(Voice::Answer, &text, "Writing"),
            AgentEvent::Thought(text) => self.said(Voice::Thought, &text, "Thinking"),
            AgentEvent::Tool(patch) => self.tool(patch),
            AgentEvent::Plan(items) => {
                self.transcript.plan(items, self.stamp());
                self.does("Planning");
            }
            AgentEvent::Asked { token, ask } => self.asked(token, ask).await,
            AgentEvent::AskWithdrawn { token } => self.withdrawn(&token).await,
            AgentEvent::Usage(usage) => {
                self.session.usage = Some(usage);
                self.unsaved.row = true;
                self.touch();
            }
            AgentEvent::Started(process) => self.record(process).await,
            AgentEvent::Commands(commands) => self.offers(|offers| offers.commands = commands),
            AgentEvent::Options(options) => {
                self.offers(|offers| offers.options = options);
                self.follow_choices();
            }
            AgentEvent::Images(taken) => self.offers(|offers| offers.images = Some(taken)),
            AgentEvent::OptionRefused { id, said } => self.refused(&id, &said),
            AgentEvent::Title(title) => self.titled(title),
            AgentEvent::Other { name, raw } => {
                self.unsaved.grew(raw.len());
                self.transcript.other(name, raw, self.stamp());
                self.touch();
            }
            AgentEvent::Trouble(text) => self.notice(NoticeLevel::Warning, text, None),
            AgentEvent::TurnEnded { reason } => self.turn_ended(reason).await,
            AgentEvent::TurnFailed(cause) => self.turn_failed(cause).await,
            AgentEvent::Ended { cause } => self.ended(cause).await,
        }
    }

    /// The agent does what it does only in a turn: it has read its prompt.
    async fn reacted(&mut self) {
        if self.in_flight.is_some() {
            self.delivered().await;
            self.live_event(LifeEvent::Reacted).await;
        }
    }

    async fn opened(&mut self, agent_session: String, opening: Opening) {
        // One that was given up is not taken back because it opens at last.
        if !matches!(self.session.state, SessionState::Starting { .. }) {
            return;
        }
        self.session.agent_session = Some(agent_session);
        self.unsaved.row = true;
        let said = match opening {
            Opening::New if self.session.turn == 0 => {
                self.session.context = None;
                None
            }
            Opening::Resumed => Some((
                NoticeLevel::Note,
                "The agent goes on where the conversation was.",
            )),
            Opening::New | Opening::Lost => {
                self.digest_due = true;
                self.session.context = None;
                Some((
                    NoticeLevel::Warning,
                    "The agent could not resume the conversation. It begins a new one and gets a digest of what \
                     was said before.",
                ))
            }
        };
        if let Some((level, text)) = said {
            self.notice(level, text.to_owned(), None);
        }
        self.choose_again();
        self.live_event(LifeEvent::Opened).await;
        self.save_now().await;
    }

    fn said(&mut self, voice: Voice, text: &str, activity: &str) {
        self.transcript.say(voice, text, &self.stamp());
        match voice {
            Voice::Answer => self.speaks(text),
            Voice::Thought => self.falls_silent(),
        }
        self.unsaved.grew(text.len());
        self.does(activity);
    }

    fn tool(&mut self, patch: ToolPatch) {
        self.falls_silent();
        self.unsaved.grew(weight(&patch));
        let Some(patched) = self.transcript.tool(patch, self.stamp()) else {
            return;
        };
        if patched.ended {
            self.unsaved.files_touched = true;
        }
        self.does(&patched.title);
    }

    /// The line of activity, while a turn runs; what comes late says nothing of now.
    fn does(&mut self, activity: &str) {
        self.unsaved.grew(1024);
        let open = self.turn.is_some() && !self.turn_was_stopped();
        if open && self.activity.as_deref() != Some(activity) {
            self.activity = Some(activity.to_owned());
        }
        self.touch();
    }

    fn titled(&mut self, mut title: String) {
        cut::shorten_line(&mut title);
        if self.session.title_by == TitleBy::Person || self.is_of_the_context(&title) {
            return;
        }
        if !title.trim().is_empty() && title != self.session.title {
            self.session.title = title;
            self.unsaved.row = true;
            self.touch();
        }
    }

    /// What the agent offers changed: kept for when it sleeps, and told.
    pub(super) fn offers(&mut self, change: impl FnOnce(&mut Offers)) {
        let mut offers = self.session.offers.clone();
        change(&mut offers);
        if offers == self.session.offers {
            return;
        }
        self.session.offers = offers.clone();
        self.unsaved.row = true;
        self.unsaved.offers = true;
        self.touch();
        self.shared.facts.announce(SessionFact::Offers {
            session: self.session.id.clone(),
            offers,
        });
    }

    async fn asked(&mut self, token: String, ask: Ask) {
        if self.turn_was_stopped() {
            // The person stopped this turn: nothing of it is worth asking them, and the agent must not wait.
            if let Some(agent) = &self.agent {
                agent.answer(&token, &Answer::Decline);
            }
            return;
        }
        let (stamp, request) = (self.stamp(), RequestId::mint());
        if !self.transcript.ask(request.clone(), token, ask, stamp) {
            return;
        }
        if !self.judge(&request).await {
            self.save_now().await;
        }
    }

    async fn withdrawn(&mut self, token: &str) {
        if let Some(request) = self.transcript.request_of(token) {
            let now = self.shared.clock.now();
            self.transcript
                .settle(&request, RequestOutcome::Cancelled, now);
            self.settled.insert(request);
            self.save_now().await;
        }
    }
}

/// How much a patch holds, in bytes.
fn weight(patch: &ToolPatch) -> usize {
    let shown = patch.content.iter().flatten().map(|content| match content {
        ToolContent::Text { text, .. } => text.len(),
        ToolContent::Diff {
            old_text, new_text, ..
        } => old_text.as_ref().map_or(0, String::len) + new_text.len(),
    });
    let texts = [&patch.append, &patch.input].into_iter().flatten();
    shown.chain(texts.map(String::len)).sum()
}

/// Whether the agent does this only in a turn, so that it has read the prompt.
fn is_reaction(event: &AgentEvent) -> bool {
    match event {
        AgentEvent::Text(_)
        | AgentEvent::Thought(_)
        | AgentEvent::Tool(_)
        | AgentEvent::Plan(_)
        | AgentEvent::Asked { .. }
        | AgentEvent::TurnEnded { .. }
        | AgentEvent::TurnFailed(_) => true,
        AgentEvent::Started(_)
        | AgentEvent::Opened { .. }
        | AgentEvent::Commands(_)
        | AgentEvent::Options(_)
        | AgentEvent::OptionRefused { .. }
        | AgentEvent::Images(_)
        | AgentEvent::PromptWritten
        | AgentEvent::NextMessage
        | AgentEvent::AskWithdrawn { .. }
        | AgentEvent::Usage(_)
        | AgentEvent::Title(_)
        | AgentEvent::Other { .. }
        | AgentEvent::Trouble(_)
        | AgentEvent::Ended { .. } => false,
    }
}

/// Whether the agent is at work on the conversation, so that resuming it did succeed.
fn is_sign_of_the_conversation(event: &AgentEvent) -> bool {
    match event {
        AgentEvent::Text(_)
        | AgentEvent::Thought(_)
        | AgentEvent::Tool(_)
        | AgentEvent::Plan(_)
        | AgentEvent::Asked { .. }
        | AgentEvent::TurnEnded { .. }
        | AgentEvent::TurnFailed(_) => true,
        AgentEvent::Opened { opening, .. } => *opening != Opening::Resumed,
        AgentEvent::Started(_)
        | AgentEvent::Commands(_)
        | AgentEvent::Options(_)
        | AgentEvent::OptionRefused { .. }
        | AgentEvent::Images(_)
        | AgentEvent::PromptWritten
        | AgentEvent::NextMessage
        | AgentEvent::AskWithdrawn { .. }
        | AgentEvent::Usage(_)
        | AgentEvent::Title(_)
        | AgentEvent::Other { .. }
        | AgentEvent::Trouble(_)
        | AgentEvent::Ended { .. } => false,
    }
}
