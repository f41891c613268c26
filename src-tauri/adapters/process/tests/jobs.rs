//! Real processes of Windows that try to outlive their owner, and don't.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use process::{Brief, Exit, Grace, Owned, Recorded, Tag, end_recorded};
use std::io::{BufRead, BufReader, Read};
use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use winsafe::HPROCESS;
use winsafe::co::{PROCESS, WAIT};
use winsafe::guard::CloseHandleGuard;

/// What is printed once all of a family runs; then follow the ids, those that it started last.
const READY: &str = "ready ";
/// How long anything may take that has to happen.
const LIMIT: Duration = Duration::from_secs(30);

const DETACHED_PROCESS: u32 = 0x0000_0008;
const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
const CREATE_BREAKAWAY_FROM_JOB: u32 = 0x0100_0000;

const ENDED_BY_US: Exit = Exit {
    code: None,
    signal: None,
};
const SEVEN: Exit = Exit {
    code: Some(7),
    signal: None,
};

/// This program, as one of the stand-ins below.
fn stand_in(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", name, "--ignored", "--nocapture"])
        .stdin(Stdio::null());
    command
}

/// A child with a child and a grandchild of its own. It ends with code 7 when its stdin does; they never do by themselves,
/// and both hold its stdout.
fn parent() -> Command {
    let mut command = stand_in("stand_in_for_a_parent");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

#[test]
#[ignore = "not a test: a process of its own"]
fn stand_in_for_a_parent() {
    let mut command = stand_in("stand_in_for_a_child");
    command.env("STAND_IN_PARENT", std::process::id().to_string());
    // Away from its console and its group, as far as Windows lets it.
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
    let _child = command.spawn().unwrap();
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(7);
}

#[test]
#[ignore = "not a test: a process of its own"]
#[expect(clippy::zombie_processes, reason = "neither ends by itself")]
fn stand_in_for_a_child() {
    let Some(parent) = std::env::var_os("STAND_IN_PARENT") else {
        return;
    };
    let grandchild = stand_in("stand_in_for_somebody_idle").spawn().unwrap();
    let parent = parent.to_string_lossy().into_owned();
    println!("{READY}{parent} {} {}", std::process::id(), grandchild.id());
    idle();
}

#[test]
#[ignore = "not a test: a process of its own"]
fn stand_in_for_somebody_idle() {
    idle();
}

/// Longer than anybody waits for it, and not for ever: where a job fails the test does, and nothing is left for good.
fn idle() {
    std::thread::sleep(4 * LIMIT);
}

/// Processes of others: as long as they are held their ids are their own.
struct Members(Vec<CloseHandleGuard<HPROCESS>>);

impl Members {
    /// Reads until all of a family runs.
    fn that_say_so(stdout: &mut impl BufRead) -> Self {
        let mut lines = stdout.lines();
        let ids = lines.find_map(|line| Some(line.unwrap().split_once(READY)?.1.to_owned()));
        let ids = ids.expect("it ended before it was ready");
        let open = |id: &str| {
            HPROCESS::OpenProcess(PROCESS::SYNCHRONIZE, false, id.parse().unwrap()).unwrap()
        };
        Self(ids.split_whitespace().map(open).collect())
    }

    fn all_run(&self) -> bool {
        self.0.iter().all(|process| !is_over(process, 0))
    }

    /// At this moment.
    fn are_gone(&self) -> bool {
        self.0.iter().all(|process| is_over(process, 0))
    }

    /// Waits for it.
    fn end(&self) -> bool {
        let limit = u32::try_from(LIMIT.as_millis()).unwrap();
        self.0.iter().all(|process| is_over(process, limit))
    }
}

fn is_over(process: &HPROCESS, limit: u32) -> bool {
    process.WaitForSingleObject(Some(limit)) == Ok(WAIT::OBJECT_0)
}

struct Family {
    owned: Owned,
    parent: Child,
    stdout: BufReader<ChildStdout>,
    members: Members,
}

fn start(tag: &Tag) -> Family {
    let (owned, mut parent) = Owned::spawn(&mut parent(), tag).unwrap();
    let mut stdout = BufReader::new(parent.stdout.take().unwrap());
    let members = Members::that_say_so(&mut stdout);
    assert_eq!(members.0.len(), 3);
    assert!(members.all_run());
    Family {
        owned,
        parent,
        stdout,
        members,
    }
}

/// A tag nobody else has: of a temporary folder.
fn own_tag() -> (tempfile::TempDir, Tag) {
    let home = tempfile::tempdir().unwrap();
    let tag = Tag::of_home(home.path());
    (home, tag)
}

/// Reads to the end, which comes only when nobody holds the pipe any more.
fn read_out(mut pipe: impl Read + Send + 'static) -> String {
    let (sender, read) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        let _ = sender.send(text);
    });
    read.recv_timeout(LIMIT)
        .expect("somebody still holds the pipe")
}

