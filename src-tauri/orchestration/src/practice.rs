//! The practice project's files, as they go into its first commit.

/// Path, content, executable or not.
pub(crate) const FILES: &[(&str, &str, bool)] = &[
    (
        "README.md",
        include_str!("../../practice-project/README.md"),
        false,
    ),
    (
        "AGENTS.md",
        include_str!("../../practice-project/AGENTS.md"),
        false,
    ),
    (
        "greet.sh",
        include_str!("../../practice-project/greet.sh"),
        true,
    ),
    (
        "check.sh",
        include_str!("../../practice-project/check.sh"),
        true,
    ),
];
