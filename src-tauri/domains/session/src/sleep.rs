//! Who goes to sleep: a pure choice. The longest idle first, and nobody that is needed.

use crate::port::Memory;
use kernel::{SessionId, Timestamp};
use std::time::Duration;

/// How many agents may live, how long an idle one does, and from when on silence is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Agents' processes at a time, at least 1.
    pub live_agents: u32,
    /// How long an agent is idle before it sleeps; `None` for as long as there is memory.
    pub sleep_after: Option<Duration>,
    /// How long nothing comes from a working agent before it counts as quiet.
    pub quiet_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            live_agents: 8,
            sleep_after: Some(Duration::from_secs(15 * 60)),
            quiet_after: Duration::from_secs(10 * 60),
        }
    }
}

/// A session with a process that nothing needs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Idle {
    pub(crate) session: SessionId,
    pub(crate) since: Timestamp,
}

/// Below this many bytes of available memory it is short.
const SHORT: u64 = 1024 * 1024 * 1024;

/// Whether programs have to give memory back: less than a tenth of it is available, or less than 1 GiB.
pub(crate) fn is_short(memory: Memory) -> bool {
    memory.available < SHORT || memory.available < memory.total / 10
}

/// Those whose time is up, and as many more as seats are wanted; at least one if memory is short, so that one end is
/// felt before the next is asked for.
pub(crate) fn to_sleep(
    mut idle: Vec<Idle>,
    limits: &Limits,
    memory: Option<Memory>,
    wanted: usize,
    now: Timestamp,
) -> Vec<SessionId> {
    idle.sort_by(|a, b| (a.since, &a.session).cmp(&(b.since, &b.session)));
    let is_over = |idle: &&Idle| {
        limits.sleep_after.is_some_and(|limit| {
            u128::from(now.millis().saturating_sub(idle.since.millis())) >= limit.as_millis()
        })
    };
    let over = idle.iter().take_while(is_over).count();
    let pressed = usize::from(memory.is_some_and(is_short));
    let count = over.max(wanted).max(pressed);
    idle.into_iter()
        .take(count)
        .map(|idle| idle.session)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Idle, Limits, is_short, to_sleep};
    use crate::port::Memory;
    use kernel::{SessionId, Timestamp};
    use std::time::Duration;

    const GIB: u64 = 1024 * 1024 * 1024;
    const MINUTE: u64 = 60_000;

    fn memory(total: u64, available: u64) -> Memory {
        Memory { total, available }
    }

    /// Idle since 20, 10 and 1 minutes at minute 30.
    fn idle() -> Vec<Idle> {
        let since = |name: &str, minute: u64| Idle {
            session: SessionId::new(name),
            since: Timestamp::from_millis(minute * MINUTE),
        };
        vec![since("ten", 20), since("one", 29), since("twenty", 10)]
    }

    fn chosen(sleep_after: Option<u64>, memory: Option<Memory>, wanted: usize) -> Vec<String> {
        let limits = Limits {
            sleep_after: sleep_after.map(|minutes| Duration::from_secs(minutes * 60)),
            ..Limits::default()
        };
        let now = Timestamp::from_millis(30 * MINUTE);
        let chosen = to_sleep(idle(), &limits, memory, wanted, now);
        chosen.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_longest_idle_go_first_by_time_by_seats_and_by_memory() {
        let plenty = Some(memory(16 * GIB, 8 * GIB));
        let short = Some(memory(16 * GIB, GIB / 2));
        let none: [&str; 0] = [];
        assert_eq!(chosen(None, None, 0), none);
        assert_eq!(chosen(Some(15), plenty, 0), ["twenty"]);
        assert_eq!(chosen(Some(10), plenty, 0), ["twenty", "ten"]);
        assert_eq!(chosen(Some(21), plenty, 0), none);
        assert_eq!(chosen(None, plenty, 2), ["twenty", "ten"]);
        assert_eq!(chosen(None, short, 0), ["twenty"]);
        assert_eq!(chosen(Some(10), short, 1), ["twenty", "ten"]);
        assert_eq!(chosen(None, short, 9), ["twenty", "ten", "one"]);
    }

    #[test]
    fn memory_is_short_below_a_tenth_and_below_a_gibibyte() {
        let cases = [
            (memory(64 * GIB, 7 * GIB), false),
            (memory(64 * GIB, 6 * GIB), true),
            (memory(4 * GIB, GIB), false),
            (memory(4 * GIB, GIB - 1), true),
        ];
        for (memory, short) in cases {
            assert_eq!(is_short(memory), short, "{memory:?}");
        }
    }
}
