//! Who needs the person, in order, and the mood that follows. Derived; the same for tray, badge and window.

use std::sync::Arc;

use crate::card::Card;
use crate::status::{Column, Need};

/// The picture of all cards in a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Glance {
    /// The strongest thing that can be said of all cards.
    pub mood: Mood,
    /// Cards that need the person, the most urgent first.
    pub needed: Vec<Arc<Card>>,
    /// How many cards are in the Working column.
    pub working: usize,
}

/// What the tray's icon says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Nothing runs, nobody waits.
    Calm,
    /// Agents work.
    Working,
    /// Somebody waits for the person.
    NeedsYou,
}

/// Looks at all cards: urgent first, then unseen, then the longest waiting. A seen, merely finished or unstarted
/// workspace asks for nothing more.
pub fn glance(cards: &[Arc<Card>]) -> Glance {
    let mut needed: Vec<_> = cards
        .iter()
        .filter(|card| match card.status.need {
            Need::Urgent => true,
            Need::Yes => !card.status.seen,
            Need::Low | Need::No => false,
        })
        .cloned()
        .collect();
    needed.sort_by_key(|card| {
        (
            card.status.need != Need::Urgent,
            card.status.seen,
            card.status.since,
            card.id.clone(),
        )
    });
    let working = cards
        .iter()
        .filter(|card| card.status.column == Some(Column::Working))
        .count();
    let mood = match (needed.is_empty(), working) {
        (false, _) => Mood::NeedsYou,
        (true, 0) => Mood::Calm,
        (true, _) => Mood::Working,
    };
    Glance {
        mood,
        needed,
        working,
    }
}
