//! The card: the immutable picture of one workspace which the window draws.
//!
//! Groups are facts as projected; status and attention are derived from them and never set by hand.

use kernel::{AgentId, ProjectId, RequestId, SessionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::status::Status;

/// One workspace as drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The workspace.
    pub id: WorkspaceId,
    /// Who and where it is.
    pub workspace: WorkspaceGroup,
    /// Its sessions, oldest first.
    pub sessions: Vec<SessionGroup>,
    /// Numbers of its tree; `None` until they were first read.
    pub git: Option<GitGroup>,
    /// What it is waiting for.
    pub status: Status,
    /// Counts all changes of all cards since the app started: a higher one is newer.
    pub revision: u32,
    /// When this picture was computed.
    pub computed_at: Timestamp,
    /// Why it changed last: "session fact", "reconciliation", …
    pub source: String,
}

/// Who and where a workspace is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceGroup {
    /// The project it belongs to.
    pub project: ProjectId,
    /// Display name.
    pub name: String,
    /// Its branch.
    pub branch: String,
    /// The branch it started from.
    pub base: String,
    /// Path of the worktree, for people.
    pub path: String,
    /// The agent it was created for.
    pub agent: Option<AgentId>,
    /// Where it is in its life.
    pub life: Life,
    /// Since when.
    pub since: Timestamp,
    /// Steps of the last set-up.
    pub steps: Vec<Step>,
    /// What a restart had to mend.
    pub notice: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the person last looked at it.
    pub seen_at: Option<Timestamp>,
}

/// Where a workspace is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Life {
    /// Recorded, nothing on disk yet.
    New,
    /// Its worktree is being made.
    Provisioning,
    /// There is a tree to work in.
    Ready,
    /// Set-up failed.
    Failed {
        /// What happened and what to do.
        cause: String,
    },
    /// Its content is being saved and its tree removed.
    Archiving,
    /// Off the board.
    Archived,
}

/// One step of set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// For people.
    pub title: String,
    /// How far it is.
    pub state: StepState,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// A remark.
    pub note: Option<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Running now.
    Running,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

/// One session as the board needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionGroup {
    /// Its id.
    pub id: SessionId,
    /// The agent that runs it.
    pub agent: AgentId,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub run: Run,
    /// Since when.
    pub since: Timestamp,
    /// The newest activity in a few words; at rest, how the newest turn ended.
    pub activity: Option<String>,
    /// Since when its working agent shows no sign of life, once that is long enough to tell.
    pub quiet: Option<Silence>,
    /// What waits for the person, oldest first.
    pub pending: Vec<Pending>,
    /// Messages that wait to be sent.
    pub queued: u32,
    /// Messages that could not be delivered for sure.
    pub undelivered: u32,
    /// Number of the newest turn; 0 before the first.
    pub turn: u32,
    /// When the newest turn ended.
    pub turn_ended_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it is closed: it is no tab, and its failure concerns nobody.
    pub closed_at: Option<Timestamp>,
}

/// Where a session is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Run {
    /// No process.
    Stopped,
    /// No process, to save memory; the next message wakes it.
    Asleep,
    /// Wants a process and waits for a seat among the live agents.
    Waiting {
        /// For people: "8 agents are live, the limit is 8".
        why: String,
    },
    /// Shaking hands.
    Starting,
    /// Waits for a prompt.
    Ready,
    /// A turn runs.
    Working,
    /// Ending.
    Stopping,
    /// It failed.
    Failed {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// A working agent from which nothing came for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// When it last showed a sign of life; how long that is ago counts up by itself.
    pub since: Timestamp,
    /// The likely cause, for people, as a sentence.
    pub likely: String,
}

/// Something that waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Its id.
    pub id: RequestId,
    /// What sort.
    pub kind: PendingKind,
    /// For people: "Run cargo test".
    pub title: String,
    /// Since when.
    pub since: Timestamp,
    /// How it is answered without opening it; `None` where it has to be opened.
    pub quick: Option<QuickAnswers>,
}

/// A yes and a no to a permission that says all it asks in a few lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QuickAnswers {
    /// The command that would run, whole, where the agent names it.
    pub command: Option<String>,
    /// The files it is about, absolute, where the agent names them.
    pub paths: Vec<String>,
    /// The agent's id of the option that allows it this once.
    pub allow: String,
    /// The agent's id of the option that refuses it this once.
    pub deny: String,
}

/// What sort of thing waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PendingKind {
    /// A tool wants to be used.
    Permission,
    /// A plan waits for approval.
    Plan,
    /// A question.
    Question,
}

/// Numbers of a worktree against its base.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GitGroup {
    /// Files changed against the base, untracked ones too.
    pub files: u32,
    /// Lines added.
    pub additions: u32,
    /// Lines removed.
    pub deletions: u32,
    /// Files staged.
    pub staged: u32,
    /// Commits that no remote branch has.
    pub unpushed: u32,
    /// Commits of the base branch that the workspace does not have.
    pub behind: u32,
}

/// A project in the sidebar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCard {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Path for people; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Branch new workspaces start from.
    pub default_branch: String,
}
