//! Opening the file: what is wrong with it is said before anything is written to it.

use crate::{Database, Failure, Loss, Shared, Writer, migrations};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a statement waits for another process's lock (a backup tool, a person's sqlite3).
const BUSY: Duration = Duration::from_secs(5);

/// Why the database could not be opened. Nothing in it was changed, unless a migration is named.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version of the app wrote it.
    #[error(
        "The database at {path} was written by a newer Shopfloor (schema {found}, this one knows {known})."
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest schema this app knows.
        known: usize,
    },
    /// It is damaged, or not a database at all.
    #[error("The file at {path} is damaged or is not Shopfloor's database ({said}).")]
    Damaged {
        /// The file.
        path: String,
        /// SQLite's words.
        said: String,
    },
    /// No room to open or to migrate it.
    #[error("The disk is full, so the database at {path} could not be opened.")]
    DiskFull {
        /// The file.
        path: String,
    },
    /// Anything else: permissions, a missing folder, a failed migration.
    #[error("The database at {path} could not be opened: {said}.")]
    Other {
        /// The file.
        path: String,
        /// SQLite's words.
        said: String,
    },
}

impl OpenError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "Start the newer version, or update this one.",
            Self::Damaged { .. } => {
                "Move the file aside (keep it) and start again, or put a backup in its place. Your repositories, branches and worktrees are not in it and are safe."
            }
            Self::DiskFull { .. } => "Free some space and start again. Nothing was lost.",
            Self::Other { .. } => "Check that the folder exists and that you may write to it.",
        }
    }

    fn new(path: &Path, failure: Failure) -> Self {
        let path = path.display().to_string();
        match failure {
            Failure::DiskFull => Self::DiskFull { path },
            Failure::Damaged { said } => Self::Damaged { path, said },
            Failure::Other { said } => Self::Other { path, said },
        }
    }
}

impl Database {
    /// Opens the file, makes it when there is none, and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let explain = |error: rusqlite::Error| OpenError::new(path, error.into());
        let mut writer = Connection::open(path).map_err(explain)?;
        writer.busy_timeout(BUSY).map_err(explain)?;
        refuse_newer(path, &writer)?;
        writer
            .pragma_update(None, "journal_mode", "WAL")
            .and_then(|()| writer.pragma_update(None, "synchronous", "FULL"))
            .and_then(|()| writer.pragma_update(None, "foreign_keys", "ON"))
            .map_err(explain)?;
        migrations::ALL
            .to_latest(&mut writer)
            .map_err(|error| match error {
                rusqlite_migration::Error::RusqliteError { err, .. } => explain(err),
                other => OpenError::Other {
                    path: path.display().to_string(),
                    said: other.to_string(),
                },
            })?;
        let readers = [
            reader(path).map_err(explain)?,
            reader(path).map_err(explain)?,
        ];
        let searcher = reader(path).map_err(explain)?;
        Ok(Self {
            shared: Arc::new(Shared {
                writer: Mutex::new(Writer {
                    connection: writer,
                    safe_against: Loss::PowerCut,
                }),
                readers: readers.map(Mutex::new),
                searcher: Mutex::new(searcher),
            }),
        })
    }
}

fn refuse_newer(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| OpenError::new(path, error.into()))?;
    if usize::try_from(found).is_ok_and(|found| found <= migrations::NEWEST) {
        return Ok(());
    }
    Err(OpenError::Newer {
        path: path.display().to_string(),
        found,
        known: migrations::NEWEST,
    })
}

fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}
