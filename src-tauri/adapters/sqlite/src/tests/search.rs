//! Full-text search: what is stored is found, what is gone is not, and saving does not pay for it.

use super::{answer, at, file, message, project, session, with_session, workspace};
use crate::{Database, Loss, entry, migrations};
use ::session::port::SessionStore;
use ::session::search::{
    Cursor, Hit, Indexing, Query, Search, SearchKind, SearchPage, TranscriptSearch,
};
use ::session::{Entry, EntryBody, MessageState, SessionError};
use ::workspace::port::{ProjectStore, WorkspaceStore};
use kernel::{EntryId, MessageId, ProjectId, SessionId, Timestamp, WorkspaceId};
use rusqlite::Connection;
use std::path::Path;

/// After all that is saved here.
const LATER: Timestamp = Timestamp::from_millis(u64::MAX);

fn wanted(text: &str) -> Search {
    Search {
        query: Query::parse(text),
        workspaces: None,
        kinds: Vec::new(),
        after: None,
        limit: 50,
    }
}

fn search(database: &Database, text: &str) -> SearchPage {
    database.search(&wanted(text)).unwrap()
}

fn ordinals(database: &Database, text: &str) -> Vec<u32> {
    let page = search(database, text);
    page.hits.iter().map(|hit| hit.ordinal).collect()
}

/// A snippet with its marks in brackets.
fn shown(hit: &Hit) -> String {
    let parts = hit.snippet.iter().map(|part| match part.marked {
        true => format!("[{}]", part.text),
        false => part.text.clone(),
    });
    parts.collect()
}

fn save(database: &Database, session: &str, entries: &[Entry]) {
    database
        .save_entries(&SessionId::new(session), entries)
        .unwrap();
}

/// Another session with entries of its own, in a workspace of its own.
fn second_session(database: &Database) {
    database.insert_workspace(&workspace("w2", "p")).unwrap();
    let mut second = session("s2");
    second.workspace = WorkspaceId::new("w2");
    second.title = "Another".to_owned();
    database.save_session(&second).unwrap();
}

fn named(id: &str, entry: Entry) -> Entry {
    Entry {
        id: EntryId::new(id),
        ..entry
    }
}

fn prompt(ordinal: u32, text: &str) -> Entry {
    Entry {
        id: EntryId::new(format!("p{ordinal}")),
        body: EntryBody::Prompt {
            message: MessageId::new("m"),
            attachments: Vec::new(),
            author: ::session::Author::Person,
            text: text.to_owned(),
        },
        ..answer(ordinal, "")
    }
}

#[test]
fn what_was_saved_a_moment_ago_is_found_with_all_that_leads_to_it() {
    let (_folder, database) = with_session();
    save(
        &database,
        "s",
        &[
            answer(0, "nothing"),
            answer(1, "The naïve\n  Parser was here"),
        ],
    );
    let page = search(&database, "parser naive");
    assert_eq!(page.unread, 0);
    assert_eq!(page.next, None);
    let [hit] = page.hits.as_slice() else {
        panic!("{:?}", page.hits)
    };
    assert_eq!(shown(hit), "The [naïve] [Parser] was here");
    assert_eq!(hit.session, SessionId::new("s"));
    assert_eq!(hit.session_title, "Fix the login");
    assert_eq!(hit.workspace, WorkspaceId::new("w"));
    assert_eq!(hit.entry, EntryId::new("e1"));
    assert_eq!((hit.ordinal, hit.turn, hit.at), (1, 1, at(5)));
    assert_eq!(hit.kind, SearchKind::Answer);
}

#[test]
fn words_phrases_and_a_begun_word_find_what_they_say() {
    let (_folder, database) = with_session();
    let texts = [
        "red green blue",
        "green red",
        "redder",
        "fn save_entries(&self)",
    ];
    let entries: Vec<Entry> = (0..).zip(texts).map(|(n, text)| answer(n, text)).collect();
    save(&database, "s", &entries);
    for (query, found) in [
        ("red green", vec![1, 0]),
        ("\"red green\"", vec![0]),
        ("red", vec![2, 1, 0]),
        ("\"red\"", vec![1, 0]),
        ("green re", vec![1, 0]),
        ("save_entries", vec![3]),
        ("entr", vec![3]),
        ("save.entries", vec![3]),
        ("red yellow", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(ordinals(&database, query), found, "{query}");
    }
}

#[test]
fn a_growing_answer_is_found_by_what_it_says_now() {
    let (_folder, database) = with_session();
    save(&database, "s", &[answer(0, "wrong")]);
    assert_eq!(ordinals(&database, "wrong"), [0]);
    save(&database, "s", &[answer(0, "right")]);
    assert_eq!(ordinals(&database, "wrong"), [] as [u32; 0]);
    assert_eq!(ordinals(&database, "right"), [0]);
    database
        .save_sent(
            &message("m", 1, MessageState::Sent),
            &prompt(1, "and right so"),
        )
        .unwrap();
    assert_eq!(ordinals(&database, "right"), [1, 0]);
}

#[test]
fn pages_go_from_the_newest_to_the_oldest_without_a_gap() {
    let (_folder, database) = with_session();
    let entries: Vec<Entry> = (0..125).map(|n| answer(n, "same words")).collect();
    save(&database, "s", &entries);
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = database
            .search(&Search {
                after,
                ..wanted("words")
            })
            .unwrap();
        seen.extend(page.hits.iter().map(|hit| hit.ordinal));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..125).rev().collect::<Vec<u32>>());
    let nowhere = Search {
        after: Some(Cursor("nowhere".to_owned())),
        ..wanted("words")
    };
    let error = database.search(&nowhere).unwrap_err();
    assert!(matches!(error, SessionError::Unknown { .. }));
}

