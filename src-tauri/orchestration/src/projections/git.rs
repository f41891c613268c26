//! Numbers of a tree.

use snapshot::GitGroup;
use workspace::changes::Numbers;

/// The card's group.
pub fn group(numbers: &Numbers) -> GitGroup {
    GitGroup {
        files: numbers.files,
        additions: numbers.additions,
        deletions: numbers.deletions,
        staged: numbers.staged,
        unpushed: numbers.unpushed,
        behind: numbers.behind,
    }
}
