//! Full-text search over a million entries: building the index, what a save waits for it, its size, and the searches,
//! each beside reading as many rows by their key in the same file.
//!
//! Cold: the file is opened anew and the system was told to forget its pages. Warm: asked before.

use crate::report::{Number, is_quick, median, percentile};
use kernel::{AgentId, EntryId, MessageId, ProjectId, SessionId, Timestamp, WorkspaceId};
use session::machine::SessionState;
use session::port::SessionStore;
use session::search::{Indexing, Query, Search, SearchKind, TranscriptSearch};
use session::{Author, Entry, EntryBody, Session, ToolCall, ToolContent, ToolKind, ToolStatus};
use sqlite::Database;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use workspace::machine::WorkspaceState;
use workspace::port::{ProjectStore, WorkspaceStore};
use workspace::{Project, Workspace};

/// Entries of each conversation.
const LENGTH: u32 = 1_000;
/// How many conversations, in a workspace each.
const FULL: u32 = 1_000;
const QUICK: u32 = 50;
/// Words of which the transcripts are made; the first are the most common, as in any language.
const WORDS: usize = 50_000;
/// After all that is saved here.
const NOW: Timestamp = Timestamp::from_millis(u64::MAX);
/// Where the one rare word is said.
const RARE: u32 = 417;

const BY_KEY: &str = "50 rows by key";

/// Prints them all.
pub fn measure() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("shopfloor.db");
    let sessions = if is_quick() { QUICK } else { FULL };
    let entries = f64::from(sessions * LENGTH);
    let database = Database::open(&path).expect("a fresh database opens");

    let start = Instant::now();
    fill(&database, sessions);
    print(
        "saving 1,000 entries",
        millis(start) / entries * 1000.0,
        "ms",
        None,
    );
    let before = size(&path);
    build(&database, entries);
    let index = size(&path) - before;
    print("text with its rows", before, "MB", None);
    print(
        "index beside the text",
        index,
        "MB",
        Some((before, "the text")),
    );
    drop(database);

    searches(&path, sessions);
}

