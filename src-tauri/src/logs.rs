//! Logs: one file a day in the data directory, the newest seven kept, panics included.

use std::path::Path;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{InitError, Rotation};
use tracing_subscriber::EnvFilter;

/// Chooses what is logged, in the syntax of tracing's `EnvFilter`; `info` unless set.
const FILTER_VARIABLE: &str = "SHOPFLOOR_LOG";

/// Starts logging. What is written is flushed when the guard is dropped.
pub fn start(folder: &Path) -> Result<WorkerGuard, InitError> {
    let files = tracing_appender::rolling::Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("shopfloor")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter = EnvFilter::try_from_env(FILTER_VARIABLE)
        .unwrap_or_else(|_| EnvFilter::new("info,zbus=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .init();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panic");
        before(panic);
    }));
    Ok(guard)
}
