//! How a conversation comes to be: the greeting, then a new one, a resumed one, or a new one in place of a lost one.

use super::{Act, Conversation, Stage, Wanted, protocol};
use crate::prompt::Takes;
use crate::rpc::Refusal;
use crate::{causes, greeting};
use agent_client_protocol_schema::v1::{
    LoadSessionRequest, NewSessionRequest, ResumeSessionRequest,
};
use serde_json::Value;
use session::Cause;
use session::port::{AgentEvent, Opening};

impl Conversation {
    /// The first words.
    pub(crate) fn begin(&mut self) -> Vec<Act> {
        vec![self.request("initialize", greeting::hello(), Wanted::Initialized)]
    }

    pub(super) fn answered_opening(
        &mut self,
        wanted: &Wanted,
        outcome: Result<Value, Refusal>,
    ) -> Vec<Act> {
        match (wanted, outcome) {
            (Wanted::Initialized, Ok(hello)) => self.initialized(&hello),
            (Wanted::Initialized, Err(refusal)) => vec![Act::Fail(match causes::of(&refusal) {
                Cause::Provider { said } => Cause::Protocol { said },
                other => other,
            })],
            (Wanted::New(opening), Ok(opened)) => match opened["sessionId"].as_str() {
                Some(id) => {
                    id.clone_into(&mut self.session);
                    self.offered.begin(&opened);
                    self.opened(*opening)
                }
                None => vec![Act::Fail(protocol(
                    "it opened a conversation without an id",
                ))],
            },
            (Wanted::Resumed, Ok(opened)) => {
                self.offered.begin(&opened);
                self.opened(Opening::Resumed)
            }
            (Wanted::Loaded, Ok(opened)) => {
                self.offered.begin(&opened);
                self.stage = Stage::Settling;
                Vec::new()
            }
            (Wanted::Resumed | Wanted::Loaded, Err(refusal)) => {
                tracing::info!(said = %causes::said(&refusal), "a conversation could not be resumed");
                self.open_new(Opening::Lost)
            }
            (_, Err(refusal)) => vec![Act::Fail(causes::of(&refusal))],
            (Wanted::TurnEnd | Wanted::Chosen { .. }, Ok(_)) => Vec::new(),
        }
    }

    fn initialized(&mut self, hello: &Value) -> Vec<Act> {
        if let Err(cause) = greeting::version_of(hello) {
            return vec![Act::Fail(cause)];
        }
        let able = &hello["agentCapabilities"];
        self.takes = Takes::of(&able["promptCapabilities"]);
        let mut acts = vec![Act::Tell(AgentEvent::Images(self.takes.images))];
        acts.extend(self.open(able));
        acts
    }

    fn open(&mut self, able: &Value) -> Vec<Act> {
        let resumes = able["sessionCapabilities"]["resume"].is_object();
        let loads = able["loadSession"] == true;
        let Some(known) = self.resume.take() else {
            return self.open_new(Opening::New);
        };
        if !resumes && !loads {
            return self.open_new(Opening::Lost);
        }
        self.replaying = true;
        self.session.clone_from(&known);
        let cwd = self.cwd.clone();
        vec![if resumes {
            self.request(
                "session/resume",
                ResumeSessionRequest::new(known, cwd),
                Wanted::Resumed,
            )
        } else {
            self.request(
                "session/load",
                LoadSessionRequest::new(known, cwd),
                Wanted::Loaded,
            )
        }]
    }

    fn open_new(&mut self, opening: Opening) -> Vec<Act> {
        self.replaying = false;
        self.foreign.leave_out(std::mem::take(&mut self.session));
        let new = NewSessionRequest::new(self.cwd.clone());
        vec![self.request("session/new", new, Wanted::New(opening))]
    }

    pub(super) fn opened(&mut self, opening: Opening) -> Vec<Act> {
        self.stage = Stage::Open;
        let agent_session = self.session.clone();
        let opened = AgentEvent::Opened {
            agent_session,
            opening,
        };
        let offers = [self.offered.told_options()].into_iter();
        let told = [opened]
            .into_iter()
            .chain(offers)
            .chain(self.offered.told_commands());
        told.map(Act::Tell).collect()
    }
}
