//! Looks every few seconds whether an idle agent is to sleep.

use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

use crate::Rooms;
use crate::tasks::Tasks;

/// How often it looks; one agent per look goes when memory is short.
const EVERY: Duration = Duration::from_secs(10);

/// Looks until the house stops.
pub(crate) fn start(rooms: &Rooms, tasks: &Tasks) {
    let sessions = rooms.sessions.clone();
    tasks.spawn_until_stop(async move {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            sessions.put_idle_to_sleep();
        }
    });
}