#[test]
fn a_search_can_be_kept_to_workspaces_and_kinds() {
    let (_folder, database) = with_session();
    second_session(&database);
    save(
        &database,
        "s",
        &[prompt(0, "the word"), answer(1, "the word")],
    );
    save(&database, "s2", &[named("x", answer(0, "the word"))]);
    let count = |workspaces: Option<&[&str]>, kinds: &[SearchKind]| {
        let workspaces = workspaces.map(|ids| ids.iter().copied().map(WorkspaceId::new).collect());
        let kinds = kinds.to_vec();
        let search = Search {
            workspaces,
            kinds,
            ..wanted("word")
        };
        database.search(&search).unwrap().hits.len()
    };
    assert_eq!(count(None, &[]), 3);
    assert_eq!(count(Some(&["w"]), &[]), 2);
    assert_eq!(count(Some(&["w", "w2"]), &[]), 3);
    assert_eq!(count(Some(&["w"]), &[SearchKind::Prompt]), 1);
    assert_eq!(count(None, &[SearchKind::Answer, SearchKind::Tool]), 2);
    assert_eq!(count(Some(&["w3"]), &[]), 0);
    assert_eq!(count(Some(&[]), &[]), 0);
    // The words that stand for places are no words of the text.
    assert_eq!(ordinals(&database, "kprompt"), [] as [u32; 0]);
}

#[test]
fn one_conversation_tells_where_its_matches_and_its_prompts_are() {
    let (_folder, database) = with_session();
    second_session(&database);
    let mine = [
        prompt(0, "\nFix it\nplease"),
        answer(1, "it is"),
        answer(2, "no"),
        prompt(3, "it"),
    ];
    save(&database, "s", &mine);
    save(&database, "s2", &[named("x", prompt(0, "it"))]);
    let id = SessionId::new("s");
    let found = database.find_in_session(&id, &Query::parse("it")).unwrap();
    assert_eq!(found, [0, 1, 3]);
    let none = database.find_in_session(&id, &Query::parse("*")).unwrap();
    assert_eq!(none, [] as [u32; 0]);
    let prompts = database.prompts(&id).unwrap();
    let lines: Vec<(u32, &str)> = prompts
        .iter()
        .map(|prompt| (prompt.ordinal, prompt.line.as_str()))
        .collect();
    assert_eq!(lines, [(0, "Fix it"), (3, "it")]);
}

#[test]
fn what_is_removed_leaves_no_ghost() {
    let (_folder, database) = with_session();
    save(&database, "s", &[answer(0, "ghost"), answer(1, "ghost")]);
    assert_eq!(ordinals(&database, "ghost").len(), 2);
    database.remove_project(&ProjectId::new("p")).unwrap();
    assert_eq!(ordinals(&database, "ghost").len(), 0);
    let left = database
        .read(|db| {
            db.query_row(
                "SELECT count(*) FROM search WHERE search MATCH 'text : ghost'",
                [],
                |row| row.get::<_, u32>(0),
            )
        })
        .unwrap();
    assert_eq!(left, 0, "the index forgot it too");

    // What comes after may get the same places in the index.
    database
        .save_project(&project("p", Path::new("/code/p")))
        .unwrap();
    database.insert_workspace(&workspace("w", "p")).unwrap();
    database.save_session(&session("s")).unwrap();
    save(&database, "s", &[answer(0, "alive")]);
    assert_eq!(ordinals(&database, "ghost").len(), 0);
    assert_eq!(ordinals(&database, "alive"), [0]);
}

