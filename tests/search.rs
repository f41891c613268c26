//! Stories of finding what was said, in any workspace, also one that is off the board, and of taking it along.

use kernel::{SessionId, WorkspaceId};
use orchestration::flows::{FoundHit, FoundPage, Wanted};
use session::export::{Existing, ExportFormat};
use session::port::{AgentEvent, ToolPatch};
use session::search::SearchKind;
use session::{AgentDefinition, EntryBody, ToolContent, ToolStatus};
use tests::agents::SteeredAgent;
use tests::app::{App, HOUSE_KEY};

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
        .send_message(&id, Some(session.clone()), second)
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

const TOKEN: &str = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";

/// A secret of neither a secret's name nor its shape: it is known only because the person set it for an agent.
const DOOR: &str = "over\"the-hills";

/// All that an agent says here holds secrets.
async fn indiscreet(app: &App) -> SessionId {
    let own = AgentDefinition {
        name: "Mine".into(),
        command: "/opt/mine".into(),
        args: Vec::new(),
        env: vec![
            ("MINE_PASSWORD".into(), "correct horse".into()),
            ("MINE_DOOR".into(), DOOR.into()),
            ("MINE_MODE".into(), "quick".into()),
        ],
    };
    app.flows
        .rooms()
        .agents
        .save(None, own)
        .await
        .expect("it is well formed");
    let id = app.workspace("The password is correct horse").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    let input = format!("{{\"key\":{}}}", serde_json::json!(HOUSE_KEY));
    agent.does(AgentEvent::Tool(ToolPatch {
        call: "0".into(),
        title: Some("Run env".into()),
        input: Some(input),
        ..ToolPatch::default()
    }));
    let (half, rest) = TOKEN.split_at(9);
    agent.does(AgentEvent::Text(format!("I found {half}")));
    let session = app.session(&id);
    // The halves are stored by different writes.
    app.transcript_until(&session, |entries| {
        entries
            .iter()
            .any(|entry| matches!(&entry.body, EntryBody::Answer { text } if text.contains(half)))
    })
    .await;
    agent.does(AgentEvent::Text(format!("{rest}. What now?")));
    let output = format!("key: {HOUSE_KEY}\nbe quick: at{DOOR}.example");
    works(&agent, "", "Run it", &output);
    app.transcript_until(&session, |entries| {
        matches!(
            entries.last().map(|entry| &entry.body),
            Some(EntryBody::TurnEnd { .. })
        )
    })
    .await;
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_conversation_holds_all_that_was_said_but_no_secret() {
    let app = App::start().await;
    let session = indiscreet(&app).await;
    let stored = app.transcript(&session).await.len();
    for (format, name) in [
        (ExportFormat::Json, "a.json"),
        (ExportFormat::Markdown, "a.md"),
    ] {
        let path = app.folder().join(name);
        let done = app
            .flows
            .export_session(&session, format, path.clone(), Existing::Keep)
            .await
            .unwrap();
        assert_eq!(done.entries as usize, stored);
        assert!(done.redacted >= 4, "{done:?}");
        let text = std::fs::read_to_string(&path).unwrap();
        let escaped = serde_json::json!(HOUSE_KEY).to_string();
        let escaped_door = DOOR.replace('"', "\\\"");
        for secret in [
            "correct horse",
            TOKEN,
            &TOKEN[9..],
            HOUSE_KEY,
            DOOR,
            &escaped_door,
            escaped.trim_matches('"'),
        ] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        for said in [
            "The password is [redacted]",
            "I found [redacted]. What now?",
            "Run it",
            "key: [redacted]",
            "be quick: at[redacted].example",
        ] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
    }
    let text = std::fs::read_to_string(app.folder().join("a.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["session"]["agent"], "steered");
    assert_eq!(value["entries"].as_array().map(Vec::len), Some(stored));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_is_exported_entry_by_entry_also_when_archived() {
    let app = App::start().await;
    let (id, session) = worked(&app).await;
    let agent = app.agents.started(1).await;
    for number in 0..130 {
        agent.does(AgentEvent::Tool(ToolPatch {
            call: format!("call {number}"),
            title: Some(format!("Step {number}.")),
            status: Some(ToolStatus::Completed),
            ..ToolPatch::default()
        }));
    }
    let entries = app
        .transcript_until(&session, |entries| {
            entries.iter().any(|entry| matches!(&entry.body, EntryBody::Tool { call } if call.title == "Step 129."))
        })
        .await;
    app.flows.archive_workspace(&id).await.unwrap();
    let path = app.folder().join("a.json");
    let export = async |existing| {
        let to = path.clone();
        app.flows
            .export_session(&session, ExportFormat::Json, to, existing)
            .await
    };
    export(Existing::Keep).await.unwrap();
    let value: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let ordinals: Vec<u64> = value["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["ordinal"].as_u64().unwrap())
        .collect();
    assert!(ordinals.len() >= entries.len());
    assert_eq!(ordinals, (0..ordinals.len() as u64).collect::<Vec<u64>>());

    let error = export(Existing::Keep).await.unwrap_err().to_string();
    assert!(error.contains("a file of that name already"), "{error}");
    export(Existing::Replace).await.unwrap();
    let nowhere = app.folder().join("missing/a.md");
    let refused = app
        .flows
        .export_session(&session, ExportFormat::Markdown, nowhere, Existing::Keep)
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("folder does not exist")
    );
    let name = app
        .flows
        .export_name(&session, ExportFormat::Markdown)
        .await
        .unwrap();
    assert_eq!(name, "Mend-the-turbine.md");
}
