//! The owner of background tasks: none is spawned without it, and stopping waits for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Clones own the same tasks.
#[derive(Clone)]
pub(crate) struct Tasks {
    set: Arc<Mutex<JoinSet<()>>>,
    stop: watch::Sender<bool>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            set: Arc::default(),
            stop: watch::channel(false).0,
        }
    }
}

impl Tasks {
    /// Runs `work` to its end. After a stop began nothing new is started.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        if *self.stop.borrow() {
            return;
        }
        while set.try_join_next().is_some() {}
        set.spawn(work);
    }

    /// Runs `work` until it ends or a stop begins.
    pub fn spawn_until_stop(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut stop = self.stop.subscribe();
        self.spawn(async move {
            tokio::select! {
                () = work => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        });
    }

    /// Tells listeners to stop, and waits for flows at most this long.
    pub async fn stop(&self, limit: Duration) {
        self.stop.send_replace(true);
        let mut set = std::mem::take(&mut *self.set.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = tokio::time::timeout(limit, async {
            while let Some(ended) = set.join_next().await {
                if let Err(error) = ended {
                    tracing::error!(%error, "a background task ended badly");
                }
            }
        });
        if ended.await.is_err() {
            tracing::warn!(
                left = set.len(),
                "flows did not end in time; the next start recovers them"
            );
        }
    }
}
