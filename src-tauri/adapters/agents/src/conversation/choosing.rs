//! What the person chose of the agent's options: one at a time, each confirmed before the next, all before the prompt.
//!
//! An agent may handle requests side by side: a prompt that overtakes the mode it was meant for is answered in another one.
//! And what can be chosen may depend on what was chosen before, such as the efforts of a model.

use super::{Act, Conversation, Stage, Wanted};
use crate::causes;
use crate::rpc::Refusal;
use serde_json::Value;
use session::port::{AgentEvent, PromptPart};
use std::collections::VecDeque;

/// What is on its way.
#[derive(Debug, Default)]
pub(super) struct Choosing {
    /// Whether the agent has not answered the last one.
    unanswered: bool,
    /// Id and value of the next ones.
    next: VecDeque<(String, String)>,
    /// What is to be said once all are confirmed.
    pub(super) prompt: Option<Vec<PromptPart>>,
}

impl Choosing {
    pub(super) fn is_under_way(&self) -> bool {
        self.unanswered || !self.next.is_empty()
    }
}

impl Conversation {
    /// Chooses a value of an option.
    pub(crate) fn set_option(&mut self, id: &str, value: &str) -> Vec<Act> {
        if self.stage != Stage::Open {
            return vec![refused(id, "it is not ready yet".to_owned())];
        }
        self.choosing
            .next
            .push_back((id.to_owned(), value.to_owned()));
        self.choose_next()
    }

    /// Whether the agent owes an answer to a choice; the caller waits for it a while and calls `unconfirmed`.
    pub(crate) fn is_choosing(&self) -> bool {
        self.choosing.unanswered
    }

    /// The agent does not answer: the rest follows without its confirmation.
    pub(crate) fn unconfirmed(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        while self.choosing.is_under_way() {
            self.choosing.unanswered = false;
            acts.extend(self.choose_next());
        }
        if self.choosing.prompt.is_some() {
            acts.extend(self.trouble("choice", || {
                "The agent did not confirm what was chosen of its options; the message goes all the same.".to_owned()
            }));
        }
        acts.extend(self.give_what_waits());
        acts
    }

    pub(super) fn chosen(
        &mut self,
        id: &str,
        value: &str,
        outcome: Result<Value, Refusal>,
    ) -> Vec<Act> {
        self.choosing.unanswered = false;
        let mut acts = match outcome {
            Ok(answer) => {
                self.offered.chosen(id, value, &answer);
                vec![Act::Tell(self.offered.told_options())]
            }
            Err(refusal) => vec![refused(id, causes::said(&refusal))],
        };
        acts.extend(self.choose_next());
        if !self.choosing.is_under_way() {
            acts.extend(self.give_what_waits());
        }
        acts
    }

    /// The prompt that waits for what was chosen goes now.
    pub(super) fn give_what_waits(&mut self) -> Vec<Act> {
        match self.choosing.prompt.take() {
            Some(parts) => self.give(parts),
            None => Vec::new(),
        }
    }

    fn choose_next(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        while !self.choosing.unanswered
            && let Some((id, value)) = self.choosing.next.pop_front()
        {
            match self.offered.choice(&self.session, &id, &value) {
                Ok(request) => {
                    self.choosing.unanswered = true;
                    let wanted = Wanted::Chosen { id, value };
                    acts.push(self.request(request.method, request.params, wanted));
                }
                Err(said) => acts.push(refused(&id, said)),
            }
        }
        acts
    }
}

fn refused(id: &str, said: String) -> Act {
    let id = id.to_owned();
    Act::Tell(AgentEvent::OptionRefused { id, said })
}
