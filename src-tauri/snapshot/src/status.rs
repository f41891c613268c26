//! What a workspace is waiting for: one total function of the card's facts, first match wins.
//!
//! Nothing here is stored. A reason without a column does not compile. Reasons that speak of pull requests,
//! checks and the ratchet join with the facts they need.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::card::{Life, Pending, PendingKind, Run, SessionGroup, WorkspaceGroup};

/// What a workspace is waiting for, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The one code everything follows from.
    pub reason: Reason,
    /// For people: "Needs permission".
    pub label: String,
    /// Its column; `None` when it is off the board.
    pub column: Option<Column>,
    /// Whether the person is needed.
    pub need: Need,
    /// Since when the reason holds.
    pub since: Timestamp,
    /// Whether the person saw it since then.
    pub seen: bool,
    /// One line below the label: the newest activity, the question, the cause.
    pub detail: Option<String>,
    /// What to do about it, where that is not plain.
    pub hint: Option<String>,
}

/// The status reasons, in the order they are looked for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the board's and say themselves")]
pub enum Reason {
    Archived,
    Archiving,
    NeedsPermission,
    NeedsPlanApproval,
    NeedsAnswer,
    SessionFailed,
    SettingUp,
    SetupFailed,
    AgentWorking,
    Starting,
    Queued,
    NotStarted,
    TurnFinished,
    Idle,
}

/// The board's columns that workspaces can be in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The machine owns the next action.
    Working,
    /// The person owns the next action.
    Waiting,
}

/// How much the person is needed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Not.
    No,
    /// When there is time.
    Low,
    /// Yes.
    Yes,
    /// Somebody waits for the answer right now.
    Urgent,
}

impl Reason {
    /// All of them, in the order they are looked for.
    pub const ALL: [Self; 14] = [
        Self::Archived,
        Self::Archiving,
        Self::NeedsPermission,
        Self::NeedsPlanApproval,
        Self::NeedsAnswer,
        Self::SessionFailed,
        Self::SettingUp,
        Self::SetupFailed,
        Self::AgentWorking,
        Self::Starting,
        Self::Queued,
        Self::NotStarted,
        Self::TurnFinished,
        Self::Idle,
    ];

    /// Where a card with this reason stands.
    pub const fn column(self) -> Option<Column> {
        match self {
            Self::Archived | Self::Archiving => None,
            Self::SettingUp | Self::AgentWorking | Self::Starting | Self::Queued => {
                Some(Column::Working)
            }
            Self::NeedsPermission
            | Self::NeedsPlanApproval
            | Self::NeedsAnswer
            | Self::SessionFailed
            | Self::SetupFailed
            | Self::NotStarted
            | Self::TurnFinished
            | Self::Idle => Some(Column::Waiting),
        }
    }

    /// How much the person is needed.
    pub const fn need(self) -> Need {
        match self {
            Self::NeedsPermission | Self::NeedsPlanApproval | Self::NeedsAnswer => Need::Urgent,
            Self::SessionFailed | Self::SetupFailed | Self::TurnFinished => Need::Yes,
            Self::NotStarted => Need::Low,
            Self::Archived
            | Self::Archiving
            | Self::SettingUp
            | Self::AgentWorking
            | Self::Starting
            | Self::Queued
            | Self::Idle => Need::No,
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Archived => "Archived",
            Self::Archiving => "Archiving",
            Self::NeedsPermission => "Needs permission",
            Self::NeedsPlanApproval => "Plan to approve",
            Self::NeedsAnswer => "Has a question",
            Self::SessionFailed => "Failed",
            Self::SettingUp => "Setting up",
            Self::SetupFailed => "Set-up failed",
            Self::AgentWorking => "Working",
            Self::Starting => "Starting",
            Self::Queued => "Queued",
            Self::NotStarted => "Not started",
            Self::TurnFinished => "Finished",
            Self::Idle => "Idle",
        }
    }
}

