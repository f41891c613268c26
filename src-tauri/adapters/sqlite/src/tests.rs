//! The store against the real SQLite, in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod choices;
mod conversations;
mod robustness;
mod search;
mod tasks;
mod together;

use crate::Database;
use ::session::machine::SessionState;
use ::session::port::SessionStore;
use ::session::{
    Attachment, Author, Entry, EntryBody, Message, MessageState, Offers, PolicyMode, Session,
    TitleBy, Usage,
};
use ::workspace::machine::WorkspaceState;
use ::workspace::port::{ProjectStore, WorkspaceStore};
use ::workspace::{Project, ProjectSettings, Workspace};
use kernel::{AgentId, EntryId, MessageId, ProjectId, SessionId, Timestamp, WorkspaceId};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn fresh() -> (TempDir, Database) {
    let folder = TempDir::new().unwrap();
    let database = Database::open(&file(&folder)).unwrap();
    (folder, database)
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("shopfloor.db")
}

fn project(id: &str, path: &Path) -> Project {
    Project {
        id: ProjectId::new(id),
        name: id.to_owned(),
        path: path.to_path_buf(),
        default_branch: "main".to_owned(),
        added_at: at(1),
        settings: ProjectSettings {
            instructions: "Be brief.".to_owned(),
            checks: "make test".to_owned(),
            agent: Some(AgentId::new("practice")),
        },
    }
}

fn workspace(id: &str, project: &str) -> Workspace {
    Workspace {
        id: WorkspaceId::new(id),
        project: ProjectId::new(project),
        name: "Fix the login".to_owned(),
        branch: format!("shopfloor/{id}"),
        base: "main".to_owned(),
        base_commit: None,
        path: PathBuf::from("/worktrees").join(id),
        agent: Some(AgentId::new("practice")),
        state: WorkspaceState::New,
        steps: Vec::new(),
        notice: None,
        archive_checkpoint: None,
        seen_at: None,
        created_at: at(2),
        state_since: at(2),
    }
}

fn session(id: &str) -> Session {
    Session {
        id: SessionId::new(id),
        workspace: WorkspaceId::new("w"),
        agent: AgentId::new("practice"),
        title: "Fix the login".to_owned(),
        state: SessionState::Ready { incarnation: 3 },
        agent_session: Some("abc".to_owned()),
        turn: 7,
        turn_ended_at: Some(at(9)),
        created_at: at(3),
        state_since: at(8),
        policy: Some(PolicyMode::AllowEdits),
        choices: [("mode".to_owned(), "plan".to_owned())].into(),
        offers: Offers {
            images: Some(true),
            ..Offers::default()
        },
        usage: Some(Usage {
            used: 1,
            size: 2,
            cost: None,
        }),
        title_by: TitleBy::Person,
        closed_at: Some(at(10)),
        context: Some("0123".to_owned()),
    }
}

fn message(id: &str, position: u32, state: MessageState) -> Message {
    Message {
        id: MessageId::new(id),
        session: SessionId::new("s"),
        position,
        text: format!("do {id}"),
        attachments: vec![Attachment::File {
            name: "a.txt".to_owned(),
            path: "/w/a.txt".to_owned(),
        }],
        author: Author::App,
        state,
        created_at: at(4),
    }
}

fn answer(ordinal: u32, text: &str) -> Entry {
    Entry {
        id: EntryId::new(format!("e{ordinal}")),
        ordinal,
        turn: 1,
        at: at(5),
        updated_at: at(6),
        body: EntryBody::Answer {
            text: text.to_owned(),
        },
    }
}

/// A database with project `p`, workspace `w` and session `s`.
fn with_session() -> (TempDir, Database) {
    let (folder, database) = fresh();
    database
        .save_project(&project("p", Path::new("/code/p")))
        .unwrap();
    database.insert_workspace(&workspace("w", "p")).unwrap();
    database.save_session(&session("s")).unwrap();
    (folder, database)
}
