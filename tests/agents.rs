//! Stories of the agents themselves: what they get of the app's environment, how they do, and how they are signed in.

use kernel::AgentId;
use orchestration::flows::Task;
use process::living;
use session::port::Inheritance;
use session::{AgentDefinition, Cause, HealthState, SessionError, SignInKind};
use snapshot::Reason;
use std::process::Command;
use tests::app::RealApp;
use tests::telling::output_of;
use workspace::ProjectSettings;

const PRACTICE: &str = "practice";
const SECRET: &str = "PLANTED_API_KEY";
const HARMLESS: &str = "PLANTED_COLOUR";
/// What the practice agent's shell says of both.
const TELL: &str = "echo [$PLANTED_API_KEY] [$PLANTED_COLOUR]";

/// A process's environment can't be changed while it runs, so the story runs in one that has the secret.
#[test]
fn a_secret_of_the_app_reaches_an_agent_only_when_the_person_lets_it() {
    let exe = std::env::current_exe().expect("a test knows its own path");
    let told = Command::new(exe)
        .args(["--exact", "the_story_of_the_planted_secret", "--ignored"])
        .env(SECRET, "sk-planted-000000000000")
        .env(HARMLESS, "green")
        .output()
        .expect("a test can be run");
    assert!(
        told.status.success(),
        "{}{}",
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not a test: run by a_secret_of_the_app_reaches_an_agent_only_when_the_person_lets_it"]
async fn the_story_of_the_planted_secret() {
    let app = RealApp::start().await;
    let agents = app.flows.rooms().agents.clone();
    let practice = AgentId::new(PRACTICE);
    let script = format!("script:\nrun {TELL}");
    let listed = |name: &'static str| {
        let (agents, practice) = (agents.clone(), practice.clone());
        async move {
            let all = agents.environment(&practice).await.unwrap();
            let one = all.into_iter().find(|variable| variable.name == name);
            one.expect("it is in the environment").standing
        }
    };

    let id = app.workspace(&script).await;
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let session = app.session(&id);
    let said = output_of(&app.transcript(&session).await, TELL)
        .trim()
        .to_owned();
    assert_eq!(said, "[] [green]");
    assert!(!listed(SECRET).await.is_passed());
    assert!(listed(HARMLESS).await.is_passed());

    let chosen = Inheritance {
        pass: vec!["PLANTED_API_*".to_owned()],
        withhold: vec![HARMLESS.to_owned()],
    };
    agents.save_inheritance(&practice, chosen).await.unwrap();
    assert!(listed(SECRET).await.is_passed());
    assert!(!listed(HARMLESS).await.is_passed());
    // It counts from the next start on, also after the app was started again.
    let app = app.restart().await;
    let sent = app.flows.send_message(&id, Some(session.clone()), script);
    sent.await.expect("the message is stored");
    app.card(&id, |card| {
        card.status.reason == Reason::TurnFinished
            && card.sessions.iter().any(|session| session.turn == 2)
    })
    .await;
    let said = output_of(&app.transcript(&session).await, TELL)
        .trim()
        .to_owned();
    assert_eq!(said, "[sk-planted-000000000000] []");
    let tag = app.quit().await;
    assert_eq!(living(&tag), []);
}

/// An agent that nobody is signed in to. With the argument `login` it is the program in which a person signs in.
const SIGNED_OUT: &str = r#"
[ "$0" = login ] && { echo "signed in here"; exit 0; }
say() { printf '%s\n' "$1"; }
read -r hello
say '{"id":0,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true,"promptCapabilities":{"image":true}},
"agentInfo":{"name":"x","title":"Signed out","version":"9.1"},"authMethods":[{"id":"web","name":"Browser"},{"id":"never","name":"Never"},
{"id":"term","name":"Terminal","type":"terminal","args":["login"]},{"id":"key","name":"Key","type":"env_var","varName":"X_KEY"}]}}' | tr -d '\n'; echo
read -r next
case "$next" in
  *'"web"'*) say '{"id":1,"result":{}}' ;;
  *'"never"'*) sleep 300 ;;
  *) say '{"id":1,"error":{"code":-32000,"message":"Authentication required"}}' ;;
esac
cat >/dev/null
"#;

