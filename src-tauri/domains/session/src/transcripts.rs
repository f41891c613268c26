//! The transcripts of all sessions as a whole: searched, also those that nobody opened for months, and exported.

use crate::entry::Entry;
use crate::error::SessionError;
use crate::export::{Existing, ExportFile, ExportFiles, ExportFormat, Exported, Heading, Script};
use crate::port::AgentStore;
use crate::redact::Secrets;
use crate::search::{Indexing, PromptLine, Query, Search, SearchPage, TranscriptSearch};
use crate::sessions::Sessions;
use crate::work::off_the_workers;
use kernel::{SessionId, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;

/// Entries that are held at a time while a conversation is exported.
const PAGE: u32 = 50;

/// The transcripts. Clones share them.
#[derive(Clone)]
pub struct Transcripts {
    search: Arc<dyn TranscriptSearch>,
    files: Arc<dyn ExportFiles>,
    agents: Arc<dyn AgentStore>,
    environment: Arc<[(String, String)]>,
}

/// What to export, and where to.
#[derive(Clone, Debug)]
pub struct Export {
    /// Which conversation it is.
    pub heading: Heading,
    /// As what.
    pub format: ExportFormat,
    /// Absolute path of the file.
    pub path: PathBuf,
    /// What is to be done with a file that is there already.
    pub existing: Existing,
}

impl Transcripts {
    /// `environment` is the app's own, by name and value: what looks secret in it, also what an agent is let have, and
    /// what the person set for agents is never exported.
    pub fn new(
        search: Arc<dyn TranscriptSearch>,
        files: Arc<dyn ExportFiles>,
        agents: Arc<dyn AgentStore>,
        environment: Vec<(String, String)>,
    ) -> Self {
        Self {
            search,
            files,
            agents,
            environment: environment.into(),
        }
    }

    /// Brings a part of what is not indexed yet, and did not change after `settled`, into the index.
    pub async fn index_some(&self, settled: Timestamp) -> Result<Indexing, SessionError> {
        let search = Arc::clone(&self.search);
        off_the_workers(move || search.index_some(settled)).await
    }

    /// What matches, newest first.
    pub async fn search(&self, wanted: Search) -> Result<SearchPage, SessionError> {
        let search = Arc::clone(&self.search);
        off_the_workers(move || search.search(&wanted)).await
    }

    /// The ordinals of all entries of one session that match, ascending.
    pub async fn find(&self, session: &SessionId, text: &str) -> Result<Vec<u32>, SessionError> {
        let (search, session) = (Arc::clone(&self.search), session.clone());
        let query = Query::parse(text);
        off_the_workers(move || search.find_in_session(&session, &query)).await
    }

    /// The person's messages in one session, in order.
    pub async fn prompts(&self, session: &SessionId) -> Result<Vec<PromptLine>, SessionError> {
        let (search, session) = (Arc::clone(&self.search), session.clone());
        off_the_workers(move || search.prompts(&session)).await
    }

    /// Writes a conversation to a file, without its secrets. A transcript of any length is held in parts. What comes
    /// while it is written may be in it.
    pub async fn export(
        &self,
        sessions: &Sessions,
        export: Export,
        now: Timestamp,
    ) -> Result<Exported, SessionError> {
        let session = export.heading.id.clone();
        let this = self.clone();
        let mut writing = off_the_workers(move || this.begin(&export, now)).await?;
        let mut next = 0;
        loop {
            let before = next + PAGE;
            let page = sessions.entries(&session, Some(before), PAGE).await?;
            // A page below the end reaches back into the one before.
            let fresh: Vec<Entry> = page
                .entries
                .into_iter()
                .filter(|entry| entry.ordinal >= next)
                .collect();
            let is_last = fresh.len() < PAGE as usize;
            writing = off_the_workers(move || writing.go_on(&fresh)).await?;
            if is_last {
                return off_the_workers(move || writing.end()).await;
            }
            next = before;
        }
    }

    fn begin(&self, export: &Export, now: Timestamp) -> Result<Writing, SessionError> {
        let agents = self.agents.agents()?;
        let set = agents.iter().flat_map(|agent| &agent.env);
        let secrets = Secrets::of_variables(texts(self.environment.iter()), texts(set));
        let mut script = Script::new(export.format, secrets);
        let mut file = self.files.begin(&export.path, export.existing)?;
        file.write(&script.begin(&export.heading, now))?;
        Ok(Writing { script, file })
    }
}

fn texts<'a>(
    variables: impl Iterator<Item = &'a (String, String)>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    variables.map(|(name, value)| (name.as_str(), value.as_str()))
}

/// A conversation that is half written.
struct Writing {
    script: Script,
    file: Box<dyn ExportFile>,
}

impl Writing {
    fn go_on(mut self, entries: &[Entry]) -> Result<Self, SessionError> {
        for entry in entries {
            self.file.write(&self.script.entry(entry))?;
        }
        Ok(self)
    }

    fn end(mut self) -> Result<Exported, SessionError> {
        let (end, done) = self.script.end();
        self.file.write(&end)?;
        self.file.finish()?;
        Ok(done)
    }
}
