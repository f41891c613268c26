//! The house without a window, as a process that a test can kill: `headless <data directory> <repository>`.
//!
//! It starts as the app does: database, what an earlier run left, reaper, recovery. Its agents are those that were installed into the data
//! directory, or the practice agent. Orders come in as lines of JSON on stdin, what a
//! reader would see goes out as lines of JSON on stdout; the end of stdin is a quit.
//!
//! | order | answer |
//! |---|---|
//! | `{"n": 1, "order": "say", "text": …}` | `{"done": 1, "error": null}`; the first makes project and workspace |
//! | `"choose"`, `request`, `option` | the same |
//! | `"resend"`, `"hold"`, `"last"`, `"now"`, `message` | the same |
//! | `"stop"` | the same |
//!
//! Unasked: `{"run": tag}` before anything is read, `{"summary": …}`, `{"page": …, "revision": …, "session": …}` once
//! per session, `{"changes": …, "revision": …, "session": …}`, and `{"ready": true}` after all pages of the start.

use kernel::{MessageId, RequestId, SessionId, WorkspaceId};
use orchestration::Orchestration;
use orchestration::flows::Task;
use process::{Recorded, Tag};
use serde_json::{Value, json};
use session::port::ProcessLedger;
use session::{Answer, SessionFact};
use sqlite::Database;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tests::app::move_in;
use tests::disk::Disk;
use tests::installed_agents::InstalledAgents;
use tests::memory::SteeredMemory;
use tests::real_agents::RealAgents;
use tokio::sync::mpsc;

/// Makes this program the reaper of another one, as the app's hidden argument does.
const REAPER: &str = "--reaper";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [REAPER, tag] => process::reaper::run(&Tag::parse(tag).expect("our own tag")),
        [home, repository] => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("threads can be started");
            runtime.block_on(live(Path::new(home), Path::new(repository)));
        }
        _ => panic!("headless <data directory> <repository>"),
    }
}

async fn live(home: &Path, repository: &Path) {
    let tag = Tag::of_home(home);
    let database = Database::open(&home.join("shopfloor.db")).expect("it opens");
    end_what_was_left(&tag, &database);
    let run = tag.of_run();
    tell(&json!({"run": run.as_str()}));
    let program = std::env::current_exe().expect("a program knows its path");
    let reaper = process::reaper::spawn(&program, [REAPER], &run).expect("the reaper starts");
    let disk = Arc::new(Disk::with_room(database, None));
    let memory = Arc::new(SteeredMemory::default());
    let running = if InstalledAgents::are_in(home) {
        move_in::<InstalledAgents>(home, disk, memory, run, "git")
            .await
            .1
    } else {
        move_in::<RealAgents>(home, disk, memory, run, "git")
            .await
            .1
    };
    let reader = tokio::spawn(read_aloud(running.flows()));
    obey_all(&running.flows(), repository).await;
    running.stop().await;
    reader.abort();
    drop(reaper);
}

fn end_what_was_left(tag: &Tag, database: &Database) {
    let rows = database.left_processes().expect("the ledger can be read");
    let left = rows.iter().map(|row| Recorded {
        pid: row.pid,
        began: row.began,
        tag: Tag::parse(&row.tag).expect("our own tag"),
    });
    process::end_recorded(tag, &left.collect::<Vec<_>>());
    for row in &rows {
        database.forget(row).expect("the ledger can be written");
    }
}

/// Tells what a window would show: each conversation from its first entry on.
async fn read_aloud(flows: Orchestration) {
    let sessions = flows.rooms().sessions.clone();
    let mut facts = sessions.listen();
    let mut opened = Vec::new();
    for summary in sessions.summaries() {
        // In this order a prompt that leaves the queue meanwhile is on the page.
        tell(&json!({"summary": summary}));
        open(&flows, &summary.id).await;
        opened.push(summary.id);
    }
    tell(&json!({"ready": true}));
    while let Some(fact) = facts.next().await {
        match fact {
            SessionFact::Changed(summary) => {
                if !opened.contains(&summary.id) {
                    open(&flows, &summary.id).await;
                    opened.push(summary.id.clone());
                }
                tell(&json!({"summary": summary}));
            }
            SessionFact::Transcript {
                session,
                revision,
                changes,
            } => tell(&json!({"changes": changes, "revision": revision, "session": session})),
            // Nothing that a crash could take back.
            SessionFact::FilesTouched(_) | SessionFact::Offers { .. } => {}
        }
    }
}

