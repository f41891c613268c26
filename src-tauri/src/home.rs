//! The data directory: where state, logs and worktrees live, and the lock that keeps a second app out.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Overrides the platform's data directory; an absolute path.
pub const HOME_VARIABLE: &str = "SHOPFLOOR_HOME";

/// The opened data directory. The lock is held as long as this lives.
pub struct Home {
    root: PathBuf,
    _lock: File,
}

/// Why the data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Another app holds it.
    #[error("Shopfloor is already running with the data directory {0}.")]
    Taken(PathBuf),
    /// It can't be made or written.
    #[error(
        "The data directory {path} can't be used: {source}. Set {HOME_VARIABLE} to a folder you can write to."
    )]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system does not say where data goes.
    #[error(
        "The system names no folder for data. Set {HOME_VARIABLE} to a folder you can write to."
    )]
    Nowhere,
}

impl Home {
    /// Where it is, before anything is made.
    pub fn locate() -> Result<PathBuf, HomeError> {
        match std::env::var_os(HOME_VARIABLE) {
            Some(path) if !path.is_empty() => {
                std::path::absolute(&path).map_err(|source| HomeError::Unusable {
                    path: path.into(),
                    source,
                })
            }
            _ => dirs::data_local_dir()
                .map(|data| data.join("shopfloor"))
                .ok_or(HomeError::Nowhere),
        }
    }

    /// Makes what is missing and takes the lock.
    pub fn open(root: &Path) -> Result<Self, HomeError> {
        let unusable = |source| HomeError::Unusable {
            path: root.to_owned(),
            source,
        };
        for folder in [root.to_owned(), root.join("logs"), root.join("worktrees")] {
            std::fs::create_dir_all(folder).map_err(unusable)?;
        }
        let lock = File::create(root.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                root: root.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(HomeError::Taken(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where logs go: `shopfloor.<date>.log`, the newest seven are kept.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Where worktrees go.
    pub fn worktrees(&self) -> PathBuf {
        self.root.join("worktrees")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.root.join("shopfloor.db")
    }

    /// Where the practice project goes.
    pub fn practice(&self) -> PathBuf {
        self.root.join("practice-project")
    }
}
