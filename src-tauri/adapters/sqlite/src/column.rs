//! How values of the domains stand in columns: paths as bytes, times as milliseconds, shapes as JSON text.

use kernel::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Milliseconds since the Unix epoch.
pub fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.millis()).unwrap_or(i64::MAX)
}

/// A time as [`millis`] wrote it.
pub fn time(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    Ok(since_epoch(row.get(column)?))
}

/// A time that may be missing.
pub fn time_or_none(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(since_epoch))
}

fn since_epoch(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// A shape as JSON text.
pub fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(error.into()))
}

/// A shape as [`json`] wrote it.
pub fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let index = row.as_ref().column_index(column)?;
    let text: String = row.get(index)?;
    serde_json::from_str(&text)
        .map_err(|error| Error::FromSqlConversionFailure(index, Type::Text, error.into()))
}

/// A path's bytes as the system has them, so that names that are not UTF-8 survive.
#[cfg(unix)]
pub fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// A path's UTF-16 units, little endian, so that lone surrogates survive.
#[cfg(windows)]
pub fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str()
        .encode_wide()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// A path as [`path_bytes`] wrote it.
pub fn path(row: &Row<'_>, column: &str) -> Result<PathBuf> {
    Ok(PathBuf::from(os_string(row.get(column)?)))
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes)
}

#[cfg(windows)]
fn os_string(bytes: Vec<u8>) -> OsString {
    use std::os::windows::ffi::OsStringExt;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    OsString::from_wide(&units)
}
