//! A conversation becomes a file, with the names that tell where it was held.

use kernel::SessionId;
use session::export::{Existing, ExportFormat, Exported, Heading};
use session::{Export, SessionError};
use std::path::PathBuf;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// Writes a conversation to this absolute path, without the secrets that are known or look like one.
    #[tracing::instrument(skip(self))]
    pub async fn export_session(
        &self,
        session: &SessionId,
        format: ExportFormat,
        path: PathBuf,
        existing: Existing,
    ) -> Result<Exported, FlowError> {
        let export = Export {
            heading: self.heading(session).await?,
            format,
            path,
            existing,
        };
        let now = self.rooms.clock.now();
        let rooms = &self.rooms;
        Ok(rooms
            .transcripts
            .export(&rooms.sessions, export, now)
            .await?)
    }

    /// A name for an exported conversation, from its workspace and title, that every file system takes.
    pub async fn export_name(
        &self,
        session: &SessionId,
        format: ExportFormat,
    ) -> Result<String, FlowError> {
        let heading = self.heading(session).await?;
        let both = match heading.title.as_str() {
            title if title == heading.workspace => heading.workspace,
            title => format!("{} {title}", heading.workspace),
        };
        Ok(format!("{}.{}", file_name(&both), format.extension()))
    }

    async fn heading(&self, session: &SessionId) -> Result<Heading, FlowError> {
        let unknown = SessionError::Unknown { what: "session" };
        let summary = self.rooms.sessions.summary(session).ok_or(unknown)?;
        let row = self.rooms.workspaces.get(&summary.workspace).await?;
        let project = self.rooms.projects.get(&row.project).await?;
        Ok(Heading {
            id: summary.id,
            title: summary.title,
            agent: summary.agent,
            workspace: row.name,
            branch: row.branch,
            project: project.name,
            created_at: summary.created_at,
        })
    }
}

/// Letters and digits, joined by dashes, at most 60 of them.
fn file_name(text: &str) -> String {
    let words = text.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(60).collect();
    match name.trim_end_matches('-') {
        "" => "conversation".to_owned(),
        name => name.to_owned(),
    }
}
