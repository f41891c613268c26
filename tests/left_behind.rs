//! What a killed app leaves running, and the next start ends.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use process::Tag;
use serde_json::{Value, json};
use session::AgentDefinition;
use sqlite::Database;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::app::RealApp;
use tests::headless::{Heard, Host};
use tests::real_agents::{ledger, practice_agent};
use workspace::ProjectSettings;

const PATIENCE: Duration = Duration::from_secs(60);
/// An agent that ends by no polite means, with a child in a session of its own.
const SCRIPT: &str = "script:\nignore-term\nignore-cancel\nrun sh -c 'setsid -w sleep 313'";

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_hid_its_tag_is_ended_by_the_ledger_with_the_child_that_escaped() {
    let home = tempfile::tempdir().unwrap();
    let repository = with_an_agent_that_hides_its_tag(home.path()).await;
    let mut host = Host::start(env!("CARGO_BIN_EXE_headless"), home.path(), &repository);
    host.order(json!({"order": "say", "text": SCRIPT}));
    let agent = agent_that_got_a_prompt(&mut host, home.path());
    let child = wait_for(|| {
        descendants(agent)
            .into_iter()
            .find(|pid| runs(*pid, "sleep 313"))
    });
    wait_for(|| (!rows(home.path()).is_empty()).then_some(()));

    host.kill();
    let run = host.run.clone().unwrap();
    wait_for(|| (!reaper_of(&run)).then_some(()));
    assert!(is_alive(agent) && is_alive(child), "no tag leads to them");

    let mut next = Host::start(env!("CARGO_BIN_EXE_headless"), home.path(), &repository);
    heard(&mut next, |line| line["ready"] == true);
    assert!(!is_alive(agent), "the ledger names the agent");
    assert!(!is_alive(child), "and the agent leads to its child");
    assert_eq!(rows(home.path()), [], "and what is gone is struck out");
    next.quit();
}

/// A house whose only project is worked on by a practice agent without the tag; answers the project's repository.
async fn with_an_agent_that_hides_its_tag(home: &Path) -> std::path::PathBuf {
    let app = RealApp::start_at(home).await;
    let practice = app.agents.practice();
    let program = practice_agent().to_str().unwrap().to_owned();
    let hides = AgentDefinition {
        name: "Hides".to_owned(),
        command: "env".to_owned(),
        args: vec!["-u".to_owned(), "SHOPFLOOR_TAG".to_owned(), program],
        env: practice.env,
    };
    let known = app.flows.rooms().agents.save(None, hides).await.unwrap();
    let project = app.add_project().await;
    let settings = ProjectSettings {
        agent: Some(known.program.id),
        ..ProjectSettings::default()
    };
    app.flows
        .save_project_settings(&project, settings)
        .await
        .unwrap();
    let repository = app.repository.path.clone();
    app.quit().await;
    repository
}

fn rows(home: &Path) -> Vec<session::port::ProcessRow> {
    let database = Database::open(&home.join("shopfloor.db")).unwrap();
    database.left_processes().unwrap()
}

fn agent_that_got_a_prompt(host: &mut Host, home: &Path) -> i32 {
    heard(host, |line| line["done"] == 1);
    wait_for(|| {
        let text = fs::read_to_string(ledger(home)).ok()?;
        let line: Value = serde_json::from_str(text.lines().next()?).ok()?;
        i32::try_from(line["pid"].as_i64()?).ok()
    })
}

fn heard(host: &mut Host, wanted: impl Fn(&Value) -> bool) {
    let began = Instant::now();
    loop {
        match host.hear(Duration::from_millis(20)) {
            Heard::Line(line) if wanted(&line) => return,
            Heard::Line(_) | Heard::Nothing => {}
            Heard::End => panic!("the house ended by itself"),
        }
        assert!(began.elapsed() < PATIENCE, "it was never told");
    }
}

fn wait_for<T>(fact: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = fact() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "it never came true");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn pids() -> Vec<i32> {
    let names = fs::read_dir("/proc")
        .unwrap()
        .map(|one| one.unwrap().file_name());
    names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect()
}

fn descendants(of: i32) -> Vec<i32> {
    let mut found = vec![of];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = pids()
            .into_iter()
            .filter(|pid| parent_of(*pid) == Some(parent));
        found.extend(children);
        next += 1;
    }
    found.split_off(1)
}

fn parent_of(pid: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    parent.trim().parse().ok()
}

fn command_line(pid: i32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words)
        .replace('\0', " ")
        .trim()
        .to_owned()
}

fn runs(pid: i32, command: &str) -> bool {
    command_line(pid) == command
}

fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn reaper_of(run: &Tag) -> bool {
    let said = format!("--reaper {}", run.as_str());
    pids()
        .into_iter()
        .any(|pid| command_line(pid).ends_with(&said))
}
