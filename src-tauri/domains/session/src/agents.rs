//! The agents to choose from: those the app ships entries for, and the person's own.
//!
//! Invariant: an id names one program. The person's own never take the id of a shipped one.

mod health;
mod memory;

use crate::checkup::Health;
use crate::error::SessionError;
use crate::port::{About, AgentProgram, AgentRegistry, AgentStore, Detection, Inheritance};
use crate::work::off_the_workers;
use kernel::AgentId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// The agents. Clones share them.
#[derive(Clone)]
pub struct Agents {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Arc<dyn AgentRegistry>,
    store: Arc<dyn AgentStore>,
    /// What was found when they were examined last.
    examined: Mutex<BTreeMap<AgentId, Health>>,
    /// Who is being signed in, and how to stop that.
    signing_in: Mutex<BTreeMap<AgentId, Arc<Notify>>>,
}

/// An agent to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAgent {
    /// Its program.
    pub program: AgentProgram,
    /// Whether the app ships it; the person's own can be changed and removed.
    pub shipped: bool,
    /// Whether its program is there.
    pub detection: Detection,
    /// Its version, once that is known.
    pub version: Option<String>,
    /// What the app knows of it, if it ships it.
    pub about: Option<About>,
    /// What it inherits, as far as the person chose it.
    pub inherits: Inheritance,
}

/// What the person says of an agent of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDefinition {
    /// Its name.
    pub name: String,
    /// Program: an absolute path, or a name to be found on the PATH.
    pub command: String,
    /// Arguments.
    pub args: Vec<String>,
    /// Variables added to what is inherited.
    pub env: Vec<(String, String)>,
}

impl Agents {
    /// Over the shipped entries and the person's rows.
    pub fn new(registry: Arc<dyn AgentRegistry>, store: Arc<dyn AgentStore>) -> Self {
        Self {
            shared: Arc::new(Shared {
                registry,
                store,
                examined: Mutex::default(),
                signing_in: Mutex::default(),
            }),
        }
    }

    /// All of them, each looked for: the shipped ones, then the person's own by name, then the practice agent.
    pub async fn list(&self) -> Result<Vec<KnownAgent>, SessionError> {
        let mut agents = self
            .off_the_workers(|shared| {
                let mut shipped = shared.registry.shipped();
                let practice = shipped.pop();
                let own = shared.store.agents()?;
                let known = |program, is_shipped| shared.look_for(program, is_shipped);
                let shipped = shipped.into_iter().map(|program| known(program, true));
                let own = own.into_iter().map(|program| known(program, false));
                let practice = practice.map(|program| known(program, true));
                let all = shipped.chain(own).chain(practice);
                all.collect::<Result<Vec<_>, SessionError>>()
            })
            .await?;
        self.tell_versions(&mut agents).await;
        Ok(agents)
    }

