//! Exported conversations on the disk: whole in their place, or not at all.
//!
//! Invariant: until the last byte is on the disk a file of that name stays as it was. Only its owner can read
//! what was exported.

use session::SessionError;
use session::export::{Existing, ExportFile, ExportFiles};
use std::io::{BufWriter, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The person's folders.
pub struct Folders;

impl ExportFiles for Folders {
    fn begin(&self, path: &Path, existing: Existing) -> Result<Box<dyn ExportFile>, SessionError> {
        let explain = |error| failure(path, &error);
        let folder = path
            .parent()
            .filter(|folder| folder.is_dir())
            .ok_or_else(|| explain(ErrorKind::NotFound.into()))?;
        if path.is_dir() {
            return Err(explain(ErrorKind::IsADirectory.into()));
        }
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(explain(ErrorKind::AlreadyExists.into()));
        }
        let file = NamedTempFile::new_in(folder).map_err(explain)?;
        Ok(Box::new(Begun {
            file: BufWriter::new(file),
            path: path.to_path_buf(),
            existing,
        }))
    }
}

/// A file beside its place, removed when dropped.
struct Begun {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    existing: Existing,
}

impl ExportFile for Begun {
    fn write(&mut self, text: &str) -> Result<(), SessionError> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| failure(&self.path, &error))
    }

    fn finish(self: Box<Self>) -> Result<(), SessionError> {
        let Self {
            file,
            path,
            existing,
        } = *self;
        let file = file
            .into_inner()
            .map_err(|error| failure(&path, error.error()))?;
        file.as_file()
            .sync_all()
            .map_err(|error| failure(&path, &error))?;
        let placed = match existing {
            Existing::Keep => file.persist_noclobber(&path),
            Existing::Replace => file.persist(&path),
        };
        placed
            .map(drop)
            .map_err(|error| failure(&path, &error.error))
    }
}

fn failure(path: &Path, error: &Error) -> SessionError {
    let (said, hint) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => (
            "its folder does not exist".to_owned(),
            "Choose another folder.",
        ),
        ErrorKind::IsADirectory => (
            "there is a folder of that name".to_owned(),
            "Choose another name.",
        ),
        ErrorKind::AlreadyExists => (
            "there is a file of that name already".to_owned(),
            "Choose another name, or replace the file when you are asked.",
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
            "you may not write there".to_owned(),
            "Choose another folder.",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            "the disk is full".to_owned(),
            "Free some space, or choose a folder on another disk.",
        ),
        _ => (error.to_string(), "Choose another folder."),
    };
    SessionError::NotExported {
        path: path.display().to_string(),
        said,
        hint,
    }
}

#[cfg(test)]
mod tests;
