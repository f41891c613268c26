//! The system's clock behind the kernel's word.

use kernel::{Clock, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the system's time.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}