    /// The program an id stands for.
    pub async fn resolve(&self, id: &AgentId) -> Result<AgentProgram, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.resolve(&id))
            .await
    }

    /// The first of the preferred agents that exists, else the first shipped one that is there, else the practice agent, which
    /// needs nothing.
    pub async fn default_choice(
        &self,
        preferred: impl IntoIterator<Item = AgentId>,
    ) -> Result<AgentId, SessionError> {
        let preferred: Vec<AgentId> = preferred.into_iter().collect();
        self.off_the_workers(move |shared| {
            let mut shipped = shared.registry.shipped();
            if !preferred.is_empty() {
                let own = shared.store.agents()?;
                let exists = |id: &AgentId| shipped.iter().chain(&own).any(|agent| agent.id == *id);
                if let Some(first) = preferred.into_iter().find(exists) {
                    return Ok(first);
                }
            }
            let practice = shipped.pop();
            shipped
                .into_iter()
                .find(|program| shared.is_there(program))
                .or(practice)
                .map(|program| program.id)
                .ok_or(SessionError::Unknown { what: "agent" })
        })
        .await
    }

    /// Adds one of the person's own, or changes the one with this id.
    pub async fn save(
        &self,
        id: Option<AgentId>,
        definition: AgentDefinition,
    ) -> Result<KnownAgent, SessionError> {
        self.off_the_workers(move |shared| {
            let definition = checked(definition)?;
            let own = shared.store.agents()?;
            let id = match id {
                Some(id) if own.iter().any(|agent| agent.id == id) => id,
                Some(_) => return Err(SessionError::Unknown { what: "agent" }),
                None => {
                    let shipped = shared.registry.shipped();
                    let taken = shipped.iter().chain(&own).map(|agent| agent.id.as_str());
                    free_id(&definition.name, &taken.collect())
                }
            };
            let AgentDefinition {
                name,
                command,
                args,
                env,
            } = definition;
            let program = AgentProgram {
                id,
                name,
                command,
                args,
                env,
            };
            shared.store.save_agent(&program)?;
            shared.look_for(program, false)
        })
        .await
    }

    /// Removes one of the person's own. Its conversations stay; they can't be started any more.
    pub async fn remove(&self, id: &AgentId) -> Result<(), SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| {
            if shared.registry.shipped().iter().any(|agent| agent.id == id) {
                return Err(unfit(
                    "This agent comes with Shopfloor and can't be removed.",
                ));
            }
            shared.store.remove_agent(&id)
        })
        .await
    }

    async fn off_the_workers<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> T {
        let shared = Arc::clone(&self.shared);
        off_the_workers(move || work(&shared)).await
    }
}

impl Shared {
    fn resolve(&self, id: &AgentId) -> Result<AgentProgram, SessionError> {
        let mut shipped = self.registry.shipped().into_iter();
        if let Some(program) = shipped.find(|program| program.id == *id) {
            return Ok(program);
        }
        let mut own = self.store.agents()?.into_iter();
        own.find(|program| program.id == *id)
            .ok_or(SessionError::Unknown { what: "agent" })
    }

    fn look_for(&self, program: AgentProgram, shipped: bool) -> Result<KnownAgent, SessionError> {
        Ok(KnownAgent {
            detection: self.registry.detect(&program),
            about: self.registry.about(&program.id),
            inherits: self.store.inheritance(&program.id)?,
            version: None,
            program,
            shipped,
        })
    }

    fn is_there(&self, program: &AgentProgram) -> bool {
        match self.registry.detect(program) {
            Detection::Found { .. } => true,
            Detection::Missing { .. } => false,
        }
    }
}

fn checked(definition: AgentDefinition) -> Result<AgentDefinition, SessionError> {
    let name = definition.name.trim().to_owned();
    let command = definition.command.trim().to_owned();
    if name.is_empty() {
        return Err(unfit("The agent needs a name."));
    }
    if command.is_empty() {
        return Err(unfit("The agent needs a command that starts it."));
    }
    let has_zero = |text: &String| text.contains('\0');
    if has_zero(&command) || definition.args.iter().any(has_zero) {
        return Err(unfit(
            "The command holds a character that no program can be given.",
        ));
    }
    let names = || definition.env.iter().map(|(name, _)| name);
    if names().any(|name| name.is_empty() || name.contains(['=', '\0'])) {
        return Err(unfit("The name of a variable is empty or holds a \"=\"."));
    }
    if names().collect::<BTreeSet<_>>().len() < definition.env.len() {
        return Err(unfit("A variable is named twice."));
    }
    Ok(AgentDefinition {
        name,
        command,
        ..definition
    })
}

/// The name in lower case with dashes, and a number when it is taken.
fn free_id(name: &str, taken: &BTreeSet<&str>) -> AgentId {
    let spaced: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let slug = match words.join("-").to_lowercase() {
        slug if slug.is_empty() => "agent".to_owned(),
        slug => slug,
    };
    let numbered = (2_u32..).map(|number| format!("{slug}-{number}"));
    let free = std::iter::once(slug.clone())
        .chain(numbered)
        .find(|id| !taken.contains(id.as_str()))
        .expect("there are more numbers than agents");
    AgentId::new(free)
}

fn unfit(why: &str) -> SessionError {
    SessionError::Unfit {
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests;
