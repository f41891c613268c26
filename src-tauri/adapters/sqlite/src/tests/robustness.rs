//! Full disks, kills, damage, and files of other versions.

use super::{answer, file, fresh, message, with_session, workspace};
use crate::{Database, Failure, OpenError, lock};
use ::session::MessageState;
use ::session::port::SessionStore;
use ::workspace::WorkspaceError;
use ::workspace::port::WorkspaceStore;
use kernel::SessionId;
use rusqlite::Connection;
use std::sync::Barrier;
use tempfile::TempDir;

/// Lets the file grow by no more than this many pages.
pub(super) fn room(database: &Database, more: i64) {
    let writer = lock(&database.shared.writer);
    let db = &writer.connection;
    let pages: i64 = db
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    db.pragma_update_and_check(None, "max_page_count", pages + more, |_| Ok(()))
        .unwrap();
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_passes() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    let small = answer(0, "before");
    database
        .save_entries(&id, std::slice::from_ref(&small))
        .unwrap();
    let queued = message("m", 1, MessageState::Queued);
    database
        .save_messages(std::slice::from_ref(&queued))
        .unwrap();

    room(&database, 2);
    let big = answer(1, &"x".repeat(100_000));
    let batch = [answer(0, "changed with it"), big.clone()];
    let error = database.save_entries(&id, &batch).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("The disk is full"), "{told}");
    assert!(error.hint().contains("Free disk space"));
    let mut wide = workspace("wide", "p");
    wide.name = "x".repeat(100_000);
    let error = database.insert_workspace(&wide).unwrap_err();
    assert!(matches!(error, WorkspaceError::DiskFull), "{error:?}");

    let kept = database.entries(&id, None, 10).unwrap();
    assert_eq!(kept, vec![small], "a batch is written whole or not at all");
    assert_eq!(database.open_messages(&id).unwrap(), vec![queued]);

    room(&database, 1_000_000);
    database.save_entries(&id, &batch).unwrap();
    assert_eq!(database.entries(&id, None, 10).unwrap(), batch);
    assert_eq!(database.damage().unwrap(), None);
}

#[test]
fn what_was_written_is_there_for_another_connection_though_the_first_never_closed() {
    let (folder, database) = with_session();
    let id = SessionId::new("s");
    let queued = message("m", 1, MessageState::Queued);
    database
        .save_messages(std::slice::from_ref(&queued))
        .unwrap();
    database
        .save_entries(&id, &[answer(0, "streamed")])
        .unwrap();
    // As after a kill -9: nothing is closed, no checkpoint is made, another process opens the file.
    let after = Database::open(&file(&folder)).unwrap();
    assert_eq!(after.open_messages(&id).unwrap(), vec![queued]);
    assert_eq!(
        after.entries(&id, None, 10).unwrap(),
        vec![answer(0, "streamed")]
    );
    drop(database);
}

#[test]
fn what_a_person_typed_waits_for_the_disk_and_what_streams_does_not() {
    let (_folder, database) = with_session();
    let level = || -> i64 {
        lock(&database.shared.writer)
            .connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap()
    };
    let (normal, full) = (1, 2);
    database
        .save_entries(&SessionId::new("s"), &[answer(0, "streamed")])
        .unwrap();
    assert_eq!(level(), normal);
    database
        .save_messages(&[message("m", 1, MessageState::Queued)])
        .unwrap();
    assert_eq!(level(), full);
}

#[test]
fn a_reader_does_not_wait_for_a_running_write() {
    let (_folder, database) = with_session();
    let (writing, read) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            database
                .write(crate::Loss::Kill, |db| {
                    db.execute("UPDATE session SET title = 'half done'", [])?;
                    writing.wait();
                    read.wait();
                    Ok(())
                })
                .unwrap();
        });
        writing.wait();
        let seen = database.sessions().unwrap();
        read.wait();
        assert_eq!(seen[0].title, "Fix the login");
    });
    assert_eq!(database.sessions().unwrap()[0].title, "half done");
}

#[test]
fn opening_again_changes_nothing() {
    let (folder, database) = with_session();
    drop(database);
    let again = Database::open(&file(&folder)).unwrap();
    assert_eq!(again.sessions().unwrap(), vec![super::session("s")]);
}

#[test]
fn a_file_of_a_newer_app_is_refused_and_left_alone() {
    let (folder, database) = fresh();
    drop(database);
    let raw = Connection::open(file(&folder)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let error = Database::open(&file(&folder)).err().unwrap();
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("newer Shopfloor"));
    let raw = Connection::open(file(&folder)).unwrap();
    let version: i64 = raw
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 99);
}

#[test]
fn a_file_that_is_not_a_database_is_explained_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let text = "these are my notes, not a database\n".repeat(100);
    std::fs::write(file(&folder), &text).unwrap();
    let error = Database::open(&file(&folder)).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert!(error.hint().contains("Move the file aside"));
    assert_eq!(std::fs::read_to_string(file(&folder)).unwrap(), text);
}

#[test]
fn a_missing_folder_is_explained() {
    let folder = TempDir::new().unwrap();
    let error = Database::open(&folder.path().join("none/shopfloor.db"))
        .err()
        .unwrap();
    assert!(matches!(error, OpenError::Other { .. }), "{error:?}");
    assert!(error.hint().contains("folder exists"));
}

#[test]
fn damaged_pages_are_found() {
    let (folder, database) = with_session();
    let id = SessionId::new("s");
    let entries: Vec<_> = (0..50).map(|n| answer(n, &"x".repeat(3000))).collect();
    database.save_entries(&id, &entries).unwrap();
    drop(database);
    let mut bytes = std::fs::read(file(&folder)).unwrap();
    let from = bytes.len() / 2;
    bytes[from..from + 20_000].fill(0xA5);
    std::fs::write(file(&folder), bytes).unwrap();
    let database = Database::open(&file(&folder)).unwrap();
    match database.damage() {
        Ok(said) => assert!(said.is_some()),
        Err(error) => assert!(matches!(error, Failure::Damaged { .. }), "{error:?}"),
    }
}
