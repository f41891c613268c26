//! The domain's stories, with programs that the test plays.

use crate::fakes::{LEFT, Manners, Told, house, shell_of};
use crate::scrollback::LIMIT;
use crate::terminal::{Exit, Size, TerminalFact, TerminalState};
use crate::{Attachment, TerminalError};
use kernel::WorkspaceId;
use std::time::Duration;
use tokio::time::timeout;

const DONE: Exit = Exit {
    code: Some(3),
    signal: None,
};

/// Reads and acknowledges until what came ends so.
async fn read_until(attachment: &mut Attachment, end: &str, drawn: impl Fn(usize)) -> String {
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).ends_with(end) {
        let bytes = attachment.next().await.expect("the terminal is open");
        drawn(bytes.len());
        got.extend(bytes);
    }
    String::from_utf8(got).unwrap()
}

#[tokio::test]
async fn a_window_that_comes_late_gets_what_was_written_before_and_then_what_comes() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let program = ptys.nth(1);
    program.writes(b"before\r\n").await;
    let mut window = terminals.attach(&id).unwrap();
    assert_eq!(
        read_until(&mut window, "before\r\n", |_| ()).await,
        "\x1bcbefore\r\n"
    );
    program.writes(b"after").await;
    assert_eq!(read_until(&mut window, "after", |_| ()).await, "after");
}

#[tokio::test]
async fn what_is_typed_and_each_new_size_reach_the_program() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    terminals.write(&id, b"ls\r".to_vec()).unwrap();
    let tall = Size { cols: 80, rows: 50 };
    for size in [
        tall,
        tall,
        Size {
            cols: 0,
            rows: 9999,
        },
    ] {
        terminals.resize(&id, size).unwrap();
    }
    let bounded = Size {
        cols: 1,
        rows: 1000,
    };
    assert_eq!(
        ptys.nth(1).told(),
        [
            Told::Resized(Size { cols: 80, rows: 24 }),
            Told::Typed(b"ls\r".to_vec()),
            Told::Resized(tall),
            Told::Resized(bounded)
        ]
    );
}

#[tokio::test]
async fn an_ended_program_leaves_its_words_and_can_be_started_again_below_them() {
    let (terminals, ptys) = house();
    let mut facts = terminals.listen();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut window = terminals.attach(&id).unwrap();
    ptys.nth(1).writes(b"bye").await;
    ptys.nth(1).ends(DONE).await;
    assert!(matches!(facts.next().await, Some(TerminalFact::Opened(_))));
    let Some(TerminalFact::Ended(ended)) = facts.next().await else {
        panic!("the end was not announced");
    };
    assert_eq!(ended.state, TerminalState::Ended { exit: DONE });
    assert!(matches!(
        terminals.write(&id, b"x".to_vec()),
        Err(TerminalError::Ended)
    ));
    let wide = Size {
        cols: 200,
        rows: 24,
    };
    terminals.resize(&id, wide).unwrap();
    terminals.restart(&id).await.unwrap();
    assert_eq!(ptys.nth(2).launch.size, wide);
    ptys.nth(2).writes(b"hello again").await;
    let screen = read_until(&mut window, "hello again", |_| ()).await;
    assert!(screen.contains("bye"), "{screen}");
    assert_eq!(terminals.list()[0].state, TerminalState::Running);
    assert!(matches!(
        terminals.restart(&id).await,
        Err(TerminalError::Running)
    ));
}

#[tokio::test]
async fn a_program_that_cannot_be_started_leaves_no_terminal() {
    let (terminals, ptys) = house();
    *ptys.manners.lock().unwrap() = Manners::Missing;
    let refused = terminals.open(shell_of(None)).await;
    assert!(matches!(refused, Err(TerminalError::NotStarted { .. })));
    assert_eq!(terminals.list(), []);
}

#[tokio::test]
async fn a_restart_that_fails_leaves_the_terminal_ended_as_it_was() {
    let (terminals, ptys) = house();
    let mut facts = terminals.listen();
    let id = terminals.open(shell_of(None)).await.unwrap();
    ptys.nth(1).ends(DONE).await;
    while !matches!(facts.next().await, Some(TerminalFact::Ended(_))) {}
    *ptys.manners.lock().unwrap() = Manners::Missing;
    assert!(terminals.restart(&id).await.is_err());
    assert_eq!(
        terminals.list()[0].state,
        TerminalState::Ended { exit: DONE }
    );
}

