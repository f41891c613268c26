//! Which agents there are, and what the person settled with them.
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
