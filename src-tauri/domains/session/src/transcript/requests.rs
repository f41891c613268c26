//! What an agent asked: open until it is answered, withdrawn, or can't be answered any more.

use super::{Stamp, Transcript};
use crate::cut;
use crate::entry::{Ask, EntryBody, RequestOutcome};
use crate::session::PendingRequest;
use kernel::{RequestId, SessionId, Timestamp};

/// A request that waits for the person.
#[derive(Clone, Debug)]
pub(super) struct OpenRequest {
    id: RequestId,
    token: String,
    ordinal: u32,
}

impl Transcript {
    /// The agent asks. `false` when this very request is open already.
    pub fn ask(&mut self, id: RequestId, token: String, mut ask: Ask, stamp: Stamp) -> bool {
        if self.requests.iter().any(|open| open.token == token) {
            return false;
        }
        if let Some(call) = &mut ask.call {
            cut::bound(call);
        }
        let body = EntryBody::Request {
            request: id.clone(),
            ask,
            outcome: RequestOutcome::Pending,
        };
        let ordinal = self.put_open(body, stamp);
        self.requests.push(OpenRequest { id, token, ordinal });
        true
    }

    /// Whether something waits for the person.
    pub fn has_pending(&self) -> bool {
        !self.requests.is_empty()
    }

    /// What is asked by an open request, and the agent's token for it.
    pub fn asked(&self, id: &RequestId) -> Option<(&Ask, &str)> {
        let open = self.requests.iter().find(|open| open.id == *id)?;
        Some((self.ask_at(open.ordinal)?, &open.token))
    }

    /// The open request with this token.
    pub fn request_of(&self, token: &str) -> Option<RequestId> {
        let open = self.requests.iter().find(|open| open.token == token)?;
        Some(open.id.clone())
    }

    /// Says what became of an open request, without closing it yet.
    pub fn decide(&mut self, id: &RequestId, outcome: RequestOutcome, at: Timestamp) {
        let Some(open) = self.requests.iter().find(|open| open.id == *id) else {
            return;
        };
        let ordinal = open.ordinal;
        if let Some(ask) = self.ask_at(ordinal).cloned() {
            let request = id.clone();
            let body = EntryBody::Request {
                request,
                ask,
                outcome,
            };
            self.replace(ordinal, at, body);
        }
    }

    /// Closes a request: it can't be answered any more.
    pub fn settle(&mut self, id: &RequestId, outcome: RequestOutcome, at: Timestamp) {
        self.decide(id, outcome, at);
        if let Some(place) = self.requests.iter().position(|open| open.id == *id) {
            let open = self.requests.remove(place);
            self.close(open.ordinal);
        }
    }

    /// Closes all open requests and names them.
    pub fn settle_all(&mut self, outcome: &RequestOutcome, at: Timestamp) -> Vec<RequestId> {
        let ids: Vec<RequestId> = self.requests.iter().map(|open| open.id.clone()).collect();
        for id in &ids {
            self.settle(id, outcome.clone(), at);
        }
        ids
    }

    /// All that wait for an answer, oldest first.
    pub fn open_requests(&self) -> Vec<RequestId> {
        self.requests.iter().map(|open| open.id.clone()).collect()
    }

    /// What waits for the person, oldest first. What is decided and being written does not wait any more.
    pub fn pending(&self, session: &SessionId) -> Vec<PendingRequest> {
        self.requests
            .iter()
            .filter_map(|open| {
                let entry = &self.kept.get(&open.ordinal)?.entry;
                match &entry.body {
                    EntryBody::Request {
                        ask,
                        outcome: RequestOutcome::Pending,
                        ..
                    } => Some(PendingRequest {
                        id: open.id.clone(),
                        session: session.clone(),
                        ask: ask.clone(),
                        since: entry.at,
                    }),
                    _ => None,
                }
            })
            .collect()
    }

    fn ask_at(&self, ordinal: u32) -> Option<&Ask> {
        match &self.kept.get(&ordinal)?.entry.body {
            EntryBody::Request { ask, .. } => Some(ask),
            _ => None,
        }
    }
}
