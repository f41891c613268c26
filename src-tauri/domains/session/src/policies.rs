//! The rules and modes in force: kept in rows, held in memory, and told to all who judge by them when they change.

use crate::error::SessionError;
use crate::policy::{PolicyMode, Rule, RuleDraft, Scope, ScopeMode};
use crate::port::PolicyStore;
use crate::work::off_the_workers;
use kernel::{Clock, ProjectId, RuleId};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What agents may do without asking, as the person set it. Clones share it.
#[derive(Clone)]
pub struct Policies {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn PolicyStore>,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    /// Counts changes.
    changes: watch::Sender<u64>,
    /// Held from the write of a row to the change in memory, so that both come in one order.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    rules: Arc<[Rule]>,
    modes: Vec<ScopeMode>,
}

impl Policies {
    /// None are known until [`Policies::load`] read them.
    pub(crate) fn new(store: Arc<dyn PolicyStore>, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                clock,
                known: Mutex::default(),
                changes: watch::Sender::new(0),
                writing: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Reads the rows.
    pub(crate) async fn load(&self) -> Result<(), SessionError> {
        let shared = Arc::clone(&self.shared);
        let read = off_the_workers(move || Ok((shared.store.rules()?, shared.store.modes()?)));
        let (rules, modes): (Vec<Rule>, Vec<(Scope, PolicyMode)>) = read.await?;
        let modes = modes
            .into_iter()
            .map(|(scope, mode)| ScopeMode { scope, mode })
            .collect();
        self.change(|known| {
            known.rules = rules.into();
            known.modes = modes;
        });
        Ok(())
    }

    /// All rules, oldest first.
    pub fn rules(&self) -> Arc<[Rule]> {
        Arc::clone(&self.known().rules)
    }

    /// The modes that were set, sessions' own apart.
    pub fn modes(&self) -> Vec<ScopeMode> {
        self.known().modes.clone()
    }

    /// Makes a rule: stored, then in force.
    pub async fn add(&self, draft: RuleDraft) -> Result<Rule, SessionError> {
        let draft = draft.checked().map_err(unfit)?;
        let _writing = self.shared.writing.lock().await;
        let same = |rule: &&Rule| draft_of(rule) == draft;
        if let Some(known) = self.rules().iter().find(same) {
            return Ok(known.clone());
        }
        let rule = Rule {
            id: RuleId::mint(),
            scope: draft.scope,
            verdict: draft.verdict,
            tool: draft.tool,
            command: draft.command,
            path: draft.path,
            created_at: self.shared.clock.now(),
        };
        let (shared, row) = (Arc::clone(&self.shared), rule.clone());
        off_the_workers(move || shared.store.save_rule(&row)).await?;
        self.change(|known| {
            let all = known.rules.iter().cloned();
            known.rules = all.chain([rule.clone()]).collect();
        });
        Ok(rule)
    }

    /// Takes a rule back. What it allowed before stays as it is.
    pub async fn revoke(&self, id: &RuleId) -> Result<(), SessionError> {
        let _writing = self.shared.writing.lock().await;
        if self.rules().iter().all(|rule| rule.id != *id) {
            return Err(SessionError::Unknown { what: "rule" });
        }
        let (shared, gone) = (Arc::clone(&self.shared), id.clone());
        off_the_workers(move || shared.store.remove_rule(&gone)).await?;
        self.change(|known| {
            let kept = known.rules.iter().filter(|rule| rule.id != *id);
            known.rules = kept.cloned().collect();
        });
        Ok(())
    }

    /// Sets a scope's mode, or lets it inherit again. A session keeps its own in its row.
    pub async fn set_mode(
        &self,
        scope: Scope,
        mode: Option<PolicyMode>,
    ) -> Result<(), SessionError> {
        if let Scope::Session { .. } = scope {
            return Err(unfit("A conversation's mode is set on the conversation."));
        }
        let _writing = self.shared.writing.lock().await;
        let (shared, row) = (Arc::clone(&self.shared), scope.clone());
        off_the_workers(move || shared.store.save_mode(&row, mode)).await?;
        self.change(|known| {
            known.modes.retain(|known| known.scope != scope);
            known
                .modes
                .extend(mode.map(|mode| ScopeMode { scope, mode }));
        });
        Ok(())
    }

    /// The mode that holds in a project where a session has none of its own, and where it was set.
    pub(crate) fn mode(&self, project: Option<&ProjectId>) -> (PolicyMode, Scope) {
        let known = self.known();
        let of = |scope: &Scope| {
            let mut modes = known.modes.iter();
            modes.find(|known| known.scope == *scope)
        };
        let own = project.and_then(|id| of(&Scope::Project { id: id.clone() }));
        let found = own.or_else(|| of(&Scope::Global));
        found.map_or((PolicyMode::default(), Scope::Global), |found| {
            (found.mode, found.scope.clone())
        })
    }

    /// Tells of changes from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known());
        self.shared.changes.send_modify(|count| *count += 1);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        let known = self.shared.known.lock();
        known.unwrap_or_else(PoisonError::into_inner)
    }
}

fn draft_of(rule: &Rule) -> RuleDraft {
    RuleDraft {
        scope: rule.scope.clone(),
        verdict: rule.verdict,
        tool: rule.tool,
        command: rule.command.clone(),
        path: rule.path.clone(),
    }
}

fn unfit(why: &str) -> SessionError {
    SessionError::Unfit {
        why: why.to_owned(),
    }
}
