//! The messages of a session that wait to be sent.

use crate::app::App;
use crate::commands::Answered;
use kernel::{MessageId, SessionId};
use session::{Attachment, Sessions};
use tauri::State;

/// Takes back a message that waits or failed, and answers its text.
#[tauri::command]
#[specta::specta]
pub async fn take_back_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
) -> Answered<String> {
    Ok(sessions(&app).take_back(&session, &message).await?)
}

/// Sends a message again that failed, in its place.
#[tauri::command]
#[specta::specta]
pub async fn resend_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
) -> Answered<()> {
    Ok(sessions(&app).resend(&session, &message).await?)
}

/// Gives a message that waits or failed another text and other attachments.
#[tauri::command]
#[specta::specta]
pub async fn edit_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
    text: String,
    attachments: Vec<Attachment>,
) -> Answered<()> {
    Ok(sessions(&app)
        .edit(&session, &message, text, attachments)
        .await?)
}

/// Puts a message that waits or failed before another one, or at the end.
#[tauri::command]
#[specta::specta]
pub async fn move_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
    before: Option<MessageId>,
) -> Answered<()> {
    Ok(sessions(&app)
        .move_message(&session, &message, before)
        .await?)
}

/// Keeps a message back until it is released.
#[tauri::command]
#[specta::specta]
pub async fn hold_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
) -> Answered<()> {
    Ok(sessions(&app).hold(&session, &message).await?)
}

/// Lets a held message go, in its place.
#[tauri::command]
#[specta::specta]
pub async fn release_message(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
) -> Answered<()> {
    Ok(sessions(&app).resend(&session, &message).await?)
}

/// Sends a message that waits or failed before all others: the turn that runs is stopped for it.
#[tauri::command]
#[specta::specta]
pub async fn send_message_now(
    app: State<'_, App>,
    session: SessionId,
    message: MessageId,
) -> Answered<()> {
    Ok(sessions(&app).send_now(&session, &message).await?)
}

fn sessions(app: &App) -> &Sessions {
    &app.flows.rooms().sessions
}
