//! Stories of finding what was said: in any workspace, also one that is off the board.

use kernel::{SessionId, WorkspaceId};
use orchestration::flows::{FoundHit, FoundPage, Wanted};
use session::port::{AgentEvent, ToolPatch};
use session::search::SearchKind;
use session::{EntryBody, ToolContent, ToolStatus};
use tests::agents::SteeredAgent;
use tests::app::App;

fn wanted(text: &str) -> Wanted {
    Wanted {
        text: text.into(),
        ..Wanted::default()
    }
}

async fn search(app: &App, wanted: Wanted) -> FoundPage {
    let page = app.flows.search_transcripts(wanted).await;
    page.expect("any text can be searched for")
}

async fn find(app: &App, text: &str) -> Vec<FoundHit> {
    search(app, wanted(text)).await.hits
}

/// The agent answers, runs a command, and ends its turn.
fn works(agent: &SteeredAgent, answer: &str, title: &str, output: &str) {
    agent.does(AgentEvent::Text(answer.into()));
    agent.does(AgentEvent::Tool(ToolPatch {
        call: "c".into(),
        title: Some(title.into()),
        status: Some(ToolStatus::Completed),
        content: Some(vec![ToolContent::Text {
            text: output.into(),
            cut: 0,
        }]),
        ..ToolPatch::default()
    }));
    agent.does(AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    });
}

/// A workspace whose agent did one turn.
async fn worked(app: &App) -> (WorkspaceId, SessionId) {
    let id = app.workspace("Mend the turbine").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    works(
        &agent,
        "The rotor is bent.",
        "Run cargo bench",
        "vibration: 12 Hz",
    );
    let session = app.session(&id);
    app.transcript_until(&session, |entries| {
        matches!(
            entries.last().map(|entry| &entry.body),
            Some(EntryBody::TurnEnd { .. })
        )
    })
    .await;
    (id, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_found_also_when_its_workspace_is_archived() {
    let app = App::start().await;
    let (id, session) = worked(&app).await;
    for (text, kind) in [
        ("turbine mend", SearchKind::Prompt),
        ("\"rotor is bent\"", SearchKind::Answer),
        ("cargo bench", SearchKind::Tool),
        ("vibra", SearchKind::Tool),
    ] {
        let hits = find(&app, text).await;
        let [found] = hits.as_slice() else {
            panic!("{text}: {hits:?}")
        };
        assert_eq!((&found.hit.workspace, &found.hit.session), (&id, &session));
        assert_eq!(found.hit.kind, kind);
        assert_eq!(found.workspace_name, "Mend the turbine");
        assert!(!found.archived);
    }

    app.flows.archive_workspace(&id).await.unwrap();
    let hits = find(&app, "rotor").await;
    assert!(hits[0].archived, "{hits:?}");
    let app = app.crash().await;
    assert_eq!(find(&app, "rotor").await.len(), 1, "after a crash too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_kept_to_a_project_a_workspace_or_a_kind() {
    let app = App::start().await;
    let (id, _) = worked(&app).await;
    let project = find(&app, "turbine").await[0].project.clone();
    let other = app
        .create(&project, "Paint the turbine", None)
        .await
        .unwrap();
    app.agents.started(2).await.told_times(1).await;
    let session = app.session(&other);
    app.transcript_until(&session, |entries| !entries.is_empty())
        .await;

    let count = async |change: Wanted| search(&app, change).await.hits.len();
    let turbine = wanted("turbine");
    assert_eq!(count(turbine.clone()).await, 2);
    let there = Wanted {
        workspace: Some(id.clone()),
        ..turbine.clone()
    };
    assert_eq!(count(there.clone()).await, 1);
    let elsewhere = Wanted {
        project: Some(kernel::ProjectId::new("another")),
        ..there
    };
    assert_eq!(count(elsewhere).await, 0);
    let here = Wanted {
        project: Some(project),
        ..turbine.clone()
    };
    assert_eq!(count(here).await, 2);
    let answers = Wanted {
        kinds: vec![SearchKind::Answer],
        ..turbine
    };
    assert_eq!(count(answers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_project_leaves_nothing_to_be_found() {
    let app = App::start().await;
    let (id, _) = worked(&app).await;
    let project = find(&app, "turbine").await[0].project.clone();
    app.flows.archive_workspace(&id).await.unwrap();
    app.flows.remove_project(&project).await.unwrap();
    assert_eq!(find(&app, "turbine").await.len(), 0);
    assert_eq!(find(&app, "rotor").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_queries_find_what_their_words_say_and_never_fail() {
    let app = App::start().await;
    worked(&app).await;
    for odd in [
        "",
        "\"",
        "*",
        "NEAR(",
        "AND OR NOT",
        "a\0b",
        "🚀",
        "'; --",
        "text : x",
        "(((",
    ] {
        find(&app, odd).await;
    }
    assert_eq!(find(&app, "🚀 \"rotor is").await.len(), 1);
    assert_eq!(find(&app, "(rotor) AND").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_conversation_tells_where_its_matches_and_its_prompts_are() {
    let app = App::start().await;
    let (id, session) = worked(&app).await;
    let second = "And now?\nSay more of the rotor.";
    app.flows
        .send_message(&id, Some(session.clone()), None, second.into())
        .await
        .unwrap();
    let entries = app
        .transcript_until(&session, |entries| {
            let is_second =
                |body: &EntryBody| matches!(body, EntryBody::Prompt { text, .. } if text == second);
            entries.iter().any(|entry| is_second(&entry.body))
        })
        .await;
    let transcripts = &app.flows.rooms().transcripts;
    let found = transcripts.find(&session, "rotor").await.unwrap();
    let said: Vec<u32> = entries
        .iter()
        .filter(|entry| match &entry.body {
            EntryBody::Prompt { text, .. } | EntryBody::Answer { text } => text.contains("rotor"),
            _ => false,
        })
        .map(|entry| entry.ordinal)
        .collect();
    assert_eq!(found, said);
    assert_eq!(found.len(), 2);
    let prompts = transcripts.prompts(&session).await.unwrap();
    let lines: Vec<&str> = prompts.iter().map(|prompt| prompt.line.as_str()).collect();
    assert_eq!(lines, ["Mend the turbine", "And now?"]);
    assert_eq!(prompts[1].ordinal, found[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_did_is_indexed_without_being_asked_for() {
    let app = App::start().await;
    worked(&app).await;
    app.disk.indexed().await;
}
