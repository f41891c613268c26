//! The practice agent as a host sees it: the real binary over its pipes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod asking;
mod client;
mod life;
mod misbehaving;
mod plain;
mod steps;
