//! The transcript's entries, as stored and as the window draws them.
//!
//! An entry is replaced whole or, while text streams, extended at its end; it never changes its place.

use crate::session::{Attachment, Author};
use kernel::{EntryId, MessageId, RequestId, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

/// One entry of a session's transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Place in the transcript, from 0, without gaps.
    pub ordinal: u32,
    /// Number of the turn it belongs to, from 1; 0 before the first prompt.
    pub turn: u32,
    /// When it began.
    pub at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it is.
    pub body: EntryBody,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are the large ones; a box would be paid by all of them"
)]
pub enum EntryBody {
    /// The person's message, as delivered.
    Prompt {
        /// The message it came from.
        message: MessageId,
        /// Its text.
        text: String,
        /// What went with it.
        #[serde(default)]
        attachments: Vec<Attachment>,
        /// Who wrote it.
        #[serde(default)]
        author: Author,
    },
    /// The agent's answer, Markdown.
    Answer {
        /// Its text so far.
        text: String,
    },
    /// What the agent thinks aloud.
    Thought {
        /// Its text so far.
        text: String,
    },
    /// A tool the agent uses.
    Tool {
        /// The call as known so far.
        call: ToolCall,
    },
    /// The agent's plan; each one replaces the last of its turn.
    Plan {
        /// Its items.
        items: Vec<PlanItem>,
    },
    /// Something the agent asked.
    Request {
        /// Its id, to answer by.
        request: RequestId,
        /// What is asked.
        ask: Ask,
        /// What became of it.
        outcome: RequestOutcome,
    },
    /// Something of the session's life: started, resumed, interrupted, failed.
    Notice {
        /// How grave it is.
        level: NoticeLevel,
        /// For people.
        text: String,
        /// More, e.g. the end of stderr.
        detail: Option<String>,
    },
    /// The end of a turn.
    TurnEnd {
        /// ACP's stop reason as the agent gave it: `end_turn`, `cancelled`, `refusal`, `max_tokens`, …
        reason: String,
        /// How long the turn took, in milliseconds.
        #[specta(type = u32)]
        millis: u64,
        /// What happened in it.
        #[serde(default)]
        summary: TurnSummary,
    },
    /// An update of a kind this version does not know, kept as it came.
    Other {
        /// The update's kind.
        name: String,
        /// Its JSON, cut at 64 KiB.
        raw: String,
    },
}

/// What happened in a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct TurnSummary {
    /// Tool calls that ended well.
    pub tools: u32,
    /// Tool calls that failed.
    pub failed: u32,
    /// Files that edit, delete and move calls named, as the agent gave them, each once, at most 50.
    pub files: Vec<String>,
    /// Tokens in the context at its end, where reported.
    pub used: Option<u32>,
    /// Cost of the conversation at its end, where reported.
    pub cost: Option<String>,
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Note,
    /// Somebody should look.
    Warning,
    /// It went wrong.
    Error,
}

/// A tool call, the sum of its `tool_call` and `tool_call_update` messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ToolCall {
    /// The agent's id for it.
    pub call: String,
    /// What sort of tool.
    pub tool: ToolKind,
    /// For people: "Edit src/lib.rs".
    pub title: String,
    /// How far it is.
    pub status: ToolStatus,
    /// Files it is about.
    pub locations: Vec<Location>,
    /// What it shows.
    pub content: Vec<ToolContent>,
    /// The tool's input as JSON, cut at 64 KiB.
    pub input: Option<String>,
}

/// ACP's tool kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the words are the protocol's and say themselves"
)]
pub enum ToolKind {
    Read,
    Edit,
    Delete,
    Move,
    Search,
    Execute,
    Think,
    Fetch,
    SwitchMode,
    #[default]
    Other,
}

/// How far a tool call is. `Cancelled` is ours: the protocol leaves it to the client to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the words are the protocol's and say themselves"
)]
pub enum ToolStatus {
    #[default]
    Pending,
    InProgress,
    Completed,
    Failed,
    Cancelled,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Path as the agent gave it, absolute by the protocol.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u32>,
}

/// What a tool call shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ToolContent {
    /// Text or a command's output.
    Text {
        /// The text, cut at 256 KiB in the middle.
        text: String,
        /// Bytes that were cut.
        cut: u32,
    },
    /// A change of one file.
    Diff {
        /// Path as the agent gave it.
        path: String,
        /// The old text; `None` for a new file.
        old_text: Option<String>,
        /// The new text.
        new_text: String,
    },
}

/// One item of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanItem {
    /// What is to be done.
    pub text: String,
    /// How far it is.
    pub status: PlanStatus,
}

/// How far an item of a plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the words are the protocol's and say themselves"
)]
pub enum PlanStatus {
    #[default]
    Pending,
    InProgress,
    Completed,
}

/// Something an agent asks the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Ask {
    /// What sort of question.
    pub kind: AskKind,
    /// For people: what is asked.
    pub title: String,
    /// The tool call it is about, as known when asked.
    pub call: Option<ToolCall>,
    /// What may be chosen, for permissions and plans. Several may be of one kind.
    pub options: Vec<AskOption>,
    /// What may be filled in, for questions.
    pub fields: Vec<FormField>,
    /// The command it is about, as one shell line, where the agent names it.
    #[serde(default)]
    pub command: Option<String>,
    /// The files it is about, absolute, symbolic links resolved as far as they exist; for the policy to judge.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// What sort of thing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AskKind {
    /// May I use this tool?
    Permission,
    /// Is this plan good? (A permission whose tool kind is `switch_mode`.)
    Plan,
    /// A form to fill in.
    Question,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AskOption {
    /// The agent's own id for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it means.
    pub kind: OptionKind,
}

/// ACP's kinds of permission options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the words are the protocol's and say themselves"
)]
pub enum OptionKind {
    AllowOnce,
    AllowAlways,
    RejectOnce,
    RejectAlways,
}

/// One field of a question's form, from the elicitation's flat JSON schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FormField {
    /// Property name.
    pub name: String,
    /// For people.
    pub title: String,
    /// More for people.
    pub description: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// What goes into it.
    pub kind: FormFieldKind,
    /// What stands in it at first, as JSON text.
    #[serde(default)]
    pub preset: Option<String>,
}

/// What goes into a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum FormFieldKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of these.
    Choice {
        /// The values.
        options: Vec<String>,
        /// What the values are called, in the same order; empty when they speak for themselves.
        #[serde(default)]
        titles: Vec<String>,
    },
    /// Any of these.
    Choices {
        /// The values.
        options: Vec<String>,
        /// See `Choice`.
        #[serde(default)]
        titles: Vec<String>,
    },
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum RequestOutcome {
    /// Waits for the person.
    Pending,
    /// The person chose.
    Answered {
        /// Name of the choice, or what was filled in, for people.
        choice: String,
        /// Whether it lets the agent go on.
        allowed: bool,
        /// The rule or mode that answered in the person's place, for people.
        #[serde(default)]
        by: Option<String>,
    },
    /// The turn was stopped while it waited.
    Cancelled,
    /// The agent or the app ended while it waited; it can't be answered any more.
    Lapsed,
}
