//! The shared picture and its subscriptions: windows, the tray, tests.

use kernel::{Clock, Timestamp, WorkspaceId};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::batch::Batch;
use crate::card::{Card, ProjectCard};
use crate::picture::{Group, Picture, Stamp};

/// Changes are gathered for at most this long; urgent ones go at once.
const COALESCE: Duration = Duration::from_millis(50);

/// Holds one card per workspace and tells subscribers what changed.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    stamps: AtomicU64,
    picture: Mutex<Picture>,
    subscribers: Mutex<Vec<Weak<Inbox>>>,
}

#[derive(Default)]
struct Inbox {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

#[derive(Default)]
struct Waiting {
    cards: BTreeSet<WorkspaceId>,
    projects: bool,
    urgent: bool,
}

impl Store {
    /// An empty picture.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let shared = Shared {
            clock,
            stamps: AtomicU64::new(0),
            picture: Mutex::default(),
            subscribers: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// A stamp for content that will be read after this call.
    pub fn stamp(&self) -> Stamp {
        Stamp(self.shared.stamps.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Applies a group's new content; answers whether the visible picture changed.
    pub fn update(&self, id: &WorkspaceId, group: Group, stamp: Stamp, source: &str) -> bool {
        let now = self.shared.clock.now();
        let effect = self.picture().apply(id, group, stamp, source, now);
        if effect.changed {
            self.tell(|waiting| {
                waiting.cards.insert(id.clone());
                waiting.urgent |= effect.urgent;
            });
        }
        effect.changed
    }

    /// Replaces the list of projects.
    pub fn set_projects(&self, projects: Vec<ProjectCard>) {
        if self.picture().set_projects(projects) {
            self.tell(|waiting| waiting.projects = true);
        }
    }

    /// All projects.
    pub fn projects(&self) -> Vec<ProjectCard> {
        self.picture().projects().to_vec()
    }

    /// One card.
    pub fn card(&self, id: &WorkspaceId) -> Option<Arc<Card>> {
        self.picture().card(id).cloned()
    }

    /// All cards.
    pub fn cards(&self) -> Vec<Arc<Card>> {
        self.picture().cards().cloned().collect()
    }

    /// Forgets what left the board long ago.
    pub fn prune(&self) {
        let now: Timestamp = self.shared.clock.now();
        self.picture().prune(now);
    }

    /// Hears every change from now on; the first batch is the full picture.
    pub fn subscribe(&self) -> Subscription {
        let inbox = Arc::new(Inbox::default());
        lock(&self.shared.subscribers).push(Arc::downgrade(&inbox));
        Subscription {
            store: self.clone(),
            inbox,
            sequence: 0,
            known: BTreeSet::new(),
            sent_at: None,
        }
    }

    fn tell(&self, note: impl Fn(&mut Waiting)) {
        lock(&self.shared.subscribers).retain(|subscriber| {
            let Some(inbox) = subscriber.upgrade() else {
                return false;
            };
            note(&mut lock(&inbox.waiting));
            inbox.arrived.notify_one();
            true
        });
    }

    fn picture(&self) -> MutexGuard<'_, Picture> {
        lock(&self.shared.picture)
    }
}

/// One listener's side.
pub struct Subscription {
    store: Store,
    inbox: Arc<Inbox>,
    sequence: u32,
    known: BTreeSet<WorkspaceId>,
    sent_at: Option<Instant>,
}

impl Subscription {
    /// The next batch; waits for a change. Cancel safe: what was not answered stays for the next call.
    pub async fn next(&mut self) -> Batch {
        if self.sent_at.is_none() {
            return self.full();
        }
        loop {
            self.wait_for_news().await;
            if let Some(batch) = self.delta() {
                return batch;
            }
        }
    }

    /// A change after a quiet time goes at once, the ones behind it wait for each other.
    async fn wait_for_news(&self) {
        let earliest = self.sent_at.map(|sent| sent + COALESCE);
        loop {
            let (news, urgent) = {
                let waiting = lock(&self.inbox.waiting);
                (
                    !waiting.cards.is_empty() || waiting.projects,
                    waiting.urgent,
                )
            };
            match earliest {
                _ if urgent => return,
                Some(earliest) if news && Instant::now() < earliest => {
                    tokio::select! {
                        () = tokio::time::sleep_until(earliest) => return,
                        () = self.inbox.arrived.notified() => {}
                    }
                }
                _ if news => return,
                _ => self.inbox.arrived.notified().await,
            }
        }
    }

    fn full(&mut self) -> Batch {
        std::mem::take(&mut *lock(&self.inbox.waiting));
        let (cards, projects) = {
            let picture = self.store.picture();
            (
                picture
                    .cards()
                    .map(|card| Card::clone(card))
                    .collect::<Vec<_>>(),
                picture.projects().to_vec(),
            )
        };
        self.known = cards.iter().map(|card| card.id.clone()).collect();
        self.batch(true, cards, Vec::new(), Some(projects))
    }

    fn delta(&mut self) -> Option<Batch> {
        let waiting = std::mem::take(&mut *lock(&self.inbox.waiting));
        let (mut cards, mut removed, mut projects) = (Vec::new(), Vec::new(), None);
        {
            let picture = self.store.picture();
            for id in waiting.cards {
                match picture.card(&id) {
                    Some(card) => cards.push(Card::clone(card)),
                    None => removed.push(id),
                }
            }
            if waiting.projects {
                projects = Some(picture.projects().to_vec());
            }
        }
        removed.retain(|id| self.known.remove(id));
        self.known.extend(cards.iter().map(|card| card.id.clone()));
        if cards.is_empty() && removed.is_empty() && projects.is_none() {
            return None;
        }
        Some(self.batch(false, cards, removed, projects))
    }

    fn batch(
        &mut self,
        full: bool,
        cards: Vec<Card>,
        removed: Vec<WorkspaceId>,
        projects: Option<Vec<ProjectCard>>,
    ) -> Batch {
        let sequence = self.sequence;
        self.sequence += 1;
        self.sent_at = Some(Instant::now());
        Batch {
            sequence,
            full,
            cards,
            removed,
            projects,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
