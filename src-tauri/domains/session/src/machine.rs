//! A session's life as a pure function. No IO, no clock, no async.

use crate::error::Cause;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where a session is in its life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SessionState {
    /// No process.
    #[default]
    Stopped,
    /// The process is there and shaking hands.
    Starting {
        /// Counts this session's processes, from 1; events of earlier ones are dropped.
        incarnation: u32,
    },
    /// Waits for a prompt.
    Ready {
        /// See `Starting`.
        incarnation: u32,
    },
    /// A turn runs.
    Working {
        /// See `Starting`.
        incarnation: u32,
    },
    /// The process was asked to end.
    Stopping {
        /// See `Starting`.
        incarnation: u32,
    },
    /// It failed; the next message starts it again.
    Failed {
        /// Why.
        cause: Cause,
    },
}
