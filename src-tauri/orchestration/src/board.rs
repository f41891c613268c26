//! The one task that turns facts into groups of cards, in the order the facts came.

use kernel::FactStream;
use session::SessionFact;
use snapshot::Group;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use workspace::{ProjectFact, WorkspaceFact};

use crate::Rooms;
use crate::numbers::Numbers;
use crate::tasks::Tasks;
use crate::{projections, reconcile};

/// How often the picture is recomputed from the stores.
const RECONCILE_EVERY: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Board {
    requests: mpsc::UnboundedSender<oneshot::Sender<()>>,
    drift: Arc<AtomicU32>,
}

struct Projector {
    rooms: Rooms,
    snapshot: snapshot::Store,
    numbers: Numbers,
    drift: Arc<AtomicU32>,
    /// The first reconciliation fills an empty picture: that is no drift.
    filled: bool,
}

impl Board {
    pub fn start(rooms: Rooms, snapshot: snapshot::Store, numbers: Numbers, tasks: &Tasks) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        let drift = Arc::new(AtomicU32::new(0));
        let streams = Streams {
            workspaces: rooms.workspaces.listen(),
            projects: rooms.projects.listen(),
            sessions: rooms.sessions.listen(),
        };
        let projector = Projector {
            rooms,
            snapshot,
            numbers,
            drift: Arc::clone(&drift),
            filled: false,
        };
        tasks.spawn_until_stop(projector.run(streams, inbox));
        Self { requests, drift }
    }

    /// Recomputes the picture now and waits until it is drawn.
    pub async fn reconcile(&self) {
        let (done, drawn) = oneshot::channel();
        if self.requests.send(done).is_ok() && drawn.await.is_err() {
            tracing::debug!("stopped before the picture was drawn");
        }
    }

    pub fn drift_repaired(&self) -> u32 {
        self.drift.load(Ordering::Relaxed)
    }
}

struct Streams {
    workspaces: FactStream<WorkspaceFact>,
    projects: FactStream<ProjectFact>,
    sessions: FactStream<SessionFact>,
}

impl Projector {
    async fn run(
        mut self,
        mut facts: Streams,
        mut requests: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    ) {
        let mut minute = interval_at(Instant::now() + RECONCILE_EVERY, RECONCILE_EVERY);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Facts first: a reconciliation then never writes over what was announced before it.
                biased;
                Some(fact) = facts.workspaces.next() => self.workspace(&fact),
                Some(fact) = facts.sessions.next() => self.session(&fact),
                Some(fact) = facts.projects.next() => self.projects(fact).await,
                Some(done) = requests.recv() => {
                    self.reconcile().await;
                    // Nobody waits any more where the asking side was stopped.
                    let _ = done.send(());
                }
                _ = minute.tick() => self.reconcile().await,
                else => return,
            }
        }
    }

    fn workspace(&self, fact: &WorkspaceFact) {
        match fact {
            WorkspaceFact::Saved(row) => {
                let group = Group::Workspace(projections::workspace::group(row));
                self.snapshot
                    .update(&row.id, group, self.snapshot.stamp(), "workspace fact");
            }
            WorkspaceFact::TreeTouched(id) => self.numbers.refresh(id),
        }
    }

    fn session(&self, fact: &SessionFact) {
        match fact {
            SessionFact::Changed(summary) => {
                let group = Group::Session(projections::session::group(summary));
                self.snapshot.update(
                    &summary.workspace,
                    group,
                    self.snapshot.stamp(),
                    "session fact",
                );
            }
            SessionFact::FilesTouched(id) => {
                self.numbers.refresh(id);
                self.rooms.files.touched(id);
            }
            SessionFact::Transcript { .. } | SessionFact::Offers { .. } => {}
        }
    }

    async fn projects(&self, fact: ProjectFact) {
        match fact {
            ProjectFact::Saved(_) | ProjectFact::Removed(_) => {
                match self.rooms.projects.list().await {
                    Ok(rows) => self
                        .snapshot
                        .set_projects(rows.iter().map(projections::project::card).collect()),
                    Err(error) => tracing::error!(%error, "projects could not be listed"),
                }
            }
        }
    }

    async fn reconcile(&mut self) {
        match reconcile::reconcile(&self.rooms, &self.snapshot).await {
            Ok(mended) => {
                if self.filled && !mended.is_empty() {
                    tracing::warn!(cards = ?mended, "reconciliation mended cards that had drifted");
                    self.drift.fetch_add(
                        u32::try_from(mended.len()).unwrap_or(u32::MAX),
                        Ordering::Relaxed,
                    );
                }
                self.filled = true;
            }
            Err(error) => tracing::error!(%error, "reconciliation could not read the stores"),
        }
        for card in self.snapshot.cards() {
            self.numbers.refresh(&card.id);
        }
        self.snapshot.prune();
    }
}
