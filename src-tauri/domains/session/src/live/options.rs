//! What the person chose of what the agent offers: remembered first, then told to the agent, now or when it opens.

use super::Live;
use crate::entry::NoticeLevel;
use crate::error::SessionError;
use crate::machine::SessionState;
use crate::offer::OptionCategory;
use std::collections::BTreeMap;

impl Live {
    /// Remembers these values; an agent that is open is told at once.
    pub(super) async fn choose(
        &mut self,
        choices: BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        let before = self.session.choices.clone();
        self.session.choices.extend(choices.clone());
        self.unsaved.row = true;
        if let Err(error) = self.save().await {
            self.session.choices = before;
            return Err(error);
        }
        let is_open = matches!(
            self.session.state,
            SessionState::Ready { .. } | SessionState::Working { .. }
        );
        match self.agent.as_ref().filter(|_| is_open) {
            Some(agent) => {
                for (id, value) in &choices {
                    agent.set_option(id, value);
                }
            }
            // Nobody else will say so before the agent opens.
            None => self.offers(|offers| {
                for option in &mut offers.options {
                    if let Some(value) = choices.get(&option.id) {
                        option.current.clone_from(value);
                    }
                }
            }),
        }
        self.remember_choices(choices).await;
        Ok(())
    }

    /// The agent's next conversations begin with what was chosen last.
    async fn remember_choices(&self, choices: BTreeMap<String, String>) {
        let (agents, agent) = (&self.shared.agents, &self.session.agent);
        let remembered = async {
            let mut all = agents.choices(agent).await?;
            all.extend(choices);
            agents.remember_choices(agent, all).await
        };
        if let Err(error) = remembered.await {
            tracing::warn!(%agent, %error, "what was chosen is not remembered for other conversations");
        }
    }

    /// What the agent offers is remembered for pickers before a conversation exists.
    pub(super) async fn remember_offers(&mut self) {
        if !std::mem::take(&mut self.unsaved.offers) {
            return;
        }
        let offers = self.session.offers.clone();
        let agent = &self.session.agent;
        if let Err(error) = self.shared.agents.remember_offers(agent, offers).await {
            tracing::warn!(%agent, %error, "what it offers is not remembered");
        }
    }

    /// Tells the agent that just opened what was chosen, before anything is asked of it. The model first: what else can
    /// be chosen may depend on it.
    pub(super) fn choose_again(&self) {
        let Some(agent) = &self.agent else {
            return;
        };
        let options = &self.session.offers.options;
        let is_model = |id: &str| {
            let mut models = options
                .iter()
                .filter(|option| option.category == OptionCategory::Model);
            models.any(|option| option.id == id)
        };
        let (models, others): (Vec<_>, Vec<_>) = self
            .session
            .choices
            .iter()
            .partition(|(id, _)| is_model(id));
        for (id, value) in models.into_iter().chain(others) {
            agent.set_option(id, value);
        }
    }

    /// What the agent changes by itself while it works is how the conversation goes on.
    pub(super) fn follow_choices(&mut self) {
        if !matches!(self.session.state, SessionState::Working { .. }) {
            return;
        }
        for option in &self.session.offers.options {
            if let Some(value) = self.session.choices.get_mut(&option.id) {
                value.clone_from(&option.current);
            }
        }
    }

    /// The agent does not take this value: it is not tried again.
    pub(super) fn refused(&mut self, id: &str, said: &str) {
        if self.session.choices.remove(id).is_some() {
            self.unsaved.row = true;
        }
        let options = &self.session.offers.options;
        let option = options.iter().find(|option| option.id == id);
        let name = option.map_or(id, |option| option.name.as_str());
        let text = format!("The agent refused what was chosen for {name}: {said}");
        self.notice(NoticeLevel::Warning, text, None);
    }
}
