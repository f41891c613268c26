//! How an agent's stream becomes entries.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::{Stamp, TEXT, Transcript, Voice};
use crate::entry::{
    Ask, AskKind, Entry, EntryBody, NoticeLevel, PlanItem, PlanStatus, RequestOutcome, ToolContent,
    ToolStatus,
};
use crate::port::ToolPatch;
use crate::session::TranscriptChange;
use kernel::{EntryId, RequestId, SessionId, Timestamp};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use std::collections::BTreeMap;

fn stamp(at: u64) -> Stamp {
    Stamp {
        id: EntryId::mint(),
        at: Timestamp::from_millis(at),
    }
}

fn fresh() -> Transcript {
    Transcript::new(0, 1)
}

fn bodies(transcript: &Transcript) -> Vec<EntryBody> {
    let entries = transcript.changed();
    entries.into_iter().map(|entry| entry.body).collect()
}

fn answer(text: &str) -> EntryBody {
    EntryBody::Answer {
        text: text.to_owned(),
    }
}

fn thought(text: &str) -> EntryBody {
    EntryBody::Thought {
        text: text.to_owned(),
    }
}

fn patch(call: &str) -> ToolPatch {
    ToolPatch {
        call: call.to_owned(),
        ..ToolPatch::default()
    }
}

fn with_status(call: &str, status: ToolStatus) -> ToolPatch {
    ToolPatch {
        status: Some(status),
        ..patch(call)
    }
}

fn statuses(transcript: &Transcript) -> Vec<ToolStatus> {
    bodies(transcript)
        .into_iter()
        .filter_map(|body| match body {
            EntryBody::Tool { call } => Some(call.status),
            _ => None,
        })
        .collect()
}

fn ask() -> Ask {
    Ask {
        kind: AskKind::Permission,
        title: "Run it?".to_owned(),
        call: None,
        options: Vec::new(),
        fields: Vec::new(),
        command: None,
        paths: Vec::new(),
    }
}

#[test]
fn pieces_of_one_voice_make_one_entry_and_another_voice_or_a_call_begins_a_new_one() {
    let mut transcript = fresh();
    transcript.say(Voice::Thought, "let me ", &stamp(1));
    transcript.say(Voice::Thought, "see", &stamp(2));
    transcript.say(Voice::Answer, "I will", &stamp(3));
    transcript.tool(patch("a"), stamp(4));
    transcript.say(Voice::Answer, "Done", &stamp(5));
    let seen = bodies(&transcript);
    assert_eq!(seen[0], thought("let me see"));
    assert_eq!(seen[1], answer("I will"));
    assert!(matches!(seen[2], EntryBody::Tool { .. }));
    assert_eq!(seen[3], answer("Done"));
    let places: Vec<u32> = transcript.changed().iter().map(|e| e.ordinal).collect();
    assert_eq!(places, [0, 1, 2, 3]);
    assert_eq!(
        transcript.changed()[0].updated_at,
        Timestamp::from_millis(2)
    );
}

#[test]
fn two_messages_of_one_voice_are_two_entries() {
    let mut transcript = fresh();
    transcript.say(Voice::Answer, "It is done", &stamp(1));
    transcript.say(Voice::Answer, ".", &stamp(2));
    transcript.end_text();
    transcript.end_text();
    transcript.say(Voice::Answer, "Anything else?", &stamp(3));
    assert_eq!(
        bodies(&transcript),
        [answer("It is done."), answer("Anything else?")]
    );
}

#[test]
fn only_what_is_new_of_a_text_is_told_again() {
    let mut transcript = fresh();
    transcript.say(Voice::Answer, "one ", &stamp(1));
    let first = transcript.take_changes();
    let [TranscriptChange::Put { entry }] = first.as_slice() else {
        panic!("a new entry is told whole: {first:?}");
    };
    transcript.say(Voice::Answer, "two ", &stamp(2));
    transcript.say(Voice::Answer, "three", &stamp(3));
    let more = TranscriptChange::Append {
        entry: entry.id.clone(),
        text: "two three".to_owned(),
    };
    assert_eq!(bodies(&transcript), [answer("one two three")]);
    assert_eq!(transcript.take_changes(), [more]);
    assert!(transcript.changed().is_empty());
    assert!(transcript.take_changes().is_empty());
}

