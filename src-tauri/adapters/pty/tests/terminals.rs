//! Real programs in real pseudo-terminals.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use kernel::{Clock, TerminalId, Timestamp};
use process::{Tag, living};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use terminal::port::{Launch, Pty, PtyEvent, Ptys};
use terminal::{Exit, NewTerminal, Program, Size, TerminalError};
use tokio::sync::mpsc;

/// How long a test waits for a fact before it fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a stand-in prints once everything it starts is running.
const READY: &str = "ready";

/// One program in a terminal, in a folder of its own, with a tag that nobody else has.
struct Screen {
    pty: Arc<dyn Pty>,
    events: mpsc::Receiver<PtyEvent>,
    shown: String,
    tag: Tag,
    folder: TempDir,
}

fn shell(script: &str) -> Program {
    Program::Command {
        command: "sh".to_owned(),
        args: vec!["-c".to_owned(), script.to_owned()],
    }
}

/// A shell that the test types into, without the person's settings and with a prompt that no program prints.
fn interactive() -> Program {
    Program::Command {
        command: "bash".to_owned(),
        args: ["--norc", "--noprofile", "-i"].map(str::to_owned).to_vec(),
    }
}

fn launch(program: Program, cwd: &Path) -> Launch {
    Launch {
        terminal: TerminalId::mint(),
        program,
        cwd: cwd.to_path_buf(),
        env: vec![
            ("PS1".to_owned(), "=>".to_owned()),
            ("ADDED".to_owned(), "by the caller".to_owned()),
        ],
        size: Size { cols: 80, rows: 24 },
    }
}

fn terminals(tag: &Tag) -> pty::Terminals {
    pty::Terminals::new(tag.clone(), std::env::var_os("PATH").unwrap())
}

fn open(program: Program) -> Screen {
    let folder = tempfile::tempdir().unwrap();
    let tag = Tag::of_home(folder.path());
    let (sender, events) = mpsc::channel(4);
    let launch = launch(program, folder.path());
    Screen {
        pty: terminals(&tag).open(&launch, sender).unwrap(),
        events,
        shown: String::new(),
        tag,
        folder,
    }
}

impl Screen {
    fn types(&self, text: &str) {
        self.pty.write(text.as_bytes().to_vec()).unwrap();
    }

