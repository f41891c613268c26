//! The built app, driven from outside in a real window: its own display, its own bus, its own home.
//!
//! Each story starts from nothing and leaves nothing. `cargo xtask test` installs what is needed and builds the
//! programs; by hand: `SHOPFLOOR_BIN=target/debug/shopfloor cargo nextest run -p tests --test desktop`.
//! `SHOPFLOOR_SHOTS=<folder>` keeps pictures of the window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod bus;
mod children;
mod display;
mod person;
mod repository;
mod stories;
mod sweep;
mod wait;
mod window;
mod world;