fn print(what: &str, value: f64, unit: &'static str, floor: Option<(f64, &'static str)>) {
    Number {
        what: what.to_owned(),
        value,
        unit,
        floor,
    }
    .print();
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// Megabytes of the file, what waits to be written into it included.
fn size(path: &Path) -> f64 {
    let of = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
    let log = path.with_extension("db-wal");
    (of(path.to_owned()) + of(log)) as f64 / 1_048_576.0
}

/// Builds the index as in the background, while somebody saves.
fn build(database: &Database, entries: f64) {
    let saver = database.clone();
    let done = AtomicBool::new(false);
    let (mut batches, mut saves) = (Vec::new(), Vec::new());
    std::thread::scope(|threads| {
        let saving = threads.spawn(|| {
            let mut waited = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let start = Instant::now();
                saver
                    .save_entries(&session_id(0), &[entry(0, 0)])
                    .expect("there is room");
                waited.push(millis(start));
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            waited
        });
        let start = Instant::now();
        loop {
            let batch = Instant::now();
            let state = database.index_some(NOW).expect("there is room");
            batches.push(millis(batch));
            // The one entry that is saved all the time is never done with.
            if state == Indexing::Complete || batches.len() > 10 && batches[batches.len() - 1] < 1.0
            {
                break;
            }
        }
        let built = millis(start) / entries * 1000.0;
        done.store(true, Ordering::Relaxed);
        saves = saving.join().expect("it only saves");
        print("indexing 1,000 entries", built, "ms", None);
    });
    print(
        "one batch of indexing, median",
        median(&batches),
        "ms",
        None,
    );
    print(
        "one batch of indexing, longest",
        percentile(&batches, 1.0),
        "ms",
        None,
    );
    while database.index_some(NOW).expect("there is room") == Indexing::Behind {}
    let alone: Vec<f64> = (LENGTH..LENGTH + 50)
        .map(|number| {
            let start = Instant::now();
            database
                .save_entries(&session_id(0), &[entry(0, number)])
                .expect("there is room");
            millis(start)
        })
        .collect();
    let floor = Some((median(&alone), "a save alone"));
    print(
        "a save while it is indexed, median",
        median(&saves),
        "ms",
        floor,
    );
    print(
        "a save while it is indexed, 99th",
        percentile(&saves, 0.99),
        "ms",
        floor,
    );
}

fn searches(path: &Path, sessions: u32) {
    let by_key = |database: &Database, turn: u32| {
        let session = session_id(turn * 7 % sessions);
        let page = database.entries(&session, Some(500), 50);
        page.expect("it is readable").len()
    };
    let (cold, warm) = timed(path, by_key);
    print("50 rows by key, cold", cold, "ms", None);
    print("50 rows by key, warm", warm, "ms", None);
    let floors = (cold, warm);
    let queries = [
        ("a word said once", "xylophone"),
        ("a common word", "\"w0\""),
        ("four common words", "\"w0\" \"w1\" \"w2\" \"w3\""),
        ("a phrase of common words", "\"w1 w0 w2\""),
        ("a begun word of three letters", "w48"),
        ("a begun word of one letter", "w"),
        ("nothing found", "zyzzyva \"w0\""),
    ];
    for (what, text) in queries {
        compare(path, what, floors, |database, _| {
            search(database, text, &[])
        });
    }
    compare(path, "a common word in prompts", floors, |database, _| {
        search(database, "\"w0\"", &[SearchKind::Prompt])
    });
    compare(
        path,
        "all matches of one conversation",
        floors,
        |database, turn| {
            let session = session_id(turn * 7 % sessions);
            let found = database.find_in_session(&session, &Query::parse("\"w3\""));
            found.expect("any text can be searched for").len()
        },
    );
    compare(
        path,
        "the prompts of one conversation",
        floors,
        |database, turn| {
            let prompts = database.prompts(&session_id(turn * 7 % sessions));
            prompts.expect("it is readable").len()
        },
    );
    let start = Instant::now();
    let found = read_all(path, sessions);
    assert_eq!(found, 1, "the rare word is said once");
    print(
        "the same without an index: every entry read",
        millis(start),
        "ms",
        None,
    );
}

fn compare(path: &Path, what: &str, floors: (f64, f64), search: impl Fn(&Database, u32) -> usize) {
    let (cold, warm) = timed(path, search);
    print(
        &format!("{what}, cold"),
        cold,
        "ms",
        Some((floors.0, BY_KEY)),
    );
    print(
        &format!("{what}, warm"),
        warm,
        "ms",
        Some((floors.1, BY_KEY)),
    );
}

/// Milliseconds cold and warm, the middle of some.
fn timed(path: &Path, work: impl Fn(&Database, u32) -> usize) -> (f64, f64) {
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for turn in 0..3 {
        forget_pages(path);
        let database = Database::open(path).expect("it opened before");
        let start = Instant::now();
        work(&database, turn);
        cold.push(millis(start));
        for _ in 0..5 {
            let start = Instant::now();
            work(&database, turn);
            warm.push(millis(start));
        }
    }
    (median(&cold), median(&warm))
}

fn forget_pages(path: &Path) {
    let file = std::fs::File::open(path).expect("it is there");
    file.sync_all().expect("it can be written");
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)
        .expect("the system takes the advice");
}

fn search(database: &Database, text: &str, kinds: &[SearchKind]) -> usize {
    let search = Search {
        query: Query::parse(text),
        workspaces: None,
        kinds: kinds.to_vec(),
        after: None,
        limit: 50,
    };
    let page = database.search(&search);
    page.expect("any text can be searched for").hits.len()
}

fn read_all(path: &Path, sessions: u32) -> usize {
    let database = Database::open(path).expect("it opened before");
    let mut found = 0;
    for session in 0..sessions {
        let entries = database
            .entries(&session_id(session), None, LENGTH)
            .expect("it is readable");
        found += entries
            .iter()
            .filter_map(|entry| session::search::searchable(&entry.body))
            .filter(|(_, text)| text.contains("xylophone"))
            .count();
    }
    found
}

