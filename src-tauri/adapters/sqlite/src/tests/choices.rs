//! What the person allowed and attached, and what runs.

use super::{at, file, fresh, with_session};
use crate::Database;
use ::session::port::{
    AgentMemory, AgentStore, AttachmentStore, Inheritance, PolicyStore, ProcessLedger, ProcessRow,
    SessionStore,
};
use ::session::{
    Attachment, Author, Entry, EntryBody, Offers, PolicyMode, Rule, Scope, ToolKind, Verdict,
};
use kernel::{AgentId, AttachmentId, EntryId, MessageId, ProjectId, RuleId, SessionId};
use std::collections::BTreeMap;

fn rule(id: &str, created_at: u64) -> Rule {
    Rule {
        id: RuleId::new(id),
        scope: Scope::Project {
            id: ProjectId::new("p"),
        },
        verdict: Verdict::Deny,
        tool: Some(ToolKind::Execute),
        command: Some("git push".to_owned()),
        path: None,
        created_at: at(created_at),
    }
}

#[test]
fn rules_come_back_oldest_first_and_can_be_revoked() {
    let (folder, database) = fresh();
    let (first, second) = (rule("b", 1), rule("a", 2));
    for rule in [&second, &first] {
        database.save_rule(rule).unwrap();
    }
    drop(database);
    let database = Database::open(&file(&folder)).unwrap();
    assert_eq!(database.rules().unwrap(), [first.clone(), second]);
    database.remove_rule(&RuleId::new("a")).unwrap();
    assert_eq!(database.rules().unwrap(), [first]);
}

#[test]
fn a_scopes_mode_is_set_and_inherited_again() {
    let (_folder, database) = fresh();
    let modes = || database.modes().unwrap();
    for mode in [PolicyMode::AllowReads, PolicyMode::AllowAll] {
        database.save_mode(&Scope::Global, Some(mode)).unwrap();
    }
    assert_eq!(modes(), [(Scope::Global, PolicyMode::AllowAll)]);
    database.save_mode(&Scope::Global, None).unwrap();
    assert_eq!(modes(), []);
}

#[test]
fn attached_bytes_are_kept_as_they_are() {
    let (_folder, database) = fresh();
    let id = AttachmentId::new("a");
    assert_eq!(database.attachment(&id).unwrap(), None);
    database.save_attachment(&id, b"\x00\xff").unwrap();
    assert_eq!(
        database.attachment(&id).unwrap(),
        Some(b"\x00\xff".to_vec())
    );
}

#[test]
fn the_ledger_tells_processes_of_one_id_apart() {
    let (_folder, database) = fresh();
    let row = |began| ProcessRow {
        pid: 7,
        began,
        tag: "home/run".to_owned(),
    };
    for began in [1, u64::MAX] {
        database.record(&row(began)).unwrap();
    }
    database.forget(&row(1)).unwrap();
    assert_eq!(database.left_processes().unwrap(), [row(u64::MAX)]);
}

#[test]
fn what_is_remembered_of_an_agent_is_kept_apart_and_goes_with_it() {
    let (_folder, database) = fresh();
    let agent = AgentId::new("claude-code");
    let nothing = Offers::default();
    assert_eq!(database.offers(&agent).unwrap(), nothing);
    let choices = BTreeMap::from([("model".to_owned(), "fast".to_owned())]);
    database.save_choices(&agent, &choices).unwrap();
    assert_eq!(database.offers(&agent).unwrap(), nothing);
    let offers = Offers {
        images: Some(true),
        ..Offers::default()
    };
    database.save_offers(&agent, &offers).unwrap();
    let inheritance = Inheritance {
        pass: vec!["ANTHROPIC_*".to_owned()],
        withhold: vec!["AWS_PROFILE".to_owned()],
    };
    database.save_inheritance(&agent, &inheritance).unwrap();
    let kept = |agent: &AgentId| {
        let choices = database.choices(agent).unwrap();
        let offers = database.offers(agent).unwrap();
        (offers, choices, database.inheritance(agent).unwrap())
    };
    assert_eq!(kept(&agent), (offers, choices, inheritance));
    let unknown = kept(&AgentId::new("codex"));
    assert_eq!(unknown, Default::default());
    database.remove_agent(&agent).unwrap();
    assert_eq!(kept(&agent), Default::default());
}

#[test]
fn a_picture_that_only_a_transcript_shows_is_in_use() {
    let (_folder, database) = with_session();
    let [shown, unused] = ["000000000001shown", "000000000001unused"].map(AttachmentId::new);
    for id in [&shown, &unused] {
        database.save_attachment(id, b"x").unwrap();
    }
    let attachments = vec![Attachment::Image {
        id: shown,
        name: "shot.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 1,
    }];
    let prompt = Entry {
        id: EntryId::new("e"),
        ordinal: 0,
        turn: 1,
        at: at(1),
        updated_at: at(1),
        body: EntryBody::Prompt {
            message: MessageId::new("changed since"),
            text: "look".to_owned(),
            attachments,
            author: Author::Person,
        },
    };
    database
        .save_entries(&SessionId::new("s"), &[prompt])
        .unwrap();
    assert_eq!(database.unused_attachments(at(1)).unwrap(), []);
    assert_eq!(database.unused_attachments(at(2)).unwrap(), [unused]);
}
