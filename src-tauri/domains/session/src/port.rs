//! What this domain needs from outside.

use crate::agents::Agents;
use crate::checkup::Health;
use crate::entry::{Ask, Entry, Location, PlanItem, ToolContent, ToolKind, ToolStatus};
use crate::error::{Cause, SessionError};
use crate::inheritance::InheritedVariable;
use crate::offer::{Offers, SessionOption, SlashCommand};
use crate::policy::{PolicyMode, Rule, Scope};
use crate::session::{Answer, Message, Session, Usage};
use kernel::{AgentId, AttachmentId, Clock, MessageId, RuleId, SessionId, Timestamp, WorkspaceId};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::mpsc;

/// All that conversations are built on. Clones share it.
#[derive(Clone)]
pub struct Ports {
    /// Keeps conversations.
    pub store: Arc<dyn SessionStore>,
    /// Knows the agents there are.
    pub agents: Agents,
    /// Starts them.
    pub runtime: Arc<dyn AgentRuntime>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Keeps what goes along with messages.
    pub attachments: Arc<dyn AttachmentStore>,
    /// Keeps what is allowed without asking.
    pub policy: Arc<dyn PolicyStore>,
    /// Keeps which processes run.
    pub ledger: Arc<dyn ProcessLedger>,
    /// Tells how much memory is left.
    pub memory: Arc<dyn MemoryGauge>,
    /// Follows symbolic links.
    pub links: Arc<dyn Links>,
}

/// A session whose row is damaged: something in it is not what the app writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableSession {
    /// Which one.
    pub id: SessionId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its title, as far as it can be read.
    pub title: String,
    /// What is wrong, for the log.
    pub damage: String,
}

/// Rows of `session`, `message` and `entry`. Blocking; called off the async workers.
/// Implemented by `adapters/sqlite`.
pub trait SessionStore: Send + Sync {
    /// All sessions whose rows can be read, oldest first.
    fn sessions(&self) -> Result<Vec<Session>, SessionError>;
    /// The others: each row is left as it is.
    fn unreadable_sessions(&self) -> Result<Vec<UnreadableSession>, SessionError>;
    /// Inserts or replaces a session's row.
    fn save_session(&self, session: &Session) -> Result<(), SessionError>;
    /// A session's messages that are not `Sent`, by position.
    fn open_messages(&self, session: &SessionId) -> Result<Vec<Message>, SessionError>;
    /// Inserts or replaces messages' rows, all or none.
    fn save_messages(&self, messages: &[Message]) -> Result<(), SessionError>;
    /// Removes a message that the person took back.
    fn remove_message(&self, message: &MessageId) -> Result<(), SessionError>;
    /// Inserts or replaces entries in one transaction.
    fn save_entries(&self, session: &SessionId, entries: &[Entry]) -> Result<(), SessionError>;
    /// Marks a message sent and writes its prompt's entry, both or neither.
    fn save_sent(&self, message: &Message, prompt: &Entry) -> Result<(), SessionError>;
    /// At most `limit` entries below `before` (all when `None`), the newest of them, in order.
    fn entries(
        &self,
        session: &SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Entry>, SessionError>;
    /// Entries that hold a pending request.
    fn pending_entries(&self, session: &SessionId) -> Result<Vec<Entry>, SessionError>;
}

/// Rows of `attachment`: bytes that go with messages, stored before anything refers to them. Blocking.
/// Implemented by `adapters/sqlite`.
pub trait AttachmentStore: Send + Sync {
    /// Stores bytes under a new id.
    fn save_attachment(&self, id: &AttachmentId, bytes: &[u8]) -> Result<(), SessionError>;
    /// The bytes; `None` for an unknown id.
    fn attachment(&self, id: &AttachmentId) -> Result<Option<Vec<u8>>, SessionError>;
    /// Those that were stored before then and that no message and no transcript refers to. May take seconds where there
    /// are many entries; keeps nobody waiting who writes.
    fn unused_attachments(&self, before: Timestamp) -> Result<Vec<AttachmentId>, SessionError>;
    /// Removes one, unless a message refers to it now.
    fn remove_attachment(&self, id: &AttachmentId) -> Result<(), SessionError>;
}

/// Rows of `rule` and `policy_mode`. Blocking. Implemented by `adapters/sqlite`.
pub trait PolicyStore: Send + Sync {
    /// All rules, oldest first.
    fn rules(&self) -> Result<Vec<Rule>, SessionError>;
    /// Inserts or replaces one.
    fn save_rule(&self, rule: &Rule) -> Result<(), SessionError>;
    /// Removes one.
    fn remove_rule(&self, id: &RuleId) -> Result<(), SessionError>;
    /// The modes the person set, by scope. Sessions keep theirs in their own row.
    fn modes(&self) -> Result<Vec<(Scope, PolicyMode)>, SessionError>;
    /// Sets a scope's mode, or lets it inherit again.
    fn save_mode(&self, scope: &Scope, mode: Option<PolicyMode>) -> Result<(), SessionError>;
}

/// A process that the app started, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessRow {
    /// Its id, which is its group's id too.
    pub pid: u32,
    /// When it began, in the system's own measure; tells it from a later process of the same id.
    pub began: u64,
    /// The tag its descendants inherit.
    pub tag: String,
}

