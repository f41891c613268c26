//! Real processes that try to outlive their owner, and don't.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use process::{Exit, Grace, Owned, Recorded, Tag, end_recorded, living, sweep};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a child prints once everything it starts is running.
const READY: &str = "ready";

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn start(script: &str, tag: &Tag) -> (Owned, std::process::Child) {
    let (owned, mut child) = Owned::spawn(&mut shell(script), tag).unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_ready = |line: std::io::Result<String>| line.is_ok_and(|line| line == READY);
    assert!(
        lines.into_iter().any(is_ready),
        "the child ended before it was ready"
    );
    (owned, child)
}

fn short() -> Grace {
    let step = Duration::from_millis(200);
    Grace {
        after_stdin: step,
        after_term: step,
    }
}

/// A tag nobody else has: of a temporary folder.
fn own_tag() -> (tempfile::TempDir, Tag) {
    let home = tempfile::tempdir().unwrap();
    let tag = Tag::of_home(home.path());
    (home, tag)
}

#[tokio::test]
async fn a_child_that_ends_when_stdin_closes_is_not_signalled() {
    let (_home, tag) = own_tag();
    let (owned, mut child) = start("echo ready; cat >/dev/null; exit 7", &tag);
    drop(child.stdin.take());
    let exit = owned.end(Grace::default()).await;
    assert_eq!(
        exit,
        Exit {
            code: Some(7),
            signal: None
        }
    );
}

#[tokio::test]
async fn a_child_that_ignores_sigterm_is_killed() {
    let (_home, tag) = own_tag();
    let (owned, _child) = start("trap '' TERM; echo ready; while :; do sleep 1; done", &tag);
    let exit = owned.end(short()).await;
    assert_eq!(
        exit,
        Exit {
            code: None,
            signal: Some(9)
        }
    );
    assert_eq!(living(&tag), []);
}

#[tokio::test]
async fn children_that_left_the_group_and_the_session_go_with_their_owner() {
    let (_home, tag) = own_tag();
    // One in a session of its own, one double-forked, one that ignores SIGTERM, one that dropped the tag.
    let script = "setsid sleep 301 & (setsid sleep 302 &) ; \
                  setsid sh -c 'trap \"\" TERM; sleep 303; sleep 303' & \
                  setsid sh -c 'env -i sleep 304; :' & \
                  echo ready; cat >/dev/null";
    let (owned, mut child) = start(script, &tag);
    let sleepers = ["sleep 301", "sleep 302", "sleep 303", "sleep 304"];
    let seen = |sleeper: &str| living(&tag).iter().any(|p| p.command == sleeper);
    wait_until(|| sleepers.iter().all(|sleeper| seen(sleeper)));
    let before = living(&tag);
    drop(child.stdin.take());
    owned.end(Grace::default()).await;
    assert_eq!(living(&tag), []);
    for process in before {
        assert!(!is_alive(process.pid), "{process:?} is alive");
    }
}

#[tokio::test]
async fn what_a_crashed_child_left_is_swept_without_being_asked() {
    let (_home, tag) = own_tag();
    let (owned, _child) = start("setsid sleep 305 & echo ready; kill -9 $$", &tag);
    assert_eq!(owned.gone().await.signal, Some(9));
    assert_eq!(living(&tag), []);
    assert_eq!(owned.pid(), None);
}

#[tokio::test]
async fn a_child_nobody_owns_any_more_ends() {
    let (_home, tag) = own_tag();
    let (owned, _child) = start("setsid sleep 306 & echo ready; sleep 306", &tag);
    drop(owned);
    wait_until(|| living(&tag).is_empty());
}

#[test]
fn a_sweep_tells_what_it_ended_and_spares_other_owners() {
    let (_home, tag) = own_tag();
    let (mine, other) = (tag.of_owner("mine"), tag.of_owner("other"));
    let mut spared = other.mark(&mut shell("exec sleep 307")).spawn().unwrap();
    let mut swept = mine.mark(&mut shell("exec sleep 308")).spawn().unwrap();
    wait_until(|| {
        living(&tag)
            .iter()
            .filter(|p| p.command.starts_with("sleep"))
            .count()
            == 2
    });
    let ended = sweep(&mine);
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].command, "sleep 308");
    assert!(!swept.wait().unwrap().success());
    assert!(
        spared.try_wait().unwrap().is_none(),
        "the other owner's child was ended"
    );
    assert_eq!(sweep(&tag).len(), 1);
    spared.wait().unwrap();
}

