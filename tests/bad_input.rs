//! Bad input and a bad world, through the flows: a clear error with what to do, nothing lost, and on it goes.

use kernel::{AgentId, WorkspaceId};
use orchestration::FlowError;
use process::living;
use session::machine::SessionState;
use session::port::{AgentEvent, AgentProgram};
use session::{AgentDefinition, Answer, Ask, AskKind, AskOption, Cause, EntryBody, OptionKind};
use session::{MessageState, SessionError};
use snapshot::{Card, Life, Reason};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use tests::agents::Told;
use tests::app::{App, Cast, House, PATIENCE, RealApp};
use tests::repository::{Repository, git_in};
use workspace::WorkspaceError;
use workspace::changes::Against;
use workspace::machine::WorkspaceState;

/// Everything below a folder but `.git`, by the bytes of its path.
fn contents(folder: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("it is a folder") {
            let path = entry.expect("it can be read").path();
            if path.file_name() == Some(OsStr::new(".git")) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is below");
            let bytes = std::fs::read(&path).expect("it can be read");
            found.insert(name.as_os_str().as_bytes().to_vec(), bytes);
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text_of(card: &Card) -> String {
    let status = &card.status;
    let texts = [status.detail.as_deref(), status.hint.as_deref()];
    texts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

async fn is_ready<A: Cast>(app: &House<A>, id: &WorkspaceId) {
    app.card(id, |card| card.workspace.life == Life::Ready)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_of_projects_and_files_are_names_like_any_other() {
    let app = RealApp::start().await;
    let names: [&[u8]; 6] = [
        b"with  two spaces",
        b"\"quotes\" 'n' $HOME `x` \\",
        b"new\nline",
        b"-dash",
        "日本 ☂".as_bytes(),
        b"caf\xe9",
    ];
    for name in names {
        let shown = String::from_utf8_lossy(name).into_owned();
        let repository = Repository::at(app.folder().join(OsStr::from_bytes(name)));
        let odd = |text: &[u8]| [text, b" \xff\n\"'".as_slice()].concat();
        let kept = PathBuf::from(std::ffi::OsString::from_vec(odd(b"kept")));
        std::fs::write(repository.path.join(&kept), "one\ntwo\n").unwrap();
        repository.git(&["add", "-A"]);
        repository.git(&["commit", "-q", "-m", "odd names"]);
        let projects = &app.flows.rooms().projects;
        let project = projects.add(repository.path.clone()).await.unwrap();
        assert_eq!(project.path, repository.path, "{shown}");

        let prompt = "script:\nask run pwd; git status --short | wc -l\nsay Fine.";
        let id = app.create(&project.id, prompt, None).await.unwrap();
        app.card(&id, |card| card.status.reason == Reason::NeedsPermission)
            .await;
        let tree = app.tree(&id).await;
        std::fs::write(tree.join(&kept), "one\nTWO\n").unwrap();
        let new = PathBuf::from(std::ffi::OsString::from_vec(odd(b"new")));
        std::fs::create_dir(tree.join(&new)).unwrap();
        std::fs::write(tree.join(&new).join(&new), b"\x00\xff bytes").unwrap();
        app.choose(&app.session(&id), OptionKind::AllowOnce).await;
        app.card(&id, |card| {
            card.status.reason == Reason::TurnFinished
                && card.git.as_ref().is_some_and(|git| git.files == 2)
        })
        .await;

        let workspaces = &app.flows.rooms().workspaces;
        let changes = workspaces.changes(&id, Against::Base).await.unwrap();
        let keys: Vec<&str> = changes
            .files
            .iter()
            .map(|file| file.path.key.as_str())
            .collect();
        let new_key = hex(new.join(&new).as_os_str().as_bytes());
        assert_eq!(keys, [hex(kept.as_os_str().as_bytes()), new_key.clone()]);
        let diff = workspaces
            .file_diff(&id, Against::Base, keys[0])
            .await
            .unwrap();
        let lines: Vec<&str> = diff.hunks[0]
            .lines
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(lines, ["one", "two", "TWO"]);
        let diff = workspaces.file_diff(&id, Against::Base, &new_key).await;
        assert!(diff.unwrap().binary);

        let before = contents(&tree);
        app.flows.archive_workspace(&id).await.unwrap();
        assert!(!tree.exists());
        app.flows.unarchive_workspace(&id).await.unwrap();
        assert_eq!(contents(&tree), before, "{shown}");
        repository.git(&["fsck", "--strict"]);
        assert_eq!(repository.git(&["status", "--porcelain"]), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_was_refused_can_be_added_once_it_is_mended() {
    let app = App::start().await;
    let projects = &app.flows.rooms().projects;
    let folder = app.folder().join("young");
    let refused = projects.add(folder.clone()).await.unwrap_err();
    assert!(matches!(refused, WorkspaceError::Missing { .. }));
    std::fs::create_dir(&folder).unwrap();
    let refused = projects.add(folder.clone()).await.unwrap_err();
    assert!(matches!(refused, WorkspaceError::NotARepository { .. }));
    git_in(&folder, &["init", "-q", "-b", "main"]);
    let refused = projects.add(folder.clone()).await.unwrap_err();
    assert!(
        matches!(refused, WorkspaceError::Unborn { .. }),
        "{refused:?}"
    );
    assert!(refused.hint().contains("first commit"));
    git_in(&folder, &["commit", "-q", "--allow-empty", "-m", "first"]);
    let project = projects.add(folder.clone()).await.unwrap();
    let again = projects.add(folder.join(".")).await.unwrap_err();
    assert!(matches!(again, WorkspaceError::AlreadyAdded { .. }));
    let id = app.create(&project.id, "", None).await.unwrap();
    is_ready(&app, &id).await;

    let file = app.folder().join("a file.txt");
    std::fs::write(&file, "no folder").unwrap();
    let refused = projects.add(file).await.unwrap_err();
    assert!(
        matches!(refused, WorkspaceError::NotARepository { .. }),
        "{refused:?}"
    );
    let bare = app.folder().join("bare.git");
    std::fs::create_dir(&bare).unwrap();
    git_in(&bare, &["init", "-q", "--bare"]);
    let refused = projects.add(bare).await.unwrap_err();
    assert!(matches!(refused, WorkspaceError::Bare { .. }));
    assert!(refused.hint().contains("Clone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_went_away_is_said_and_its_workspaces_are_kept() {
    let app = App::start().await;
    let id = app.workspace("").await;
    is_ready(&app, &id).await;
    let tree = app.tree(&id).await;
    std::fs::write(tree.join("mine.txt"), "precious").unwrap();
    let elsewhere = app.folder().join("elsewhere");
    std::fs::rename(&app.repository.path, &elsewhere).unwrap();

    let error = app.flows.archive_workspace(&id).await.unwrap_err();
    assert!(error.to_string().contains("no folder"), "{error}");
    assert!(tree.join("mine.txt").exists(), "nothing is removed unsaved");
    let project = app.flows.rooms().projects.list().await.unwrap().remove(0);
    let error = app.create(&project.id, "more", None).await.unwrap_err();
    assert!(error.to_string().contains("no folder"), "{error}");

    std::fs::rename(&elsewhere, &app.repository.path).unwrap();
    app.flows.archive_workspace(&id).await.unwrap();
    app.flows.unarchive_workspace(&id).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(tree.join("mine.txt")).unwrap(),
        "precious"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_cannot_be_read_holds_up_nobody_and_is_kept_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let app = App::start_at(home.path()).await;
    let project = app.add_project().await;
    let damaged = app.create(&project, "go", None).await.unwrap();
    let whole = app.create(&project, "rest", None).await.unwrap();
    let (lost, kept) = (app.session(&damaged), app.session(&whole));
    app.quit().await;
    let database = app_database(home.path());
    let row = |database: &rusqlite::Connection| -> Vec<rusqlite::types::Value> {
        let one = "SELECT * FROM session WHERE id = ?1";
        database
            .query_row(one, [lost.as_str()], |row| {
                (0..row.as_ref().column_count())
                    .map(|column| row.get(column))
                    .collect()
            })
            .unwrap()
    };
    let changed = database.execute(
        "UPDATE session SET choices = '{\"half', title = 'Mend it' WHERE id = ?1",
        [lost.as_str()],
    );
    assert_eq!(changed, Ok(1));
    let before = row(&database);

    let app = App::start_at(home.path()).await;
    assert_eq!(app.session(&whole), kept);
    let card = app
        .card(&damaged, |card| card.workspace.notice.is_some())
        .await;
    let notice = card.workspace.notice.clone().unwrap_or_default();
    assert!(notice.contains("“Mend it”"), "{notice}");
    assert!(app.flows.rooms().sessions.summary(&lost).is_none());
    // The workspace can be worked in, in a conversation of its own.
    app.flows.send_message(&damaged, None, "on").await.unwrap();
    app.quit().await;
    assert_eq!(row(&database), before);
}

fn app_database(home: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(home.join("shopfloor.db")).expect("it is a database")
}

/// Takes the 15 s that an agent has to end.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_an_agent_does_not_make_way_for_leaves_the_workspace_at_work() {
    let app = App::start().await;
    let id = app.workspace("go").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.becomes_stubborn();
    let session = app.session(&id);
    app.flows
        .send_message(&id, Some(session.clone()), "next")
        .await
        .unwrap();
    let refused = app.flows.archive_workspace(&id).await.unwrap_err();
    assert!(matches!(
        refused,
        FlowError::Session(SessionError::StillRunning)
    ));
    agent.does(AgentEvent::Ended { cause: None });
    let next = app.agents.started(2).await;
    assert_eq!(next.told_times(1).await, Told::Prompt("next".into()));
    app.flows.archive_workspace(&id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_git_the_card_says_so_and_with_it_the_prompt_goes_out() {
    let app = App::start().await;
    let project = app.add_project().await;
    let app = app.restart_with_git("/nowhere/git").await;
    let id = app.create(&project, "Do it", None).await.unwrap();
    let card = app
        .card(&id, |card| card.status.reason == Reason::SetupFailed)
        .await;
    let said = text_of(&card);
    assert!(said.contains("git is not installed"), "{said}");
    assert!(said.contains("Install git"), "{said}");
    assert_eq!(card.sessions[0].queued, 1);

    let app = app.restart_with_git("git").await;
    app.flows.retry_set_up(&id).await.unwrap();
    let agent = app.agents.started(1).await;
    assert_eq!(agent.told_times(1).await, Told::Prompt("Do it".into()));

    let app = app.restart_with_git("/nowhere/git").await;
    let tree = app.tree(&id).await;
    std::fs::write(tree.join("mine.txt"), "precious").unwrap();
    let error = app.flows.archive_workspace(&id).await.unwrap_err();
    assert!(error.to_string().contains("git is not installed"));
    assert!(tree.join("mine.txt").exists());
    let row = app.flows.rooms().workspaces.get(&id).await.unwrap();
    assert_eq!(row.state, WorkspaceState::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_does_not_exist_is_refused_before_there_is_anything_on_the_board() {
    let app = App::start().await;
    let project = app.add_project().await;
    let task = |base: Option<&str>| orchestration::flows::Task {
        project: project.clone(),
        prompt: "Do it".into(),
        agent: None,
        preferred: None,
        base: base.map(str::to_owned),
    };
    let refused = app.flows.create_workspace(task(Some("no/such"))).await;
    let said = refused.unwrap_err().to_string();
    assert_eq!(said, "There is no branch or commit named no/such.");
    // The default branch can go away too.
    app.repository.git(&["branch", "-m", "main", "trunk"]);
    let refused = app.flows.create_workspace(task(None)).await.unwrap_err();
    assert!(refused.to_string().contains("named main"), "{refused}");
    assert!(app.flows.snapshot().cards().is_empty());
    assert!(app.flows.rooms().sessions.summaries().is_empty());

    let id = app
        .flows
        .create_workspace(task(Some("trunk")))
        .await
        .unwrap();
    is_ready(&app, &id).await;
    assert_eq!(
        app.agents.started(1).await.told_times(1).await,
        Told::Prompt("Do it".into())
    );
}

fn by_shell(line: &str) -> AgentDefinition {
    AgentDefinition {
        name: "My own".into(),
        command: "sh".into(),
        args: vec!["-c".into(), line.into()],
        env: Vec::new(),
    }
}

fn as_definition(program: AgentProgram) -> AgentDefinition {
    AgentDefinition {
        name: "My own".into(),
        command: program.command,
        args: program.args,
        env: program.env,
    }
}

/// A workspace for one of the person's own agents.
async fn with_own_agent(app: &RealApp, definition: AgentDefinition) -> (AgentId, WorkspaceId) {
    let agents = &app.flows.rooms().agents;
    let saved = agents.save(None, definition).await.expect("it is complete");
    let agent = saved.program.id;
    let project = app.add_project().await;
    let prompt = "script:\nsay Here I am.";
    let created = app.create(&project, prompt, Some(agent.clone())).await;
    (agent, created.expect("it can be created"))
}

/// The agent's command is corrected and the message, which was kept, sent again: it arrives, once.
async fn corrected_it_works(app: &RealApp, agent: AgentId, id: &WorkspaceId) {
    let rooms = app.flows.rooms();
    let session = app.session(id);
    let summary = rooms.sessions.summary(&session).expect("it exists");
    let kept = summary.queue.first().expect("the message is kept");
    assert_eq!(kept.text, "script:\nsay Here I am.");
    assert!(matches!(
        kept.state,
        MessageState::Queued | MessageState::Held
    ));
    let good = as_definition(app.agents.practice());
    let saved = rooms.agents.save(Some(agent), good).await;
    saved.expect("it is the person's own");
    let sent = rooms.sessions.resend(&session, &kept.id).await;
    sent.expect("it waits");
    app.card(id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let entries = app.transcript(&session).await;
    let count =
        |wanted: fn(&EntryBody) -> bool| entries.iter().filter(|entry| wanted(&entry.body)).count();
    assert_eq!(count(|body| matches!(body, EntryBody::Prompt { .. })), 1);
    assert_eq!(
        count(|body| matches!(body, EntryBody::Answer { text } if text == "Here I am.")),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_not_installed_is_said_and_works_once_its_command_is_right() {
    let app = RealApp::start().await;
    let missing = AgentDefinition {
        command: "/nowhere/my agent".into(),
        ..by_shell("")
    };
    let (agent, id) = with_own_agent(&app, missing).await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    let said = text_of(&card);
    assert!(
        said.contains("/nowhere/my agent could not be started"),
        "{said}"
    );
    assert!(
        said.contains("correct its command in the settings"),
        "{said}"
    );
    corrected_it_works(&app, agent, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_ends_in_the_handshake_is_explained_by_its_own_words() {
    let app = RealApp::start().await;
    let ends = by_shell("echo 'unknown option: acp' >&2; exit 64");
    let (agent, id) = with_own_agent(&app, ends).await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    let said = text_of(&card);
    assert!(said.contains("exit code 64"), "{said}");
    let entries = app.transcript(&app.session(&id)).await;
    assert!(entries.iter().any(|entry| matches!(
        &entry.body,
        EntryBody::Notice { detail: Some(detail), .. } if detail.contains("unknown option: acp")
    )));
    corrected_it_works(&app, agent, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_never_speaks_the_protocol_is_told_can_be_stopped_and_leaves_nothing() {
    let app = RealApp::start().await;
    let babbles = by_shell("while :; do echo '{ \"not\": json'; printf '\\377\\n'; done");
    let (agent, id) = with_own_agent(&app, babbles).await;
    app.card(&id, |card| card.status.reason == Reason::Starting)
        .await;
    let session = app.session(&id);
    let entries = app
        .transcript_until(&session, |entries| entries.len() >= 2)
        .await;
    let troubles: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Notice { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(troubles.len(), 2, "each kind is told once: {troubles:?}");
    assert!(troubles[0].contains("{ \"not\": json"));
    app.flows
        .rooms()
        .sessions
        .stop_turn(&session)
        .await
        .unwrap();
    app.card(&id, |card| card.sessions[0].run == snapshot::Run::Stopped)
        .await;
    assert_eq!(living(&app.tag()), []);
    corrected_it_works(&app, agent, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_of_another_protocol_version_is_refused_with_a_reason() {
    let app = RealApp::start().await;
    let answer = r#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":7}}"#;
    let future = by_shell(&format!("read line; echo '{answer}'; cat >/dev/null"));
    let (agent, id) = with_own_agent(&app, future).await;
    let card = app
        .card(&id, |card| card.status.reason == Reason::SessionFailed)
        .await;
    let said = text_of(&card);
    assert!(said.contains("it wants version 7"), "{said}");
    let sessions = &app.flows.rooms().sessions;
    let state = sessions.summary(&app.session(&id)).unwrap().state;
    assert!(matches!(
        state,
        SessionState::Failed {
            cause: Cause::Protocol { .. }
        }
    ));
    corrected_it_works(&app, agent, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_at_creation_is_said_and_the_text_stays_with_who_typed_it() {
    let app = App::start().await;
    let project = app.add_project().await;
    app.disk.fill();
    let refused = app.create(&project, "Do it", None).await.unwrap_err();
    assert_eq!(refused.to_string(), "The disk is full.");
    assert!(app.flows.snapshot().cards().is_empty());

    app.disk.free();
    let id = app.create(&project, "Do it", None).await.unwrap();
    is_ready(&app, &id).await;
    assert_eq!(
        app.agents.started(1).await.told_times(1).await,
        Told::Prompt("Do it".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_while_a_task_is_recorded_leaves_nothing_stuck() {
    for writes in 1..12 {
        let app = App::start().await;
        let project = app.add_project().await;
        app.disk.fill_after(writes);
        let created = app.create(&project, "Do it", None).await;
        app.disk.filled().await;
        app.disk.free();
        let id = match created {
            Ok(id) => id,
            Err(error) => {
                assert!(error.to_string().contains("disk is full"), "{error}");
                let rows = app.flows.rooms().workspaces.list().await.unwrap();
                rows.first().expect("the workspace was recorded").id.clone()
            }
        };
        // It goes on by itself where nobody could be told, and otherwise when the person tries again.
        let is_over =
            |card: &Card| matches!(card.workspace.life, Life::Ready | Life::Failed { .. });
        if app.card(&id, is_over).await.workspace.life != Life::Ready {
            app.flows.retry_set_up(&id).await.unwrap();
            is_ready(&app, &id).await;
        }
        let card = app.flows.snapshot().card(&id).unwrap();
        if card
            .sessions
            .iter()
            .any(|session| session.turn > 0 || session.queued > 0)
        {
            let agent = app.agents.started(1).await;
            assert_eq!(agent.told_times(1).await, Told::Prompt("Do it".into()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_in_a_turn_loses_nothing_and_passes() {
    let app = App::start().await;
    let id = app.workspace("Tell me").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.does(AgentEvent::Text("before, ".into()));
    agent.does(asks());
    app.card(&id, |card| card.status.reason == Reason::NeedsPermission)
        .await;
    let session = app.session(&id);
    let sessions = &app.flows.rooms().sessions;
    let request = sessions.summary(&session).unwrap().pending.remove(0).id;

    app.disk.fill();
    agent.does(AgentEvent::Text("while, ".into()));
    let is_told = |card: &Card| {
        let activity = card.sessions[0].activity.as_deref().unwrap_or_default();
        activity.contains("Not saved") && activity.contains("disk is full")
    };
    app.card(&id, is_told).await;
    let refused = sessions
        .send(&session, "more".to_owned())
        .await
        .unwrap_err();
    assert!(matches!(refused, SessionError::Store(_)), "{refused:?}");
    assert!(refused.hint().contains("Free disk space"));
    let yes = || Answer::Option { id: "yes".into() };
    let refused = sessions.answer(&session, &request, yes()).await;
    refused.expect_err("what is not stored is not passed on");
    assert_eq!(agent.told().len(), 1, "{:?}", agent.told());

    app.disk.free();
    app.card(&id, |card| !is_told(card)).await;
    sessions.answer(&session, &request, yes()).await.unwrap();
    assert_eq!(agent.told_times(2).await, Told::Answer("q".into(), yes()));
    agent.does(AgentEvent::Text("after".into()));
    agent.does(AgentEvent::TurnEnded {
        reason: "end_turn".into(),
    });
    sessions.send(&session, "more".to_owned()).await.unwrap();
    assert_eq!(agent.told_times(3).await, Told::Prompt("more".into()));

    let app = app.crash().await;
    let entries = app.transcript(&session).await;
    let said: String = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Answer { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(said, "before, while, after");
    assert!(entries.iter().any(|entry| matches!(
        &entry.body,
        EntryBody::Notice { text, .. } if text.contains("could not be saved")
    )));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_while_a_workspace_is_archived_leaves_it_whole() {
    let app = App::start().await;
    let id = app.workspace("").await;
    is_ready(&app, &id).await;
    let tree = app.tree(&id).await;
    std::fs::write(tree.join("mine.txt"), "precious").unwrap();
    for writes in 0..3 {
        app.disk.fill_after(writes);
        let refused = app.flows.archive_workspace(&id).await.unwrap_err();
        assert!(refused.to_string().contains("disk is full"), "{refused}");
        app.disk.free();
        let row = at_rest(&app, &id).await;
        if row.state == WorkspaceState::Archived {
            app.flows.unarchive_workspace(&id).await.unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(tree.join("mine.txt")).unwrap(),
            "precious"
        );
    }
}

/// Waits until nobody works on the workspace any more.
async fn at_rest(app: &App, id: &WorkspaceId) -> workspace::Workspace {
    let workspaces = &app.flows.rooms().workspaces;
    let mut facts = workspaces.listen();
    let rests = tokio::time::timeout(PATIENCE, async {
        loop {
            let row = workspaces.get(id).await.expect("it exists");
            match row.state {
                WorkspaceState::Ready
                | WorkspaceState::Archived
                | WorkspaceState::Failed { .. } => return row,
                WorkspaceState::New
                | WorkspaceState::Provisioning
                | WorkspaceState::Archiving { .. } => facts.next().await,
            };
        }
    });
    rests.await.expect("it comes to rest")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_full_disk_shows_what_there_is_and_goes_on_when_there_is_room() {
    let app = App::start().await;
    let project = app.add_project().await;
    let ready = app.create(&project, "", None).await.unwrap();
    is_ready(&app, &ready).await;
    // The app is killed in the set-up, and started again while nothing can be written.
    app.disk.fill_after(3);
    let cut_off = app.create(&project, "Do it", None).await.unwrap();
    let app = app.crash_on_a_full_disk().await;
    is_ready(&app, &ready).await;
    app.card(&cut_off, |card| card.status.reason == Reason::SettingUp)
        .await;
    app.disk.free();
    is_ready(&app, &cut_off).await;
    let agent = app.agents.started(1).await;
    assert_eq!(agent.told_times(1).await, Told::Prompt("Do it".into()));
}

fn asks() -> AgentEvent {
    let option = AskOption {
        id: "yes".into(),
        name: "Allow".into(),
        kind: OptionKind::AllowOnce,
    };
    AgentEvent::Asked {
        token: "q".into(),
        ask: Ask {
            kind: AskKind::Permission,
            title: "Go on".into(),
            call: None,
            options: vec![option],
            fields: Vec::new(),
            command: None,
            paths: Vec::new(),
        },
    }
}
