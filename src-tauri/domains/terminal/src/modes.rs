//! Which private modes of the screen are on (alternate screen, mouse, hidden cursor), so that a window that joins
//! late shows a full-screen program right. Pure; reads `ESC [ ? … h` and `… l`, `ESC c`, nothing else.

use std::collections::BTreeMap;

/// How many modes are remembered; a terminal has some thirty.
const LIMIT: usize = 64;
/// 3 clears the screen as it is set, 2026 holds it still for a moment: neither is a state to be in.
const PASSING: [u16; 2] = [3, 2026];
/// The alternate screen, by its three names.
const ALTERNATE: [u16; 3] = [47, 1047, 1049];

/// The modes as of some place in a program's output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Modes {
    known: BTreeMap<u16, Mode>,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    On,
    Off,
}

/// Where in a sequence the reading is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Text,
    Escape,
    Bracket,
    /// After `ESC [ ?`: the numbers so far, the last one still growing.
    Numbers(Vec<u16>),
}

impl Modes {
    /// Reads on.
    pub(crate) fn read(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            self.at = self.step(byte);
        }
    }

    /// The bytes that bring a fresh screen into these modes.
    pub(crate) fn restoring(&self) -> Vec<u8> {
        let set = |(mode, state): (&u16, &Mode)| {
            let letter = match state {
                Mode::On => 'h',
                Mode::Off => 'l',
            };
            format!("\x1b[?{mode}{letter}")
        };
        self.known.iter().map(set).collect::<String>().into_bytes()
    }

    /// Whether a full-screen program draws.
    pub(crate) fn full_screen(&self) -> bool {
        ALTERNATE
            .iter()
            .any(|mode| self.known.get(mode) == Some(&Mode::On))
    }

    fn step(&mut self, byte: u8) -> At {
        match (std::mem::take(&mut self.at), byte) {
            (_, 0x1b) => At::Escape,
            (At::Escape, b'[') => At::Bracket,
            (At::Escape, b'c') => {
                self.known.clear();
                At::Text
            }
            (At::Bracket, b'?') => At::Numbers(vec![0]),
            (At::Numbers(mut numbers), b'0'..=b'9') => {
                if let Some(last) = numbers.last_mut() {
                    *last = last
                        .saturating_mul(10)
                        .saturating_add(u16::from(byte - b'0'));
                }
                At::Numbers(numbers)
            }
            (At::Numbers(mut numbers), b';') if numbers.len() < LIMIT => {
                numbers.push(0);
                At::Numbers(numbers)
            }
            (At::Numbers(numbers), b'h') => self.note(&numbers, Mode::On),
            (At::Numbers(numbers), b'l') => self.note(&numbers, Mode::Off),
            (At::Text | At::Escape | At::Bracket | At::Numbers(_), _) => At::Text,
        }
    }

    fn note(&mut self, modes: &[u16], state: Mode) -> At {
        for mode in modes.iter().filter(|mode| !PASSING.contains(mode)) {
            if self.known.len() < LIMIT || self.known.contains_key(mode) {
                self.known.insert(*mode, state);
            }
        }
        At::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Modes {
        let mut modes = Modes::default();
        modes.read(text.bytes());
        modes
    }

    #[test]
    fn what_was_switched_last_is_restored() {
        let modes = after("hi\x1b[?1049h\x1b[?25l\x1b[31m\x1b[?1000;1006h text \x1b[?1000l");
        let restoring = String::from_utf8(modes.restoring()).unwrap();
        assert_eq!(restoring, "\x1b[?25l\x1b[?1000l\x1b[?1006h\x1b[?1049h");
        assert!(modes.full_screen());
        assert!(!after("\x1b[?1049h\x1b[?1049l").full_screen());
    }

    #[test]
    fn a_reset_forgets_and_passing_modes_are_not_kept() {
        assert_eq!(after("\x1b[?1049h\x1bc"), Modes::default());
        assert!(after("\x1b[?2026h\x1b[?3h").restoring().is_empty());
    }

    #[test]
    fn a_sequence_cut_anywhere_is_read_as_a_whole_one() {
        let text = "a\x1b[?1049;25hb\x1b[?7l";
        for cut in 0..text.len() {
            let mut modes = after(&text[..cut]);
            modes.read(text[cut..].bytes());
            assert_eq!(modes, after(text), "cut at {cut}");
        }
    }

    #[test]
    fn no_output_makes_it_grow() {
        let mut modes = Modes::default();
        for mode in 0..1000 {
            modes.read(format!("\x1b[?{mode}h").bytes());
        }
        modes.read(format!("\x1b[?{}", "1;".repeat(100_000)).bytes());
        assert!(modes.known.len() <= LIMIT);
        assert!(matches!(modes.at, At::Text));
    }
}