#[test]
fn a_missing_program_is_an_error_not_a_process() {
    let (_home, tag) = own_tag();
    let error = Owned::spawn(&mut Command::new("/no/such/program"), &tag)
        .err()
        .unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn nothing_survives_a_killed_app() {
    let (home, tag) = own_tag();
    let exe = std::env::current_exe().unwrap();
    let mut app = Command::new(exe)
        .args([
            "--exact",
            "stand_in_for_the_app",
            "--ignored",
            "--nocapture",
        ])
        .env("STAND_IN_HOME", home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(app.stdout.take().unwrap()).lines();
    assert!(lines.into_iter().any(|line| line.unwrap().ends_with(READY)));
    wait_until(|| living(&tag).iter().any(|p| p.command == "sleep 310"));
    app.kill().unwrap();
    app.wait().unwrap();
    wait_until(|| living(&tag).is_empty());
    let reapers = || processes_with(tag.as_str());
    wait_until(|| reapers() == 0);
}

#[test]
#[ignore = "not a test: run by nothing_survives_a_killed_app as a process of its own"]
fn stand_in_for_the_app() {
    let Some(home) = std::env::var_os("STAND_IN_HOME") else {
        return;
    };
    let run = Tag::of_home(Path::new(&home)).of_run();
    let exe = std::env::current_exe().unwrap();
    let args = ["--exact", "stand_in_for_the_reaper", "--ignored"];
    let _reaper = process::reaper::spawn(&exe, args, &run).unwrap();
    let script = "setsid sleep 309 & (setsid sh -c 'trap \"\" TERM; sleep 310; sleep 310' &) ; echo ready; sleep 311";
    let (_owned, _child) = start(script, &run.of_owner("s1"));
    println!("{READY}");
    std::thread::park();
}

#[test]
#[ignore = "not a test: run by stand_in_for_the_app as a process of its own"]
fn stand_in_for_the_reaper() {
    if let Some(tag) = std::env::args()
        .next_back()
        .and_then(|last| Tag::parse(&last))
    {
        process::reaper::run(&tag);
    }
}

fn wait_until(fact: impl Fn() -> bool) {
    let began = Instant::now();
    while !fact() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it never came true"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_alive(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Whether a process has just this command line, each argument ended by a zero byte.
fn has_command_line(line: &[u8]) -> bool {
    let mut all = std::fs::read_dir("/proc").unwrap().flatten();
    all.any(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|found| found == line))
}

/// How many living processes have an argument that begins with this text.
fn processes_with(text: &str) -> usize {
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
        .filter(|words| {
            words
                .split(|byte| *byte == 0)
                .any(|word| word.starts_with(text.as_bytes()))
        })
        .count()
}

#[tokio::test]
async fn what_was_recorded_is_ended_with_all_it_started_even_when_it_hides_its_tag() {
    let (_home, tag) = own_tag();
    // Its tag is gone from its environment, and it ignores SIGTERM: only its record finds it, and through it the
    // child that left its group.
    let script = "exec env -u SHOPFLOOR_TAG sh -c \
                  'trap \"\" TERM; setsid sleep 312 & echo ready; while :; do sleep 1; done'";
    let (owned, _child) = start(script, &tag);
    // It is ready before its child is the program that it becomes.
    wait_until(|| has_command_line(b"sleep\x00312\x00"));
    let pid = u32::try_from(owned.pid().unwrap()).unwrap();
    let began = owned.began().unwrap();
    let stranger = Recorded {
        pid,
        began: began + 1,
        tag: tag.clone(),
    };
    let elsewhere = Tag::of_home(Path::new("/nowhere"));
    let of_another_tag = Recorded {
        tag: elsewhere.clone(),
        ..stranger.clone()
    };
    assert_eq!(end_recorded(&elsewhere, &[of_another_tag]), []);
    let recorded = Recorded {
        began,
        ..stranger.clone()
    };
    assert!(recorded.runs() && !stranger.runs());
    // Ticks since a boot come again after the next one.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let ticks = stat.rsplit(") ").next().unwrap().split(' ').nth(19);
    let of_another_boot = Recorded {
        began: ticks.unwrap().parse().unwrap(),
        ..stranger.clone()
    };
    assert!(!of_another_boot.runs());
    assert_eq!(end_recorded(&elsewhere, &[of_another_boot]), []);
    let ended = end_recorded(&elsewhere, std::slice::from_ref(&recorded));
    let child = ended.iter().find(|one| one.command == "sleep 312");
    assert!(!is_alive(child.expect("it was found").pid), "{ended:?}");
    assert!(ended.iter().any(|one| one.pid == pid as i32), "{ended:?}");
    let exit = owned.exited().await;
    assert_eq!(exit.signal, Some(9));
    assert_eq!(end_recorded(&elsewhere, &[recorded]), []);
}

#[tokio::test]
async fn a_child_that_ignores_sigterm_is_ended_though_its_parent_did_not() {
    let (_home, tag) = own_tag();
    // Without a tag and outside the group, it is known only by its parent, which ends at once.
    let script = "exec env -u SHOPFLOOR_TAG sh -c \
                  'setsid sh -c \"trap \\\"\\\" TERM; exec sleep 313\" >/dev/null & echo ready; wait'";
    let (owned, _child) = start(script, &tag);
    wait_until(|| has_command_line(b"sleep\x00313\x00"));
    let recorded = Recorded {
        pid: u32::try_from(owned.pid().unwrap()).unwrap(),
        began: owned.began().unwrap(),
        tag: tag.clone(),
    };
    let ended = end_recorded(&Tag::of_home(Path::new("/nowhere")), &[recorded]);
    assert_eq!(ended.len(), 2, "{ended:?}");
    assert!(!has_command_line(b"sleep\x00313\x00"));
    owned.gone().await;
}

#[tokio::test]
async fn a_process_that_is_just_becoming_another_program_is_found_too() {
    let (_home, tag) = own_tag();
    // While a program is being loaded its process shows no environment, for as long as the system likes. Here one
    // has none for a while, and then the tag.
    let becoming = "echo ready; sleep 0.2; SHOPFLOOR_TAG=$0 exec sleep 994 >/dev/null";
    let script = format!("setsid env -i sh -c '{becoming}' \"$SHOPFLOOR_TAG\" & cat >/dev/null");
    let (owned, mut child) = start(&script, &tag);
    drop(child.stdin.take());
    owned.gone().await;
    // Had it not been swept it would carry the tag by now.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(living(&tag), []);
}

#[test]
fn what_a_killed_app_was_about_to_start_is_found_too() {
    let (_home, tag) = own_tag();
    // Forked off, its parent gone, and for a while neither another program nor tagged.
    let script = "\"$EXE\" --exact stand_in_for_what_was_forked_off --ignored >/dev/null 2>&1 &";
    let mut shell = shell(script);
    shell.env("EXE", std::env::current_exe().unwrap());
    shell.env("STAND_IN_TAG", tag.as_str());
    shell.status().unwrap();
    wait_until(|| processes_with("stand_in_for_what_was_forked_off") == 1);
    assert_eq!(end_recorded(&tag, &[]).len(), 1);
    assert_eq!(processes_with("sleep 996"), 0);
}

#[test]
#[ignore = "not a test: run by what_a_killed_app_was_about_to_start_is_found_too as a process of its own"]
fn stand_in_for_what_was_forked_off() {
    if let Some(tag) = std::env::var_os("STAND_IN_TAG") {
        std::thread::sleep(Duration::from_millis(300));
        let mut program = Command::new("sleep");
        let error = program.arg("996").env(process::TAG_VARIABLE, tag).exec();
        panic!("{error}");
    }
}