fn fill(database: &Database, sessions: u32) {
    let at = Timestamp::from_millis(1_700_000_000_000);
    let project = ProjectId::new("project");
    database
        .save_project(&Project {
            id: project.clone(),
            name: "engine".into(),
            path: "/engine".into(),
            default_branch: "main".into(),
            added_at: at,
            settings: Default::default(),
        })
        .expect("there is room");
    for number in 0..sessions {
        let workspace = Workspace {
            id: WorkspaceId::new(format!("workspace-{number}")),
            project: project.clone(),
            name: format!("Task {number}"),
            branch: format!("shopfloor/task-{number}"),
            base: "main".into(),
            base_commit: None,
            path: format!("/worktrees/{number}").into(),
            agent: None,
            state: WorkspaceState::Archived,
            steps: Vec::new(),
            notice: None,
            archive_checkpoint: None,
            seen_at: None,
            created_at: at,
            state_since: at,
        };
        database
            .insert_workspace(&workspace)
            .expect("there is room");
        let row = row(number, workspace.id, at);
        database.save_session(&row).expect("there is room");
        for from in (0..LENGTH).step_by(500) {
            let entries: Vec<Entry> = (from..from + 500).map(|n| entry(number, n)).collect();
            database
                .save_entries(&row.id, &entries)
                .expect("there is room");
        }
    }
}

fn row(number: u32, workspace: WorkspaceId, at: Timestamp) -> Session {
    Session {
        id: session_id(number),
        workspace,
        agent: AgentId::new("practice"),
        title: format!("Task {number}"),
        state: SessionState::Stopped,
        agent_session: None,
        turn: 20,
        turn_ended_at: Some(at),
        created_at: at,
        state_since: at,
        policy: None,
        choices: Default::default(),
        offers: Default::default(),
        usage: None,
        title_by: Default::default(),
        closed_at: None,
        context: None,
    }
}

fn session_id(number: u32) -> SessionId {
    SessionId::new(format!("session-{number:08}"))
}

/// The same for the same numbers: a prompt at every fiftieth place, tools, answers and thoughts between.
fn entry(session: u32, ordinal: u32) -> Entry {
    let mut dice = fastrand::Rng::with_seed(u64::from(session) << 32 | u64::from(ordinal));
    let body = match ordinal % 50 {
        0 => EntryBody::Prompt {
            message: MessageId::new(format!("m{session}-{ordinal}")),
            text: words(&mut dice, 25),
            attachments: Vec::new(),
            author: Author::Person,
        },
        n if n % 3 == 0 => EntryBody::Answer {
            text: words(&mut dice, 40),
        },
        n if n % 7 == 0 => EntryBody::Thought {
            text: words(&mut dice, 30),
        },
        _ => tool(&mut dice, session, ordinal),
    };
    let at = 1_700_000_000_000 + u64::from(session) * 1_000_000 + u64::from(ordinal) * 500;
    Entry {
        id: EntryId::new(format!("entry-{session:08}-{ordinal:08}")),
        ordinal,
        turn: ordinal / 50 + 1,
        at: Timestamp::from_millis(at),
        updated_at: Timestamp::from_millis(at),
        body,
    }
}

fn tool(dice: &mut fastrand::Rng, session: u32, ordinal: u32) -> EntryBody {
    let mut output = words(dice, 60);
    if session == 3 && ordinal == RARE {
        output += " xylophone";
    }
    EntryBody::Tool {
        call: ToolCall {
            call: format!("c{ordinal}"),
            tool: ToolKind::Execute,
            title: format!("Run {}", words(dice, 3)),
            status: ToolStatus::Completed,
            locations: Vec::new(),
            content: vec![ToolContent::Text {
                text: output,
                cut: 0,
            }],
            input: None,
        },
    }
}

/// Words as often as in a language: the n-th most common about 1/n as often as the first.
fn words(dice: &mut fastrand::Rng, count: usize) -> String {
    let word = |dice: &mut fastrand::Rng| {
        let rank = (WORDS as f64).powf(dice.f64()) as usize - 1;
        format!("w{rank}")
    };
    let words: Vec<String> = (0..count).map(|_| word(dice)).collect();
    words.join(" ")
}
