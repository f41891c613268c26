//! How much memory the machine has left: Linux tells in `/proc/meminfo`, Windows when asked; macOS is not asked.

/// In bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total: u64,
    /// What programs can still get without swapping, as the system estimates it.
    pub available: u64,
}

/// As it is now; `None` where the system does not tell. Reads no disk.
#[cfg(not(windows))]
pub fn memory() -> Option<Memory> {
    parse(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// As it is now; `None` where the system does not tell. Reads no disk.
#[cfg(windows)]
pub fn memory() -> Option<Memory> {
    let now = winsafe::GlobalMemoryStatusEx().ok()?;
    Some(Memory {
        total: now.ullTotalPhys,
        available: now.ullAvailPhys,
    })
}

/// Lines such as `MemTotal:       24622892 kB`; their unit is always 1024 bytes.
#[cfg(not(windows))]
fn parse(text: &str) -> Option<Memory> {
    let field = |name: &str| {
        let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = rest.split_ascii_whitespace().next()?.parse().ok()?;
        kibibytes.checked_mul(1024)
    };
    Some(Memory {
        total: field("MemTotal:")?,
        available: field("MemAvailable:")?,
    })
}

#[cfg(test)]
mod tests {
    #[cfg(not(windows))]
    use super::{Memory, parse};

    #[cfg(not(windows))]
    #[test]
    fn total_and_available_are_read_in_bytes() {
        let text =
            "MemTotal:       24622892 kB\nMemFree:         1000 kB\nMemAvailable:       2048 kB\n";
        let wanted = Memory {
            total: 24_622_892 * 1024,
            available: 2_097_152,
        };
        assert_eq!(parse(text), Some(wanted));
    }

    #[cfg(not(windows))]
    #[test]
    fn a_kernel_that_does_not_estimate_tells_nothing() {
        assert_eq!(parse("MemTotal: 1 kB\nMemFree: 1 kB\n"), None);
        assert_eq!(parse("MemTotal: x kB\nMemAvailable: 1 kB\n"), None);
    }

    #[cfg(any(target_os = "linux", windows))]
    #[test]
    fn this_machine_has_less_available_than_in_all() {
        let now = super::memory().expect("Linux and Windows tell it");
        assert!(0 < now.available && now.available < now.total, "{now:?}");
    }
}
