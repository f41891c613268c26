//! Sessions, messages and entries.

use super::{answer, at, message, session, with_session};
use crate::{entry, message as messages};
use ::session::port::SessionStore;
use ::session::{
    Ask, AskKind, AskOption, Entry, EntryBody, MessageState, OptionKind, RequestOutcome,
};
use kernel::{EntryId, RequestId, SessionId};

fn request(ordinal: u32, outcome: RequestOutcome) -> Entry {
    Entry {
        id: EntryId::new(format!("r{ordinal}")),
        ordinal,
        turn: 1,
        at: at(5),
        updated_at: at(6),
        body: EntryBody::Request {
            request: RequestId::new("q"),
            ask: Ask {
                kind: AskKind::Permission,
                title: "Run rm?".to_owned(),
                call: None,
                options: vec![AskOption {
                    id: "once".to_owned(),
                    name: "Allow".to_owned(),
                    kind: OptionKind::AllowOnce,
                }],
                fields: Vec::new(),
                command: None,
                paths: Vec::new(),
            },
            outcome,
        },
    }
}

#[test]
fn a_session_comes_back_whole_and_is_replaced_by_its_newer_self() {
    let (_folder, database) = with_session();
    assert_eq!(database.sessions().unwrap(), vec![session("s")]);
    let mut newer = session("s");
    newer.agent_session = None;
    newer.turn_ended_at = None;
    newer.title = "Another".to_owned();
    database.save_session(&newer).unwrap();
    assert_eq!(database.sessions().unwrap(), vec![newer]);
}

#[test]
fn open_messages_come_in_the_order_of_the_queue_without_the_sent_ones() {
    let (_folder, database) = with_session();
    for saved in [
        message("c", 3, MessageState::Failed),
        message("a", 1, MessageState::Sent),
        message("d", 4, MessageState::Queued),
        message("b", 2, MessageState::Sending),
    ] {
        database
            .save_messages(std::slice::from_ref(&saved))
            .unwrap();
    }
    let open = database.open_messages(&SessionId::new("s")).unwrap();
    let names: Vec<&str> = open.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(names, ["b", "c", "d"]);
    assert_eq!(open[0], message("b", 2, MessageState::Sending));
    database.remove_message(&open[1].id).unwrap();
    assert_eq!(database.open_messages(&open[0].session).unwrap().len(), 2);
}

#[test]
fn a_prompt_is_sent_and_written_both_or_neither() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    let queued = message("m", 1, MessageState::Queued);
    database
        .save_messages(std::slice::from_ref(&queued))
        .unwrap();
    database.save_entries(&id, &[answer(0, "taken")]).unwrap();

    let sent = message("m", 1, MessageState::Sent);
    let mut prompt = answer(0, "another entry in the same place");
    prompt.id = EntryId::new("prompt");
    database.save_sent(&sent, &prompt).unwrap_err();
    assert_eq!(database.open_messages(&id).unwrap(), vec![queued]);

    prompt.ordinal = 1;
    database.save_sent(&sent, &prompt).unwrap();
    assert!(database.open_messages(&id).unwrap().is_empty());
    let entries = database.entries(&id, None, 10).unwrap();
    assert_eq!(entries, vec![answer(0, "taken"), prompt]);
}

#[test]
fn pages_go_from_the_newest_back_to_the_first() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    let all: Vec<Entry> = (0..25).map(|n| answer(n, &n.to_string())).collect();
    database.save_entries(&id, &all).unwrap();
    assert_eq!(database.entries(&id, None, 10).unwrap(), all[15..]);
    assert_eq!(database.entries(&id, Some(15), 10).unwrap(), all[5..15]);
    assert_eq!(database.entries(&id, Some(5), 10).unwrap(), all[..5]);
    assert_eq!(database.entries(&id, Some(0), 10).unwrap(), []);
}

#[test]
fn an_entry_grows_in_its_place() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    database
        .save_entries(&id, &[answer(0, "he"), answer(1, "next")])
        .unwrap();
    database.save_entries(&id, &[answer(0, "hello")]).unwrap();
    let entries = database.entries(&id, None, 10).unwrap();
    assert_eq!(entries, vec![answer(0, "hello"), answer(1, "next")]);
}

#[test]
fn a_request_is_pending_until_its_outcome_is_saved() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    let waiting = request(1, RequestOutcome::Pending);
    let entries = [answer(0, "x"), waiting.clone(), answer(2, "y")];
    database.save_entries(&id, &entries).unwrap();
    assert_eq!(database.pending_entries(&id).unwrap(), vec![waiting]);
    let settled = request(1, RequestOutcome::Lapsed);
    database.save_entries(&id, &[settled]).unwrap();
    assert!(database.pending_entries(&id).unwrap().is_empty());
}

#[test]
fn an_entry_of_an_unknown_shape_does_not_hide_the_others() {
    let (_folder, database) = with_session();
    let id = SessionId::new("s");
    database
        .save_entries(&id, &[answer(0, "x"), answer(1, "y")])
        .unwrap();
    let strange = r#"{"kind":"hologram"}"#;
    database
        .write(crate::Loss::Kill, |db| {
            db.execute("UPDATE entry SET body = ?1 WHERE ordinal = 0", [strange])
        })
        .unwrap();
    let entries = database.entries(&id, None, 10).unwrap();
    let shown = EntryBody::Other {
        name: "unreadable".to_owned(),
        raw: strange.to_owned(),
    };
    assert_eq!(entries[0].body, shown);
    assert_eq!(entries[1], answer(1, "y"));
}

#[test]
fn no_query_of_a_conversation_scans_its_table_or_sorts() {
    let (_folder, database) = with_session();
    let plans = database
        .read(|db| {
            [entry::PAGE, entry::PENDING, messages::OPEN]
                .iter()
                .map(|query| {
                    let numbered = query
                        .replace("?1", "'s'")
                        .replace("?2", "9")
                        .replace("?3", "9");
                    db.prepare(&format!("EXPLAIN QUERY PLAN {numbered}"))?
                        .query_map([], |row| row.get::<_, String>("detail"))?
                        .collect::<rusqlite::Result<Vec<_>>>()
                })
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .unwrap();
    for plan in plans {
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].starts_with("SEARCH"), "{plan:?}");
    }
}
