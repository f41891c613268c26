//! Paths as git says them: any bytes on Unix, UTF-8 on Windows.

use std::path::PathBuf;

/// The path that git means.
#[cfg(unix)]
pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    let path: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    PathBuf::from(path)
}

/// The path that git means. A name that another system stored and this one can't have is the path of nothing.
#[cfg(windows)]
pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
