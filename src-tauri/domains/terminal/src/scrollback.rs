//! The newest bytes that a program wrote, at most 1 MiB of them, each known by its place since the terminal's start.
//! Pure. Invariant: whoever reads gets every byte once and in order, or is told that some are gone.

use crate::modes::Modes;
use std::collections::VecDeque;

/// How much of a program's output is kept. In bytes.
pub(crate) const LIMIT: usize = 1024 * 1024;
/// How much is shown to a reader that fell behind: what is older is left out. In bytes.
const CATCH_UP: u64 = 64 * 1024;
/// How far a reading that begins in the middle looks for the begin of a line. In bytes.
const LINE: usize = 4096;

/// The bytes and their places.
#[derive(Debug, Default)]
pub(crate) struct Scrollback {
    bytes: VecDeque<u8>,
    /// Place of the first byte that is kept.
    begin: u64,
    /// The modes at `begin`.
    modes: Modes,
}

/// What a reader gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What to put on the screen.
    pub(crate) bytes: Vec<u8>,
    /// Where to read on.
    pub(crate) next: u64,
}

impl Scrollback {
    /// Appends; the oldest are dropped beyond [`LIMIT`].
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let beyond = self.bytes.len().saturating_sub(LIMIT);
        self.modes.read(self.bytes.drain(..beyond));
        self.begin += beyond as u64;
    }

    /// Place after the last byte.
    pub(crate) fn end(&self) -> u64 {
        self.begin + self.bytes.len() as u64
    }

    /// Whether bytes that were not read from `place` on would be dropped by pushing so many.
    pub(crate) fn would_drop(&self, place: u64, pushed: usize) -> bool {
        self.end() + pushed as u64 > place + LIMIT as u64
    }

    /// All that is kept, for a screen that has shown nothing: a reset, the modes, and from where to read.
    pub(crate) fn replay(&self) -> Piece {
        let place = match self.begin {
            0 => 0,
            begin => self.line_after(begin),
        };
        self.fresh_at(place)
    }

    /// At most `most` bytes from `place` on. Where some of them are gone: a reset, the modes, a word that output is
    /// missing, and a place near the end.
    pub(crate) fn read(&self, place: u64, most: usize) -> Piece {
        if place < self.begin {
            let near_the_end = self.end().saturating_sub(CATCH_UP).max(self.begin);
            let mut piece = self.fresh_at(self.line_after(near_the_end));
            if !self.modes_at(piece.next).full_screen() {
                let missing = b"\x1b[2m[some output was left out]\x1b[0m\r\n";
                piece.bytes.extend(missing);
            }
            return piece;
        }
        let bytes = self.from(place).take(most).collect::<Vec<u8>>();
        Piece {
            next: place + bytes.len() as u64,
            bytes,
        }
    }

    fn fresh_at(&self, place: u64) -> Piece {
        let mut bytes = b"\x1bc".to_vec();
        bytes.extend(self.modes_at(place).restoring());
        Piece { bytes, next: place }
    }

    fn modes_at(&self, place: u64) -> Modes {
        let mut modes = self.modes.clone();
        modes.read(self.bytes.iter().copied().take(self.index(place)));
        modes
    }

    /// The place after the next line break, or `place` itself where none is near: a reading that begins in the
    /// middle of a line might begin in the middle of a character or a sequence.
    fn line_after(&self, place: u64) -> u64 {
        let found = self.from(place).take(LINE).position(|byte| byte == b'\n');
        found.map_or(place, |at| place + at as u64 + 1)
    }

    fn from(&self, place: u64) -> impl Iterator<Item = u8> {
        self.bytes.range(self.index(place)..).copied()
    }

    fn index(&self, place: u64) -> usize {
        let index = usize::try_from(place.saturating_sub(self.begin)).unwrap_or(usize::MAX);
        index.min(self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn full_of_lines() -> Scrollback {
        let mut kept = Scrollback::default();
        for number in 0..300_000 {
            kept.push(format!("{number}\n").as_bytes());
        }
        kept
    }

    #[test]
    fn it_never_keeps_more_than_its_limit_and_keeps_the_newest() {
        let kept = full_of_lines();
        assert_eq!(kept.bytes.len(), LIMIT);
        let tail = kept.read(kept.end() - 7, 100);
        assert_eq!(tail.bytes, b"299999\n");
        assert_eq!(tail.next, kept.end());
    }

    #[test]
    fn a_replay_of_a_cut_output_begins_with_a_line() {
        let kept = full_of_lines();
        let replay = kept.replay();
        assert_eq!(replay.bytes, b"\x1bc");
        let first = kept.read(replay.next, 20).bytes;
        let number = String::from_utf8(first).unwrap();
        let (number, rest) = number.split_once('\n').unwrap();
        let number: u32 = number.parse().unwrap();
        assert!(rest.starts_with(&(number + 1).to_string()[..]), "{rest}");
    }

    #[test]
    fn a_replay_of_a_whole_output_is_all_of_it() {
        let mut kept = Scrollback::default();
        kept.push(b"no line break");
        let replay = kept.replay();
        assert_eq!((replay.bytes.as_slice(), replay.next), (&b"\x1bc"[..], 0));
        assert_eq!(kept.read(0, 100).bytes, b"no line break");
    }

    #[test]
    fn a_reader_that_fell_behind_is_told_and_brought_near_the_end() {
        let kept = full_of_lines();
        let piece = kept.read(0, 100);
        let told = String::from_utf8(piece.bytes).unwrap();
        assert!(told.starts_with("\x1bc"), "{told}");
        assert!(told.contains("left out"), "{told}");
        assert!(kept.end() - piece.next <= CATCH_UP);
    }

    #[test]
    fn modes_survive_the_bytes_that_set_them() {
        let mut kept = Scrollback::default();
        kept.push(b"\x1b[?1049h\x1b[?25l");
        kept.push(&vec![b'x'; LIMIT]);
        assert_eq!(kept.replay().bytes, b"\x1bc\x1b[?25l\x1b[?1049h");
        // A full-screen program's picture is no place for words of ours.
        assert_eq!(kept.read(0, 100).bytes, b"\x1bc\x1b[?25l\x1b[?1049h");
    }

    proptest! {
        #[test]
        fn a_reader_that_keeps_up_gets_every_byte_once(
            pushed in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..50),
            most in 1_usize..300,
        ) {
            let (mut kept, mut place, mut got) = (Scrollback::default(), 0, Vec::new());
            for bytes in &pushed {
                kept.push(bytes);
                let piece = kept.read(place, most);
                got.extend(piece.bytes);
                place = piece.next;
            }
            while place < kept.end() {
                let piece = kept.read(place, most);
                got.extend(piece.bytes);
                place = piece.next;
            }
            prop_assert_eq!(got, pushed.concat());
        }
    }
}
