//! Keeps the cards' git numbers fresh: one reading per workspace at a time, the last request always served.

use kernel::WorkspaceId;
use snapshot::Group;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use workspace::machine::WorkspaceState;

use crate::Rooms;
use crate::projections;
use crate::tasks::Tasks;

/// Requests within this time of each other are one reading.
const GATHER: Duration = Duration::from_millis(80);
/// Trees read at the same time.
const READERS: usize = 2;

#[derive(Clone)]
pub(crate) struct Numbers {
    shared: Arc<Shared>,
}

struct Shared {
    rooms: Rooms,
    snapshot: snapshot::Store,
    tasks: Tasks,
    /// Workspaces being read; `true` when they are to be read again.
    busy: Mutex<HashMap<WorkspaceId, bool>>,
    readers: Semaphore,
}

impl Numbers {
    pub fn new(rooms: Rooms, snapshot: snapshot::Store, tasks: Tasks) -> Self {
        let shared = Shared {
            rooms,
            snapshot,
            tasks,
            busy: Mutex::default(),
            readers: Semaphore::new(READERS),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The workspace's tree may have changed.
    pub fn refresh(&self, id: &WorkspaceId) {
        let mut busy = self
            .shared
            .busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(again) = busy.get_mut(id) {
            *again = true;
            return;
        }
        busy.insert(id.clone(), false);
        let (shared, id) = (Arc::clone(&self.shared), id.clone());
        self.shared.tasks.spawn_until_stop(async move {
            loop {
                tokio::time::sleep(GATHER).await;
                shared.read(&id).await;
                if !shared.wanted_again(&id) {
                    return;
                }
            }
        });
    }
}

impl Shared {
    async fn read(&self, id: &WorkspaceId) {
        let Ok(_permit) = self.readers.acquire().await else {
            return;
        };
        match self.rooms.workspaces.get(id).await {
            Ok(row) if row.state == WorkspaceState::Ready => {}
            Ok(_) | Err(_) => return,
        }
        let stamp = self.snapshot.stamp();
        match self.rooms.workspaces.numbers(id).await {
            Ok(numbers) => {
                let group = Group::Git(projections::git::group(&numbers));
                self.snapshot.update(id, group, stamp, "git numbers");
            }
            Err(error) => tracing::warn!(workspace = %id, %error, "git numbers could not be read"),
        }
    }

    fn wanted_again(&self, id: &WorkspaceId) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        match busy.remove(id) {
            Some(true) => {
                busy.insert(id.clone(), false);
                true
            }
            _ => false,
        }
    }
}
