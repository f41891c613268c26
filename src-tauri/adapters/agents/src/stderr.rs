//! The end of what an agent writes to stderr, kept to explain a failure.

use std::collections::VecDeque;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much is kept (8 KiB).
const KEPT: usize = 8 * 1024;

/// Reads to the end and returns the last 8 KiB as text.
pub(crate) async fn tail(mut from: impl AsyncRead + Unpin, kept: std::sync::Arc<Tail>) {
    let mut chunk = vec![0; 4096];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        kept.push(&chunk[..read]);
    }
}

/// The last 8 KiB so far.
#[derive(Default)]
pub(crate) struct Tail(std::sync::Mutex<VecDeque<u8>>);

impl Tail {
    fn push(&self, bytes: &[u8]) {
        let mut kept = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.extend(bytes);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }

    /// As text; a character cut at the beginning is replaced.
    pub(crate) fn text(&self) -> String {
        let mut kept = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous())
            .trim()
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_end_is_kept() {
        let all = format!("{}the end\n", "noise ".repeat(10_000));
        let kept = std::sync::Arc::new(Tail::default());
        tail(all.as_bytes(), std::sync::Arc::clone(&kept)).await;
        assert!(kept.text().ends_with("noise the end"));
        assert!(kept.text().len() <= KEPT);
    }
}