#[test]
fn any_text_can_be_searched_for() {
    let (_folder, database) = with_session();
    save(
        &database,
        "s",
        &[answer(0, "He said \"NEAR\" and left AND right * or 🚀 so")],
    );
    let id = SessionId::new("s");
    for query in [
        "\"",
        "\"\"",
        "\"\"\"",
        "*",
        "a*",
        "*a",
        "NEAR(",
        "NEAR(a b, 5)",
        "a AND",
        "OR",
        "NOT a",
        "AND",
        "(",
        ")",
        "{text} : a",
        "text:a",
        "place : kanswer",
        "-a",
        "^a",
        "a + b",
        "'; DROP TABLE entry; --",
        "🚀",
        "🚀🚀 so",
        "\0",
        "a\0b",
        "\u{1}\u{2}",
        "\u{feff}",
        "ⓐ",
        "ⓐ so",
        "٣",
        "日本",
        "\\",
        "%",
        "_",
        "?1",
        ":x",
        "\n",
        "a\"b",
        "\"unclosed phr",
        &"long ".repeat(10_000),
        &"x".repeat(100_000),
    ] {
        search(&database, query);
        database.find_in_session(&id, &Query::parse(query)).unwrap();
    }
    assert_eq!(ordinals(&database, "\"NEAR\" left AND right"), [0]);
    assert_eq!(ordinals(&database, "NEAR( right"), [0]);
    assert_eq!(ordinals(&database, "* so"), [0]);
}

#[test]
fn control_characters_in_a_text_do_not_disturb_its_marks() {
    let (_folder, database) = with_session();
    save(
        &database,
        "s",
        &[answer(0, "\u{1}a\u{2} \0 found \u{1b}[31m\u{1}here\u{2}")],
    );
    let page = search(&database, "found here");
    assert_eq!(shown(&page.hits[0]).matches(['[']).count(), 3);
    assert!(shown(&page.hits[0]).contains("[found]"), "{page:?}");
    assert!(shown(&page.hits[0]).contains("[here]"), "{page:?}");
}

#[test]
fn of_a_long_text_the_words_around_the_match_are_shown() {
    let (_folder, database) = with_session();
    let long = format!("{}needle{}", "hay ".repeat(50_000), " hay".repeat(50_000));
    save(&database, "s", &[answer(0, &long)]);
    let page = search(&database, "needle");
    let shown = shown(&page.hits[0]);
    assert!(shown.contains("hay [needle] hay"), "{shown}");
    assert!(shown.chars().count() < 400, "{shown}");
}

#[test]
fn nothing_is_indexed_while_an_entry_is_saved_and_an_entry_waits_once() {
    let (_folder, database) = with_session();
    let count = |table: &str| -> u32 {
        let count = format!("SELECT count(*) FROM {table}");
        database
            .read(|db| db.query_row(&count, [], |row| row.get(0)))
            .unwrap()
    };
    for n in 0..10 {
        save(
            &database,
            "s",
            &[answer(0, &"word ".repeat(n)), answer(1, "more")],
        );
    }
    assert_eq!((count("unindexed"), count("search_docsize")), (2, 0));
    while database.index_some(LATER).unwrap() == Indexing::Behind {}
    assert_eq!((count("unindexed"), count("search_docsize")), (0, 2));
}

#[test]
fn an_answer_that_may_still_grow_is_not_indexed_unless_somebody_searches() {
    let (_folder, database) = with_session();
    let growing = Entry {
        updated_at: at(5_000),
        ..answer(1, "it grows")
    };
    save(&database, "s", &[answer(0, "it rests"), growing]);
    let waiting = || -> Vec<u32> {
        let ordinals =
            "SELECT entry.ordinal FROM unindexed JOIN entry ON entry.rowid = unindexed.entry";
        database
            .read(|db| {
                db.prepare(ordinals)?
                    .query_map([], |row| row.get(0))?
                    .collect()
            })
            .unwrap()
    };

    assert_eq!(database.index_some(at(4_999)).unwrap(), Indexing::Behind);
    assert_eq!(database.index_some(at(4_999)).unwrap(), Indexing::Complete);
    assert_eq!(waiting(), [1]);
    assert_eq!(ordinals(&database, "grows"), [1]);
    assert_eq!(waiting(), [] as [u32; 0]);
}

#[test]
fn what_waited_to_be_indexed_waits_after_a_kill_too() {
    let (folder, database) = with_session();
    save(&database, "s", &[answer(0, "before the kill")]);
    // As after a kill -9: nothing is closed, another process opens the file.
    let after = Database::open(&file(&folder)).unwrap();
    assert_eq!(ordinals(&after, "kill"), [0]);
    drop(database);
}

/// The last schema without an index.
const WITHOUT_SEARCH: usize = 7;

