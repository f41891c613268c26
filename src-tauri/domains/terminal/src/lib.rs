//! Terminals: programs with a screen and a keyboard in the window, for the person's shell and for agents' sign-in.
//!
//! Invariants: what a terminal keeps is bounded however much its program writes; a window that is slow or gone
//! delays no other terminal, and its own for a moment only; nothing a terminal started outlives its close.
//! Bytes are raw: the domain knows of escape sequences only which modes are on.

mod attachment;
mod error;
#[cfg(test)]
mod fakes;
mod live;
mod modes;
pub mod port;
mod scrollback;
#[cfg(test)]
mod stories;
mod terminal;
mod terminals;

pub use attachment::Attachment;
pub use error::TerminalError;
pub use terminal::{
    Exit, NewTerminal, Program, Size, TerminalFact, TerminalState, TerminalSummary,
};
pub use terminals::Terminals;
