//! What the app knows of a workspace reaches the agent, and the person sees what was said in their name.

use session::EntryBody;
use session::machine::SessionState;
use session::port::{AgentEvent, PromptPart};
use tests::agents::Told;
use tests::app::{App, RealApp};
use tests::telling::{TOLD_OF_ITS_PLACE, has, short};
use workspace::ProjectSettings;

fn settings(instructions: &str, checks: &str) -> ProjectSettings {
    ProjectSettings {
        instructions: instructions.into(),
        checks: checks.into(),
        agent: None,
    }
}

fn turn_ends() -> AgentEvent {
    AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_told_its_place_once_and_again_when_it_changed() {
    let app = App::start().await;
    let project = app.add_project().await;
    let first = settings("Write tests first.", "cargo test");
    app.flows
        .save_project_settings(&project, first)
        .await
        .unwrap();
    let id = app.create(&project, "fix the login", None).await.unwrap();
    let agent = app.agents.started(1).await;
    assert_eq!(
        agent.told_times(1).await,
        Told::Prompt("fix the login".into())
    );
    let row = app.flows.rooms().workspaces.get(&id).await.unwrap();
    let [context] = agent.context().try_into().expect("it is told once");
    for fact in [
        row.branch.as_str(),
        row.base.as_str(),
        row.name.as_str(),
        row.path.to_str().unwrap(),
        "cargo test",
        "Write tests first.",
        "Work only in this worktree",
    ] {
        assert!(context.contains(fact), "{fact} is missing: {context}");
    }
    assert!(context.starts_with("<shopfloor-workspace>\n"));
    assert!(context.ends_with("\n</shopfloor-workspace>"));

    let session = app.session(&id);
    let entries = app
        .transcript_until(&session, |all| has(all, "prompt: fix the login"))
        .await;
    let shown = entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Notice { detail, .. } if short(entry) == TOLD_OF_ITS_PLACE => detail.clone(),
        _ => None,
    });
    assert_eq!(
        shown.as_ref(),
        Some(&context),
        "the person sees what was told"
    );
    let prompt = entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Prompt { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(
        prompt,
        Some("fix the login"),
        "and their own words as they are"
    );

    agent.does(turn_ends());
    app.flows
        .send_message(&id, Some(session.clone()), "and docs")
        .await
        .unwrap();
    assert_eq!(agent.told_times(2).await, Told::Prompt("and docs".into()));
    assert_eq!(agent.context().len(), 1, "it knows already");

    let second = settings("Write docs first.", "cargo test");
    app.flows
        .save_project_settings(&project, second)
        .await
        .unwrap();
    agent.does(turn_ends());
    app.flows
        .send_message(&id, Some(session), "and more")
        .await
        .unwrap();
    assert_eq!(agent.told_times(3).await, Told::Prompt("and more".into()));
    let told = agent.context();
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("Write docs first."));
    assert!(
        matches!(
            &agent.parts()[..],
            [PromptPart::Text(_), PromptPart::Context(_)]
        ),
        "the person's words come first"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_goes_on_after_a_restart_is_not_told_again() {
    let app = App::start().await;
    let id = app.workspace("fix the login").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(turn_ends());
    let session = app.session(&id);
    app.transcript_until(&session, |all| has(all, "end: end_turn"))
        .await;
    let app = app.restart().await;
    app.flows
        .send_message(&id, Some(session), "go on")
        .await
        .unwrap();
    let next = app.agents.started(1).await;
    assert!(next.launch.resume.is_some());
    assert_eq!(next.told_times(1).await, Told::Prompt("go on".into()));
    assert!(next.context().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_projects_agent_is_the_one_its_workspaces_get() {
    let app = App::start().await;
    let project = app.add_project().await;
    let unknown = ProjectSettings {
        agent: Some(kernel::AgentId::new("nobody")),
        ..ProjectSettings::default()
    };
    let refused = app.flows.save_project_settings(&project, unknown).await;
    assert!(
        refused.is_err(),
        "an agent that is not there can't be chosen"
    );
    let long = settings(&"x".repeat(64 * 1024 + 1), "");
    let refused = app.flows.save_project_settings(&project, long).await;
    assert!(refused.unwrap_err().to_string().contains("64 KiB"));
    let steered = ProjectSettings {
        agent: Some(kernel::AgentId::new("steered")),
        ..ProjectSettings::default()
    };
    app.flows
        .save_project_settings(&project, steered.clone())
        .await
        .unwrap();
    let row = app.flows.rooms().projects.get(&project).await.unwrap();
    assert_eq!(row.settings, steered);
    let id = app.create(&project, "", None).await.unwrap();
    let workspace = app.flows.rooms().workspaces.get(&id).await.unwrap();
    assert_eq!(workspace.agent, steered.agent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_agent_finds_its_place_in_its_prompt() {
    let app = RealApp::start().await;
    let id = app.workspace("script:\nshow-prompt").await;
    app.card(&id, |card| {
        card.sessions
            .first()
            .is_some_and(|one| one.turn_ended_at.is_some())
    })
    .await;
    let session = app.session(&id);
    let entries = app
        .transcript_until(&session, |all| has(all, "end: end_turn"))
        .await;
    let row = app.flows.rooms().workspaces.get(&id).await.unwrap();
    let said: String = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Answer { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(said.contains(&row.branch), "{said}");
    assert!(said.contains("<shopfloor-workspace>"), "{said}");
    let summary = app.flows.rooms().sessions.summary(&session).unwrap();
    assert!(!summary.title.contains("shopfloor"), "{}", summary.title);
    assert!(matches!(summary.state, SessionState::Ready { .. }));
}
