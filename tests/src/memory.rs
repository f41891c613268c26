//! A machine whose memory is as the test says.

use session::port::{Memory, MemoryGauge};
use std::sync::{Mutex, PoisonError};

/// Tells nothing, as some systems do, until the test says something.
#[derive(Default)]
pub struct SteeredMemory(Mutex<Option<Memory>>);

impl SteeredMemory {
    /// From now on it is this.
    pub fn is(&self, memory: Memory) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(memory);
    }
}

impl MemoryGauge for SteeredMemory {
    fn memory(&self) -> Option<Memory> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