#[tokio::test]
async fn closing_ends_the_program_first_and_the_reader_last() {
    let (terminals, ptys) = house();
    let mut facts = terminals.listen();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut window = terminals.attach(&id).unwrap();
    assert!(window.next().await.is_some());
    terminals.close(&id).await.unwrap();
    assert_eq!(ptys.nth(1).told().last(), Some(&Told::Closed));
    assert_eq!(window.next().await, None);
    assert_eq!(terminals.list(), []);
    facts.next().await;
    let Some(TerminalFact::Ended(ended)) = facts.next().await else {
        panic!("the end was not announced");
    };
    assert_eq!(ended.state, TerminalState::Ended { exit: LEFT });
    assert_eq!(facts.next().await, Some(TerminalFact::Closed(id.clone())));
    assert!(matches!(
        terminals.close(&id).await,
        Err(TerminalError::Unknown)
    ));
}

#[tokio::test]
async fn a_workspaces_terminals_close_together_and_no_others() {
    let (terminals, _ptys) = house();
    let (mine, other) = (WorkspaceId::new("w1"), WorkspaceId::new("w2"));
    for workspace in [Some(&mine), Some(&mine), Some(&other), None] {
        terminals.open(shell_of(workspace)).await.unwrap();
    }
    terminals.close_place(&mine).await.unwrap();
    let left: Vec<_> = terminals
        .list()
        .into_iter()
        .map(|one| one.workspace)
        .collect();
    assert_eq!(left, [Some(other), None]);
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_in_a_place_that_is_being_closed() {
    let (terminals, ptys) = house();
    let (mine, other) = (WorkspaceId::new("w1"), WorkspaceId::new("w2"));
    *ptys.manners.lock().unwrap() = Manners::Stubborn;
    let first = terminals.open(shell_of(Some(&mine))).await.unwrap();
    terminals.open(shell_of(Some(&mine))).await.unwrap();
    *ptys.manners.lock().unwrap() = Manners::Good;
    let closing = {
        let (terminals, mine) = (terminals.clone(), mine.clone());
        tokio::spawn(async move { terminals.close_place(&mine).await })
    };
    while ptys.nth(2).told().last() != Some(&Told::Closed) {
        tokio::task::yield_now().await;
    }

    // While a shell takes its time to end, the person opens another one.
    let refused = terminals.open(shell_of(Some(&mine))).await;
    assert!(matches!(refused, Err(TerminalError::PlaceClosed)));
    let refused = terminals.restart(&first).await;
    assert!(matches!(refused, Err(TerminalError::PlaceClosed)));
    terminals.open(shell_of(Some(&other))).await.unwrap();
    ptys.nth(1).ends(LEFT).await;
    ptys.nth(2).ends(LEFT).await;
    closing.await.unwrap().unwrap();
    let refused = terminals.open(shell_of(Some(&mine))).await;
    assert!(matches!(refused, Err(TerminalError::PlaceClosed)));
    assert_eq!(terminals.list().len(), 1, "only the other workspace's");

    terminals.reopen_place(&mine);
    terminals.open(shell_of(Some(&mine))).await.unwrap();
}

#[tokio::test]
async fn after_a_shutdown_nothing_runs_and_nothing_can_be_opened() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    terminals.open(shell_of(None)).await.unwrap();
    terminals.shutdown().await;
    for n in [1, 2] {
        assert_eq!(ptys.nth(n).told().last(), Some(&Told::Closed));
    }
    let refused = terminals.open(shell_of(None)).await;
    assert!(matches!(refused, Err(TerminalError::Closing)));
    assert!(matches!(
        terminals.restart(&id).await,
        Err(TerminalError::Closing)
    ));
}

