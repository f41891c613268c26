//! Names from a prompt's first words. Pure: what is taken and the seed come in as arguments.
//!
//! A slug holds only `a-z`, `0-9` and single inner hyphens, so it is safe as a branch, a folder and a host name.

/// Longest display name, in characters.
const NAME_LIMIT: usize = 60;
/// Longest slug without a collision's suffix, in characters.
const SLUG_LIMIT: usize = 40;
/// Most words a slug is made of.
const SLUG_WORDS: usize = 6;
/// Folder of our branches.
const PREFIX: &str = "shopfloor";

/// What a new workspace is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Display name.
    pub name: String,
    /// Branch, e.g. `shopfloor/fix-the-login`.
    pub branch: String,
    /// Folder of the worktree, without its parents.
    pub directory: String,
}

/// Names a workspace after its prompt, or by a readable word pair when the prompt holds no words. `seed` picks the
/// pair; `branches` are all that exist, `directory_taken` tells which folder names are in use.
pub fn names(
    prompt: &str,
    seed: u64,
    branches: &[String],
    directory_taken: impl Fn(&str) -> bool,
) -> Names {
    let slug = slug(prompt).unwrap_or_else(|| word_pair(seed));
    let name = display_name(prompt).unwrap_or_else(|| slug.replace('-', " "));
    // A branch called `shopfloor` leaves no room for a folder of that name among the refs.
    let separator = if branches.iter().any(|branch| same(branch, PREFIX)) {
        '-'
    } else {
        '/'
    };
    let mut number = 1_u64;
    loop {
        let directory = match number {
            1 => slug.clone(),
            _ => format!("{slug}-{number}"),
        };
        let branch = format!("{PREFIX}{separator}{directory}");
        if !branch_taken(&branch, branches) && !directory_taken(&directory) {
            return Names {
                name,
                branch,
                directory,
            };
        }
        number += 1;
    }
}

/// The folder of a project's worktrees.
pub fn project_directory(name: &str) -> String {
    slug(name).unwrap_or_else(|| "project".into())
}

/// A display name from what somebody typed: one line, no control characters, at most 60 characters; `None` when nothing is left.
pub fn display_name(text: &str) -> Option<String> {
    let line = text
        .lines()
        .map(|line| line.trim_matches(is_decoration))
        .find(|line| line.chars().any(char::is_alphanumeric))?;
    let mut name = String::new();
    let mut length = 0;
    for word in line.split_whitespace() {
        let word: String = word.chars().filter(|c| !is_invisible(*c)).collect();
        let needed = word.chars().count() + usize::from(length > 0);
        if word.is_empty() {
            continue;
        }
        if length + needed > NAME_LIMIT {
            if length == 0 {
                name.extend(word.chars().take(NAME_LIMIT - 1));
            }
            name.push('…');
            break;
        }
        if length > 0 {
            name.push(' ');
        }
        name.push_str(&word);
        length += needed;
    }
    name.chars().any(char::is_alphanumeric).then_some(name)
}

fn slug(text: &str) -> Option<String> {
    let line = text.lines().find(|line| {
        line.chars()
            .any(|c| c.is_ascii_alphanumeric() || !fold(c).is_empty())
    })?;
    let words = line
        .split_whitespace()
        .filter(|word| !word.contains("://"))
        .flat_map(slug_words)
        .take(SLUG_WORDS);
    let mut slug = String::new();
    for word in words {
        let room = SLUG_LIMIT.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if slug.is_empty() {
            slug.extend(word.chars().take(room));
        } else if word.len() <= room {
            slug.push('-');
            slug.push_str(&word);
        } else {
            break;
        }
    }
    if is_reserved_on_windows(&slug) {
        slug.push_str("-task");
    }
    (!slug.is_empty()).then_some(slug)
}

/// The runs of letters and digits in a word, in ASCII; an apostrophe joins (`don't` is one run).
fn slug_words(word: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in word.chars() {
        match c {
            '\'' | '’' => {}
            c if c.is_ascii_alphanumeric() => {
                if let Some(run) = runs.last_mut() {
                    run.push(c.to_ascii_lowercase());
                }
            }
            c if !fold(c).is_empty() => {
                if let Some(run) = runs.last_mut() {
                    run.push_str(fold(c));
                }
            }
            _ => runs.push(String::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Letters of the Latin scripts without their marks; empty for all others.
fn fold(c: char) -> &'static str {
    match c {
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' => "a",
        'æ' | 'Æ' => "ae",
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => "c",
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' | 'ė' | 'Ė' | 'ę' | 'Ę' | 'ě' | 'Ě' => "e",
        'ğ' | 'Ğ' | 'ģ' | 'Ģ' => "g",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'Į' | 'ı' | 'İ' => "i",
        'ķ' | 'Ķ' => "k",
        'ł' | 'Ł' | 'ļ' | 'Ļ' | 'ľ' | 'Ľ' => "l",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ņ' | 'Ņ' => "n",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' => "o",
        'œ' | 'Œ' => "oe",
        'ř' | 'Ř' => "r",
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => "s",
        'ß' => "ss",
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => "t",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' | 'ų' | 'Ų' => "u",
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => "y",
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "z",
        'þ' | 'Þ' => "th",
        _ => "",
    }
}

/// Marks that open a line of Markdown or a quotation and say nothing.
fn is_decoration(c: char) -> bool {
    c.is_whitespace() || matches!(c, '#' | '-' | '*' | '>' | '`' | '"' | '“' | '”' | '.' | ':')
}

/// Control characters and the marks that turn the direction of text around.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_reserved_on_windows(slug: &str) -> bool {
    let numbered = |device: &str| {
        slug.strip_prefix(device)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(slug, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// A branch is taken as itself, in other letter case (file systems may not tell), and as a folder or file of refs.
fn branch_taken(branch: &str, branches: &[String]) -> bool {
    branches.iter().any(|existing| {
        let existing = existing.to_lowercase();
        existing == branch
            || existing
                .strip_prefix(branch)
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

const FIRST: [&str; 24] = [
    "amber", "brave", "brisk", "calm", "clear", "copper", "early", "fresh", "gentle", "golden",
    "keen", "light", "lively", "lucky", "mellow", "nimble", "plain", "quick", "quiet", "silver",
    "steady", "sunny", "swift", "warm",
];
const SECOND: [&str; 24] = [
    "anvil", "bench", "bolt", "chisel", "clamp", "cog", "drill", "file", "gauge", "hammer",
    "hinge", "jig", "ladder", "lathe", "lever", "plane", "press", "pulley", "rivet", "saw",
    "spring", "vise", "wheel", "wrench",
];

fn word_pair(seed: u64) -> String {
    let pick = |words: &[&'static str; 24], seed: u64| {
        words[usize::try_from(seed % 24).expect("a remainder of 24 fits")]
    };
    format!("{}-{}", pick(&FIRST, seed), pick(&SECOND, seed / 24))
}

#[cfg(test)]
#[path = "naming_tests.rs"]
mod tests;
