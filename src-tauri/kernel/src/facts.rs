//! Facts: what happened in a domain, announced once to every listener, none ever dropped.
//!
//! Unbounded on purpose: facts are few and small, and a dropped fact is a lost step of somebody's work.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// The announcing side. Clones announce to the same listeners.
pub struct Facts<T> {
    listeners: Arc<Mutex<Vec<mpsc::UnboundedSender<T>>>>,
}

/// One listener's facts, in the order they were announced.
pub struct FactStream<T>(mpsc::UnboundedReceiver<T>);

impl<T: Clone> Facts<T> {
    /// No listeners yet.
    pub fn new() -> Self {
        Self {
            listeners: Arc::default(),
        }
    }

    /// Hears every fact announced from now on.
    pub fn listen(&self) -> FactStream<T> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.lock().push(sender);
        FactStream(receiver)
    }

    /// Tells every listener; all hear the facts in one order.
    pub fn announce(&self, fact: T) {
        self.lock()
            .retain(|listener| listener.send(fact.clone()).is_ok());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<mpsc::UnboundedSender<T>>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> FactStream<T> {
    /// The next fact; `None` once every announcer is gone.
    pub async fn next(&mut self) -> Option<T> {
        self.0.recv().await
    }

    /// A fact that is already there, without waiting.
    pub fn try_next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

impl<T> Clone for Facts<T> {
    fn clone(&self) -> Self {
        Self {
            listeners: Arc::clone(&self.listeners),
        }
    }
}

impl<T: Clone> Default for Facts<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;

    #[tokio::test]
    async fn every_listener_hears_every_fact_in_order() {
        let facts = Facts::new();
        let (mut early, mut also) = (facts.listen(), facts.listen());
        for n in 0..10_000 {
            facts.announce(n);
        }
        drop(facts);
        for n in 0..10_000 {
            assert_eq!(early.next().await, Some(n));
            assert_eq!(also.next().await, Some(n));
        }
        assert_eq!(early.next().await, None);
    }
}
