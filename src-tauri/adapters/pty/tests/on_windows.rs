//! A real program in a pseudo-console of Windows.
//!
//! What it shows is not looked at: Wine 8's console host ends at once, because it does not know the `--inheritcursor` that
//! portable-pty asks for.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use kernel::TerminalId;
use process::Tag;
use std::time::Duration;
use terminal::port::{Launch, PtyEvent, Ptys};
use terminal::{Program, Size};
use tokio::sync::mpsc;

#[tokio::test]
async fn a_command_runs_in_its_folder_and_its_end_is_told_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let terminals = pty::Terminals::new(
        Tag::of_home(folder.path()),
        std::env::var_os("PATH").unwrap(),
    );
    let launch = Launch {
        terminal: TerminalId::mint(),
        program: Program::Command {
            command: "cmd".to_owned(),
            args: vec![
                "/c".to_owned(),
                "echo %ADDED%> said.txt & exit 7".to_owned(),
            ],
        },
        cwd: folder.path().to_path_buf(),
        env: vec![("ADDED".to_owned(), "by the caller".to_owned())],
        size: Size { cols: 80, rows: 24 },
    };
    let (sender, mut events) = mpsc::channel(4);
    let _pty = terminals.open(&launch, sender).unwrap();
    let exit = loop {
        let next = tokio::time::timeout(Duration::from_secs(30), events.recv()).await;
        match next.expect("its end in time") {
            Some(PtyEvent::Output(_)) => {}
            Some(PtyEvent::Ended(exit)) => break exit,
            None => panic!("its end was not told"),
        }
    };
    assert_eq!(exit.code, Some(7));
    let said = std::fs::read_to_string(folder.path().join("said.txt")).unwrap();
    assert_eq!(said.trim(), "by the caller");
}
