//! Stories of the main job through the flows: real git, real database, a steered agent.

use session::port::{AgentEvent, ToolPatch};
use session::{Answer, Ask, AskKind, AskOption, OptionKind, ToolStatus};
use snapshot::{Column, Reason};
use tests::agents::Told;
use tests::app::App;
use tests::repository::git_in;

fn asks(token: &str, title: &str) -> AgentEvent {
    AgentEvent::Asked {
        token: token.into(),
        ask: Ask {
            kind: AskKind::Permission,
            title: title.into(),
            call: None,
            options: vec![
                AskOption {
                    id: "yes".into(),
                    name: "Allow".into(),
                    kind: OptionKind::AllowOnce,
                },
                AskOption {
                    id: "no".into(),
                    name: "Reject".into(),
                    kind: OptionKind::RejectOnce,
                },
            ],
            fields: Vec::new(),
            command: None,
            paths: Vec::new(),
        },
    }
}

fn ends() -> AgentEvent {
    AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_goes_from_prompt_to_archive_and_no_byte_is_lost() {
    let app = App::start().await;
    let before = app.repository.fingerprint();
    let id = app.workspace("Fix the login, please").await;

    let agent = app.agents.started(1).await;
    assert_eq!(
        agent.told_times(1).await,
        Told::Prompt("Fix the login, please".into())
    );
    let tree = app.tree(&id).await;
    assert_eq!(agent.launch.cwd, tree);
    app.card(&id, |card| card.status.reason == Reason::AgentWorking)
        .await;

    agent.does(asks("q1", "Edit src/lib.txt"));
    let card = app
        .card(&id, |card| card.status.reason == Reason::NeedsPermission)
        .await;
    assert_eq!(card.status.detail.as_deref(), Some("Edit src/lib.txt"));
    let request = card.sessions[0].pending[0].id.clone();
    let session = card.sessions[0].id.clone();
    let sessions = &app.flows.rooms().sessions;
    sessions
        .answer(&session, &request, Answer::Option { id: "yes".into() })
        .await
        .unwrap();
    assert_eq!(
        agent.told_times(2).await,
        Told::Answer("q1".into(), Answer::Option { id: "yes".into() })
    );

    std::fs::write(tree.join("src/lib.txt"), "one\nTWO\nthree\n").unwrap();
    std::fs::write(tree.join("new file.txt"), "untracked\n").unwrap();
    agent.does(AgentEvent::Tool(ToolPatch {
        call: "c1".into(),
        title: Some("Edit src/lib.txt".into()),
        status: Some(ToolStatus::Completed),
        ..ToolPatch::default()
    }));
    agent.does(ends());
    let card = app
        .card(&id, |card| {
            card.status.reason == Reason::TurnFinished
                && card.git.as_ref().is_some_and(|git| git.files == 2)
        })
        .await;
    assert_eq!(card.status.column, Some(Column::Waiting));
    app.flows.rooms().workspaces.mark_seen(&id).await.unwrap();
    app.card(&id, |card| card.status.reason == Reason::Idle)
        .await;

    app.flows.archive_workspace(&id).await.unwrap();
    assert!(
        app.flows
            .snapshot()
            .card(&id)
            .is_none_or(|card| card.status.column.is_none())
    );
    assert!(!tree.exists(), "the tree is gone");
    let row = app.flows.rooms().workspaces.get(&id).await.unwrap();
    let checkpoint = row.archive_checkpoint.expect("archive takes a checkpoint");
    let show = |path: &str| {
        app.repository
            .git(&["show", &format!("{checkpoint}:{path}")])
    };
    assert_eq!(show("src/lib.txt"), "one\nTWO\nthree");
    assert_eq!(show("new file.txt"), "untracked");
    assert!(
        app.repository
            .git(&["branch", "--list", &row.branch])
            .contains(&row.branch)
    );
    assert!(
        app.repository
            .git(&["for-each-ref", "refs/shopfloor/"])
            .contains(&checkpoint)
    );
    app.repository.git(&["fsck", "--strict"]);
    assert_eq!(
        app.repository.fingerprint(),
        before,
        "the person's checkout was not touched"
    );

    app.flows.unarchive_workspace(&id).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(tree.join("src/lib.txt")).unwrap(),
        "one\nTWO\nthree\n"
    );
    assert_eq!(
        std::fs::read_to_string(tree.join("new file.txt")).unwrap(),
        "untracked\n"
    );
    assert_eq!(
        git_in(&tree, &["log", "--format=%s"]),
        "begin",
        "archive never commits on the branch"
    );
    let card = app
        .card(&id, |card| card.status.column == Some(Column::Waiting))
        .await;
    assert_eq!(card.sessions.len(), 1, "its conversation is back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_cancels_the_turn_and_what_was_asked() {
    let app = App::start().await;
    let id = app.workspace("Do it").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(asks("q1", "Run make"));
    let card = app
        .card(&id, |card| card.status.reason == Reason::NeedsPermission)
        .await;
    let session = card.sessions[0].id.clone();
    let request = card.sessions[0].pending[0].id.clone();

    let sessions = &app.flows.rooms().sessions;
    sessions.stop_turn(&session).await.unwrap();
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    assert!(agent.told().contains(&Told::Cancel));
    let late = sessions
        .answer(&session, &request, Answer::Option { id: "yes".into() })
        .await;
    assert!(late.is_err(), "a settled request can't be answered");
    assert!(
        !agent
            .told()
            .iter()
            .any(|told| matches!(told, Told::Answer(..)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_their_turn_and_are_sent_once() {
    let app = App::start().await;
    let id = app.workspace("first").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::AgentWorking)
        .await;
    let session = Some(card.sessions[0].id.clone());
    for text in ["second", "third"] {
        app.flows
            .send_message(&id, session.clone(), text)
            .await
            .unwrap();
    }
    app.card(&id, |card| card.sessions[0].queued == 2).await;
    agent.does(ends());
    assert_eq!(agent.told_times(2).await, Told::Prompt("second".into()));
    agent.does(ends());
    assert_eq!(agent.told_times(3).await, Told::Prompt("third".into()));
    agent.does(ends());
    app.card(&id, |card| {
        card.status.reason == Reason::TurnFinished && card.sessions[0].turn == 3
    })
    .await;
    assert_eq!(agent.told().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_session_works_beside_the_first() {
    let app = App::start().await;
    let id = app.workspace("first").await;
    app.agents.started(1).await.told_times(1).await;
    app.flows
        .send_message(&id, None, "second opinion")
        .await
        .unwrap();
    let other = app.agents.started(2).await;
    assert_eq!(
        other.told_times(1).await,
        Told::Prompt("second opinion".into())
    );
    app.card(&id, |card| card.sessions.len() == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_a_prompt_is_not_started() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.status.reason == Reason::NotStarted)
        .await;
    assert_eq!(app.agents.count(), 0);
    app.flows.send_message(&id, None, "now").await.unwrap();
    assert_eq!(
        app.agents.started(1).await.told_times(1).await,
        Told::Prompt("now".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_cannot_be_used_is_explained() {
    let app = App::start().await;
    let (folder, projects) = (app.folder().join("odd"), &app.flows.rooms().projects);
    let path = |name: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let (plain, bare, unborn) = (path("no repository"), path("bare"), path("unborn"));
    git_in(&bare, &["init", "-q", "--bare"]);
    git_in(&unborn, &["init", "-q"]);
    for (path, wanted) in [
        (folder.join("missing\n\"quoted\""), "no folder"),
        (plain, "not a git repository"),
        (bare, "bare"),
        (unborn, "no commit yet"),
    ] {
        let error = projects.add(path).await.expect_err(wanted);
        assert!(
            error.to_string().contains(wanted),
            "{error} does not say {wanted:?}"
        );
        assert!(!error.hint().is_empty());
    }
    assert!(app.flows.snapshot().projects().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_project_takes_its_conversations_along_and_leaves_its_files() {
    let app = App::start().await;
    let id = app.workspace("Do it").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(ends());
    app.card(&id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let rooms = app.flows.rooms();
    let row = rooms.workspaces.get(&id).await.unwrap();
    let refused = app.flows.remove_project(&row.project).await.unwrap_err();
    assert!(refused.to_string().contains("one workspace on the board"));
    assert_eq!(rooms.sessions.summaries().len(), 1);

    app.flows.archive_workspace(&id).await.unwrap();
    app.flows.remove_project(&row.project).await.unwrap();
    assert!(rooms.projects.list().await.unwrap().is_empty());
    assert!(rooms.workspaces.list().await.unwrap().is_empty());
    assert!(rooms.sessions.summaries().is_empty());
    let kept = app.repository.git(&["branch", "--list", &row.branch]);
    assert!(kept.contains(&row.branch), "the branch is the person's");

    let app = app.restart().await;
    assert!(app.flows.rooms().sessions.summaries().is_empty());
    assert!(app.flows.snapshot().cards().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_project_is_made_once_and_can_be_worked_in() {
    let app = App::start().await;
    let first = app.flows.open_practice_project().await.unwrap();
    let again = app.flows.open_practice_project().await.unwrap();
    assert_eq!(first.id, again.id);
    assert!(first.path.join("check.sh").exists());
    git_in(&first.path, &["fsck", "--strict"]);
    assert_eq!(git_in(&first.path, &["status", "--porcelain"]), "");
}
