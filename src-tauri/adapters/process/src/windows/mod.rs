//! What is different on Windows. Its tests run under Wine; on a real Windows nobody has run it so far.

mod process;
pub mod reaper;
pub(crate) mod sweep;
pub(crate) mod tree;
