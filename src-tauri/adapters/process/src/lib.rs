//! Child processes that never outlive their owner: own group, inherited tag, sweep.
//!
//! The ground the other adapters stand on, and the one exception to "adapters never use each other":
//! groups, tags and the sweep need exactly one owner, and a port for them would have one implementer.

use std::path::Path;

/// Name of the environment variable every descendant of ours inherits.
pub const TAG_VARIABLE: &str = "SHOPFLOOR_TAG";

/// Value of [`TAG_VARIABLE`]: `<16 hex digits of the data directory>/<owner>`, so that a sweep for one data
/// directory never touches another's processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of everything that belongs to this data directory (FNV-1a 64 of its canonical path's bytes).
    pub fn of_home(home: &Path) -> Self {
        let home = home.canonicalize().unwrap_or_else(|_| home.to_path_buf());
        let hash = home
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(format!("{hash:016x}/"))
    }

    /// The tag of one owner, e.g. a session's id.
    pub fn of_owner(&self, owner: &str) -> Self {
        Self(format!("{}{owner}", self.0))
    }

    /// The variable's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
