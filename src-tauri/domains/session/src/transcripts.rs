//! The transcripts of all sessions as a whole: searched, also those that nobody opened for months.

use crate::error::SessionError;
use crate::search::{Indexing, PromptLine, Query, Search, SearchPage, TranscriptSearch};
use crate::work::off_the_workers;
use kernel::SessionId;
use std::sync::Arc;

/// The transcripts. Clones share them.
#[derive(Clone)]
pub struct Transcripts {
    search: Arc<dyn TranscriptSearch>,
}

impl Transcripts {
    /// Over this index.
    pub fn new(search: Arc<dyn TranscriptSearch>) -> Self {
        Self { search }
    }

    /// Brings a part of what is not indexed yet into the index.
    pub async fn index_some(&self) -> Result<Indexing, SessionError> {
        let search = Arc::clone(&self.search);
        off_the_workers(move || search.index_some()).await
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
}
