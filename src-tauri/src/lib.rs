//! The app: wiring, thin commands, feed, tray. The only room that knows Tauri.

mod app;
pub mod bindings;
mod clock;
pub mod commands;
mod compose;
mod error;
mod home;
mod logs;
mod preferences;
mod quit;
mod search_path;
pub mod start;
mod tray;
mod window;
