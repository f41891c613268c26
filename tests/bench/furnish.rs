//! A data directory as after some days of work, made through the product's own rooms: workspaces with real worktrees.

use crate::stage::Stage;
use git::Git;
use kernel::{AgentId, Clock, EntryId, MessageId, SessionId, Timestamp, WorkspaceId};
use process::Tag;
use session::machine::SessionState;
use session::port::SessionStore;
use session::{
    Author, Entry, EntryBody, Message, MessageState, Offers, Session, TitleBy, ToolCall,
    ToolContent, ToolKind, ToolStatus,
};
use sqlite::Database;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use workspace::{NewWorkspace, Projects, Workspaces};

/// How many workspaces are on the board.
pub const WORKSPACES: usize = 50;
/// Files of the repository that they are of.
const FILES: usize = 1_000;

/// Fills `home`: one project and its workspaces. Answers those, oldest first.
pub async fn furnished(stage: &Stage, home: &Path) -> Vec<WorkspaceId> {
    struct Now;
    impl Clock for Now {
        fn now(&self) -> Timestamp {
            let since = std::time::SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap_or_default();
            Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or_default())
        }
    }
    let repository = stage.folder().join("repository");
    for number in 0..FILES {
        let folder = repository.join(format!("src/room{}", number / 100));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        std::fs::write(
            folder.join(format!("file{number}.ts")),
            format!("// {number}\n").repeat(40),
        )
        .expect("the temporary folder is writable");
    }
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &[
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@localhost",
            "commit",
            "-qm",
            "all",
        ],
    ] {
        let status = Command::new("git")
            .arg("-C")
            .arg(&repository)
            .args(arguments)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "git {arguments:?} works"
        );
    }
    std::fs::create_dir_all(home.join("worktrees")).expect("the temporary folder is writable");
    let database = Arc::new(Database::open(&home.join("shopfloor.db")).expect("a new database"));
    let git = Arc::new(Git::new(Tag::of_home(home)));
    let clock: Arc<dyn Clock> = Arc::new(Now);
    let projects = Projects::new(
        Arc::clone(&database) as _,
        Arc::clone(&database) as _,
        Arc::clone(&git) as _,
        Arc::clone(&clock),
    );
    let workspaces = Workspaces::new(
        Arc::clone(&database) as _,
        database,
        Arc::clone(&git) as _,
        git,
        clock,
        home.join("worktrees"),
    );
    let project = projects
        .add(repository)
        .await
        .expect("the repository is whole");
    let mut made = Vec::new();
    for number in 0..WORKSPACES {
        let row = workspaces
            .create(NewWorkspace {
                project: project.id.clone(),
                prompt: format!("Task {number}: make the board calm"),
                base: None,
                agent: None,
            })
            .await
            .expect("the row is written");
        workspaces
            .provision(&row.id)
            .await
            .expect("the worktree is made");
        made.push(row.id);
    }
    made
}

/// Puts a conversation with the practice agent into a workspace: what waits to be sent and what was said.
pub fn conversation(home: &Path, workspace: &WorkspaceId, prompt: Option<String>, said: u32) {
    let database = Database::open(&home.join("shopfloor.db")).expect("the database is whole");
    let at = Timestamp::from_millis(0);
    let id = SessionId::mint();
    let session = Session {
        id: id.clone(),
        workspace: workspace.clone(),
        agent: AgentId::new("practice"),
        title: "A long talk".to_owned(),
        state: SessionState::Stopped,
        agent_session: None,
        turn: said / TURN,
        turn_ended_at: None,
        created_at: at,
        state_since: at,
        policy: None,
        choices: BTreeMap::new(),
        offers: Offers::default(),
        usage: None,
        title_by: TitleBy::Agent,
        closed_at: None,
        context: None,
    };
    database.save_session(&session).expect("the row is written");
    let ordinals: Vec<u32> = (0..said).collect();
    for part in ordinals.chunks(1_000) {
        let entries: Vec<Entry> = part.iter().map(|ordinal| entry(*ordinal)).collect();
        database
            .save_entries(&id, &entries)
            .expect("the rows are written");
    }
    if let Some(text) = prompt {
        let message = Message {
            id: MessageId::mint(),
            session: id,
            position: 1,
            text,
            attachments: Vec::new(),
            author: Author::Person,
            state: MessageState::Queued,
            created_at: at,
        };
        database
            .save_messages(&[message])
            .expect("the row is written");
    }
}

/// Entries of one turn.
const TURN: u32 = 10;

/// One entry of a talk as agents have them: a prompt, calls with their output, and an answer with code in it.
fn entry(ordinal: u32) -> Entry {
    let at = Timestamp::from_millis(u64::from(ordinal) * 1_000);
    let body = match ordinal % TURN {
        0 => EntryBody::Prompt {
            message: MessageId::mint(),
            text: format!("Prompt {ordinal}: make the parser of room {ordinal} take empty lines"),
            attachments: Vec::new(),
            author: Author::Person,
        },
        9 => EntryBody::Answer {
            text: format!(
                "Done with **{ordinal}**. The parser skips empty lines now:\n\n```rust\nfor line in text.lines().filter(|line| \
                 !line.is_empty()) {{\n    read(line);\n}}\n```\n\n- one test for it\n- one for the last line\n"
            ),
        },
        _ => EntryBody::Tool {
            call: ToolCall {
                call: format!("call-{ordinal}"),
                tool: ToolKind::Execute,
                title: format!("cargo test -p room{ordinal}"),
                status: ToolStatus::Completed,
                locations: Vec::new(),
                content: vec![ToolContent::Text {
                    text: format!("test room{ordinal}::empty_lines ... ok\n").repeat(20),
                    cut: 0,
                }],
                input: None,
            },
        },
    };
    Entry {
        id: EntryId::mint(),
        ordinal,
        turn: ordinal / TURN + 1,
        at,
        updated_at: at,
        body,
    }
}