/// Rows of `process`: what runs, so that the next start ends what a crash left. Blocking.
/// Implemented by `adapters/sqlite`.
pub trait ProcessLedger: Send + Sync {
    /// It was started.
    fn record(&self, process: &ProcessRow) -> Result<(), SessionError>;
    /// It is gone.
    fn forget(&self, process: &ProcessRow) -> Result<(), SessionError>;
}

/// Where paths lead. Implemented by `adapters/agents`.
pub trait Links: Send + Sync {
    /// The absolute path with symbolic links followed as far as it exists; `None` where nobody can tell, such as at a
    /// link that leads nowhere. May block.
    fn follow(&self, path: &Path) -> Option<PathBuf>;
}

/// The machine's memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total: u64,
    /// What programs can still get without others being swapped out.
    pub available: u64,
}

/// Reads the machine's memory. Implemented by `adapters/agents`. Quick enough for the async workers.
pub trait MemoryGauge: Send + Sync {
    /// As it is now; `None` where the system does not tell.
    fn memory(&self) -> Option<Memory>;
}

/// An agent program, ready to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentProgram {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// Program: an absolute path, or a name to be found on the PATH.
    pub command: String,
    /// Arguments.
    pub args: Vec<String>,
    /// Variables added to what is inherited.
    pub env: Vec<(String, String)>,
}

/// Whether an agent's program is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detection {
    /// It is.
    Found {
        /// Absolute path of the program.
        path: PathBuf,
    },
    /// It is not.
    Missing {
        /// How to install it, for people.
        install: String,
    },
}

/// What the app knows of an agent that it ships an entry for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// How to install it, for people.
    pub install: String,
    /// How to sign in, for people; empty where there is no need to.
    pub sign_in: String,
    /// Where its own documentation is.
    pub docs: Option<String>,
    /// The version of its package that the app was tested with.
    pub tested: Option<String>,
    /// Variables of its own that hold keys.
    pub keys: Vec<String>,
}

/// Looks after agents outside any conversation. Implemented by `adapters/agents`.
pub trait AgentCheckup: Send + Sync {
    /// Starts the agent in an empty folder, opens a conversation and ends it. Dropping it ends the agent.
    fn examine(&self, program: AgentProgram, inherits: Inheritance) -> Pending<Health>;
    /// Asks the agent to sign in by one of its methods, which may take minutes. Dropping it ends the agent.
    fn sign_in(
        &self,
        program: AgentProgram,
        inherits: Inheritance,
        method: String,
    ) -> Pending<Result<(), Cause>>;
}

