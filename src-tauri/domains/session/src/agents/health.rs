//! Looking after agents: their versions, how they do, and signing them in.

use super::{Agents, KnownAgent, unfit};
use crate::checkup::{Health, HealthState, SignInKind, SignInProgram};
use crate::error::{Cause, SessionError};
use crate::inheritance::Standing;
use crate::port::{AgentCheckup, Detection};
use crate::work::off_the_workers;
use kernel::AgentId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// How long a list of agents waits for their versions. What comes later is there the next time.
const VERSIONS: Duration = Duration::from_millis(700);

impl Agents {
    /// Starts an agent in an empty folder, opens a conversation and ends it; takes seconds.
    pub async fn examine(&self, id: &AgentId) -> Result<Health, SessionError> {
        let (program, inherits) = self.startable(id).await?;
        let mut health = self.checkup()?.examine(program.clone(), inherits).await;
        if health.version.is_none() {
            let (shared, program) = (Arc::clone(&self.shared), program);
            health.version = off_the_workers(move || match shared.registry.detect(&program) {
                Detection::Found { path } => shared.registry.version(&program, &path),
                Detection::Missing { .. } => None,
            })
            .await;
        }
        if let HealthState::SignInNeeded { said } = &mut health.state {
            said.push_str(&self.withheld_keys(id).await?);
        }
        lock(&self.shared.examined).insert(id.clone(), health.clone());
        Ok(health)
    }

    /// Asks an agent to sign in by one of its methods. Takes as long as the person does; a second call ends the first.
    pub async fn sign_in(&self, id: &AgentId, method: &str) -> Result<(), SessionError> {
        let (program, inherits) = self.startable(id).await?;
        let signing_in = self
            .checkup()?
            .sign_in(program, inherits, method.to_owned());
        let stop = Arc::new(Notify::new());
        let before = lock(&self.shared.signing_in).insert(id.clone(), Arc::clone(&stop));
        if let Some(before) = before {
            before.notify_one();
        }
        let outcome = tokio::select! {
            outcome = signing_in => outcome.map_err(SessionError::Agent),
            () = stop.notified() => Err(unfit("The sign-in was stopped.")),
        };
        let mut open = lock(&self.shared.signing_in);
        if open
            .get(id)
            .is_some_and(|newest| Arc::ptr_eq(newest, &stop))
        {
            open.remove(id);
        }
        outcome
    }

    /// Stops a sign-in that waits; its agent is ended.
    pub fn cancel_sign_in(&self, id: &AgentId) {
        if let Some(stop) = lock(&self.shared.signing_in).remove(id) {
            stop.notify_one();
        }
    }

    /// The program in which the person signs in by a method that wants a terminal; to be started in this folder.
    pub async fn sign_in_program(
        &self,
        id: &AgentId,
        method: &str,
        cwd: PathBuf,
    ) -> Result<SignInProgram, SessionError> {
        let known = lock(&self.shared.examined).get(id).cloned();
        let health = match known {
            Some(health) => health,
            None => self.examine(id).await?,
        };
        let found = health.methods.into_iter().find(|known| known.id == method);
        let program = self.resolve(id).await?;
        let (args, env) = match found.map(|method| method.kind) {
            Some(SignInKind::Terminal { args, env }) => {
                ([program.args.clone(), args].concat(), env)
            }
            Some(SignInKind::Command { args }) => (args, Vec::new()),
            Some(SignInKind::Agent | SignInKind::Variables { .. }) | None => {
                return Err(unfit(
                    "The agent offers no such way to sign in in a terminal.",
                ));
            }
        };
        let (shared, wanted) = (Arc::clone(&self.shared), program.clone());
        let detection = off_the_workers(move || shared.registry.detect(&wanted)).await;
        let Detection::Found { path: command } = detection else {
            let command = program.command;
            let said = "it was not found".to_owned();
            return Err(SessionError::Agent(Cause::BinaryMissing { command, said }));
        };
        Ok(SignInProgram {
            title: format!("Sign in to {}", program.name),
            command,
            args,
            env: program.env.into_iter().chain(env).collect(),
            cwd,
        })
    }

    /// Fills in the versions, as far as they are known within a moment.
    pub(super) async fn tell_versions(&self, agents: &mut [KnownAgent]) {
        let asked: Vec<_> = agents
            .iter()
            .map(|agent| {
                let Detection::Found { path } = agent.detection.clone() else {
                    return None;
                };
                let (shared, program) = (Arc::clone(&self.shared), agent.program.clone());
                // Goes on when nobody waits any more, and is remembered by the registry.
                let asking = move || shared.registry.version(&program, &path);
                Some(tokio::task::spawn_blocking(asking))
            })
            .collect();
        let mut patience = pin!(sleep(VERSIONS));
        for (agent, asked) in agents.iter_mut().zip(asked) {
            if let Some(asked) = asked {
                agent.version = tokio::select! {
                    biased;
                    version = asked => version.ok().flatten(),
                    () = &mut patience => None,
                };
            }
        }
    }

    /// That the agent's own keys are there but withheld, for people; empty when they are not.
    async fn withheld_keys(&self, id: &AgentId) -> Result<String, SessionError> {
        let keys = self.shared.registry.about(id).map(|about| about.keys);
        let keys = keys.unwrap_or_default();
        let withheld: Vec<String> = self
            .environment(id)
            .await?
            .into_iter()
            .filter(|variable| match variable.standing {
                Standing::SecretName | Standing::SecretValue | Standing::Withheld => true,
                Standing::Passed | Standing::LetThrough | Standing::Astray => false,
            })
            .map(|variable| variable.name)
            .filter(|name| keys.contains(name))
            .collect();
        Ok(match withheld.as_slice() {
            [] => String::new(),
            names => format!(
                " (You have {} set, but this agent does not get it: let it have it in the settings.)",
                names.join(" and ")
            ),
        })
    }

    fn checkup(&self) -> Result<Arc<dyn AgentCheckup>, SessionError> {
        let checkup = self.shared.registry.checkup();
        checkup.ok_or_else(|| unfit("Agents can't be looked after here."))
    }
}

fn lock<T>(mutex: &Mutex<BTreeMap<AgentId, T>>) -> MutexGuard<'_, BTreeMap<AgentId, T>> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
