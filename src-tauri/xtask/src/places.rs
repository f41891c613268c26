//! Where things are: the checkout, the window's sources, and the folder cargo builds into.

use std::path::PathBuf;

/// The folders that the commands work with.
pub struct Places {
    /// The checkout.
    pub root: PathBuf,
    /// The window's sources.
    pub ui: PathBuf,
    /// Where cargo puts the programs of a debug build.
    pub debug: PathBuf,
    /// Programs that `check` fetched for itself.
    pub tools: PathBuf,
}

impl Places {
    /// Derived from cargo's environment and from where this program itself was built to, so that a moved target
    /// directory is followed whatever moved it.
    pub fn find() -> Self {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .nth(2)
            .expect("xtask lives two folders below the root")
            .to_path_buf();
        let this = std::env::current_exe().expect("the system knows the running program's path");
        let debug = this
            .parent()
            .expect("a program lives in a folder")
            .to_path_buf();
        Self {
            ui: root.join("ui"),
            tools: debug.join("tools"),
            debug,
            root,
        }
    }

    /// Where cargo puts the programs of a release build.
    pub fn release(&self) -> PathBuf {
        self.debug.with_file_name("release")
    }

    /// A program of ours as the debug build names it on this system.
    pub fn program(&self, name: &str) -> PathBuf {
        self.debug
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}