#[tokio::test(start_paused = true)]
async fn a_program_that_never_ends_is_said_to_be_stuck_and_stays_listed() {
    let (terminals, ptys) = house();
    *ptys.manners.lock().unwrap() = Manners::Stubborn;
    let id = terminals.open(shell_of(None)).await.unwrap();
    assert!(matches!(
        terminals.close(&id).await,
        Err(TerminalError::Stuck)
    ));
    assert_eq!(terminals.list().len(), 1);
}

#[tokio::test]
async fn there_are_never_more_than_the_limit() {
    let (terminals, _ptys) = house();
    for _ in 0..32 {
        terminals.open(shell_of(None)).await.unwrap();
    }
    let refused = terminals.open(shell_of(None)).await;
    assert!(matches!(refused, Err(TerminalError::TooMany { limit: 32 })));
}

#[tokio::test(start_paused = true)]
async fn a_frozen_window_holds_up_nobody_and_is_told_what_it_missed() {
    let (terminals, ptys) = house();
    let frozen = terminals.open(shell_of(None)).await.unwrap();
    let lively = terminals.open(shell_of(None)).await.unwrap();
    let mut frozen_window = terminals.attach(&frozen).unwrap();
    let mut lively_window = terminals.attach(&lively).unwrap();
    assert!(frozen_window.next().await.is_some());
    let (flood, words) = (ptys.nth(1), vec![b'x'; 64 * 1024]);
    for _ in 0..480 {
        flood.writes(&words).await;
    }
    flood.writes(b"\r\nlast words").await;
    ptys.nth(2).writes(b"ready").await;
    read_until(&mut lively_window, "ready", |_| ()).await;
    let screen = read_until(&mut frozen_window, "last words", |drawn| {
        let number = 1;
        terminals.acknowledge(&frozen, number, drawn).unwrap();
    })
    .await;
    assert!(screen.starts_with("\x1bc"), "it begins with a reset");
    assert!(
        screen.contains("left out"),
        "it says that output is missing"
    );
    assert!(screen.len() < LIMIT / 8, "{} bytes", screen.len());
}

#[tokio::test(start_paused = true)]
async fn a_window_that_draws_nothing_gets_no_more_until_it_does() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut window = terminals.attach(&id).unwrap();
    let kept = vec![b'x'; LIMIT / 2];
    ptys.nth(1).writes(&kept).await;
    let mut got = 0;
    while let Ok(bytes) = timeout(Duration::from_secs(1), window.next()).await {
        got += bytes.expect("the terminal is open").len();
    }
    assert!((256 * 1024..=321 * 1024).contains(&got), "{got} bytes");
    terminals.acknowledge(&id, window.number(), got).unwrap();
    while got < kept.len() {
        got += window.next().await.expect("the terminal is open").len();
    }
}

#[tokio::test]
async fn a_window_that_keeps_up_misses_nothing_of_a_flood() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut window = terminals.attach(&id).unwrap();
    let program = ptys.nth(1);
    let flood = tokio::spawn(async move {
        for n in 0..200_000 {
            program.writes(format!("{n}\n").as_bytes()).await;
        }
    });
    let screen = read_until(&mut window, "199999\n", |drawn| {
        terminals.acknowledge(&id, 1, drawn).expect("it is open");
    })
    .await;
    flood.await.unwrap();
    let expected: String = (0..200_000).map(|n| format!("{n}\n")).collect();
    assert!(screen.strip_prefix("\x1bc") == Some(&expected));
}

#[tokio::test]
async fn a_window_that_was_left_gets_no_more() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut window = terminals.attach(&id).unwrap();
    assert!(window.next().await.is_some());
    terminals.detach(&id, window.number()).unwrap();
    ptys.nth(1).writes(b"for nobody").await;
    assert_eq!(window.next().await, None);
}

#[tokio::test]
async fn a_second_window_takes_the_firsts_place() {
    let (terminals, ptys) = house();
    let id = terminals.open(shell_of(None)).await.unwrap();
    let mut first = terminals.attach(&id).unwrap();
    assert!(first.next().await.is_some());
    let mut second = terminals.attach(&id).unwrap();
    assert_eq!(first.next().await, None);
    drop(first);
    ptys.nth(1).writes(b"for the second").await;
    read_until(&mut second, "for the second", |_| ()).await;
}
