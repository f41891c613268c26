//! What a benchmark prints: one line per number, fields parted by tabs, for `cargo xtask bench` to lay out.

/// A number and what it is compared with.
pub struct Number {
    /// What was measured, in words.
    pub what: String,
    /// How much, in `unit`.
    pub value: f64,
    /// The unit, e.g. `ms`.
    pub unit: &'static str,
    /// The same measured on the floor in the same run, and the floor's name.
    pub floor: Option<(f64, &'static str)>,
}

impl Number {
    /// Prints it.
    pub fn print(&self) {
        let Self {
            what,
            value,
            unit,
            floor,
        } = self;
        match floor {
            Some((floor, name)) => {
                println!("{what}\t{value}\t{unit}\t{}\t{name}", value / floor);
            }
            None => println!("{what}\t{value}\t{unit}\t\t"),
        }
    }
}

/// The middle one of some numbers.
pub fn median(numbers: &[f64]) -> f64 {
    percentile(numbers, 0.5)
}

/// The number that this part of them (0 to 1) does not exceed.
///
/// # Panics
/// If there are none: a benchmark that measured nothing has nothing to say.
pub fn percentile(numbers: &[f64], part: f64) -> f64 {
    assert!(!numbers.is_empty(), "something was measured");
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * part) as usize;
    sorted[place.min(sorted.len() - 1)]
}

/// Whether the short form was asked for.
pub fn is_quick() -> bool {
    std::env::args().any(|argument| argument == "--quick")
}
