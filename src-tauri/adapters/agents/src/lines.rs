//! Splits an agent's output into lines. Bounded: a line beyond the limit is counted and dropped, not kept.

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, sleep_until};

/// The longest line that is handled, in bytes (64 MiB; the longest seen from a real agent is 4.4 MB).
pub(crate) const LONGEST: usize = 64 * 1024 * 1024;

/// How much is kept ready for ordinary lines, in bytes.
const ORDINARY: usize = 256 * 1024;

/// Between two reads of what trickles in, about a frame: agents stream a few words at a time, and to wake up for each
/// costs more than all that is done about them.
const PACE: Duration = Duration::from_millis(16);

/// So many bytes in a read are no trickle, …
const MUCH: usize = 32 * 1024;

/// … and so many reads after it are not slowed down.
const RUSH: u8 = 64;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line that may be read.
    Text {
        /// Its text.
        text: String,
        /// Whether bytes that are not UTF-8 were replaced.
        repaired: bool,
    },
    /// A line beyond the limit, dropped.
    TooLong {
        /// How long it was.
        bytes: u64,
    },
}

/// The lines of a stream. Dropping a pending `next` loses nothing.
pub(crate) struct Lines<R> {
    from: R,
    chunk: Box<[u8]>,
    splitter: Splitter,
    /// Not before then is more read.
    rests_until: Option<Instant>,
    /// How many reads come without a rest.
    rush: u8,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(crate) fn new(from: R) -> Self {
        let chunk = vec![0; 64 * 1024].into_boxed_slice();
        let splitter = Splitter::new(LONGEST);
        Self {
            from,
            chunk,
            splitter,
            rests_until: None,
            rush: 0,
        }
    }

    /// The next line that is not blank; `None` at the end of the stream, which is not the end of the process.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.splitter.pop() {
                return Some(line);
            }
            if let Some(until) = self.rests_until {
                sleep_until(until).await;
                self.rests_until = None;
            }
            match self.from.read(&mut self.chunk).await {
                Ok(0) | Err(_) => return self.splitter.finish(),
                Ok(read) => {
                    self.splitter.push(&self.chunk[..read]);
                    self.rest_after(read);
                }
            }
        }
    }

    fn rest_after(&mut self, read: usize) {
        self.rush = if read >= MUCH {
            RUSH
        } else {
            self.rush.saturating_sub(1)
        };
        self.rests_until = (self.rush == 0).then(|| Instant::now() + PACE);
    }
}

struct Splitter {
    limit: usize,
    held: Vec<u8>,
    /// Where in `held` the next line begins.
    begin: usize,
    /// Up to where `held` was searched for an end.
    searched: usize,
    /// Bytes of the current line that were dropped already.
    dropped: u64,
}

impl Splitter {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            held: Vec::new(),
            begin: 0,
            searched: 0,
            dropped: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.begin);
        self.searched -= self.begin;
        self.begin = 0;
        if self.held.len() < ORDINARY {
            // One huge line must not cost its memory for the rest of the agent's life.
            self.held.shrink_to(ORDINARY);
        }
        self.held.extend_from_slice(bytes);
    }

    fn pop(&mut self) -> Option<Line> {
        loop {
            let unsearched = &self.held[self.searched..];
            let Some(at) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.held.len();
                self.drop_excess();
                return None;
            };
            let end = self.searched + at;
            let line = self.cut(end);
            self.begin = end + 1;
            self.searched = self.begin;
            if line.is_some() {
                return line;
            }
        }
    }

    /// What is left when the stream ends without a line's end.
    fn finish(&mut self) -> Option<Line> {
        let line = self.cut(self.held.len());
        self.begin = self.held.len();
        self.searched = self.begin;
        line
    }

    fn drop_excess(&mut self) {
        if self.held.len() - self.begin > self.limit || self.dropped > 0 {
            self.dropped += (self.held.len() - self.begin) as u64;
            self.held = Vec::new();
            self.begin = 0;
            self.searched = 0;
        }
    }

    /// The line from `begin` to `end`; `None` when it is blank.
    fn cut(&mut self, end: usize) -> Option<Line> {
        let bytes = &self.held[self.begin..end];
        let whole = self.dropped + bytes.len() as u64;
        if self.dropped > 0 || bytes.len() > self.limit {
            self.dropped = 0;
            return Some(Line::TooLong { bytes: whole });
        }
        let text = String::from_utf8_lossy(bytes);
        let repaired = matches!(text, std::borrow::Cow::Owned(_));
        let text = text.trim();
        (!text.is_empty()).then(|| Line::Text {
            text: text.to_owned(),
            repaired,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    fn lines(limit: usize, chunks: &[&[u8]]) -> Vec<Line> {
        let mut splitter = Splitter::new(limit);
        let mut lines = Vec::new();
        for chunk in chunks {
            splitter.push(chunk);
            lines.extend(std::iter::from_fn(|| splitter.pop()));
        }
        lines.extend(splitter.finish());
        lines
    }

    fn text(text: &str) -> Line {
        Line::Text {
            text: text.to_owned(),
            repaired: false,
        }
    }

    #[test]
    fn lines_are_found_wherever_the_chunks_are_cut() {
        let whole = b"one\n\ntwo\r\nthree";
        for cut in 0..whole.len() {
            let found = lines(100, &[&whole[..cut], &whole[cut..]]);
            assert_eq!(
                found,
                [text("one"), text("two"), text("three")],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_dropped_and_the_next_one_is_not() {
        let found = lines(4, &[b"12", b"3456", b"78\nok\n", b"12345\n1234\n"]);
        let long = |bytes| Line::TooLong { bytes };
        assert_eq!(found, [long(8), text("ok"), long(5), text("1234")]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_trickles_in_is_taken_up_once_per_pace() {
        let (mut agent, output) = tokio::io::duplex(1024);
        let mut lines = Lines::new(output);
        let began = Instant::now();
        agent.write_all(b"one\n").await.expect("there is room");
        assert_eq!(lines.next().await, Some(text("one")));
        assert_eq!(began.elapsed(), Duration::ZERO);

        agent
            .write_all(b"two\nthree\n")
            .await
            .expect("there is room");
        assert_eq!(lines.next().await, Some(text("two")));
        assert_eq!(lines.next().await, Some(text("three")));
        assert!(began.elapsed() >= PACE && began.elapsed() < 2 * PACE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_huge_line_is_not_slowed_down() {
        let (mut agent, output) = tokio::io::duplex(64 * 1024);
        let mut lines = Lines::new(output);
        let began = Instant::now();
        let huge = "x".repeat(8 * 1024 * 1024);
        let written = format!("{huge}\n");
        let writing =
            tokio::spawn(async move { agent.write_all(written.as_bytes()).await.is_ok() });
        assert_eq!(lines.next().await, Some(text(&huge)));
        assert!(writing.await.expect("it only writes"));
        assert!(began.elapsed() < PACE);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        let repaired = Line::Text {
            text: "a\u{fffd}b".to_owned(),
            repaired: true,
        };
        assert_eq!(lines(9, &[b"a\xffb\nok\n"]), [repaired, text("ok")]);
    }
}