/// What comes when it is there.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The agents the app ships entries for. Implemented by `adapters/agents`. Blocking.
pub trait AgentRegistry: Send + Sync {
    /// All entries, the practice agent last.
    fn shipped(&self) -> Vec<AgentProgram>;
    /// Looks for an agent's program.
    fn detect(&self, program: &AgentProgram) -> Detection;
    /// What is known of an entry; `None` for the person's own.
    fn about(&self, _id: &AgentId) -> Option<About> {
        None
    }
    /// The version of a program that was found. May take 5 s for the first time, and is remembered then.
    fn version(&self, _program: &AgentProgram, _path: &Path) -> Option<String> {
        None
    }
    /// Who looks after them, where that can be done.
    fn checkup(&self) -> Option<Arc<dyn AgentCheckup>> {
        None
    }
    /// The app's environment as an agent would get it now, by name.
    fn environment(&self, _inherits: &Inheritance) -> Vec<InheritedVariable> {
        Vec::new()
    }
}

/// What an agent gets of the app's environment, as far as the person chose it; the adapter knows the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inheritance {
    /// Names of variables it gets though they look secret. `*` at the end stands for any rest.
    pub pass: Vec<String>,
    /// Names of variables it does not get; stronger than `pass`. `*` at the end stands for any rest.
    pub withhold: Vec<String>,
}

/// Rows of `agent_memory`: what was settled between the person and an agent, shipped or their own; the defaults for
/// one that has no row. Blocking. Implemented by `adapters/sqlite`.
pub trait AgentMemory: Send + Sync {
    /// What it offered last, in any conversation.
    fn offers(&self, agent: &AgentId) -> Result<Offers, SessionError>;
    /// It offers this now.
    fn save_offers(&self, agent: &AgentId, offers: &Offers) -> Result<(), SessionError>;
    /// The options the person chose for its conversations, id to value.
    fn choices(&self, agent: &AgentId) -> Result<BTreeMap<String, String>, SessionError>;
    /// They are these now.
    fn save_choices(
        &self,
        agent: &AgentId,
        choices: &BTreeMap<String, String>,
    ) -> Result<(), SessionError>;
    /// What it inherits.
    fn inheritance(&self, agent: &AgentId) -> Result<Inheritance, SessionError>;
    /// It inherits this from now on.
    fn save_inheritance(
        &self,
        agent: &AgentId,
        inheritance: &Inheritance,
    ) -> Result<(), SessionError>;
}

/// Rows of `agent`: what the person added. Implemented by `adapters/sqlite`. Blocking.
pub trait AgentStore: AgentMemory {
    /// All of them, by name.
    fn agents(&self) -> Result<Vec<AgentProgram>, SessionError>;
    /// Inserts or replaces.
    fn save_agent(&self, agent: &AgentProgram) -> Result<(), SessionError>;
    /// Removes one, and its memory: its id may come to stand for another program.
    fn remove_agent(&self, id: &AgentId) -> Result<(), SessionError>;
}

/// What to start.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The session it is for; goes into the process's environment tag.
    pub session: SessionId,
    /// The agent's program.
    pub program: AgentProgram,
    /// What it inherits.
    pub inherits: Inheritance,
    /// The worktree.
    pub cwd: PathBuf,
    /// The agent's own id of the conversation to resume.
    pub resume: Option<String>,
}

/// Starts agents. Implemented by `adapters/agents`.
pub trait AgentRuntime: Send + Sync {
    /// Starts the agent's process and its handshake and returns at once. What happens comes as events, in order,
    /// the last of which is always `Ended`; a full channel slows the agent down, nothing is dropped.
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection>;
}

/// A live agent. Its methods return at once; what comes of them arrives as events.
pub trait AgentConnection: Send + Sync {
    /// Begins a turn. Only after `Opened`, one at a time. `PromptWritten` follows once it is in the agent's pipe.
    fn prompt(&self, parts: Vec<PromptPart>);
    /// Chooses a value of an option the agent offered. `Options` or `OptionRefused` follows.
    fn set_option(&self, id: &str, value: &str);
    /// Asks the agent to stop the turn and answers its open requests `cancelled`. `TurnEnded` follows; an agent
    /// that does not end its turn within 10 s is ended.
    fn cancel(&self);
    /// Answers a request by the token it came with; unknown tokens are ignored (the domain checked before).
    fn answer(&self, token: &str, answer: &Answer);
    /// Ends the process: cancel → close stdin → SIGTERM to the group → SIGKILL → sweep by tag. `Ended` follows.
    fn close(&self);
}

