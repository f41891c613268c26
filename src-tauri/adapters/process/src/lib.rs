//! Child processes that never outlive their owner: own group, inherited tag, sweep.
//!
//! The ground the other adapters stand on, and the one exception to "adapters never use each other":
//! groups, tags and the sweep need exactly one owner, and a port for them would have one implementer.
//!
//! Three nets, each for what the one before it misses: the process group (the ordinary case), the tag in the
//! environment (children that left the group or the session), and the [`reaper`] (the app itself was killed). What even
//! the reaper did not live to sweep is ended at the next start, by what was recorded of it.
//!
//! Linux only so far. On Windows a job object that ends with its last handle would be all nets in one; on macOS the group is
//! the only one of them that the system offers without unsafe code. Neither is written, because neither could be tried.

mod environment;
mod memory;
mod owned;
pub mod reaper;
mod recorded;
mod sweep;
mod tag;

pub use environment::leads_astray;
pub use memory::{Memory, memory};
pub use owned::{Exit, Grace, Owned};
pub use recorded::{Recorded, end_recorded};
pub use sweep::{Ended, living, sweep};
pub use tag::{TAG_VARIABLE, Tag};
