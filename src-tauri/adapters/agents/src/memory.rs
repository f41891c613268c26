//! The machine's memory behind the domain's port.

use session::port::{Memory, MemoryGauge};

/// What the system tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemMemory;

impl MemoryGauge for SystemMemory {
    fn memory(&self) -> Option<Memory> {
        process::memory().map(|now| Memory {
            total: now.total,
            available: now.available,
        })
    }
}
