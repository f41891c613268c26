//! What is decided in the person's place, by rules and modes they set; and their answers.

use super::Live;
use crate::answers::judged;
use crate::entry::{Ask, RequestOutcome};
use crate::error::SessionError;
use crate::policy::{Decision, Ground, PolicyMode, Rule, RuleDraft, Scope, Verdict, decide};
use crate::session::Answer;
use crate::work::off_the_workers;
use kernel::RequestId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long following the links of the rules' paths may take.
const FOLLOWING: Duration = Duration::from_secs(2);

impl Live {
    /// Sets the mode of this session alone, or lets it inherit again.
    pub(super) async fn set_policy(
        &mut self,
        mode: Option<PolicyMode>,
    ) -> Result<(), SessionError> {
        let before = std::mem::replace(&mut self.session.policy, mode);
        self.unsaved.row = true;
        if let Err(error) = self.save().await {
            self.session.policy = before;
            return Err(error);
        }
        self.judge_pending().await;
        Ok(())
    }

    /// The mode in force and where it was set.
    pub(super) fn mode(&self) -> (PolicyMode, Scope) {
        if let Some(mode) = self.session.policy {
            let id = self.session.id.clone();
            return (mode, Scope::Session { id });
        }
        let project = self.place.as_ref().and_then(|place| place.project.as_ref());
        self.shared
            .policies
            .mode(project.map(|project| &project.id))
    }

    /// Rules or modes changed: what waits is judged anew.
    pub(super) async fn judge_pending(&mut self) {
        for request in self.transcript.open_requests() {
            self.judge(&request).await;
        }
        self.publish();
    }

    /// Answers an open request in the person's place, where rules and mode say how. `false` when it is theirs.
    pub(super) async fn judge(&mut self, request: &RequestId) -> bool {
        let Some(rules) = self.rules_as_they_lead().await else {
            return false;
        };
        let decision = match self.transcript.asked(request) {
            Some((ask, _)) => self.decision(ask, &rules),
            None => return false,
        };
        let (option, by) = match decision {
            Decision::Ask => return false,
            Decision::Allow { option, by } | Decision::Deny { option, by } => (option, by),
        };
        let answer = Answer::Option { id: option.id };
        // What could not be stored is not passed on: it waits for the person.
        let answered = self.answer_by(request, &answer, Some(by)).await;
        if let Err(error) = &answered {
            tracing::warn!(session = %self.session.id, %error, "a rule's answer could not be given");
        }
        answered.is_ok()
    }

    /// The rules, and each that asks or forbids once more for where its path leads: a link is no way around it. One that
    /// allows is led nowhere: a link in the worktree must not widen it. `None` when it can't be told in time; then the
    /// person is asked.
    async fn rules_as_they_lead(&self) -> Option<Arc<[Rule]>> {
        let rules = self.shared.policies.rules();
        let tree = self.place.as_ref()?.tree.clone();
        let restricts = |rule: &Rule| rule.verdict != Verdict::Allow && rule.path.is_some();
        if !rules.iter().any(restricts) {
            return Some(rules);
        }
        let links = Arc::clone(&self.shared.links);
        let led = off_the_workers(move || {
            let led = rules
                .iter()
                .filter(|rule| restricts(rule))
                .filter_map(|rule| {
                    let named = tree.join(rule.path.as_deref()?);
                    let real = links.follow(&named).filter(|real| *real != named)?;
                    Some(Rule {
                        path: Some(real.to_str()?.to_owned()),
                        ..rule.clone()
                    })
                });
            rules.iter().cloned().chain(led).collect()
        });
        timeout(FOLLOWING, led).await.ok()
    }

    fn decision(&self, ask: &Ask, rules: &[Rule]) -> Decision {
        let Some(place) = &self.place else {
            return Decision::Ask;
        };
        let (mode, mode_of) = self.mode();
        let project = place.project.as_ref();
        decide(
            ask,
            Ground {
                tree: &place.tree,
                session: &self.session.id,
                project: project.map(|project| (&project.id, project.name.as_str())),
                rules,
                mode,
                mode_of: &mode_of,
            },
        )
    }

    /// The person's answer, and the rule they make of it: stored first, so that the answer never stands alone.
    pub(super) async fn answer(
        &mut self,
        request: &RequestId,
        answer: &Answer,
        always: Option<RuleDraft>,
    ) -> Result<(), SessionError> {
        if let Some(draft) = always {
            // An answer that is no good makes no rule.
            judged(self.open_request(request)?.0, answer)?;
            self.shared.policies.add(draft).await?;
        }
        self.answer_by(request, answer, None).await
    }

    /// Stores the answer, then passes it on: never the other way round.
    async fn answer_by(
        &mut self,
        request: &RequestId,
        answer: &Answer,
        by: Option<String>,
    ) -> Result<(), SessionError> {
        let (ask, token) = self.open_request(request)?;
        let (mut outcome, token) = (judged(ask, answer)?, token.to_owned());
        if let RequestOutcome::Answered { by: whom, .. } = &mut outcome {
            *whom = by;
        }
        let agent = self.agent.clone().ok_or(SessionError::Lapsed)?;
        self.sign_of_life();
        let now = self.shared.clock.now();
        self.transcript.decide(request, outcome.clone(), now);
        if let Err(error) = self.save().await {
            self.transcript
                .decide(request, RequestOutcome::Pending, now);
            self.publish();
            return Err(error);
        }
        self.transcript.settle(request, outcome, now);
        self.settled.insert(request.clone());
        self.publish();
        agent.answer(&token, answer);
        Ok(())
    }

    fn open_request(&self, request: &RequestId) -> Result<(&Ask, &str), SessionError> {
        self.transcript.asked(request).ok_or_else(|| {
            if self.settled.contains(request) {
                SessionError::Lapsed
            } else {
                SessionError::Unknown { what: "request" }
            }
        })
    }
}