#[tokio::test]
async fn all_that_it_started_ends_when_it_is_killed() {
    let (_home, tag) = own_tag();
    let family = start(&tag);
    assert_eq!(family.owned.kill().await, ENDED_BY_US);
    assert!(family.members.are_gone());
    assert!(family.owned.was_signalled());
    assert_eq!(family.owned.pid(), None);
    read_out(family.stdout);
}

#[tokio::test]
async fn its_exit_code_is_told_and_what_it_left_is_ended() {
    let (_home, tag) = own_tag();
    let mut family = start(&tag);
    drop(family.parent.stdin.take());
    assert_eq!(family.owned.exited().await, SEVEN);
    assert_eq!(family.owned.gone().await, SEVEN);
    assert!(family.members.are_gone());
    assert!(!family.owned.was_signalled());
    read_out(family.stdout);
}

#[tokio::test]
async fn the_ladder_ends_with_the_job_where_a_closed_stdin_is_not_enough() {
    let (_home, tag) = own_tag();
    let mut polite = start(&tag);
    drop(polite.parent.stdin.take());
    let patient = Grace {
        after_stdin: LIMIT,
        after_term: LIMIT,
    };
    assert_eq!(polite.owned.end(patient).await, SEVEN);
    assert!(polite.members.are_gone());

    let stubborn = start(&tag);
    let short = Grace {
        after_stdin: Duration::from_millis(100),
        after_term: LIMIT,
    };
    assert_eq!(stubborn.owned.end(short).await, ENDED_BY_US);
    assert!(stubborn.members.are_gone());
}

#[tokio::test]
async fn a_child_nobody_owns_any_more_ends_with_its_own() {
    let (_home, tag) = own_tag();
    // The whole family is held: its parent's stdin must stay open.
    let family = start(&tag);
    let other = family.owned.clone();
    drop(family.owned);
    assert!(family.members.all_run(), "somebody owns it still");
    drop(other);
    assert!(family.members.end());
}

#[tokio::test]
async fn a_family_that_is_ended_leaves_others_alone() {
    let (_home, tag) = own_tag();
    let (one, other) = (start(&tag), start(&tag));
    one.owned.kill().await;
    assert!(one.members.are_gone() && other.members.all_run());
    other.owned.kill().await;
    assert!(other.members.are_gone());
}

#[tokio::test]
async fn one_that_is_over_at_once_is_told_with_its_code() {
    let (_home, tag) = own_tag();
    for _ in 0..20 {
        let mut command = Command::new("cmd");
        command.args(["/c", "exit 7"]).stdin(Stdio::null());
        let (owned, _child) = Owned::spawn(&mut command, &tag).unwrap();
        assert_eq!(owned.gone().await, SEVEN);
    }
}

#[tokio::test]
async fn nobody_breaks_away_from_the_job() {
    let (_home, tag) = own_tag();
    let mut command = stand_in("stand_in_for_one_who_breaks_away");
    command.stdout(Stdio::piped());
    let (owned, mut child) = Owned::spawn(&mut command, &tag).unwrap();
    owned.gone().await;
    let said = read_out(child.stdout.take().unwrap());
    assert!(said.contains("refused to let it"), "{said}");
}

#[test]
#[ignore = "not a test: run by nobody_breaks_away_from_the_job as a process of its own"]
fn stand_in_for_one_who_breaks_away() {
    let mut command = stand_in("stand_in_for_somebody_idle");
    let away = command.creation_flags(CREATE_BREAKAWAY_FROM_JOB).spawn();
    let mut away = match away {
        Ok(away) => away,
        Err(_) => return println!("refused to let it"),
    };
    // Only when it is started by hand.
    away.kill().unwrap();
}

