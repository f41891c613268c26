//! A window that takes batches of cards as fast as the channel carries them: what the feed could do without its pacing.
//!
//! Prints one line per size: `feed <cards per batch> <bytes> <batches per second> <the same for plain strings of that length>`.

use kernel::{AgentId, ProjectId, Timestamp, WorkspaceId};
use snapshot::{Batch, Card, GitGroup, Life, WorkspaceGroup, derive};
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;
use tauri::http::Response;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{State, WebviewUrl, WebviewWindowBuilder};

/// Counts what arrives; the first number of each round says how many to expect.
const PAGE: &str = "<!doctype html><title>feed</title><p>feed</p><script>\
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;\
    let left = 0;\
    const id = transformCallback(({ message }) => {\
        if (left === 0) { left = message; return }\
        left -= 1;\
        if (left === 0) fetch('/done');\
    });\
    invoke('subscribe', { channel: `__CHANNEL__:${id}` })\
    </script>";

/// Cards per batch, and how many batches.
const ROUNDS: [(usize, usize); 3] = [(1, 4_000), (10, 1_000), (50, 400)];

/// Tells that a round has arrived.
struct Arrivals(Mutex<Option<mpsc::Receiver<()>>>);

#[tauri::command]
fn subscribe(arrivals: State<'_, Arrivals>, channel: Channel) {
    let taken = arrivals
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(arrived) = taken {
        std::thread::spawn(move || rounds(&channel, &arrived));
    }
}

fn rounds(channel: &Channel, arrived: &mpsc::Receiver<()>) {
    for (cards, batches) in ROUNDS {
        let batch = batch(cards);
        let text = serde_json::to_string(&batch).expect("cards are plain data");
        let plain = format!("\"{}\"", "x".repeat(text.len() - 2));
        let per_second = |message: &dyn Fn() -> String| {
            let start = Instant::now();
            send(channel, batches.to_string());
            for _ in 0..batches {
                send(channel, message());
            }
            arrived
                .recv()
                .expect("the page answers while the window is open");
            batches as f64 / start.elapsed().as_secs_f64()
        };
        // Once unmeasured, for the page's compiler.
        per_second(&|| text.clone());
        let floor = per_second(&|| plain.clone());
        let ours = per_second(&|| serde_json::to_string(&batch).expect("cards are plain data"));
        println!("feed {cards} {} {ours} {floor}", text.len());
    }
    println!("end");
}

fn send(channel: &Channel, json: String) {
    channel
        .send(InvokeResponseBody::Json(json))
        .expect("the window is open");
}

fn batch(cards: usize) -> Batch {
    Batch {
        sequence: 1,
        full: false,
        cards: (0..cards).map(card).collect(),
        removed: Vec::new(),
        projects: None,
    }
}

fn card(number: usize) -> Card {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let workspace = WorkspaceGroup {
        project: ProjectId::mint(),
        name: format!("Task {number}: make the board calm"),
        branch: format!("task-{number}-make-the-board-calm"),
        base: "main".to_owned(),
        path: format!("/home/someone/.local/share/shopfloor/worktrees/project/task-{number}"),
        agent: Some(AgentId::new("practice")),
        life: Life::Ready,
        since: now,
        steps: Vec::new(),
        notice: None,
        created_at: now,
        seen_at: Some(now),
    };
    Card {
        id: WorkspaceId::mint(),
        status: derive(&workspace, &[]),
        workspace,
        sessions: Vec::new(),
        git: Some(GitGroup::default()),
        revision: 1,
        computed_at: now,
        source: "a benchmark".to_owned(),
    }
}

fn main() {
    let (done, arrived) = mpsc::channel();
    tauri::Builder::default()
        .manage(Arrivals(Mutex::new(Some(arrived))))
        .register_uri_scheme_protocol("feed", move |_, request| {
            if request.uri().path() == "/done" {
                // Nobody listens any more only when the rounds are over.
                done.send(()).ok();
            }
            Response::builder()
                .header("Content-Type", "text/html")
                .body(Cow::from(PAGE.as_bytes()))
                .expect("the header is valid")
        })
        .invoke_handler(tauri::generate_handler![subscribe])
        .setup(|app| {
            let page = "feed://localhost/".parse().expect("the address is valid");
            WebviewWindowBuilder::new(app, "feed", WebviewUrl::CustomProtocol(page)).build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .expect("a window can be opened");
}
