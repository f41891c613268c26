//! What a session's rows say after any end of the app, made true. Blocking.

use crate::digest;
use crate::entry::{Entry, EntryBody, NoticeLevel, RequestOutcome, ToolStatus};
use crate::error::{Cause, SessionError};
use crate::live::Start;
use crate::machine::SessionState;
use crate::port::SessionStore;
use crate::session::{Author, Message, MessageState, Session};
use crate::transcript::is_over;
use kernel::{EntryId, MessageId, SessionId, Timestamp};

/// Entries read at a time.
const PAGE: u32 = 200;
/// Entries at a transcript's end that tell how its newest turn ended.
const TAIL: u32 = 6;

/// A session as it goes on.
pub(crate) struct Recovered {
    pub(crate) start: Start,
    /// Whether the app was killed while it had a process.
    pub(crate) was_live: bool,
}

/// Reads a session's rows and settles what the end of the app left open. The session's own row is written last,
/// so that a kill in between only means that this is done again.
pub(crate) fn recovered(
    store: &dyn SessionStore,
    mut session: Session,
    now: Timestamp,
) -> Result<Recovered, SessionError> {
    let mut queue = store.open_messages(&session.id)?;
    let mut tail = store.entries(&session.id, None, TAIL)?;
    let ending = digest::ending_of(&tail);
    let last = tail.pop();
    let stored = last.as_ref().map_or(0, |entry| entry.ordinal + 1);
    session.turn = session
        .turn
        .max(last.as_ref().map_or(0, |entry| entry.turn));

    let was_live = is_live(&session.state);
    let waited = matches!(session.state, SessionState::Waiting { .. });
    let own = take_out_own(&mut queue);
    let undelivered = fail_undelivered(&mut queue);
    let at_work = matches!(session.state, SessionState::Working { .. });
    let interrupted = was_live && (at_work || !undelivered.is_empty() || !own.is_empty());
    let lapsed = lapse(store.pending_entries(&session.id)?, now);
    let mut mended = if was_live {
        cancelled_calls(store, &session.id, session.turn, now)?
    } else {
        Vec::new()
    };
    let told = notice(interrupted, !lapsed.is_empty(), !undelivered.is_empty());
    mended.extend(lapsed);
    mended.extend(told.map(|text| Entry {
        id: EntryId::mint(),
        ordinal: stored,
        turn: session.turn,
        at: now,
        updated_at: now,
        body: EntryBody::Notice {
            level: NoticeLevel::Warning,
            text,
            detail: None,
        },
    }));
    if was_live {
        session.state = if interrupted {
            session.turn_ended_at = Some(now);
            let cause = Cause::Interrupted;
            SessionState::Failed { cause }
        } else {
            SessionState::Stopped
        };
        session.state_since = now;
    } else if waited {
        // It waits again as soon as its place is open.
        session.state = SessionState::Stopped;
        session.state_since = now;
    }
    // On a full disk the rows stay as they are: what is shown is true nevertheless, and the next start tries again.
    let needed =
        was_live || waited || !mended.is_empty() || !undelivered.is_empty() || !own.is_empty();
    let written = if needed {
        write(store, &session, &mended, &undelivered, &own)
    } else {
        Ok(())
    };
    if let Err(error) = &written {
        tracing::warn!(session = %session.id, %error, "what was recovered could not be written");
    }
    let next_ordinal = match written {
        Ok(()) => mended
            .iter()
            .map(|entry| entry.ordinal + 1)
            .fold(stored, u32::max),
        Err(_) => stored,
    };
    Ok(Recovered {
        start: Start {
            session,
            queue,
            next_ordinal,
            ending,
        },
        was_live,
    })
}

fn is_live(state: &SessionState) -> bool {
    match state {
        SessionState::Stopped
        | SessionState::Asleep
        | SessionState::Waiting { .. }
        | SessionState::Failed { .. } => false,
        SessionState::Starting { .. }
        | SessionState::Ready { .. }
        | SessionState::Working { .. }
        | SessionState::Stopping { .. } => true,
    }
}

/// What the app itself was to say to an agent that it had started again: nothing is started without the person now.
fn take_out_own(queue: &mut Vec<Message>) -> Vec<MessageId> {
    queue
        .extract_if(.., |message| message.author == Author::App)
        .map(|message| message.id)
        .collect()
}

/// A message that was being sent may or may not have arrived: its text is kept for the person to decide.
fn fail_undelivered(queue: &mut [Message]) -> Vec<Message> {
    let mut failed = Vec::new();
    for message in queue {
        if message.state == MessageState::Sending {
            message.state = MessageState::Failed;
            failed.push(message.clone());
        }
    }
    failed
}

fn lapse(pending: Vec<Entry>, now: Timestamp) -> Vec<Entry> {
    pending
        .into_iter()
        .map(|mut entry| {
            if let EntryBody::Request { outcome, .. } = &mut entry.body {
                *outcome = RequestOutcome::Lapsed;
                entry.updated_at = now;
            }
            entry
        })
        .collect()
}

/// The calls of the turn that nobody will end any more.
fn cancelled_calls(
    store: &dyn SessionStore,
    session: &SessionId,
    turn: u32,
    now: Timestamp,
) -> Result<Vec<Entry>, SessionError> {
    let mut cancelled = Vec::new();
    let mut before = None;
    loop {
        let page = store.entries(session, before, PAGE)?;
        before = page.first().map(|entry| entry.ordinal);
        let reaches_back = page.first().is_none_or(|entry| entry.turn < turn);
        for mut entry in page.into_iter().filter(|entry| entry.turn == turn) {
            if let EntryBody::Tool { call } = &mut entry.body
                && !is_over(call.status)
            {
                call.status = ToolStatus::Cancelled;
                entry.updated_at = now;
                cancelled.push(entry);
            }
        }
        if reaches_back || before == Some(0) {
            return Ok(cancelled);
        }
    }
}

fn notice(interrupted: bool, lapsed: bool, undelivered: bool) -> Option<String> {
    let mut said = Vec::new();
    if interrupted {
        said.push("Shopfloor ended while the agent was at work.");
    }
    if undelivered {
        said.push("Your last message may not have arrived; it is kept for you to send again.");
    }
    if lapsed {
        said.push("What the agent asked can't be answered any more; it will ask again if it must.");
    }
    if interrupted {
        said.push("Send a message to go on; files and conversation are as they were.");
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn write(
    store: &dyn SessionStore,
    session: &Session,
    entries: &[Entry],
    messages: &[Message],
    taken_out: &[MessageId],
) -> Result<(), SessionError> {
    if !messages.is_empty() {
        store.save_messages(messages)?;
    }
    for message in taken_out {
        store.remove_message(message)?;
    }
    if !entries.is_empty() {
        store.save_entries(&session.id, entries)?;
    }
    store.save_session(session)
}
