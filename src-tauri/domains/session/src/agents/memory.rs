//! What is remembered of each agent: what it inherits, what it offered last, what the person chose of it.

use super::{Agents, unfit};
use crate::error::SessionError;
use crate::inheritance::InheritedVariable;
use crate::offer::Offers;
use crate::port::{AgentProgram, Inheritance};
use kernel::AgentId;
use std::collections::{BTreeMap, BTreeSet};

impl Agents {
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

    /// The app's environment as an agent would get it now: names and why, never values.
    pub async fn environment(&self, id: &AgentId) -> Result<Vec<InheritedVariable>, SessionError> {
        let id = id.clone();
        self.off_the_workers(move |shared| {
            let inherits = shared.store.inheritance(&id)?;
            Ok(shared.registry.environment(&inherits))
        })
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
            Some(name) => Err(unfit(&format!(
                "\"{name}\" is no name of a variable; a \"*\" may only be its end."
            ))),
            None => Ok(trimmed.into_iter().collect()),
        }
    };
    Ok(Inheritance {
        pass: tidy(inheritance.pass)?,
        withhold: tidy(inheritance.withhold)?,
    })
}
