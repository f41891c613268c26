//! Terminals of a workspace, with real shells.

use kernel::TerminalId;
use orchestration::FlowError;
use process::living;
use session::port::AgentEvent;
use snapshot::Reason;
use terminal::{NewTerminal, Program, Size, TerminalError, TerminalState};
use tests::agents::Told;
use tests::app::{App, PATIENCE};
use tokio::time::timeout;
use workspace::WorkspaceError;

const SIZE: Size = Size { cols: 80, rows: 24 };

/// Reads a terminal until its screen shows this, as a window that draws everything.
async fn shows(app: &App, terminal: &TerminalId, wanted: &str) -> String {
    let terminals = &app.flows.rooms().terminals;
    let mut window = terminals.attach(terminal).expect("it is open");
    let mut shown = String::new();
    let looking = async {
        while !shown.contains(wanted) {
            let bytes = window.next().await.expect("the terminal is open");
            let drawn = terminals.acknowledge(terminal, window.number(), bytes.len());
            drawn.expect("it is open");
            shown.push_str(&String::from_utf8_lossy(&bytes));
        }
    };
    let found = timeout(PATIENCE, looking).await;
    assert!(found.is_ok(), "{wanted:?} never came after {shown:?}");
    shown
}

fn types(app: &App, terminal: &TerminalId, text: &str) {
    let typed = text.as_bytes().to_vec();
    let terminals = &app.flows.rooms().terminals;
    terminals.write(terminal, typed).expect("it reads");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_opens_in_the_worktree_and_goes_with_it() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.status.reason != Reason::SettingUp)
        .await;
    let tree = app.tree(&id).await;

    let terminal = app.flows.open_terminal(&id, SIZE).await.unwrap();
    types(
        &app,
        &terminal,
        "touch \"made by $((6*7))\"; pwd; setsid sleep 421 &\r",
    );
    let name = tree.file_name().unwrap().to_string_lossy().into_owned();
    shows(&app, &terminal, &name).await;
    types(&app, &terminal, "echo all is $((5+5)) started\r");
    shows(&app, &terminal, "all is 10 started").await;
    assert!(tree.join("made by 42").exists());

    // The file that the person made in the terminal is in the checkpoint, and nothing holds the tree.
    app.flows.archive_workspace(&id).await.unwrap();
    assert!(!tree.exists());
    assert_eq!(app.flows.rooms().terminals.list(), []);
    assert_eq!(living(&app.tag()), []);
    let refused = app.flows.open_terminal(&id, SIZE).await;
    assert!(matches!(
        refused,
        Err(FlowError::Workspace(WorkspaceError::NoTree { .. }))
    ));
    app.flows.unarchive_workspace(&id).await.unwrap();
    assert!(tree.join("made by 42").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_terminal_opens_in_a_workspace_whose_archive_waits_for_an_agent() {
    let app = App::start().await;
    let id = app.workspace("go").await;
    let agent = app.agents.started(1).await;
    agent.told_times(1).await;
    agent.becomes_stubborn();
    let (flows, archived) = (app.flows.clone(), id.clone());
    let archiving = tokio::spawn(async move { flows.archive_workspace(&archived).await });
    assert_eq!(agent.told_times(2).await, Told::Close);

    let refused = app.flows.open_terminal(&id, SIZE).await;
    assert!(matches!(
        refused,
        Err(FlowError::Terminal(TerminalError::PlaceClosed))
    ));
    agent.does(AgentEvent::Ended { cause: None });
    archiving.await.unwrap().unwrap();
    assert_eq!(app.flows.rooms().terminals.list(), []);
    app.flows.unarchive_workspace(&id).await.unwrap();
    app.flows.open_terminal(&id, SIZE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_ends_every_terminal_and_all_it_started() {
    let app = App::start().await;
    let id = app.workspace("").await;
    app.card(&id, |card| card.status.reason != Reason::SettingUp)
        .await;
    for _ in 0..3 {
        let terminal = app.flows.open_terminal(&id, SIZE).await.unwrap();
        types(
            &app,
            &terminal,
            "setsid nohup sleep 422 & echo at $((30+3))\r",
        );
        shows(&app, &terminal, "at 33").await;
    }
    let tag = app.quit().await;
    assert_eq!(living(&tag), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_arguments_runs_in_a_terminal_without_a_workspace() {
    let app = App::start().await;
    let terminals = &app.flows.rooms().terminals;
    let sign_in = NewTerminal {
        title: "Sign in".to_owned(),
        program: Program::Command {
            command: "sh".to_owned(),
            args: vec![
                "-c".to_owned(),
                "read word; echo \"$HELLO $word\"; exit 4".to_owned(),
            ],
        },
        cwd: app.folder().to_path_buf(),
        env: vec![("HELLO".to_owned(), "welcome".to_owned())],
        size: SIZE,
        workspace: None,
    };
    let mut facts = terminals.listen();
    let terminal = terminals.open(sign_in).await.unwrap();
    types(&app, &terminal, "back\r");
    shows(&app, &terminal, "welcome back").await;
    let ended = async {
        loop {
            facts.next().await;
            if let TerminalState::Ended { exit } = terminals.list()[0].state {
                return exit;
            }
        }
    };
    assert_eq!(timeout(PATIENCE, ended).await.unwrap().code, Some(4));
    terminals.close(&terminal).await.unwrap();
}
