//! How fast the agent acts, so that a person can watch.

use std::time::Duration;

/// A factor on every delay: `SHOPFLOOR_PRACTICE_PACE`, 1 when it is not set, 0 for no delays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f64);

impl Pace {
    /// The pace that the variable's value asks for; what is not a number from 0 to 100 counts as 1.
    pub fn from_variable(value: Option<&str>) -> Self {
        let factor = value
            .and_then(|value| value.trim().parse::<f64>().ok())
            .filter(|factor| (0.0..=100.0).contains(factor));
        Self(factor.unwrap_or(1.0))
    }

    /// A delay at this pace.
    pub fn millis(self, millis: u64) -> Duration {
        Duration::from_millis(millis).mul_f64(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_turns_delays_off_and_nonsense_changes_nothing() {
        assert_eq!(Pace::from_variable(Some("0")).millis(400), Duration::ZERO);
        for value in [None, Some("fast"), Some("-1"), Some("1000"), Some("NaN")] {
            assert_eq!(
                Pace::from_variable(value).millis(400),
                Duration::from_millis(400)
            );
        }
    }
}