/// What a workspace is waiting for.
pub fn derive(workspace: &WorkspaceGroup, sessions: &[SessionGroup]) -> Status {
    let found = find(workspace, sessions);
    Status {
        reason: found.reason,
        label: found.reason.label().to_owned(),
        column: found.reason.column(),
        need: found.reason.need(),
        seen: workspace.seen_at.is_some_and(|seen| seen >= found.since),
        since: found.since,
        detail: found.detail,
        hint: found.hint,
    }
}

struct Found {
    reason: Reason,
    since: Timestamp,
    detail: Option<String>,
    hint: Option<String>,
}

fn find(workspace: &WorkspaceGroup, sessions: &[SessionGroup]) -> Found {
    let found = |reason, since, detail: Option<String>| Found {
        reason,
        since,
        detail,
        hint: None,
    };
    match &workspace.life {
        Life::Archived => return found(Reason::Archived, workspace.since, None),
        Life::Archiving => return found(Reason::Archiving, workspace.since, None),
        Life::New | Life::Provisioning | Life::Ready | Life::Failed { .. } => {}
    }
    for (kind, reason) in [
        (PendingKind::Permission, Reason::NeedsPermission),
        (PendingKind::Plan, Reason::NeedsPlanApproval),
        (PendingKind::Question, Reason::NeedsAnswer),
    ] {
        if let Some(pending) = oldest_pending(sessions, kind) {
            return found(reason, pending.since, Some(pending.title.clone()));
        }
    }
    let shown = |session: &&SessionGroup| session.closed_at.is_none();
    let failed = sessions
        .iter()
        .filter(shown)
        .find_map(|session| match &session.run {
            Run::Failed { message, hint } => Some((session, message, hint)),
            _ => None,
        });
    if let Some((session, message, hint)) = failed {
        return Found {
            hint: Some(hint.clone()),
            ..found(Reason::SessionFailed, session.since, Some(message.clone()))
        };
    }
    match &workspace.life {
        Life::New | Life::Provisioning => {
            let step = workspace.steps.last().map(|step| step.title.clone());
            return found(Reason::SettingUp, workspace.since, step);
        }
        Life::Failed { cause } => {
            return found(Reason::SetupFailed, workspace.since, Some(cause.clone()));
        }
        Life::Ready | Life::Archiving | Life::Archived => {}
    }
    if let Some(session) = newest(sessions, |s| matches!(s.run, Run::Working | Run::Stopping)) {
        return found(
            Reason::AgentWorking,
            session.since,
            session.activity.clone(),
        );
    }
    let starts = |s: &SessionGroup| match s.run {
        Run::Starting => true,
        Run::Waiting { .. } => false,
        _ => s.queued > 0,
    };
    if let Some(session) = newest(sessions, starts) {
        return found(Reason::Starting, session.since, session.activity.clone());
    }
    for session in sessions {
        if let Run::Waiting { why } = &session.run {
            return found(Reason::Queued, session.since, Some(why.clone()));
        }
    }
    let Some(ended) = sessions
        .iter()
        .filter_map(|session| session.turn_ended_at)
        .max()
    else {
        return found(Reason::NotStarted, workspace.since, None);
    };
    let last =
        newest(sessions, |s| s.turn_ended_at == Some(ended)).and_then(|s| s.activity.clone());
    if workspace.seen_at.is_none_or(|seen| seen < ended) {
        return found(Reason::TurnFinished, ended, last);
    }
    found(Reason::Idle, ended, last)
}

fn oldest_pending(sessions: &[SessionGroup], kind: PendingKind) -> Option<&Pending> {
    sessions
        .iter()
        .flat_map(|session| &session.pending)
        .filter(|pending| pending.kind == kind)
        .min_by_key(|pending| pending.since)
}

fn newest(
    sessions: &[SessionGroup],
    keep: impl Fn(&SessionGroup) -> bool,
) -> Option<&SessionGroup> {
    sessions
        .iter()
        .filter(|session| keep(session))
        .max_by_key(|session| session.since)
}
