//! Taking secrets out of what leaves the app: known ones by their value, unknown ones by their shape.
//!
//! Invariant: of a text that held a secret nothing of the secret is left, also where the text is JSON within JSON.
//! Whoever redacts gives whole texts: a secret that is cut in two is not seen.

mod escapes;

use aho_corasick::AhoCorasick;
use escapes::unescaped;
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// What stands in a secret's place.
pub const MARK: &str = "[redacted]";

/// Shorter values are no secrets, in bytes: they would be found in every second word.
const SHORTEST: usize = 6;

/// Shorter values of variables that nothing but their purpose makes secret are settings, in bytes.
const SHORTEST_UNNAMED: usize = 8;

/// How deep JSON in JSON is looked into: a tool's input within a line of a log.
const DEPTH: usize = 2;

/// What is to be taken out.
pub struct Secrets {
    known: Option<AhoCorasick>,
}

impl Secrets {
    /// The values of those variables whose names look secret, and everything that has the shape of a secret.
    pub fn of_environment<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::of_variables(variables, [])
    }

    /// As [`Secrets::of_environment`], and all values of the variables that the person set for agents, whatever their
    /// names: a key is often what they are set for. Those of less than 8 bytes only where the name looks secret.
    pub fn of_variables<'a>(
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
        set: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let inherited = environment
            .into_iter()
            .filter(|(name, _)| looks_secret(name))
            .map(|(_, value)| (SHORTEST, value));
        let set = set
            .into_iter()
            .map(|(name, value)| match looks_secret(name) {
                true => (SHORTEST, value),
                false => (SHORTEST_UNNAMED, value),
            });
        let values: Vec<&str> = inherited
            .chain(set)
            .map(|(shortest, value)| (shortest, value.trim()))
            .filter(|(shortest, value)| value.len() >= *shortest && !MARK.contains(value))
            .map(|(_, value)| value)
            .collect();
        let known = AhoCorasick::new(&values);
        Self {
            // Refused only beyond some gigabytes of values, which no environment holds.
            known: known.ok().filter(|_| !values.is_empty()),
        }
    }

    /// The text without its secrets, and how many there were.
    pub fn redact<'t>(&self, text: &'t str) -> (Cow<'t, str>, u32) {
        let found = merged(self.found(text));
        if found.is_empty() {
            return (Cow::Borrowed(text), 0);
        }
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        for secret in &found {
            clean.push_str(&text[from..secret.start]);
            clean.push_str(MARK);
            from = secret.end;
        }
        clean.push_str(&text[from..]);
        (
            Cow::Owned(clean),
            u32::try_from(found.len()).unwrap_or(u32::MAX),
        )
    }

    /// Where secrets are, in the text's bytes, in no order.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.find_in(text, |range| found.push(range));
        let mut layer = unescaped(text);
        for _ in 0..DEPTH {
            let Some(plain) = layer else { break };
            self.find_in(&plain.text, |range| found.push(plain.origin(range)));
            layer = unescaped(&plain.text).map(|deeper| deeper.within(&plain));
        }
        found
    }

    fn find_in(&self, text: &str, mut found: impl FnMut(Range<usize>)) {
        if let Some(known) = &self.known {
            for hit in known.find_overlapping_iter(text) {
                found(hit.range());
            }
        }
        for shape in SHAPES.iter() {
            for captures in shape.captures_iter(text) {
                if let Some(secret) = captures.get(1) {
                    found(secret.range());
                }
            }
        }
    }
}

/// In order; those that overlap are one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether a variable of this name holds a secret. The path of a secret is none.
pub fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split(['_', '-', '.']);
    let last = words.clone().next_back().unwrap_or_default();
    if matches!(last, "DIR" | "PATH" | "FILE" | "SOCK") {
        return false;
    }
    let within = [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "CREDENTIAL",
    ];
    // The folder somebody is in is no password.
    let is_word = |word: &str| match word {
        "PASS" | "PAT" | "KEYS" | "AUTH" | "CREDS" | "COOKIE" => true,
        "PWD" => name != "PWD",
        word => word.ends_with("KEY"),
    };
    within.iter().any(|part| name.contains(part)) || words.any(is_word)
}

/// The secret is the first group. The prefixes are the issuers' own; only `sk-` is also the end of common words, so it
/// must begin one (a colour of a terminal may stand before it).
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // GitHub, GitLab, npm, Hugging Face, Google
        r"(gh[pousr]_[A-Za-z0-9]{20,})",
        r"(github_pat_[A-Za-z0-9_]{20,})",
        r"(glpat-[A-Za-z0-9_-]{20,})",
        r"(npm_[A-Za-z0-9]{30,})",
        r"(hf_[A-Za-z0-9]{30,})",
        r"(AIza[A-Za-z0-9_-]{35,})",
        // Anthropic, OpenAI and those who copied them
        r"(sk-(?:ant|proj|or)-[A-Za-z0-9_-]{10,})",
        r"(?:^|[^A-Za-z0-9]|\x1b\[[0-9;]*m)(sk-[A-Za-z0-9_-]{20,})",
        // AWS
        r"((?:AKIA|ASIA)[A-Z0-9]{16})",
        // Slack
        r"(xox[a-z]-[A-Za-z0-9-]{10,})",
        r"(xapp-[A-Za-z0-9-]{10,})",
        // JSON web tokens; an unsigned one ends in a dot
        r"(eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*)",
        // Headers, and passwords in addresses
        r"(?:[Bb]earer|BEARER)[ \t]+([A-Za-z0-9._~+/-]{16,}=*)",
        r"[a-z]://[^/\s:@]*:([^/\s@]{3,})@",
        // Keys, to their end or, where that was cut off, to the end of the text
        r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z))",
    ]
    .iter()
    .map(|shape| Regex::new(shape).expect("a test compiles every shape"))
    .collect()
});

#[cfg(test)]
mod tests;
