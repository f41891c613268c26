//! Where agents' programs are looked for: a desktop starts apps with a shorter PATH than a terminal has.

use std::ffi::OsString;
use std::path::PathBuf;

/// Folders below the home directory that installers of agents and their runtimes use.
const BELOW_HOME: [&str; 6] = [
    ".local/bin",
    "bin",
    ".cargo/bin",
    ".bun/bin",
    ".npm-global/bin",
    ".volta/bin",
];
/// Folders of the system that a desktop's PATH may lack.
const OF_THE_SYSTEM: [&str; 3] = ["/usr/local/bin", "/opt/homebrew/bin", "/snap/bin"];

/// The PATH as inherited, then the usual folders that exist and are not in it.
pub fn search_path() -> OsString {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&inherited).collect();
    let home = dirs::home_dir();
    let below_home = home
        .iter()
        .flat_map(|home| BELOW_HOME.map(|folder| home.join(folder)));
    for folder in below_home.chain(OF_THE_SYSTEM.map(PathBuf::from)) {
        if !folders.contains(&folder) && folder.is_dir() {
            folders.push(folder);
        }
    }
    // A folder whose name holds the separator can't be in any PATH; then the inherited one is used as it is.
    std::env::join_paths(folders).unwrap_or(inherited)
}