    /// Waits until the screen shows this; what was shown up to its end is read.
    async fn shows(&mut self, wanted: &str) -> String {
        loop {
            if let Some(at) = self.shown.find(wanted) {
                let rest = self.shown.split_off(at + wanted.len());
                return std::mem::replace(&mut self.shown, rest);
            }
            let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
            let Ok(Some(PtyEvent::Output(bytes))) = event else {
                panic!("{wanted:?} never came: {event:?} after {:?}", self.shown);
            };
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// Waits for the end; what was written until then is shown.
    async fn ends(&mut self) -> Exit {
        loop {
            match tokio::time::timeout(PATIENCE, self.events.recv()).await {
                Ok(Some(PtyEvent::Output(bytes))) => {
                    self.shown.push_str(&String::from_utf8_lossy(&bytes));
                }
                Ok(Some(PtyEvent::Ended(exit))) => return exit,
                other => panic!("it did not end: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_typed_is_run_and_its_answer_shown() {
    let mut screen = open(interactive());
    screen.shows("=>").await;
    screen.types("echo $((6*7))\r");
    screen.shows("42\r\n").await;
    screen.shows("=>").await;
    screen.types("exit 3\r");
    let exit = screen.ends().await;
    assert_eq!((exit.code, exit.signal), (Some(3), None));
    assert_eq!(living(&screen.tag), []);
}

#[tokio::test]
async fn the_persons_own_shell_is_one_to_talk_to() {
    let mut screen = open(Program::Shell);
    screen.types("echo $((6*7))\r");
    screen.shows("42").await;
    screen.pty.close();
    screen.ends().await;
}

#[tokio::test]
async fn a_new_size_is_seen_by_the_program() {
    let mut screen = open(interactive());
    screen.shows("=>").await;
    screen.types("stty size\r");
    screen.shows("24 80\r\n").await;
    let size = Size {
        cols: 132,
        rows: 50,
    };
    screen.pty.resize(size);
    screen.types("stty size\r");
    screen.shows("50 132\r\n").await;
}

#[tokio::test]
async fn the_last_words_of_a_program_come_before_its_end() {
    let mut screen = open(shell("seq 1 200000; echo last words; exit 7"));
    assert_eq!(screen.ends().await.code, Some(7));
    assert!(screen.shown.ends_with("200000\r\nlast words\r\n"));
    assert_eq!(screen.shown.lines().count(), 200_001);
}

#[tokio::test]
async fn bytes_that_are_no_text_come_as_they_are() {
    let mut screen = open(shell("stty raw; printf '\\377\\000\\200'"));
    let mut got = Vec::new();
    while let Some(PtyEvent::Output(bytes)) = screen.events.recv().await {
        got.extend(bytes);
    }
    assert_eq!(got, [0xff, 0, 0x80]);
}

#[tokio::test]
async fn children_in_the_background_and_in_sessions_of_their_own_go_with_the_shell() {
    let mut screen = open(interactive());
    screen.shows("=>").await;
    screen.types("sleep 401 & setsid sleep 402 & (setsid nohup sleep 403 >/dev/null 2>&1 &)\r");
    screen.types("setsid sh -c 'trap \"\" TERM HUP; sleep 404; sleep 404' &\r");
    let sleepers = ["sleep 401", "sleep 402", "sleep 403", "sleep 404"];
    let seen = |sleeper: &str| {
        living(&screen.tag)
            .iter()
            .any(|p| p.command.ends_with(sleeper))
    };
    wait_until(|| sleepers.iter().all(|sleeper| seen(sleeper)));
    let before = living(&screen.tag);
    screen.pty.close();
    screen.ends().await;
    assert_eq!(living(&screen.tag), []);
    for process in before {
        // A zombie is nobody: whoever adopted it reaps it when it likes.
        let status = std::fs::read_to_string(format!("/proc/{}/stat", process.pid));
        let alive = status.is_ok_and(|status| !status.contains(") Z "));
        assert!(!alive, "{process:?} is alive");
    }
}

#[tokio::test]
async fn closing_never_runs_what_stands_half_typed() {
    let mut screen = open(interactive());
    screen.shows("=>").await;
    screen.types("touch victim; echo $((6*7))");
    // The shell has read it: it echoes it.
    screen.shows("$((6*7))").await;
    screen.pty.close();
    screen.ends().await;
    assert!(!screen.folder.path().join("victim").exists());
}

#[tokio::test]
async fn letting_go_of_a_terminal_neither_runs_what_stands_half_typed_nor_leaves_anything() {
    let mut screen = open(interactive());
    screen.shows("=>").await;
    screen.types("touch victim; echo $((6*7))");
    screen.shows("$((6*7))").await;
    drop(screen.pty);
    drop(screen.events);
    let tag = screen.tag.clone();
    let gone = tokio::task::spawn_blocking(move || wait_until(|| living(&tag).is_empty()));
    gone.await.unwrap();
    assert!(!screen.folder.path().join("victim").exists());
}

#[tokio::test]
async fn a_program_that_ignores_being_asked_is_killed() {
    let mut screen = open(shell(
        "trap '' HUP TERM; echo armed; while :; do sleep 1; done",
    ));
    screen.shows("armed").await;
    screen.pty.close();
    let exit = screen.ends().await;
    assert_eq!((exit.code, exit.signal), (None, Some(9)));
    assert_eq!(living(&screen.tag), []);
}

#[tokio::test]
async fn a_program_that_reads_nothing_is_not_typed_to_without_end_and_can_be_closed() {
    let mut screen = open(shell("stty raw -echo; echo armed; sleep 405"));
    screen.shows("armed").await;
    let typed = (0..100)
        .map(|_| screen.pty.write(vec![b'x'; 64 * 1024]))
        .find(Result::is_err);
    assert!(matches!(typed, Some(Err(TerminalError::NotReading))));
    screen.pty.close();
    screen.ends().await;
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (tag, (sender, _events)) = (Tag::of_home(folder.path()), mpsc::channel(4));
    let refusal = |launch: &Launch| {
        let refused = terminals(&tag).open(launch, sender.clone());
        refused.err().expect("it can't be started").to_string()
    };
    let missing = Program::Command {
        command: "no-such-program".to_owned(),
        args: Vec::new(),
    };
    let said = refusal(&launch(missing, folder.path()));
    assert!(
        said.starts_with("no-such-program could not be started"),
        "{said}"
    );
    let said = refusal(&launch(shell(":"), Path::new("/no/such/folder")));
    assert!(
        said.contains("there is no folder /no/such/folder"),
        "{said}"
    );
}

/// 10 MB and more into a window that draws nothing: the program comes to its end, and we stay small.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_into_a_frozen_window_stays_bounded_and_ends() {
    struct NoTime;
    impl Clock for NoTime {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let ptys = terminals(&Tag::of_home(folder.path()));
    let all = terminal::Terminals::new(Arc::new(ptys), Arc::new(NoTime));
    let mut facts = all.listen();
    let id = all
        .open(NewTerminal {
            title: "Flood".to_owned(),
            program: shell("head -c 24000000 /dev/zero | tr '\\0' x; echo; echo last words"),
            cwd: folder.path().to_path_buf(),
            env: Vec::new(),
            size: Size { cols: 80, rows: 24 },
            workspace: None,
        })
        .await
        .unwrap();
    let mut window = all.attach(&id).unwrap();
    window.next().await.unwrap();
    let before = resident();
    let ended =
        async { while !matches!(facts.next().await, Some(terminal::TerminalFact::Ended(_))) {} };
    tokio::time::timeout(PATIENCE, ended).await.unwrap();
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 * 1024, "grew by {grown} KiB");
    let mut shown = String::new();
    while !shown.ends_with("last words\r\n") {
        let bytes = window.next().await.unwrap();
        all.acknowledge(&id, window.number(), bytes.len()).unwrap();
        shown.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(shown.contains("left out"));
    all.close(&id).await.unwrap();
}

#[test]
fn a_program_inherits_nothing_that_leads_it_astray() {
    let mut app = stand_in("stand_in_that_shows_its_environment")
        .env("SHOPFLOOR_HOME", "/secret")
        .env("GIT_DIR", "/astray")
        .env("TMUX", "/tmp/other")
        .env("KEPT", "for the person")
        .spawn()
        .unwrap();
    let lines = BufReader::new(app.stdout.take().unwrap()).lines();
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(app.wait().unwrap().success());
    let has = |wanted: &str| lines.iter().any(|line| line.trim_end() == wanted);
    for wanted in [
        "TERM=xterm-256color",
        "COLORTERM=truecolor",
        "KEPT=for the person",
        "ADDED=by the caller",
    ] {
        assert!(has(wanted), "{wanted} is missing: {lines:#?}");
    }
    for astray in ["SHOPFLOOR_HOME", "GIT_DIR", "TMUX"] {
        let found = lines.iter().any(|line| line.starts_with(astray));
        assert!(!found, "{astray} was inherited");
    }
}

#[tokio::test]
#[ignore = "not a test: run by a_program_inherits_nothing_that_leads_it_astray as a process of its own"]
async fn stand_in_that_shows_its_environment() {
    let mut screen = open(shell("env"));
    screen.ends().await;
    println!("{}", screen.shown);
}

#[test]
fn nothing_in_a_terminal_survives_a_killed_app() {
    let home = tempfile::tempdir().unwrap();
    let tag = Tag::of_home(home.path());
    let mut app = stand_in("stand_in_for_the_app")
        .env("STAND_IN_HOME", home.path())
        .spawn()
        .unwrap();
    let lines = BufReader::new(app.stdout.take().unwrap()).lines();
    assert!(lines.into_iter().any(|line| line.unwrap().ends_with(READY)));
    let seen = |sleeper| living(&tag).iter().any(|p| p.command == sleeper);
    wait_until(|| seen("sleep 411") && seen("sleep 412"));
    app.kill().unwrap();
    app.wait().unwrap();
    wait_until(|| living(&tag).is_empty());
}

#[tokio::test]
#[ignore = "not a test: run by nothing_in_a_terminal_survives_a_killed_app as a process of its own"]
async fn stand_in_for_the_app() {
    let home = PathBuf::from(std::env::var_os("STAND_IN_HOME").unwrap());
    let run = Tag::of_home(&home).of_run();
    let reaper = ["--exact", "stand_in_for_the_reaper", "--ignored"];
    let exe = std::env::current_exe().unwrap();
    let _reaper = process::reaper::spawn(&exe, reaper, &run).unwrap();
    let script =
        "trap '' HUP; setsid nohup sleep 411 & sh -c 'trap \"\" HUP TERM; sleep 412; sleep 412'";
    let (sender, _events) = mpsc::channel(4);
    let opened = terminals(&run).open(&launch(shell(script), &home), sender);
    let _held = opened.unwrap();
    println!("{READY}");
    std::thread::park();
}

#[test]
#[ignore = "not a test: run by stand_in_for_the_app as a process of its own"]
fn stand_in_for_the_reaper() {
    let tag = std::env::args().next_back();
    if let Some(tag) = tag.and_then(|last| Tag::parse(&last)) {
        process::reaper::run(&tag);
    }
}

fn stand_in(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .stdout(Stdio::piped());
    command
}

fn wait_until(fact: impl Fn() -> bool) {
    let began = Instant::now();
    while !fact() {
        assert!(began.elapsed() < PATIENCE, "it never came true");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How much memory this process has now, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let words = line.unwrap().split_whitespace();
    words.clone().nth(1).unwrap().parse().unwrap()
}
