//! A session's summary on its workspace's card.

use session::machine::SessionState;
use session::{AskKind, MessageState, PendingRequest, SessionSummary};
use snapshot::{Pending, PendingKind, Run, SessionGroup, Silence};

/// The card's group.
pub fn group(summary: &SessionSummary) -> SessionGroup {
    let count = |state| {
        summary
            .queue
            .iter()
            .filter(|message| message.state == state)
            .count()
    };
    SessionGroup {
        id: summary.id.clone(),
        agent: summary.agent.clone(),
        title: summary.title.clone(),
        run: run(&summary.state),
        since: summary.state_since,
        activity: summary.activity.clone(),
        quiet: summary.quiet.as_ref().map(|quiet| Silence {
            since: quiet.since,
            likely: quiet.likely.clone(),
        }),
        pending: summary.pending.iter().map(pending).collect(),
        queued: u32::try_from(count(MessageState::Queued)).unwrap_or(u32::MAX),
        undelivered: u32::try_from(count(MessageState::Failed)).unwrap_or(u32::MAX),
        turn: summary.turn,
        turn_ended_at: summary.turn_ended_at,
        created_at: summary.created_at,
        closed_at: summary.closed_at,
    }
}

fn run(state: &SessionState) -> Run {
    match state {
        SessionState::Stopped => Run::Stopped,
        SessionState::Asleep => Run::Asleep,
        SessionState::Waiting { why } => Run::Waiting { why: why.clone() },
        SessionState::Starting { .. } => Run::Starting,
        SessionState::Ready { .. } => Run::Ready,
        SessionState::Working { .. } => Run::Working,
        SessionState::Stopping { .. } => Run::Stopping,
        SessionState::Failed { cause } => Run::Failed {
            message: cause.message(),
            hint: cause.hint().to_owned(),
        },
    }
}

fn pending(request: &PendingRequest) -> Pending {
    Pending {
        id: request.id.clone(),
        kind: match request.ask.kind {
            AskKind::Permission => PendingKind::Permission,
            AskKind::Plan => PendingKind::Plan,
            AskKind::Question => PendingKind::Question,
        },
        title: request.ask.title.clone(),
        since: request.since,
    }
}
