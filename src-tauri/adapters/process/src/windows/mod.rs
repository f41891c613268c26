//! What is different on Windows. Type-checked on every check; never run so far.

mod process;
pub mod reaper;
pub(crate) mod sweep;
pub(crate) mod tree;
