//! The sessions' processes as a whole: how many may live, and which of them sleep.

use crate::error::SessionError;
use crate::live::Command;
use crate::sessions::{Sessions, Shared};
use crate::sleep::{Idle, Limits, to_sleep};
use kernel::SessionId;

impl Sessions {
    /// Sets the limits, from now on and for those that run: idle agents beyond them go to sleep, and who waited for a
    /// seat that is there now starts.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.keep_limits(limits);
        self.shared.seats.limit(limits.live_agents);
        self.shared.tell_all(|| Command::LimitsChanged);
        self.shared.make_room();
    }

    /// How many agents' processes there are.
    pub fn live_agents(&self) -> u32 {
        u32::try_from(self.shared.seats.taken()).unwrap_or(u32::MAX)
    }

    /// Puts to sleep whose time is up, and the longest idle one if memory is short. To be called every few seconds.
    pub fn put_idle_to_sleep(&self) {
        let memory = self.shared.memory.memory();
        let (limits, now) = (self.shared.limits(), self.shared.clock.now());
        let wanted = self.shared.seats.wanted();
        let chosen = to_sleep(self.shared.idle(), &limits, memory, wanted, now);
        self.shared.send_to_sleep(&chosen);
    }

    /// Ends the process of a session that is idle; its next message wakes it. One without a process stays as it is.
    pub async fn sleep(&self, session: &SessionId) -> Result<(), SessionError> {
        self.ask(session, |reply| Command::Sleep { reply: Some(reply) })
            .await?
    }
}

impl Shared {
    /// Sends as many to sleep as seats are wanted.
    pub(crate) fn make_room(&self) {
        let wanted = self.seats.wanted();
        if wanted > 0 {
            let limits = Limits {
                sleep_after: None,
                ..self.limits()
            };
            let chosen = to_sleep(self.idle(), &limits, None, wanted, self.clock.now());
            self.send_to_sleep(&chosen);
        }
    }

    fn idle(&self) -> Vec<Idle> {
        let slots = self.slots();
        let idle = slots.iter().filter_map(|(session, slot)| {
            Some(Idle {
                session: session.clone(),
                since: slot.idle_since?,
            })
        });
        idle.collect()
    }

    /// Each looks for itself whether it is still idle.
    fn send_to_sleep(&self, chosen: &[SessionId]) {
        let slots = self.slots();
        for slot in chosen.iter().filter_map(|session| slots.get(session)) {
            // Refused by a task that left already: its process is gone.
            let _ = slot.inbox.send(Command::Sleep { reply: None });
        }
    }

    fn tell_all(&self, command: impl Fn() -> Command) {
        for slot in self.slots().values() {
            let _ = slot.inbox.send(command());
        }
    }
}
