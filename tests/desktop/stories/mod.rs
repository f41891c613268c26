//! One file per story.

mod conversations;
mod harness;
mod killed;
mod main_job;
mod quitting;
mod second_start;
mod terminals;
mod tray;
