//! The ledger of processes: written when one starts, so that the next start of the app ends what a crash left.

use super::Live;
use crate::error::SessionError;
use crate::port::{ProcessLedger, ProcessRow};
use crate::work::off_the_workers;
use std::sync::Arc;

impl Live {
    /// The process runs.
    pub(super) async fn record(&mut self, process: ProcessRow) {
        self.process = Some(process.clone());
        self.note(move |ledger| ledger.record(&process)).await;
    }

    /// The process is gone.
    pub(super) async fn strike_out(&mut self) {
        if let Some(process) = self.process.take() {
            self.note(move |ledger| ledger.forget(&process)).await;
        }
    }

    /// What can't be noted is not fatal: the tags find the process too, and a row too many names one that is gone.
    async fn note(
        &self,
        write: impl FnOnce(&dyn ProcessLedger) -> Result<(), SessionError> + Send + 'static,
    ) {
        let ledger = Arc::clone(&self.shared.ledger);
        if let Err(error) = off_the_workers(move || write(&*ledger)).await {
            tracing::warn!(session = %self.session.id, %error, "the ledger of processes can't be written");
        }
    }
}
