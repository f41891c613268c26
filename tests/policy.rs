//! What a person allowed once and for all is not asked again, everything else is, and all of it is told.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use kernel::{SessionId, WorkspaceId};
use session::port::AgentEvent;
use session::{
    AgentDefinition, Answer, Ask, AskKind, AskOption, EntryBody, OptionKind, PolicyMode,
    RequestOutcome, RuleDraft, Scope, ToolCall, ToolKind, ToolStatus, Verdict,
};
use snapshot::Reason;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use tests::agents::{SteeredAgent, Told};
use tests::app::{App, RealApp};
use tests::telling::has;

fn asks(token: &str, tool: ToolKind, command: Option<&str>, paths: &[&Path]) -> AgentEvent {
    let option = |id: &str, kind| AskOption {
        id: id.into(),
        name: id.into(),
        kind,
    };
    let paths = paths.iter().map(|path| path.display().to_string());
    AgentEvent::Asked {
        token: token.into(),
        ask: Ask {
            kind: AskKind::Permission,
            title: format!("May I {token}?"),
            call: Some(ToolCall {
                call: token.into(),
                tool,
                title: token.into(),
                status: ToolStatus::Pending,
                locations: Vec::new(),
                content: Vec::new(),
                input: None,
            }),
            options: vec![
                option("yes", OptionKind::AllowOnce),
                option("always", OptionKind::AllowAlways),
                option("no", OptionKind::RejectOnce),
            ],
            fields: Vec::new(),
            command: command.map(str::to_owned),
            paths: paths.collect(),
        },
    }
}

fn runs(token: &str, command: &str) -> AgentEvent {
    asks(token, ToolKind::Execute, Some(command), &[])
}

fn draft(scope: Scope, verdict: Verdict, command: &str) -> RuleDraft {
    RuleDraft {
        scope,
        verdict,
        tool: None,
        command: Some(command.into()),
        path: None,
    }
}

fn option(id: &str) -> Answer {
    Answer::Option { id: id.into() }
}

async fn at_work(app: &App) -> (WorkspaceId, SessionId, Arc<SteeredAgent>) {
    let id = app.workspace("build it").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    let session = app.session(&id);
    (id, session, agent)
}

