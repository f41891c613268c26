//! Blocking work goes to tokio's blocking threads, and goes on to its end when the caller is dropped.

/// Runs `work`, which may block, off the async workers.
pub(crate) async fn off_the_workers<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(gone) => carry_on_panic(gone),
    }
}

/// Runs `work` as a task of its own, so that dropping the caller's future never leaves it half done.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(work).await {
        Ok(answer) => answer,
        Err(gone) => carry_on_panic(gone),
    }
}

/// The runtime only drops a task that nobody aborts when it shuts down, and then nobody awaits this one either.
fn carry_on_panic(gone: tokio::task::JoinError) -> ! {
    match gone.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => panic!("the runtime is shutting down"),
    }
}
