//! Blocking calls, off the async workers.

/// Runs `work` on a thread that may block. A panic in it goes on in the caller.
pub async fn off_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is going away and so is this task: nobody waits for an answer any more.
        Err(_) => std::future::pending().await,
    }
}
