//! Stories with the real agents from npm, through the flows, on a real database and real git, before a scripted model.
//!
//! They are ignored by themselves, because the packages are large: `cargo xtask test --agents` installs them and runs
//! these.

mod crashes;
mod failures;
mod registry;
mod scene;
mod stopping;
mod turns;
