//! Agents that misbehave, as real processes through the whole house without its window: the person hears the truth,
//! memory stays bounded, nobody else waits, and nothing is left over.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod flood;
mod list;
mod memory;