/// A part of a prompt, in the order the agent reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptPart {
    /// What the person typed.
    Text(String),
    /// What the app tells the agent about its place; not the person's words.
    Context(String),
    /// A file the agent reads itself.
    Link {
        /// For people.
        name: String,
        /// Absolute path.
        path: String,
    },
    /// A picture. For an agent that takes none, a line in its place says so, and `Trouble` tells the person.
    Image {
        /// For people.
        name: String,
        /// See [`crate::Attachment::Image`].
        mime: String,
        /// The file's bytes.
        bytes: Arc<[u8]>,
    },
    /// A text with a name; as text for an agent that takes no embedded ones.
    Embedded {
        /// For people.
        name: String,
        /// The text.
        text: String,
    },
}

/// How a conversation was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A new conversation; none was to be resumed.
    New,
    /// The agent goes on with the old one. A replayed history is not passed on as events.
    Resumed,
    /// The old one could not be resumed: this is a new one without its history.
    Lost,
}

/// A partial tool call: `None` leaves what was known; the first one creates the call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolPatch {
    /// The agent's id for the call.
    pub call: String,
    /// See `ToolCall`.
    pub tool: Option<ToolKind>,
    /// See `ToolCall`.
    pub title: Option<String>,
    /// See `ToolCall`.
    pub status: Option<ToolStatus>,
    /// Replaces the list.
    pub locations: Option<Vec<Location>>,
    /// Replaces the list.
    pub content: Option<Vec<ToolContent>>,
    /// Appends to the last text of the content (live command output).
    pub append: Option<String>,
    /// See `ToolCall`.
    pub input: Option<String>,
}

/// What comes from a live agent.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentEvent {
    /// The process runs. Comes before all else, unless there is none.
    Started(ProcessRow),
    /// The handshake is done; prompts may be sent.
    Opened {
        /// The agent's own id of the conversation.
        agent_session: String,
        /// How it was opened.
        opening: Opening,
    },
    /// The prompt is in the agent's pipe.
    PromptWritten,
    /// What follows of answer or thought is another message than what came before, though nothing came between.
    NextMessage,
    /// More of the answer.
    Text(String),
    /// More of a thought.
    Thought(String),
    /// A tool call began or changed.
    Tool(ToolPatch),
    /// The plan is now this.
    Plan(Vec<PlanItem>),
    /// The agent asks the person.
    Asked {
        /// What to answer by; unique within this process.
        token: String,
        /// What is asked.
        ask: Ask,
    },
    /// The agent took a request back.
    AskWithdrawn {
        /// The request's token.
        token: String,
    },
    /// Context use and cost.
    Usage(Usage),
    /// The slash commands are now these.
    Commands(Vec<SlashCommand>),
    /// The options are now these, with their values. At the latest just after `Opened`.
    Options(Vec<SessionOption>),
    /// An option could not be set.
    OptionRefused {
        /// The option.
        id: String,
        /// What the agent said, for people.
        said: String,
    },
    /// Whether the agent takes pictures. Comes before `Opened`.
    Images(bool),
    /// The agent named the conversation.
    Title(String),
    /// An update of a kind this version does not know.
    Other {
        /// Its kind.
        name: String,
        /// Its JSON, cut at 64 KiB.
        raw: String,
    },
    /// Worth telling the person: repaired bytes, lines that are not JSON (told once per kind of trouble).
    Trouble(String),
    /// The turn is over. Not a sign of success.
    TurnEnded {
        /// ACP's stop reason.
        reason: String,
    },
    /// The turn ended with an error; the process may still be good.
    TurnFailed(Cause),
    /// The process is gone and swept. Always the last event.
    Ended {
        /// Why, unless it was closed by us.
        cause: Option<Cause>,
    },
}
