//! What comes of other conversations in the same process: those of the agent's own helpers. Their tools are shown as
//! the conversation's own; what they say is between them and the agent, and told of once.

use super::{Act, Conversation};
use crate::updates;
use serde_json::{Value, json};
use session::port::AgentEvent;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many other conversations are told apart.
const MOST: usize = 100;

/// The other conversations that were heard of.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    told: BTreeSet<String>,
    /// One that was to be resumed and could not: what comes late of it is nobody's.
    given_up: Option<String>,
}

impl Foreign {
    pub(super) fn leave_out(&mut self, session: String) {
        self.given_up = Some(session).filter(|session| !session.is_empty());
    }

    /// Whether this is the first that is heard of it.
    fn is_new(&mut self, session: &str) -> bool {
        self.told.len() < MOST && self.told.insert(session.to_owned())
    }
}

impl Conversation {
    /// An update of another conversation than this one.
    pub(super) fn of_another(&mut self, session: &str, update: &Value) -> Vec<Act> {
        // Helpers work only while the agent does.
        if self.turn.is_none() || self.foreign.given_up.as_deref() == Some(session) {
            tracing::debug!("an update of another conversation was left out");
            return Vec::new();
        }
        match updates::read(update) {
            Some(AgentEvent::Tool(mut patch)) => {
                patch.call = call_of(session, &patch.call);
                self.live(AgentEvent::Tool(patch))
            }
            Some(AgentEvent::Text(_) | AgentEvent::Thought(_)) if self.foreign.is_new(session) => {
                let said = json!({"sessionId": session, "first": update});
                self.live(updates::other("subagent", &said))
            }
            _ => Vec::new(),
        }
    }

    /// A request about a call of a helper, as one about a call of ours.
    pub(super) fn own<'p>(&self, params: &'p Value) -> Cow<'p, Value> {
        let ids = (&params["sessionId"], &params["toolCall"]["toolCallId"]);
        match (ids.0.as_str(), ids.1.as_str()) {
            (Some(session), Some(call)) if session != self.session => {
                let mut own = params.clone();
                own["toolCall"]["toolCallId"] = Value::from(call_of(session, call));
                Cow::Owned(own)
            }
            _ => Cow::Borrowed(params),
        }
    }
}

/// The id of a helper's call: two conversations may use the same.
fn call_of(session: &str, call: &str) -> String {
    format!("{session}/{call}")
}
