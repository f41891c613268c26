//! The agents to choose from: those the app ships entries for, and the person's own.
//!
//! Invariant: an id names one program. The person's own never take the id of a shipped one.

use crate::error::SessionError;
use crate::offer::Offers;
use crate::port::{AgentProgram, AgentRegistry, AgentStore, Detection, Inheritance};
use crate::work::off_the_workers;
use kernel::AgentId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The agents. Clones share them.
#[derive(Clone)]
pub struct Agents {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Arc<dyn AgentRegistry>,
    store: Arc<dyn AgentStore>,
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
            shared: Arc::new(Shared { registry, store }),
        }
    }

    /// All of them, each looked for: the shipped ones, then the person's own by name, then the practice agent.
    pub async fn list(&self) -> Result<Vec<KnownAgent>, SessionError> {
        self.off_the_workers(|shared| {
            let mut shipped = shared.registry.shipped();
            let practice = shipped.pop();
            let own = shared.store.agents()?;
            let known = |program, is_shipped| shared.look_for(program, is_shipped);
            Ok(shipped
                .into_iter()
                .map(|program| known(program, true))
                .chain(own.into_iter().map(|program| known(program, false)))
                .chain(practice.map(|program| known(program, true)))
                .collect())
        })
        .await
    }

    /// The program an id stands for.
    pub async fn resolve(&self, id: &AgentId) -> Result<AgentProgram, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.resolve(&id))
            .await
    }

    /// The program an id stands for, and what it inherits.
    pub async fn startable(
        &self,
        id: &AgentId,
    ) -> Result<(AgentProgram, Inheritance), SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| {
            Ok((shared.resolve(&id)?, shared.store.inheritance(&id)?))
        })
        .await
    }

    /// What an agent inherits, as far as the person chose it.
    pub async fn inheritance(&self, id: &AgentId) -> Result<Inheritance, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.store.inheritance(&id))
            .await
    }

    /// Changes what an agent inherits from its next start on.
    pub async fn save_inheritance(
        &self,
        id: &AgentId,
        inheritance: Inheritance,
    ) -> Result<(), SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| {
            shared.resolve(&id)?;
            let inheritance = tidied(inheritance)?;
            shared.store.save_inheritance(&id, &inheritance)
        })
        .await
    }

    /// What an agent offered last in any conversation; nothing for one that was never heard.
    pub async fn offers(&self, id: &AgentId) -> Result<Offers, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.store.offers(&id))
            .await
    }

    /// Remembers what an agent offers.
    pub async fn remember_offers(&self, id: &AgentId, offers: Offers) -> Result<(), SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.store.save_offers(&id, &offers))
            .await
    }

    /// The options the person chose last for this agent's conversations, id to value.
    pub async fn choices(&self, id: &AgentId) -> Result<BTreeMap<String, String>, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.store.choices(&id))
            .await
    }

    /// Remembers the options the person chose.
    pub async fn remember_choices(
        &self,
        id: &AgentId,
        choices: BTreeMap<String, String>,
    ) -> Result<(), SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| shared.store.save_choices(&id, &choices))
            .await
    }

    /// The preferred agent while it exists, else the first shipped one that is there, else the practice agent, which
    /// needs nothing.
    pub async fn default_choice(
        &self,
        preferred: Option<AgentId>,
    ) -> Result<AgentId, SessionError> {
        self.off_the_workers(move |shared| {
            let mut shipped = shared.registry.shipped();
            if let Some(preferred) = preferred {
                let own = shared.store.agents()?;
                if shipped
                    .iter()
                    .chain(&own)
                    .any(|agent| agent.id == preferred)
                {
                    return Ok(preferred);
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
            Ok(shared.look_for(program, false))
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

    fn look_for(&self, program: AgentProgram, shipped: bool) -> KnownAgent {
        KnownAgent {
            detection: self.registry.detect(&program),
            program,
            shipped,
        }
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

/// Each name once, in order, without what can't be a variable's name.
fn tidied(inheritance: Inheritance) -> Result<Inheritance, SessionError> {
    let tidy = |names: Vec<String>| {
        let trimmed: BTreeSet<String> = names
            .iter()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let strange = |name: &String| {
            let stem = name.strip_suffix('*').unwrap_or(name);
            stem.contains(['=', '\0', '*']) || stem.contains(char::is_whitespace)
        };
        match trimmed.iter().find(|name| strange(name)) {
            Some(name) => Err(SessionError::Unfit {
                why: format!("\"{name}\" is no name of a variable; a \"*\" may only be its end."),
            }),
            None => Ok(trimmed.into_iter().collect()),
        }
    };
    Ok(Inheritance {
        pass: tidy(inheritance.pass)?,
        withhold: tidy(inheritance.withhold)?,
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
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::{AgentDefinition, Agents};
    use crate::error::SessionError;
    use crate::fakes::{FakeRegistry, FakeStore};
    use crate::port::{Detection, Inheritance};
    use kernel::AgentId;
    use std::sync::Arc;

    fn agents(found: &[&str]) -> Agents {
        let registry = FakeRegistry::with(found);
        Agents::new(Arc::new(registry), Arc::new(FakeStore::default()))
    }

    fn definition(name: &str, command: &str) -> AgentDefinition {
        AgentDefinition {
            name: name.to_owned(),
            command: command.to_owned(),
            args: Vec::new(),
            env: Vec::new(),
        }
    }

    #[tokio::test]
    async fn the_first_agent_that_is_there_is_chosen_and_practice_when_there_is_none() {
        let chosen = agents(&["beta", "practice"]).default_choice(None).await;
        assert_eq!(chosen.unwrap(), AgentId::new("beta"));
        let chosen = agents(&[]).default_choice(None).await;
        assert_eq!(chosen.unwrap(), AgentId::new("practice"));
    }

    #[tokio::test]
    async fn a_preferred_agent_is_chosen_until_it_is_removed() {
        let agents = agents(&["beta", "/opt/mine"]);
        let mine = agents.save(None, definition("Mine", "/opt/mine")).await;
        let mine = mine.unwrap().program.id;
        let chosen = agents.default_choice(Some(mine.clone())).await;
        assert_eq!(chosen.unwrap(), mine);
        agents.remove(&mine).await.unwrap();
        let chosen = agents.default_choice(Some(mine)).await;
        assert_eq!(chosen.unwrap(), AgentId::new("beta"));
    }

    #[tokio::test]
    async fn the_list_tells_shipped_from_own_and_found_from_missing() {
        let agents = agents(&["beta", "/opt/mine"]);
        agents
            .save(None, definition("Mine", "/opt/mine"))
            .await
            .unwrap();
        let list = agents.list().await.unwrap();
        let seen: Vec<(&str, bool, bool)> = list
            .iter()
            .map(|agent| {
                let found = matches!(agent.detection, Detection::Found { .. });
                (agent.program.id.as_str(), agent.shipped, found)
            })
            .collect();
        let expected = [
            ("alpha", true, false),
            ("beta", true, true),
            ("mine", false, true),
            ("practice", true, false),
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn an_own_agent_gets_a_free_id_of_its_name_and_keeps_it_when_it_changes() {
        let agents = agents(&[]);
        let ids = ["Alpha", "My Agent (v2)!", "my agent v2", "…"];
        let mut minted = Vec::new();
        for name in ids {
            let saved = agents.save(None, definition(name, "run")).await.unwrap();
            minted.push(saved.program.id.to_string());
        }
        assert_eq!(minted, ["alpha-2", "my-agent-v2", "my-agent-v2-2", "agent"]);
        let id = AgentId::new("my-agent-v2");
        let changed = definition("Renamed", " run it ");
        agents.save(Some(id.clone()), changed).await.unwrap();
        let program = agents.resolve(&id).await.unwrap();
        assert_eq!(
            (program.name.as_str(), program.command.as_str()),
            ("Renamed", "run it")
        );
    }

    #[tokio::test]
    async fn a_definition_that_could_never_start_is_refused() {
        let agents = agents(&[]);
        let with_env = |env: &[&str]| AgentDefinition {
            env: env
                .iter()
                .map(|name| ((*name).to_owned(), String::new()))
                .collect(),
            ..definition("x", "run")
        };
        for refused in [
            definition(" ", "run"),
            definition("x", "  "),
            definition("x", "ru\0n"),
            with_env(&[""]),
            with_env(&["A=B"]),
            with_env(&["A", "A"]),
        ] {
            let error = agents.save(None, refused.clone()).await.unwrap_err();
            assert!(matches!(error, SessionError::Unfit { .. }), "{refused:?}");
        }
    }

    #[tokio::test]
    async fn only_the_persons_own_can_be_changed_or_removed() {
        let agents = agents(&[]);
        let mine = agents.save(None, definition("Mine", "run")).await.unwrap();
        let alpha = AgentId::new("alpha");
        agents.remove(&alpha).await.unwrap_err();
        let error = agents
            .save(Some(alpha.clone()), definition("x", "run"))
            .await;
        assert!(matches!(error, Err(SessionError::Unknown { .. })));
        agents.remove(&mine.program.id).await.unwrap();
        agents.resolve(&mine.program.id).await.unwrap_err();
        assert!(agents.resolve(&alpha).await.is_ok());
    }

    #[tokio::test]
    async fn what_an_agent_inherits_is_kept_tidy_and_forgotten_with_it() {
        let agents = agents(&[]);
        let mine = agents.save(None, definition("Mine", "run")).await.unwrap();
        let mine = mine.program.id;
        let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let chosen = Inheritance {
            pass: names(&[" B_KEY ", "A_*", "", "B_KEY"]),
            withhold: names(&["C"]),
        };
        agents.save_inheritance(&mine, chosen).await.unwrap();
        let kept = agents.startable(&mine).await.unwrap().1;
        assert_eq!(
            (kept.pass, kept.withhold),
            (names(&["A_*", "B_KEY"]), names(&["C"]))
        );
        for strange in ["A=B", "*A", "A B", "A\0"] {
            let chosen = Inheritance {
                pass: names(&[strange]),
                withhold: Vec::new(),
            };
            let refused = agents.save_inheritance(&mine, chosen).await.unwrap_err();
            assert!(matches!(refused, SessionError::Unfit { .. }), "{strange}");
        }
        agents.remove(&mine).await.unwrap();
        let again = agents.save(None, definition("Mine", "other")).await;
        assert_eq!(again.unwrap().program.id, mine);
        assert_eq!(
            agents.inheritance(&mine).await.unwrap(),
            Inheritance::default()
        );
    }
}
