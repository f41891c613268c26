//! Time as an argument: domains ask a `Clock`, never the system.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Milliseconds since the Unix epoch, UTC. Fits a JavaScript number exactly until the year 287396.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(transparent)]
pub struct Timestamp(#[specta(type = u32)] u64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> u64 {
        self.0
    }
}

/// Tells the time. The app implements it with the system's clock, tests with one they set.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