async fn own_agent(app: &RealApp, script: &str) -> AgentId {
    let definition = AgentDefinition {
        name: "My own".to_owned(),
        command: "sh".to_owned(),
        args: vec!["-c".to_owned(), script.to_owned()],
        env: Vec::new(),
    };
    let saved = app.flows.rooms().agents.save(None, definition).await;
    saved.expect("the definition is complete").program.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_gets_the_agent_of_its_task_else_of_its_project_else_the_preferred_one() {
    let app = RealApp::start().await;
    let project = app.add_project().await;
    let mine = own_agent(&app, SIGNED_OUT).await;
    let practice = AgentId::new(PRACTICE);
    let set = |agent: &AgentId| ProjectSettings {
        agent: Some(agent.clone()),
        ..ProjectSettings::default()
    };
    let gets = async |agent: Option<&AgentId>, preferred: Option<&AgentId>| {
        let task = Task {
            project: project.clone(),
            prompt: String::new(),
            agent: agent.cloned(),
            preferred: preferred.cloned(),
            base: None,
        };
        let id = app.flows.create_workspace(task).await.unwrap();
        app.flows.rooms().workspaces.get(&id).await.unwrap().agent
    };
    assert_eq!(gets(None, None).await.as_ref(), Some(&practice));
    assert_eq!(gets(None, Some(&mine)).await.as_ref(), Some(&mine));
    let saved = app.flows.save_project_settings(&project, set(&mine)).await;
    saved.unwrap();
    assert_eq!(gets(None, Some(&practice)).await.as_ref(), Some(&mine));
    let chosen = gets(Some(&practice), Some(&mine)).await;
    assert_eq!(chosen.as_ref(), Some(&practice));
    // One that exists no more is nobody's choice.
    app.flows.rooms().agents.remove(&mine).await.unwrap();
    let left = gets(None, Some(&practice)).await;
    assert_eq!(left.as_ref(), Some(&practice));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_examined_and_nothing_of_it_is_left() {
    let app = RealApp::start().await;
    let agents = app.flows.rooms().agents.clone();
    let practice = agents.examine(&AgentId::new(PRACTICE)).await.unwrap();
    assert_eq!(practice.state, HealthState::Ready);
    assert!(
        practice.resumes && practice.version.is_some(),
        "{practice:?}"
    );

    let own = own_agent(&app, SIGNED_OUT).await;
    let health = agents.examine(&own).await.unwrap();
    let said = "Authentication required".to_owned();
    assert_eq!(health.state, HealthState::SignInNeeded { said });
    assert_eq!(
        (health.name.as_deref(), health.version.as_deref()),
        (Some("Signed out"), Some("9.1"))
    );
    let kinds: Vec<_> = health.methods.iter().map(|one| one.kind.clone()).collect();
    let terminal = SignInKind::Terminal {
        args: vec!["login".to_owned()],
        env: Vec::new(),
    };
    let names = vec!["X_KEY".to_owned()];
    let variables = SignInKind::Variables { names };
    assert_eq!(
        kinds,
        [SignInKind::Agent, SignInKind::Agent, terminal, variables]
    );

    let broken = own_agent(&app, "echo 'no config' >&2; exit 3").await;
    let health = agents.examine(&broken).await.unwrap();
    let HealthState::Failed { cause } = health.state else {
        panic!("it did not fail: {health:?}");
    };
    let crashed = Cause::Crashed {
        code: Some(3),
        signal: None,
        stderr: "no config".to_owned(),
    };
    assert_eq!(cause, crashed);
    assert_eq!(living(&app.quit().await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_the_agent_or_in_a_terminal_or_gives_it_up() {
    let app = RealApp::start().await;
    let agents = app.flows.rooms().agents.clone();
    let own = own_agent(&app, SIGNED_OUT).await;
    agents.sign_in(&own, "web").await.unwrap();
    let refused = agents.sign_in(&own, "unknown").await;
    assert!(matches!(
        refused,
        Err(SessionError::Agent(Cause::SignIn { .. }))
    ));

    let waiting = {
        let (agents, own) = (agents.clone(), own.clone());
        tokio::spawn(async move { agents.sign_in(&own, "never").await })
    };
    let began = |tag: &process::Tag| {
        living(tag)
            .iter()
            .any(|one| one.command.contains("sleep 300"))
    };
    while !began(&app.tag()) {
        tokio::task::yield_now().await;
    }
    agents.cancel_sign_in(&own);
    let given_up = waiting.await.unwrap();
    assert!(matches!(given_up, Err(SessionError::Unfit { .. })));

    let terminal = app.flows.sign_in_terminal(&own, "term").await.unwrap();
    let mut screen = app.flows.rooms().terminals.attach(&terminal).unwrap();
    let mut shown = String::new();
    while !shown.contains("signed in here") {
        let bytes = screen.next().await.expect("it writes before it ends");
        shown.push_str(&String::from_utf8_lossy(&bytes));
    }
    let no_terminal = app.flows.sign_in_terminal(&own, "web").await;
    no_terminal.expect_err("the agent does that itself");
    assert_eq!(living(&app.quit().await), []);
}