#[test]
fn nothing_survives_a_killed_app() {
    let (home, _) = own_tag();
    let mut app = stand_in("stand_in_for_the_app")
        .env("STAND_IN_HOME", home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(app.stdout.take().unwrap());
    let members = Members::that_say_so(&mut stdout);
    assert!(members.0.len() == 3 && members.all_run());
    // TerminateProcess: it can do nothing about it any more.
    app.kill().unwrap();
    app.wait().unwrap();
    assert!(members.end());
    read_out(stdout);
}

#[test]
#[ignore = "not a test: run by nothing_survives_a_killed_app as a process of its own"]
fn stand_in_for_the_app() {
    let Some(home) = std::env::var_os("STAND_IN_HOME") else {
        return;
    };
    let run = Tag::of_home(Path::new(&home)).of_run();
    let exe = std::env::current_exe().unwrap();
    let _reaper = process::reaper::spawn(&exe, ["--list"], &run).unwrap();
    let mut command = parent();
    command.stdout(Stdio::inherit());
    let (_owned, _child) = Owned::spawn(&mut command, &run.of_owner("s1")).unwrap();
    idle();
}

#[tokio::test]
async fn what_was_recorded_is_ended_at_the_next_start_and_a_stranger_is_not() {
    let (_home, tag) = own_tag();
    let family = start(&tag);
    let recorded = Recorded {
        pid: u32::try_from(family.owned.pid().unwrap()).unwrap(),
        began: family.owned.began().unwrap(),
        tag: tag.clone(),
    };
    let stranger = Recorded {
        began: recorded.began + 1,
        ..recorded.clone()
    };
    assert!(recorded.runs() && !stranger.runs());
    assert_eq!(end_recorded(&tag, &[stranger]), []);
    assert!(family.members.all_run());

    let ended = end_recorded(&tag, std::slice::from_ref(&recorded));
    let pids: Vec<u32> = ended.iter().map(|one| one.pid.unsigned_abs()).collect();
    assert_eq!(pids, [recorded.pid]);
    let own = std::env::current_exe().unwrap();
    let name = own.file_name().unwrap().to_string_lossy().into_owned();
    assert!(ended[0].command.ends_with(&name), "{ended:?}");
    assert!(!recorded.runs());
    // Its owner sees it end, and ends what it left.
    family.owned.gone().await;
    assert!(family.members.are_gone());
    assert_eq!(end_recorded(&tag, &[recorded]), []);
}

#[test]
fn one_that_no_job_holds_any_more_is_ended_by_its_record() {
    let (_home, tag) = own_tag();
    let mut left = stand_in("stand_in_for_somebody_idle").spawn().unwrap();
    let rights = PROCESS::QUERY_LIMITED_INFORMATION;
    let process = HPROCESS::OpenProcess(rights, false, left.id()).unwrap();
    let (began, ..) = process.GetProcessTimes().unwrap();
    let recorded = Recorded {
        pid: left.id(),
        began: began.into(),
        tag: tag.clone(),
    };
    assert_eq!(end_recorded(&tag, &[recorded]).len(), 1);
    assert!(!left.wait().unwrap().success());
}

#[tokio::test]
async fn no_child_holds_the_pipes_of_another() {
    let (_home, tag) = own_tag();
    // Many at the same moment, from several threads: whatever one inherits too much would show in another's pipe.
    let starters: Vec<_> = (0..4)
        .map(|_| {
            let tag = tag.clone();
            std::thread::spawn(move || {
                let mut last = Command::new("cmd");
                last.args(["/c", "echo done"])
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped());
                let mut idle = stand_in("stand_in_for_somebody_idle");
                idle.stdout(Stdio::piped());
                let pair = |_| {
                    let short = Owned::spawn(&mut last, &tag).unwrap();
                    (short, Owned::spawn(&mut idle, &tag).unwrap())
                };
                (0..4).map(pair).collect::<Vec<_>>()
            })
        })
        .collect();
    let pairs: Vec<_> = starters
        .into_iter()
        .flat_map(|starter| starter.join().unwrap())
        .collect();
    let mut idlers = Vec::new();
    for ((_short, mut child), idle) in pairs {
        assert_eq!(read_out(child.stdout.take().unwrap()).trim(), "done");
        idlers.push(idle);
    }
    for (idle, _) in &idlers {
        let over = tokio::time::timeout(Duration::ZERO, idle.exited()).await;
        assert!(over.is_err(), "it was to idle");
    }
    for (idle, mut child) in idlers {
        idle.kill().await;
        read_out(child.stdout.take().unwrap());
    }
}

#[test]
fn a_missing_program_is_an_error_not_a_process() {
    let (_home, tag) = own_tag();
    let error = Owned::spawn(&mut Command::new("C:\\no\\such\\program.exe"), &tag)
        .err()
        .unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn who_is_waited_for_on_the_spot_leaves_nothing_either() {
    let (_home, tag) = own_tag();
    for in_time in [true, false] {
        let mut brief = Brief::spawn(&mut parent(), &tag).unwrap();
        let mut stdout = BufReader::new(brief.child().stdout.take().unwrap());
        let members = Members::that_say_so(&mut stdout);
        let stdin = brief.child().stdin.take();
        let limit = if in_time {
            drop(stdin);
            LIMIT
        } else {
            Duration::from_millis(100)
        };
        let began = Instant::now();
        let status = brief.wait(limit).unwrap();
        assert!(began.elapsed() < LIMIT);
        assert_eq!(
            status.and_then(|status| status.code()),
            in_time.then_some(7)
        );
        assert!(members.are_gone());
        read_out(stdout);
    }
}
