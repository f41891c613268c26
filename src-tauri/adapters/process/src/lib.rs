//! Child processes that never outlive their owner: own group, inherited tag, sweep.
//!
//! The ground the other adapters stand on, and the one exception to "adapters never use each other":
//! groups, tags and the sweep need exactly one owner, and a port for them would have one implementer.
//!
//! Three nets, each for what the one before it misses: the process group (the ordinary case), the tag in the
//! environment (children that left the group or the session), and the [`reaper`] (the app itself was killed). What even
//! the reaper did not live to sweep is ended at the next start, by what was recorded of it.
//!
//! That is Linux. On Windows a job object per child, which ends with its last handle, is all nets in one; that half was run
//! under Wine, never on a real Windows. On macOS the group is the only one of the nets that the system offers without unsafe
//! code; it is not written, because it could not be tried.

mod brief;
mod environment;
mod memory;
mod owned;
#[cfg(unix)]
pub mod reaper;
mod recorded;
#[cfg(unix)]
mod sweep;
mod tag;
#[cfg(unix)]
mod tree;
#[cfg(windows)]
mod windows;

#[cfg(windows)]
pub use crate::windows::reaper;
#[cfg(windows)]
use crate::windows::{sweep, tree};

pub use brief::Brief;
pub use environment::leads_astray;
pub use memory::{Memory, memory};
pub use owned::{Exit, Grace, Owned};
pub use recorded::{Ended, Recorded, end_recorded};
pub use sweep::{living, sweep};
pub use tag::{TAG_VARIABLE, Tag};
