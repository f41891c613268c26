//! After any end, also kill -9: rows, git and processes are made to agree before anything is shown.

use session::port::UnreadableSession;
use workspace::machine::WorkspaceState;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Says on the cards what was recovered; set-ups that were cut off begin again, queued messages go out.
    pub(crate) async fn recover(&self) -> Result<(), FlowError> {
        let unfinished = self.rooms.workspaces.recover().await?;
        let interrupted = self.rooms.sessions.recover().await?;
        if !interrupted.is_empty() {
            tracing::info!(
                sessions = interrupted.len(),
                "sessions were at work when the app ended"
            );
        }
        self.say_what_is_unreadable().await?;
        for row in self.rooms.workspaces.list().await? {
            if row.state == WorkspaceState::Ready {
                self.open_places(&row).await;
            } else if unfinished.contains(&row.id) {
                self.begin_set_up(&row.id);
            } else {
                self.settle_when_possible(&row.id).await;
            }
        }
        Ok(())
    }

    /// On the workspace's card, at every start: a conversation that is missing must not look like one that never was.
    async fn say_what_is_unreadable(&self) -> Result<(), FlowError> {
        for session in self.rooms.sessions.unreadable().await? {
            let UnreadableSession {
                id, title, damage, ..
            } = &session;
            tracing::error!(session = %id, %damage, "a conversation could not be read");
            let text = format!(
                "Its conversation “{title}” is damaged and could not be read, so it is not shown. Nothing of it was \
                 deleted or changed."
            );
            let noted = self.rooms.workspaces.note(&session.workspace, &text).await;
            if let Err(error) = noted {
                tracing::error!(session = %id, %error, "its card could not say so");
            }
        }
        Ok(())
    }
}
