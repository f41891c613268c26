//! Agent conversations.

use crate::app::App;
use crate::commands::Answered;
use kernel::{AgentId, FactStream, RequestId, SessionId, WorkspaceId};
use orchestration::flows::Addressee;
use serde::Serialize;
use session::{
    Answer, Attachment, Author, Delivery, Entry, NewMessage, Offers, RuleDraft, SessionError,
    SessionFact, SessionSummary, TranscriptChange,
};
use specta::Type;
use std::collections::BTreeMap;
use tauri::State;
use tauri::async_runtime::spawn;
use tauri::ipc::Channel;

/// Entries a page holds.
const PAGE: u32 = 200;

/// A conversation as it is opened: its newest entries and what is live about it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The session.
    pub session: SessionSummary,
    /// The newest entries, oldest of them first.
    pub entries: Vec<Entry>,
    /// What its agent offers to choose from.
    pub offers: Offers,
    /// Whether there are older ones.
    pub more: bool,
    /// Updates up to this revision are contained already.
    pub revision: u32,
}

/// What happens in an open conversation.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ConversationUpdate {
    /// Entries came or changed. On a gap in `revision` the window opens the conversation anew.
    Transcript {
        /// Counts without gaps.
        revision: u32,
        /// In the order they happened.
        changes: Vec<TranscriptChange>,
    },
    /// What the agent offers changed.
    Offers {
        /// The new whole.
        offers: Offers,
    },
    /// State, queue, or requests changed.
    Session {
        /// The new whole.
        session: Box<SessionSummary>,
    },
}

/// Sends a message; begins a session (with this agent, else the workspace's) when none is named. The message is
/// stored before this answers. `choices` are values of options for a new session, id to value.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::too_many_arguments,
    reason = "a command's arguments are its message's fields"
)]
pub async fn send_message(
    app: State<'_, App>,
    workspace: WorkspaceId,
    session: Option<SessionId>,
    agent: Option<AgentId>,
    text: String,
    attachments: Vec<Attachment>,
    delivery: Delivery,
    choices: BTreeMap<String, String>,
) -> Answered<SessionId> {
    let message = NewMessage {
        text,
        attachments,
        author: Author::Person,
        delivery,
    };
    let to = match session {
        Some(session) => Addressee::Session(session),
        None => Addressee::New { agent, choices },
    };
    Ok(app.flows.send_message(&workspace, to, message).await?)
}

/// Begins an empty conversation with this agent, else the workspace's. Its process starts with the first message.
#[tauri::command]
#[specta::specta]
pub async fn begin_session(
    app: State<'_, App>,
    workspace: WorkspaceId,
    agent: Option<AgentId>,
) -> Answered<SessionId> {
    Ok(app.flows.begin_session(&workspace, agent).await?)
}

/// Gives a conversation a name of the person's own.
#[tauri::command]
#[specta::specta]
pub async fn rename_session(
    app: State<'_, App>,
    session: SessionId,
    title: String,
) -> Answered<()> {
    Ok(app.flows.rooms().sessions.rename(&session, title).await?)
}

/// Closes a conversation's tab: its process ends, what waits in its queue is held, its transcript stays.
#[tauri::command]
#[specta::specta]
pub async fn close_session(app: State<'_, App>, session: SessionId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.close(&session).await?)
}

/// Shows a closed conversation again.
#[tauri::command]
#[specta::specta]
pub async fn reopen_session(app: State<'_, App>, session: SessionId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.reopen(&session).await?)
}

/// Chooses a value of an option that the agent offers: now where it runs, else when it starts.
#[tauri::command]
#[specta::specta]
pub async fn set_session_option(
    app: State<'_, App>,
    session: SessionId,
    option: String,
    value: String,
) -> Answered<()> {
    let choices = BTreeMap::from([(option, value)]);
    Ok(app.flows.rooms().sessions.choose(&session, choices).await?)
}

/// Answers what an agent asked. `always` makes a rule of it: stored first, and what else waits and fits it is answered
/// by it too.
#[tauri::command]
#[specta::specta]
pub async fn answer_request(
    app: State<'_, App>,
    session: SessionId,
    request: RequestId,
    answer: Answer,
    always: Option<RuleDraft>,
) -> Answered<()> {
    let sessions = &app.flows.rooms().sessions;
    match always {
        Some(rule) => {
            sessions
                .answer_always(&session, &request, answer, rule)
                .await?;
        }
        None => sessions.answer(&session, &request, answer).await?,
    }
    Ok(())
}

/// Asks the agent to stop its turn.
#[tauri::command]
#[specta::specta]
pub async fn stop_turn(app: State<'_, App>, session: SessionId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.stop_turn(&session).await?)
}

/// Ends the agent's process; the conversation stays.
#[tauri::command]
#[specta::specta]
pub async fn end_session(app: State<'_, App>, session: SessionId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.end(&session).await?)
}

/// Ends an idle agent's process now, to save memory; the next message wakes it with its conversation.
#[tauri::command]
#[specta::specta]
pub async fn sleep_session(app: State<'_, App>, session: SessionId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.sleep(&session).await?)
}

/// Opens a conversation; updates follow over the channel until it is left or opened again.
#[tauri::command]
#[specta::specta]
pub async fn open_conversation(
    app: State<'_, App>,
    session: SessionId,
    channel: Channel<ConversationUpdate>,
) -> Answered<Conversation> {
    let sessions = &app.flows.rooms().sessions;
    // Listening begins before the page is read, so that nothing falls between.
    let facts = sessions.listen();
    let page = sessions.entries(&session, None, PAGE).await?;
    let summary = sessions
        .summary(&session)
        .ok_or(SessionError::Unknown { what: "session" })?;
    let offers = sessions.offers(&session).await?;
    let feed = spawn(forward(facts, session.clone(), page.revision, channel));
    app.feed_conversation(session, feed);
    Ok(Conversation {
        session: summary,
        offers,
        entries: page.entries,
        more: page.more,
        revision: page.revision,
    })
}

/// Stops the updates of a conversation.
#[tauri::command]
#[specta::specta]
pub async fn leave_conversation(app: State<'_, App>, session: SessionId) -> Answered<()> {
    app.leave_conversation(&session);
    Ok(())
}

/// Up to 200 entries before this ordinal.
#[tauri::command]
#[specta::specta]
pub async fn older_entries(
    app: State<'_, App>,
    session: SessionId,
    before: u32,
) -> Answered<Vec<Entry>> {
    Ok(app
        .flows
        .rooms()
        .sessions
        .entries(&session, Some(before), PAGE)
        .await?
        .entries)
}

/// Passes on what happens in one conversation until the window stops listening.
async fn forward(
    mut facts: FactStream<SessionFact>,
    session: SessionId,
    known: u32,
    channel: Channel<ConversationUpdate>,
) {
    while let Some(fact) = facts.next().await {
        let update = match fact {
            SessionFact::Transcript {
                session: of,
                revision,
                changes,
            } if of == session && revision > known => {
                ConversationUpdate::Transcript { revision, changes }
            }
            SessionFact::Changed(summary) if summary.id == session => ConversationUpdate::Session {
                session: Box::new(summary),
            },
            SessionFact::Offers {
                session: of,
                offers,
            } if of == session => ConversationUpdate::Offers { offers },
            SessionFact::Transcript { .. }
            | SessionFact::Offers { .. }
            | SessionFact::Changed(_)
            | SessionFact::FilesTouched(_) => continue,
        };
        if channel.send(update).is_err() {
            return;
        }
    }
}
