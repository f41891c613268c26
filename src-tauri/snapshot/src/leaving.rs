//! What a wish to quit leads to: while agents work the person is asked first.

use std::sync::Arc;
use std::time::Duration;

use crate::card::{Card, Run};

/// A second wish so long after the question is an answer to it; a sooner one may be a double click. Also the way out
/// where the window hangs and can't ask.
const INSISTS_AFTER: Duration = Duration::from_secs(2);

/// What to do with a wish to quit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Quit.
    Now,
    /// Ask the person first.
    Ask {
        /// How many agents work.
        working: usize,
    },
}

/// How many agents are in a turn, or about to be.
pub fn at_work(cards: &[Arc<Card>]) -> usize {
    let sessions = cards.iter().flat_map(|card| &card.sessions);
    sessions
        .filter(|session| match session.run {
            Run::Working | Run::Starting => true,
            Run::Stopped
            | Run::Asleep
            | Run::Waiting { .. }
            | Run::Ready
            | Run::Stopping
            | Run::Failed { .. } => false,
        })
        .count()
}

/// Decides; `asked` is for how long the question has stood without an answer, if it was asked.
pub fn leave(working: usize, asked: Option<Duration>) -> Leave {
    match (working, asked) {
        (0, _) => Leave::Now,
        (_, Some(stood)) if stood >= INSISTS_AFTER => Leave::Now,
        (working, _) => Leave::Ask { working },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_when_no_agent_works() {
        for asked in [None, Some(Duration::ZERO), Some(INSISTS_AFTER)] {
            assert_eq!(leave(0, asked), Leave::Now);
        }
    }

    #[test]
    fn who_insists_is_not_asked_again_but_a_double_click_insists_on_nothing() {
        let ask = Leave::Ask { working: 3 };
        assert_eq!(leave(3, None), ask);
        assert_eq!(leave(3, Some(Duration::from_millis(400))), ask);
        assert_eq!(leave(3, Some(INSISTS_AFTER)), Leave::Now);
    }
}