/// A file as a version without search left it, with so many entries.
fn file_without_search(path: &Path, entries: u32) {
    let mut db = Connection::open(path).unwrap();
    migrations::ALL.to_version(&mut db, WITHOUT_SEARCH).unwrap();
    db.execute_batch(
        r#"INSERT INTO project VALUES ('p', 'p', x'2f70', 'main', 1);
        INSERT INTO workspace (id, project, name, branch, base, path, state, steps, created_at, state_since)
          VALUES ('w', 'p', 'w', 'b', 'main', x'2f77', '{"kind":"archived"}', '[]', 1, 1);
        INSERT INTO session (id, workspace, agent, title, state, turn, created_at, state_since)
          VALUES ('s', 'w', 'practice', 't', '{"kind":"stopped"}', 1, 1, 1);"#,
    )
    .unwrap();
    let id = SessionId::new("s");
    let db = db.transaction().unwrap();
    entry::put(&db, &id, &prompt(0, "the old prompt")).unwrap();
    for n in 1..entries {
        entry::put(&db, &id, &answer(n, &format!("old number{n}"))).unwrap();
    }
    db.commit().unwrap();
}

#[test]
fn entries_of_before_there_was_an_index_come_into_it_newest_first_and_the_start_does_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    file_without_search(&path, 1_200);
    let database = Database::open(&path).unwrap();
    assert_eq!(search(&database, "old").hits.len(), 0);
    assert_eq!(search(&database, "old").unread, 1_200);
    let id = SessionId::new("s");

    assert_eq!(database.index_some(LATER).unwrap(), Indexing::Behind);
    let page = search(&database, "old");
    assert_eq!(page.hits[0].ordinal, 1_199);
    assert_eq!(page.unread, 700);
    // One that changes meanwhile is found at once, and one that is removed stays away.
    save(&database, "s", &[answer(3, "new")]);
    assert_eq!(ordinals(&database, "new"), [3]);
    database
        .write(Loss::Kill, |db| {
            db.execute("DELETE FROM entry WHERE ordinal = 4", [])
        })
        .unwrap();

    while database.index_some(LATER).unwrap() == Indexing::Behind {}
    assert_eq!(search(&database, "old").unread, 0);
    assert_eq!(ordinals(&database, "\"number1\""), [1]);
    assert_eq!(ordinals(&database, "\"number3\""), [] as [u32; 0]);
    assert_eq!(ordinals(&database, "\"number4\""), [] as [u32; 0]);
    let found = database.find_in_session(&id, &Query::parse("old")).unwrap();
    assert_eq!(found.len(), 1_198);
}

#[test]
fn one_conversation_is_searched_whole_though_the_index_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    file_without_search(&path, 1_200);
    let database = Database::open(&path).unwrap();
    let id = SessionId::new("s");
    assert_eq!(database.prompts(&id).unwrap()[0].line, "the old prompt");
    let found = database.find_in_session(&id, &Query::parse("old")).unwrap();
    assert_eq!(found.len(), 1_200);
}

#[test]
fn a_compacted_file_finds_the_same() {
    let (_folder, database) = with_session();
    let all: Vec<Entry> = (0..100).map(|n| answer(n, &format!("number{n}"))).collect();
    save(&database, "s", &all);
    assert_eq!(ordinals(&database, "number70"), [70]);
    {
        let writer = crate::lock(&database.shared.writer);
        writer
            .connection
            .execute_batch("DELETE FROM entry WHERE ordinal < 50; VACUUM;")
            .unwrap();
    }
    assert_eq!(ordinals(&database, "number70"), [70]);
    assert_eq!(ordinals(&database, "number49"), [] as [u32; 0]);
}

#[test]
fn on_a_full_disk_what_was_indexed_is_still_found_and_the_rest_is_counted() {
    let (_folder, database) = with_session();
    save(&database, "s", &[answer(0, "early words")]);
    assert_eq!(ordinals(&database, "words"), [0]);
    let many: Vec<Entry> = (1..400)
        .map(|n| answer(n, &format!("late{n} words")))
        .collect();
    save(&database, "s", &many);
    super::robustness::room(&database, 0);
    let page = search(&database, "words");
    assert_eq!(page.hits.len(), 1);
    assert_eq!(page.unread, 399);
    super::robustness::room(&database, 1_000);
    assert_eq!(ordinals(&database, "late399"), [399]);
}

#[test]
fn an_entry_of_an_unknown_shape_is_found_by_its_words() {
    let (_folder, database) = with_session();
    save(&database, "s", &[answer(0, "x")]);
    let strange = r#"{"kind":"hologram","says":"boo"}"#;
    database
        .write(Loss::Kill, |db| {
            db.execute("UPDATE entry SET body = ?1", [strange])
        })
        .unwrap();
    assert_eq!(ordinals(&database, "hologram boo"), [0]);
}
