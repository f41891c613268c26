//! Waiting for facts, never for time.

use std::time::{Duration, Instant};

/// Nothing takes longer unless it hangs; generous, since a cold machine starts a web view slowly.
pub const LIMIT: Duration = Duration::from_secs(45);
const LOOK: Duration = Duration::from_millis(25);

/// Waits until `fact` gives something, or fails with what was waited for.
pub async fn until<T>(what: &str, mut fact: impl AsyncFnMut() -> Option<T>) -> T {
    match within(LIMIT, &mut fact).await {
        Some(found) => found,
        None => panic!("waited {} s in vain until {what}", LIMIT.as_secs()),
    }
}

/// Waits at most this long until `fact` gives something.
pub async fn within<T>(limit: Duration, fact: &mut impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = fact().await {
            return Some(found);
        }
        if Instant::now() > end {
            return None;
        }
        tokio::time::sleep(LOOK).await;
    }
}
