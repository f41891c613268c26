//! A window's way to a terminal's bytes: what was kept, then what comes, as fast as the window draws it.

use crate::live::{Live, Reading};
use std::sync::Arc;
use tokio::sync::watch;

/// Reads one terminal. A terminal has one reader at a time: attaching again ends the earlier attachment.
pub struct Attachment {
    live: Arc<Live>,
    number: u32,
    changes: watch::Receiver<u64>,
}

impl Attachment {
    pub(crate) fn new(live: Arc<Live>) -> Self {
        let (number, changes) = live.attach();
        Self {
            live,
            number,
            changes,
        }
    }

    /// What acknowledgements are to name.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The next bytes for the screen, 64 KiB or little more; waits while 256 KiB are not acknowledged. Begins with a
    /// reset (`ESC c`) and what was kept of the output; where the reader fell behind, a reset comes again and what
    /// lies between is left out. `None` once the terminal is closed or another reader took its place.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            self.changes.borrow_and_update();
            match self.live.read(self.number) {
                Reading::Bytes(bytes) => return Some(bytes),
                Reading::Over => return None,
                Reading::NothingYet => self.changes.changed().await.ok()?,
            }
        }
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.live.detach(self.number);
    }
}
