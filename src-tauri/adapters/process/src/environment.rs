//! What no program of the person inherits from the app: variables that would lead it astray.

use std::ffi::OsStr;

/// Variables that point git at another repository than the one of the folder it works in.
const GIT_POINTERS: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
];

/// The beginning of our own variables' names; they are nobody else's business.
const OURS: &[u8] = b"SHOPFLOOR_";

/// Whether a variable of the app's environment must not reach an agent or a terminal: it points git at another
/// repository, or it is one of our own.
pub fn leads_astray(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(OURS) || GIT_POINTERS.iter().any(|pointer| name == *pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_and_gits_pointers_lead_astray_and_nothing_else() {
        for astray in ["SHOPFLOOR_HOME", "SHOPFLOOR_TAG", "GIT_DIR", "GIT_PREFIX"] {
            assert!(leads_astray(OsStr::new(astray)), "{astray}");
        }
        for fine in [
            "PATH",
            "HOME",
            "GIT_EDITOR",
            "GIT_SSH_COMMAND",
            "SHOPFLOORS",
        ] {
            assert!(!leads_astray(OsStr::new(fine)), "{fine}");
        }
    }
}
