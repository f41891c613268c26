//! What a worktree holds, read for the person who looks for a file.

use crate::Git;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use workspace::WorkspaceError;
use workspace::port::TreeFiles;

impl TreeFiles for Git {
    fn list(&self, tree: &Path) -> Result<Vec<String>, WorkspaceError> {
        let listed = self
            .call("list the files", tree)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .run()?;
        Ok(listed
            .parts()
            .filter(|path| !path.is_empty())
            .filter_map(|path| String::from_utf8(path.to_vec()).ok())
            .collect())
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let failed = |source| WorkspaceError::Io {
            action: format!("Reading {}", path.display()),
            source,
        };
        // Asked before it is opened: opening a pipe would wait for its writer.
        let about = path.metadata().map_err(failed)?;
        if !about.is_file() || about.len() > limit {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let fits = u64::try_from(bytes.len()).is_ok_and(|size| size <= limit);
        Ok(fits.then_some(bytes))
    }
}