async fn open(flows: &Orchestration, session: &SessionId) {
    let page = flows.rooms().sessions.entries(session, None, 100_000).await;
    let page = page.expect("the conversation can be read");
    tell(&json!({"page": page.entries, "revision": page.revision, "session": session}));
}

async fn obey_all(flows: &Orchestration, repository: &Path) {
    let (sender, mut lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let order: Value = serde_json::from_str(&line).expect("an order is JSON");
        let outcome = obey(flows, repository, &order).await;
        tell(&json!({"done": order["n"], "error": outcome.err()}));
    }
}

async fn obey(flows: &Orchestration, repository: &Path, order: &Value) -> Result<(), String> {
    let sessions = &flows.rooms().sessions;
    let text = |name: &str| order[name].as_str().expect("a text").to_owned();
    match order["order"].as_str() {
        Some("say") => say(flows, repository, text("text")).await,
        Some("choose") => {
            let answer = Answer::Option { id: text("option") };
            let request = RequestId::new(text("request"));
            let answered = sessions.answer(&only(flows)?, &request, answer).await;
            answered.map_err(|error| error.to_string())
        }
        Some(name @ ("resend" | "hold" | "last" | "now")) => {
            let (session, message) = (only(flows)?, MessageId::new(text("message")));
            let done = match name {
                "resend" => sessions.resend(&session, &message).await,
                "hold" => sessions.hold(&session, &message).await,
                "last" => sessions.move_message(&session, &message, None).await,
                _ => sessions.send_now(&session, &message).await,
            };
            done.map_err(|error| error.to_string())
        }
        Some("stop") => {
            let stopped = sessions.stop_turn(&only(flows)?).await;
            stopped.map_err(|error| error.to_string())
        }
        other => panic!("there is no order {other:?}"),
    }
}

/// A message for the conversation, which begins with it if need be.
async fn say(flows: &Orchestration, repository: &Path, text: String) -> Result<(), String> {
    match workspace(flows).await {
        Some(workspace) => {
            let sent = flows.send_message(&workspace, only(flows).ok(), text);
            sent.await.map_err(|error| error.to_string())?;
        }
        None => {
            let task = Task {
                project: project(flows, repository.to_owned()).await?,
                prompt: text,
                agent: None,
                preferred: None,
                base: None,
            };
            let created = flows.create_workspace(task).await;
            created.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

async fn workspace(flows: &Orchestration) -> Option<WorkspaceId> {
    let rows = flows.rooms().workspaces.list().await;
    rows.expect("rows can be read")
        .first()
        .map(|row| row.id.clone())
}

async fn project(flows: &Orchestration, path: PathBuf) -> Result<kernel::ProjectId, String> {
    let projects = &flows.rooms().projects;
    let known = projects.list().await.map_err(|error| error.to_string())?;
    if let Some(project) = known.first() {
        return Ok(project.id.clone());
    }
    let added = projects.add(path).await;
    added
        .map(|project| project.id)
        .map_err(|error| error.to_string())
}

fn only(flows: &Orchestration) -> Result<SessionId, String> {
    let all = flows.rooms().sessions.summaries();
    let first = all.first().ok_or("there is no session yet")?;
    Ok(first.id.clone())
}

/// One line, at once: a kill right after it does not take it back.
fn tell(what: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody reads any more: the test is over.
    let _ = writeln!(out, "{what}").and_then(|()| out.flush());
}
