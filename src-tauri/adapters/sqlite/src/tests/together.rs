//! Conversations over the real database: what one run of the app wrote, the next one goes on with.

use super::{at, file, project, workspace};
use crate::Database;
use ::session::machine::SessionState;
use ::session::port::{
    AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime, Detection, Launch,
    Links, Memory, MemoryGauge, Opening, Ports, PromptPart, SessionStore, ToolPatch,
};
use ::session::{
    Agents, Answer, Ask, AskKind, Cause, EntryBody, RequestOutcome, SessionFact, Sessions,
    ToolStatus,
};
use ::workspace::port::{ProjectStore, WorkspaceStore};
use kernel::{AgentId, Clock, FactStream, SessionId, Timestamp, WorkspaceId};
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// An agent that answers, runs a tool and asks, and then waits for ever.
struct Played;

struct Connection(mpsc::Sender<AgentEvent>);

impl AgentRuntime for Played {
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        let opened = AgentEvent::Opened {
            agent_session: "theirs".to_owned(),
            opening: launch.resume.map_or(Opening::New, |_| Opening::Resumed),
        };
        events.try_send(opened).unwrap();
        Arc::new(Connection(events))
    }
}

impl AgentConnection for Connection {
    fn set_option(&self, _: &str, _: &str) {}

    fn prompt(&self, parts: Vec<PromptPart>) {
        let Some(PromptPart::Text(text)) = parts.into_iter().next() else {
            panic!("a prompt has a text");
        };
        let asked = AgentEvent::Asked {
            token: "1".to_owned(),
            ask: Ask {
                kind: AskKind::Permission,
                title: "May I?".to_owned(),
                call: None,
                options: Vec::new(),
                fields: Vec::new(),
                command: None,
                paths: Vec::new(),
            },
        };
        for event in [
            AgentEvent::PromptWritten,
            AgentEvent::Text(format!("You said {text}.")),
            AgentEvent::Tool(ToolPatch {
                call: "a".to_owned(),
                ..ToolPatch::default()
            }),
            asked,
        ] {
            self.0.try_send(event).unwrap();
        }
    }

    fn cancel(&self) {}

    fn answer(&self, _token: &str, _answer: &Answer) {}

    fn close(&self) {
        self.0.try_send(AgentEvent::Ended { cause: None }).unwrap();
    }
}

struct Registry;

impl AgentRegistry for Registry {
    fn shipped(&self) -> Vec<AgentProgram> {
        vec![AgentProgram {
            id: AgentId::new("practice"),
            name: "Practice".to_owned(),
            command: "practice".to_owned(),
            args: Vec::new(),
            env: Vec::new(),
        }]
    }

    fn detect(&self, _program: &AgentProgram) -> Detection {
        Detection::Missing {
            install: String::new(),
        }
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        at(1000)
    }
}

/// A system that tells neither its memory nor where links lead.
struct Untold;

impl MemoryGauge for Untold {
    fn memory(&self) -> Option<Memory> {
        None
    }
}

impl Links for Untold {
    fn follow(&self, _: &Path) -> Option<PathBuf> {
        None
    }
}

fn sessions(database: &Database) -> Sessions {
    let agents = Agents::new(Arc::new(Registry), Arc::new(database.clone()));
    let store = Arc::new(database.clone());
    Sessions::new(Ports {
        store: Arc::clone(&store) as _,
        agents,
        runtime: Arc::new(Played),
        clock: Arc::new(Stopped),
        attachments: Arc::clone(&store) as _,
        policy: Arc::clone(&store) as _,
        ledger: store,
        memory: Arc::new(Untold),
        links: Arc::new(Untold),
    })
}

/// Begins a conversation that stands at a question.
async fn asked(database: &Database) -> (Sessions, FactStream<SessionFact>, SessionId) {
    database
        .save_project(&project("p", Path::new("/code/p")))
        .unwrap();
    database.insert_workspace(&workspace("w", "p")).unwrap();
    let sessions = sessions(database);
    let mut facts = sessions.listen();
    let practice = AgentId::new("practice");
    let id = sessions
        .create(&WorkspaceId::new("w"), practice, String::new())
        .await
        .unwrap();
    sessions
        .open_place(&id, PathBuf::from("/worktrees/w"))
        .await
        .unwrap();
    sessions.send(&id, "hello".to_owned()).await.unwrap();
    while sessions.summary(&id).unwrap().pending.is_empty() {
        facts.next().await.unwrap();
    }
    (sessions, facts, id)
}

#[tokio::test]
async fn a_conversation_that_was_killed_at_a_question_goes_on_in_the_next_run() {
    let folder = TempDir::new().unwrap();
    let database = Database::open(&file(&folder)).unwrap();
    let (killed, _facts, id) = asked(&database).await;

    // Another connection, as after a kill: it sees what was committed and nothing else.
    let database = Database::open(&file(&folder)).unwrap();
    let next = sessions(&database);
    assert_eq!(next.recover().await.unwrap().len(), 1);
    let summary = next.summary(&id).unwrap();
    let cause = Cause::Interrupted;
    assert_eq!(summary.state, SessionState::Failed { cause });
    assert!(database.pending_entries(&id).unwrap().is_empty());
    let page = next.entries(&id, None, 100).await.unwrap();
    let bodies: Vec<EntryBody> = page.entries.into_iter().map(|entry| entry.body).collect();
    assert!(matches!(&bodies[0], EntryBody::Prompt { text, .. } if text == "hello"));
    assert!(matches!(&bodies[1], EntryBody::Answer { text } if text == "You said hello."));
    assert!(matches!(&bodies[2], EntryBody::Tool { call } if call.status == ToolStatus::Cancelled));
    assert!(matches!(
        &bodies[3],
        EntryBody::Request {
            outcome: RequestOutcome::Lapsed,
            ..
        }
    ));
    assert!(matches!(&bodies[4], EntryBody::Notice { .. }));
    drop(killed);

    let mut facts = next.listen();
    next.open_place(&id, PathBuf::from("/worktrees/w"))
        .await
        .unwrap();
    next.send(&id, "again".to_owned()).await.unwrap();
    while next.summary(&id).unwrap().pending.is_empty() {
        facts.next().await.unwrap();
    }
    let page = next.entries(&id, None, 4).await.unwrap();
    assert!(page.more);
    assert!(matches!(&page.entries[0].body, EntryBody::Prompt { text, .. } if text == "again"));
    next.shutdown().await;
    assert_eq!(database.sessions().unwrap()[0].state, SessionState::Stopped);
    assert!(database.pending_entries(&id).unwrap().is_empty());
}