#[test]
fn a_text_that_outgrows_its_entry_goes_on_in_the_next_without_losing_a_character() {
    let mut transcript = fresh();
    let whole = "ä€".repeat(TEXT / 3);
    transcript.say(Voice::Answer, "x", &stamp(1));
    transcript.say(Voice::Answer, &whole, &stamp(2));
    let mut told = String::new();
    let mut ids = Vec::new();
    for entry in transcript.changed() {
        ids.push(entry.id);
        let EntryBody::Answer { text } = entry.body else {
            panic!("all of it is an answer");
        };
        assert!(text.len() <= TEXT);
        told.push_str(&text);
    }
    assert_eq!(told, format!("x{whole}"));
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_call_is_one_entry_whatever_the_order_of_its_messages() {
    let mut transcript = fresh();
    let update = ToolPatch {
        status: Some(ToolStatus::InProgress),
        append: Some("line 1\n".to_owned()),
        ..patch("a")
    };
    let late_create = ToolPatch {
        status: Some(ToolStatus::Pending),
        title: Some("cargo test".to_owned()),
        ..patch("a")
    };
    let end = ToolPatch {
        status: Some(ToolStatus::Completed),
        append: Some("line 2\n".to_owned()),
        ..patch("a")
    };
    assert!(!transcript.tool(update, stamp(1)).unwrap().ended);
    transcript.tool(late_create, stamp(2));
    let patched = transcript.tool(end, stamp(3)).unwrap();
    assert_eq!(patched.title, "cargo test");
    assert!(patched.ended);
    let seen = bodies(&transcript);
    let [EntryBody::Tool { call }] = seen.as_slice() else {
        panic!("one call is one entry: {seen:?}");
    };
    assert_eq!(call.status, ToolStatus::Completed);
    let output = ToolContent::Text {
        text: "line 1\nline 2\n".to_owned(),
        cut: 0,
    };
    assert_eq!(call.content, [output]);
}

#[test]
fn a_call_ends_once_and_does_not_begin_again() {
    let mut transcript = fresh();
    let mut ended = |status| {
        transcript
            .tool(with_status("a", status), stamp(1))
            .unwrap()
            .ended
    };
    assert!(ended(ToolStatus::Failed));
    assert!(!ended(ToolStatus::InProgress));
    assert!(!ended(ToolStatus::Completed));
    assert_eq!(statuses(&transcript), [ToolStatus::Completed]);
}

#[test]
fn open_calls_are_cancelled_by_us_and_the_agents_own_last_word_still_counts() {
    use ToolStatus::{Cancelled, Completed, Failed, InProgress};
    let mut transcript = fresh();
    transcript.tool(with_status("done", Completed), stamp(1));
    transcript.tool(with_status("runs", InProgress), stamp(2));
    transcript.tool(patch("waits"), stamp(3));
    transcript.cancel_calls(Timestamp::from_millis(4));
    assert_eq!(statuses(&transcript), [Completed, Cancelled, Cancelled]);
    transcript.tool(with_status("runs", InProgress), stamp(5));
    transcript.tool(with_status("waits", Failed), stamp(6));
    assert_eq!(statuses(&transcript), [Completed, Cancelled, Failed]);
}

#[test]
fn the_same_call_id_in_another_turn_is_another_call() {
    let mut transcript = fresh();
    transcript.tool(with_status("call_1", ToolStatus::Completed), stamp(1));
    transcript.begin_turn(2);
    transcript.tool(with_status("call_1", ToolStatus::Pending), stamp(2));
    let seen = statuses(&transcript);
    assert_eq!(seen, [ToolStatus::Completed, ToolStatus::Pending]);
    assert_eq!(transcript.changed()[1].turn, 2);
}

#[test]
fn a_plan_replaces_the_one_of_its_turn_and_leaves_that_of_another_alone() {
    let plan = |text: &str, status| {
        vec![PlanItem {
            text: text.to_owned(),
            status,
        }]
    };
    let mut transcript = fresh();
    transcript.plan(plan("a", PlanStatus::Pending), stamp(1));
    transcript.say(Voice::Answer, "x", &stamp(2));
    transcript.plan(plan("a", PlanStatus::Completed), stamp(3));
    transcript.begin_turn(2);
    transcript.plan(plan("b", PlanStatus::Pending), stamp(4));
    let plans: Vec<EntryBody> = bodies(&transcript)
        .into_iter()
        .filter(|body| matches!(body, EntryBody::Plan { .. }))
        .collect();
    let expected = [
        plan("a", PlanStatus::Completed),
        plan("b", PlanStatus::Pending),
    ]
    .map(|items| EntryBody::Plan { items });
    assert_eq!(plans, expected);
}

#[test]
fn a_request_waits_until_it_is_settled_and_is_asked_once() {
    let mut transcript = fresh();
    let (first, second) = (RequestId::new("1"), RequestId::new("2"));
    let session = SessionId::new("s");
    assert!(transcript.ask(first.clone(), "t1".to_owned(), ask(), stamp(1)));
    assert!(transcript.ask(second.clone(), "t2".to_owned(), ask(), stamp(2)));
    let again = RequestId::new("3");
    assert!(!transcript.ask(again, "t1".to_owned(), ask(), stamp(3)));
    assert_eq!(transcript.asked(&second).unwrap().1, "t2");
    transcript.settle(&first, RequestOutcome::Cancelled, Timestamp::from_millis(4));
    assert!(transcript.asked(&first).is_none());
    let waiting = transcript.pending(&session);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].id, second);
    assert_eq!(waiting[0].since, Timestamp::from_millis(2));
    let outcome = |body: &EntryBody| match body {
        EntryBody::Request { outcome, .. } => Some(outcome.clone()),
        _ => None,
    };
    let seen: Vec<_> = bodies(&transcript).iter().filter_map(outcome).collect();
    assert_eq!(seen, [RequestOutcome::Cancelled, RequestOutcome::Pending]);
}

