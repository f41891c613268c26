//! Terminals.

use crate::app::App;
use crate::commands::Answered;
use kernel::{TerminalId, WorkspaceId};
use specta::datatype::DataType;
use specta::{Type, Types};
use tauri::State;
use tauri::async_runtime::spawn;
use tauri::ipc::{Channel, InvokeResponseBody, IpcResponse};
use terminal::{Size, TerminalSummary, Terminals};

/// Bytes for a screen, as they are: an `ArrayBuffer` in the window.
pub struct Bytes(Vec<u8>);

impl IpcResponse for Bytes {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

impl Type for Bytes {
    fn definition(_: &mut Types) -> DataType {
        DataType::Reference(specta_typescript::define("ArrayBuffer"))
    }
}

/// Sends the whole list, and again after every change. A second call replaces the first.
#[tauri::command]
#[specta::specta]
pub async fn subscribe_terminals(
    app: State<'_, App>,
    channel: Channel<Vec<TerminalSummary>>,
) -> Answered<()> {
    let terminals = app.flows.rooms().terminals.clone();
    app.feed_terminals(spawn(async move {
        let mut facts = terminals.listen();
        while channel.send(terminals.list()).is_ok() && facts.next().await.is_some() {}
    }));
    Ok(())
}

/// Opens the person's shell in a workspace's tree.
#[tauri::command]
#[specta::specta]
pub async fn open_terminal(
    app: State<'_, App>,
    workspace: WorkspaceId,
    size: Size,
) -> Answered<TerminalId> {
    Ok(app.flows.open_terminal(&workspace, size).await?)
}

/// Sends what is kept of a terminal's output, then what comes, in place of whoever was attached before. Answers the
/// attachment's number. No more than 256 KiB are on the way at a time: what was drawn is to be acknowledged.
#[tauri::command]
#[specta::specta]
pub async fn attach_terminal(
    app: State<'_, App>,
    terminal: TerminalId,
    channel: Channel<Bytes>,
) -> Answered<u32> {
    let mut attachment = terminals(&app).attach(&terminal)?;
    let number = attachment.number();
    spawn(async move {
        while let Some(bytes) = attachment.next().await {
            if channel.send(Bytes(bytes)).is_err() {
                return;
            }
        }
    });
    Ok(number)
}

/// Ends an attachment; the terminal goes on.
#[tauri::command]
#[specta::specta]
pub async fn detach_terminal(
    app: State<'_, App>,
    terminal: TerminalId,
    attachment: u32,
) -> Answered<()> {
    Ok(terminals(&app).detach(&terminal, attachment)?)
}

/// So many bytes more were drawn.
#[tauri::command]
#[specta::specta]
pub async fn acknowledge_terminal(
    app: State<'_, App>,
    terminal: TerminalId,
    attachment: u32,
    bytes: u32,
) -> Answered<()> {
    Ok(terminals(&app).acknowledge(&terminal, attachment, bytes as usize)?)
}

/// Types into a terminal. Commands run side by side: what is to be typed in order is sent in order.
#[tauri::command]
#[specta::specta]
pub async fn write_terminal(
    app: State<'_, App>,
    terminal: TerminalId,
    text: String,
) -> Answered<()> {
    Ok(terminals(&app).write(&terminal, text.into_bytes())?)
}

/// Changes a terminal's size.
#[tauri::command]
#[specta::specta]
pub async fn resize_terminal(
    app: State<'_, App>,
    terminal: TerminalId,
    size: Size,
) -> Answered<()> {
    Ok(terminals(&app).resize(&terminal, size)?)
}

/// Runs an ended terminal's program again.
#[tauri::command]
#[specta::specta]
pub async fn restart_terminal(app: State<'_, App>, terminal: TerminalId) -> Answered<()> {
    Ok(terminals(&app).restart(&terminal).await?)
}

/// Ends a terminal's program and all it left behind, and takes it off the list.
#[tauri::command]
#[specta::specta]
pub async fn close_terminal(app: State<'_, App>, terminal: TerminalId) -> Answered<()> {
    Ok(terminals(&app).close(&terminal).await?)
}

fn terminals(app: &App) -> &Terminals {
    &app.flows.rooms().terminals
}