async fn outcomes(app: &App, session: &SessionId, wanted: usize) -> Vec<(String, RequestOutcome)> {
    let of = |entries: &[session::Entry]| -> Vec<(String, RequestOutcome)> {
        let asked = entries.iter().filter_map(|entry| match &entry.body {
            EntryBody::Request { ask, outcome, .. } => Some((ask.title.clone(), outcome.clone())),
            _ => None,
        });
        asked.collect()
    };
    let entries = app
        .transcript_until(session, |all| of(all).len() >= wanted)
        .await;
    of(&entries)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_answers_for_the_person_and_the_conversation_says_so() {
    let app = App::start().await;
    let policies = app.flows.rooms().sessions.policies();
    let everywhere = draft(Scope::Global, Verdict::Allow, "cargo test");
    policies.add(everywhere).await.unwrap();
    let (_, session, agent) = at_work(&app).await;
    agent.does(runs("one", "cargo test --workspace"));
    let answered = agent.told_times(2).await;
    assert_eq!(
        answered,
        Told::Answer("one".into(), option("yes")),
        "never for always"
    );
    let expected = RequestOutcome::Answered {
        choice: "yes".into(),
        allowed: true,
        by: Some("Allowed by rule: run `cargo test` (everywhere)".into()),
    };
    let told = outcomes(&app, &session, 1).await;
    assert_eq!(told, [("May I one?".to_owned(), expected)]);

    agent.does(runs("two", "cargo test; rm -rf /"));
    let summary = app
        .summary_until(&session, |now| !now.pending.is_empty())
        .await;
    assert_eq!(summary.pending[0].ask.title, "May I two?");
    assert_eq!(agent.told().len(), 2, "nobody answered it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_for_always_is_kept_and_answers_what_else_waits() {
    let app = App::start().await;
    let (id, session, agent) = at_work(&app).await;
    for (token, command) in [("one", "make a"), ("two", "make b"), ("three", "rm x")] {
        agent.does(runs(token, command));
    }
    let summary = app
        .summary_until(&session, |now| now.pending.len() == 3)
        .await;
    let sessions = &app.flows.rooms().sessions;
    let project = app.flows.rooms().workspaces.get(&id).await.unwrap().project;
    let scope = Scope::Project { id: project };
    let first = &summary.pending[0].id;
    let nothing = draft(scope.clone(), Verdict::Allow, "make; rm");
    let refused = sessions
        .answer_always(&session, first, option("yes"), nothing)
        .await;
    assert!(refused.is_err(), "no rule, no answer");
    let never = draft(scope.clone(), Verdict::Allow, "make");
    let refused = sessions
        .answer_always(&session, first, option("unheard of"), never.clone())
        .await;
    assert!(refused.is_err());
    assert!(sessions.policies().rules().is_empty(), "no answer, no rule");

    sessions
        .answer_always(&session, first, option("yes"), never)
        .await
        .unwrap();
    let summary = app
        .summary_until(&session, |now| now.pending.len() == 1)
        .await;
    assert_eq!(summary.pending[0].ask.title, "May I three?");
    agent.told_times(3).await;
    let told = agent.told();
    assert_eq!(told[1], Told::Answer("one".into(), option("yes")));
    assert_eq!(told[2], Told::Answer("two".into(), option("yes")));
    let outcomes = outcomes(&app, &session, 3).await;
    let by = |n: usize| match &outcomes[n].1 {
        RequestOutcome::Answered { by, .. } => by.clone(),
        _ => None,
    };
    assert_eq!(by(0), None, "the person said so");
    assert!(
        by(1)
            .unwrap()
            .starts_with("Allowed by rule: run `make` (project ")
    );

    let app = app.restart().await;
    let sessions = &app.flows.rooms().sessions;
    let [rule] = sessions.policies().rules().to_vec().try_into().unwrap();
    assert_eq!(rule.scope, scope);
    sessions.policies().revoke(&rule.id).await.unwrap();
    assert!(sessions.policies().rules().is_empty());
    assert!(sessions.policies().revoke(&rule.id).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_are_inherited_and_judge_what_waits_when_they_change() {
    let app = App::start().await;
    let (id, session, agent) = at_work(&app).await;
    let tree = app.tree(&id).await.canonicalize().unwrap();
    let inside = tree.join("src/lib.txt");
    agent.does(asks("edit", ToolKind::Edit, None, &[&inside]));
    agent.does(asks(
        "outside",
        ToolKind::Edit,
        None,
        &[Path::new("/etc/passwd")],
    ));
    app.summary_until(&session, |now| now.pending.len() == 2)
        .await;
    let rooms = app.flows.rooms();
    let project = rooms.workspaces.get(&id).await.unwrap().project;
    let of_project = Scope::Project { id: project };
    let policies = rooms.sessions.policies();
    let reads = Some(PolicyMode::AllowReads);
    policies.set_mode(Scope::Global, reads).await.unwrap();
    let edits = Some(PolicyMode::AllowEdits);
    policies.set_mode(of_project.clone(), edits).await.unwrap();
    let summary = app
        .summary_until(&session, |now| now.pending.len() == 1)
        .await;
    assert_eq!(summary.pending[0].ask.title, "May I outside?");
    assert_eq!(summary.policy, PolicyMode::AllowEdits);
    assert!(!summary.policy_is_own);

    let own = Some(PolicyMode::Ask);
    rooms.sessions.set_policy(&session, own).await.unwrap();
    agent.does(asks("again", ToolKind::Edit, None, &[&inside]));
    app.summary_until(&session, |now| now.pending.len() == 2)
        .await;
    rooms.sessions.set_policy(&session, None).await.unwrap();
    app.summary_until(&session, |now| now.pending.len() == 1)
        .await;
    policies.set_mode(of_project, None).await.unwrap();
    let summary = app
        .summary_until(&session, |now| now.policy == PolicyMode::AllowReads)
        .await;
    assert_eq!(summary.pending.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_forbids_is_refused_although_all_else_is_allowed() {
    let app = App::start().await;
    let (_, session, agent) = at_work(&app).await;
    let sessions = &app.flows.rooms().sessions;
    let all = Some(PolicyMode::AllowAll);
    sessions.set_policy(&session, all).await.unwrap();
    let forbid = draft(Scope::Global, Verdict::Deny, "git push");
    sessions.policies().add(forbid).await.unwrap();
    agent.does(runs("push", "git push --force"));
    assert_eq!(
        agent.told_times(2).await,
        Told::Answer("push".into(), option("no"))
    );
    agent.does(runs("build", "make"));
    assert_eq!(
        agent.told_times(3).await,
        Told::Answer("build".into(), option("yes"))
    );
    let told = outcomes(&app, &session, 2).await;
    let RequestOutcome::Answered { allowed, by, .. } = &told[0].1 else {
        panic!("it is answered: {told:?}");
    };
    assert!(!allowed);
    assert_eq!(
        by.as_deref(),
        Some("Refused by rule: run `git push` (everywhere)")
    );
}

/// An agent that asks to edit the file that its prompt names, and says whether it may.
const EDITOR: &str = r#"
say() { printf '%s\n' "$1"; }
read -r hello; say '{"id":0,"result":{"protocolVersion":1,"agentCapabilities":{}}}'
read -r new;   say '{"id":1,"result":{"sessionId":"s"}}'
id=2
while read -r prompt; do
    file=${prompt##*edit:}; file=${file%%\"*}
    say "{\"id\":\"$id\",\"method\":\"session/request_permission\",\"params\":{\"sessionId\":\"s\",\"toolCall\":{\"toolCallId\":\"c$id\",\"title\":\"Edit $file\",\"kind\":\"edit\",\"rawInput\":{\"file_path\":\"$file\"}},\"options\":[{\"optionId\":\"y\",\"name\":\"Yes\",\"kind\":\"allow_once\"},{\"optionId\":\"n\",\"name\":\"No\",\"kind\":\"reject_once\"}]}}"
    read -r answer
    case "$answer" in *'"y"'*) told="may edit $file";; *) told="may not edit $file";; esac
    say "{\"method\":\"session/update\",\"params\":{\"sessionId\":\"s\",\"update\":{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"$told\"}}}}"
    say "{\"id\":$id,\"result\":{\"stopReason\":\"end_turn\"}}"
    id=$((id+1))
done"#;

/// A real agent of that kind at rest in a worktree with a link that leads out of it, and where it leads.
async fn editing() -> (RealApp, WorkspaceId, SessionId, std::path::PathBuf) {
    let app = RealApp::start().await;
    let edits = AgentDefinition {
        name: "Edits".into(),
        command: "sh".into(),
        args: vec!["-c".into(), EDITOR.into()],
        env: Vec::new(),
    };
    let agent = app.flows.rooms().agents.save(None, edits).await.unwrap();
    let project = app.add_project().await;
    let id = app.create(&project, "", Some(agent.program.id)).await;
    let id = id.unwrap();
    app.card(&id, |card| card.status.reason == Reason::NotStarted)
        .await;
    let outside = app.folder().join("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, app.tree(&id).await.join("link")).unwrap();
    let session = app.flows.begin_session(&id, None).await.unwrap();
    (app, id, session, outside)
}

async fn told_to(app: &RealApp, to: (&WorkspaceId, &SessionId), file: &str) {
    let (id, session) = to;
    let text = format!("edit:{file}");
    let sent = app
        .flows
        .send_message(id, Some(session.clone()), text.as_str());
    sent.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_the_worktree_leads_no_allowed_write_out_of_it() {
    let (app, id, session, _) = editing().await;
    let sessions = &app.flows.rooms().sessions;
    let edits = Some(PolicyMode::AllowEdits);
    sessions.set_policy(&session, edits).await.unwrap();
    let of_the_link = RuleDraft {
        scope: Scope::Global,
        verdict: Verdict::Allow,
        tool: Some(ToolKind::Edit),
        command: None,
        path: Some("link".into()),
    };
    sessions.policies().add(of_the_link).await.unwrap();
    told_to(&app, (&id, &session), "src/lib.txt").await;
    app.transcript_until(&session, |all| has(all, "answer: may edit src/lib.txt"))
        .await;
    told_to(&app, (&id, &session), "link/new.txt").await;
    let summary = app
        .summary_until(&session, |now| !now.pending.is_empty())
        .await;
    assert_eq!(summary.pending[0].ask.title, "Edit link/new.txt");
    app.choose(&session, OptionKind::RejectOnce).await;
    app.transcript_until(&session, |all| {
        has(all, "answer: may not edit link/new.txt")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_no_way_around_a_rule_that_forbids() {
    let (app, id, session, outside) = editing().await;
    let sessions = &app.flows.rooms().sessions;
    let all = Some(PolicyMode::AllowAll);
    sessions.set_policy(&session, all).await.unwrap();
    // The rule names the link; the agent goes through it, and around it.
    let forbid = RuleDraft {
        scope: Scope::Global,
        verdict: Verdict::Deny,
        tool: None,
        command: None,
        path: Some("link".into()),
    };
    sessions.policies().add(forbid).await.unwrap();
    let around = outside.join("new.txt");
    for file in ["link/new.txt", around.to_str().unwrap()] {
        told_to(&app, (&id, &session), file).await;
        let refused = format!("answer: may not edit {file}");
        app.transcript_until(&session, |all| has(all, &refused))
            .await;
    }
    told_to(&app, (&id, &session), "src/lib.txt").await;
    app.transcript_until(&session, |all| has(all, "answer: may edit src/lib.txt"))
        .await;
}
