//! Blocking calls, off the async workers.

/// Runs `work` on a thread that may block. A panic in it goes on in the caller.
pub(crate) async fn off_the_workers<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(gone) => match gone.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down and drops this task too: nobody waits for an answer any more.
            Err(_) => std::future::pending().await,
        },
    }
}