#[test]
fn a_long_turn_of_thousands_of_calls_is_not_kept_in_memory() {
    let mut transcript = fresh();
    for n in 0..5_000 {
        let id = n.to_string();
        transcript.tool(with_status(&id, ToolStatus::InProgress), stamp(n));
        transcript.tool(with_status(&id, ToolStatus::Completed), stamp(n));
        transcript.take_changes();
    }
    assert!(transcript.kept.len() < 100, "{}", transcript.kept.len());
    let late = with_status("3", ToolStatus::Failed);
    assert_eq!(transcript.tool(late, stamp(9)), None);
    assert!(
        transcript.changed().is_empty(),
        "no second entry for an old call"
    );
}

#[test]
fn what_was_not_told_is_not_forgotten() {
    let mut transcript = fresh();
    let text = "a notice".to_owned();
    transcript.notice(NoticeLevel::Note, text, None, stamp(1));
    transcript.tool(with_status("a", ToolStatus::Completed), stamp(2));
    transcript.begin_turn(2);
    assert_eq!(transcript.changed().len(), 2);
    assert_eq!(transcript.take_changes().len(), 2);
    assert!(transcript.kept.is_empty());
}

#[derive(Clone, Debug)]
enum Said {
    Text(Voice, String),
    Tool(u8, ToolStatus),
    Plan,
    Ask(u8),
    Settle(u8),
    Cancel,
    Turn,
    Tell,
}

fn said() -> impl Strategy<Value = Said> {
    let voice = prop_oneof![Just(Voice::Answer), Just(Voice::Thought)];
    let status = prop_oneof![
        Just(ToolStatus::Pending),
        Just(ToolStatus::InProgress),
        Just(ToolStatus::Completed),
        Just(ToolStatus::Failed),
    ];
    prop_oneof![
        4 => (voice, "[a-zä€]{0,12}").prop_map(|(voice, text)| Said::Text(voice, text)),
        4 => (0..90_u8, status).prop_map(|(id, status)| Said::Tool(id, status)),
        1 => Just(Said::Plan),
        1 => any::<u8>().prop_map(Said::Ask),
        1 => any::<u8>().prop_map(Said::Settle),
        1 => Just(Said::Cancel),
        1 => Just(Said::Turn),
        3 => Just(Said::Tell),
    ]
}

fn apply(transcript: &mut Transcript, said: Said, turn: &mut u32) {
    let stamp = stamp(1);
    let at = stamp.at;
    match said {
        Said::Text(voice, text) => transcript.say(voice, &text, &stamp),
        Said::Tool(id, status) => {
            transcript.tool(with_status(&id.to_string(), status), stamp);
        }
        Said::Plan => transcript.plan(Vec::new(), stamp),
        Said::Ask(id) => {
            let id = id.to_string();
            transcript.ask(RequestId::new(id.clone()), id, ask(), stamp);
        }
        Said::Settle(id) => {
            let id = RequestId::new(id.to_string());
            transcript.settle(&id, RequestOutcome::Lapsed, at);
        }
        Said::Cancel => transcript.cancel_calls(at),
        Said::Turn => {
            *turn += 1;
            transcript.begin_turn(*turn);
        }
        Said::Tell => {}
    }
}

proptest! {
    /// Whoever follows the changes and whoever reads the stored entries see the same transcript.
    #[test]
    fn the_sum_of_the_changes_is_the_sum_of_the_stored_entries(
        all in proptest::collection::vec(said(), 0..200),
    ) {
        let mut transcript = fresh();
        let (mut stored, mut followed) = (BTreeMap::new(), BTreeMap::<u32, Entry>::new());
        let mut turn = 1;
        for said in all.into_iter().chain([Said::Tell]) {
            let tell = matches!(said, Said::Tell);
            apply(&mut transcript, said, &mut turn);
            if !tell {
                continue;
            }
            for entry in transcript.changed() {
                stored.insert(entry.ordinal, entry);
            }
            for change in transcript.take_changes() {
                match change {
                    TranscriptChange::Put { entry } => {
                        followed.insert(entry.ordinal, entry);
                    }
                    TranscriptChange::Append { entry: id, text: more } => {
                        let entry = followed.values_mut().find(|entry| entry.id == id).unwrap();
                        super::text_mut(&mut entry.body).unwrap().push_str(&more);
                    }
                }
            }
        }
        let bodies = |entries: &BTreeMap<u32, Entry>| -> Vec<EntryBody> {
            entries.values().map(|entry| entry.body.clone()).collect()
        };
        prop_assert_eq!(bodies(&stored), bodies(&followed));
        let places: Vec<u32> = stored.keys().copied().collect();
        let without_gaps: Vec<u32> = (0..stored.len() as u32).collect();
        prop_assert_eq!(places, without_gaps);
    }
}
