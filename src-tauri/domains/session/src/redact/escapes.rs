//! A text as it was before it was put into a JSON string, with the way back to where each byte came from.

use std::ops::Range;

/// A text without its escapes.
pub struct Plain {
    /// The text.
    pub text: String,
    /// Where in the escaped text each byte's character begins, and at last where the text ends.
    starts: Vec<usize>,
}

impl Plain {
    /// The bytes of the escaped text that this range of the plain one came from.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.starts[range.end]
    }

    /// With ways back through another text, of which this is the plain one.
    pub fn within(mut self, outer: &Self) -> Self {
        for start in &mut self.starts {
            *start = outer.starts[*start];
        }
        self
    }
}

/// `None` where nothing is escaped.
pub fn unescaped(text: &str) -> Option<Plain> {
    if !text.contains('\\') {
        return None;
    }
    let mut plain = Plain {
        text: String::with_capacity(text.len()),
        starts: Vec::with_capacity(text.len() + 1),
    };
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let (character, length) = escape(&text[at..]).unwrap_or((character, character.len_utf8()));
        plain.text.push(character);
        plain.starts.resize(plain.text.len(), at);
        at += length;
    }
    plain.starts.push(text.len());
    Some(plain)
}

/// The character that an escape at the text's beginning stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let character = match text.strip_prefix('\\')?.chars().next()? {
        mark @ ('"' | '\\' | '/') => mark,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(text),
        _ => return None,
    };
    Some((character, 2))
}

/// `\uXXXX`, or two of them for a character beyond the first 65,536.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let first = unit(text)?;
    let second = text.get(6..).and_then(unit);
    let mut decoded = char::decode_utf16([first].into_iter().chain(second));
    let character = decoded.next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}
