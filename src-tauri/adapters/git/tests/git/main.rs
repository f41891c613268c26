//! The adapter against the real git, in temporary folders.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod bench;
mod comparing;
mod making;
mod places;
mod removing;
mod saving;
