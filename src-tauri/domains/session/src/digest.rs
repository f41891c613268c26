//! What an agent is told of a conversation it can't resume, the first words that name one, and the last ones of a turn.

use crate::cut;
use crate::entry::{Entry, EntryBody};
use crate::session::{Attachment, Author};

/// Longest digest, in bytes.
const LIMIT: usize = 8 * 1024;
/// Longest piece of one prompt or answer in it, in bytes.
const PIECE: usize = 1024;
/// Longest title made of a prompt, in characters.
const TITLE: usize = 60;

/// What was said, newest things first to be kept; `None` when there is nothing to tell.
pub fn of(entries: &[Entry]) -> Option<String> {
    let mut pieces = Vec::new();
    let mut room = LIMIT;
    for entry in entries.iter().rev() {
        let (who, text) = match &entry.body {
            EntryBody::Prompt { text, author, .. } => match author {
                Author::Person => ("Person", text),
                Author::App => ("Shopfloor", text),
            },
            EntryBody::Answer { text } => ("You", text),
            _ => continue,
        };
        let shown = cut::head(text.trim(), PIECE);
        let more = if shown.len() < text.trim().len() {
            " …"
        } else {
            ""
        };
        let piece = format!("{who}: {shown}{more}\n");
        if piece.len() > room {
            break;
        }
        room -= piece.len();
        pieces.push(piece);
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.reverse();
    Some(format!(
        "[Shopfloor: your earlier conversation with the person could not be resumed. This is a digest of its \
         end, so that you know what was said; the files are as you left them.]\n{}[End of the digest.]",
        pieces.concat()
    ))
}

/// How a turn ended, in a line for the card: why it was cut short, else the first line of what the agent said last. Of one
/// that ended as usual only the agent's words tell whether it went well; some report errors so.
pub fn ending(reason: &str, said: &str) -> Option<String> {
    let why = match reason {
        "max_tokens" => "The answer reached its limit of tokens",
        "max_turn_requests" => "The turn reached its limit of requests",
        "refusal" => "The model refused to go on",
        _ => return first_line(said),
    };
    Some(why.to_owned())
}

/// Without Markdown's marks, cut to a line's length.
fn first_line(said: &str) -> Option<String> {
    let marks = ['#', '*', '-', '>', '`', '_', ' ', '\t'];
    let mut lines = said.lines().map(|line| line.trim_matches(marks));
    let mut line = lines.find(|line| !line.is_empty())?.replace(['*', '`'], "");
    cut::shorten_line(&mut line);
    Some(line)
}

/// How the newest turn in the last of a conversation's entries ended; `None` while it has not, or where they don't tell.
pub fn ending_of(entries: &[Entry]) -> Option<String> {
    let turn = entries.last()?.turn;
    let of_the_turn = || entries.iter().rev().filter(|entry| entry.turn == turn);
    let reason = of_the_turn().find_map(|entry| match &entry.body {
        EntryBody::TurnEnd { reason, .. } => Some(reason.as_str()),
        _ => None,
    })?;
    let said = of_the_turn().find_map(|entry| match &entry.body {
        EntryBody::Answer { text } => Some(text.as_str()),
        _ => None,
    });
    ending(reason, said.unwrap_or_default())
}

/// The first words of a prompt, to name its conversation; where there are none, what goes along.
pub fn title(prompt: &str, attachments: &[Attachment]) -> String {
    let line = prompt
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .or_else(|| attachments.first().map(Attachment::name))
        .unwrap_or("");
    if line.chars().count() <= TITLE {
        return line.to_owned();
    }
    let short: String = line.chars().take(TITLE).collect();
    let words = short
        .rsplit_once(char::is_whitespace)
        .map_or(short.as_str(), |(words, _)| words.trim_end());
    format!("{words} …")
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, of, title};
    use crate::entry::{Entry, EntryBody, NoticeLevel};
    use crate::session::Author;
    use kernel::{EntryId, MessageId, Timestamp};

    fn entry(ordinal: u32, body: EntryBody) -> Entry {
        Entry {
            id: EntryId::mint(),
            ordinal,
            turn: 1,
            at: Timestamp::default(),
            updated_at: Timestamp::default(),
            body,
        }
    }

    fn prompt(ordinal: u32, text: &str) -> Entry {
        let body = EntryBody::Prompt {
            attachments: Vec::new(),
            author: Author::Person,
            message: MessageId::new("m"),
            text: text.to_owned(),
        };
        entry(ordinal, body)
    }

    fn answer(ordinal: u32, text: &str) -> Entry {
        let text = text.to_owned();
        entry(ordinal, EntryBody::Answer { text })
    }

    #[test]
    fn prompts_and_answers_are_told_in_their_order_and_nothing_else() {
        let notice = EntryBody::Notice {
            level: NoticeLevel::Note,
            text: "a notice".to_owned(),
            detail: None,
        };
        let own = EntryBody::Prompt {
            attachments: Vec::new(),
            author: Author::App,
            message: MessageId::new("own"),
            text: "go on".to_owned(),
        };
        let entries = [
            prompt(0, "fix the login"),
            entry(1, notice),
            answer(2, "It is fixed."),
            entry(3, own),
        ];
        let told = of(&entries).unwrap_or_default();
        assert!(
            told.contains("Person: fix the login\nYou: It is fixed.\nShopfloor: go on\n"),
            "{told}"
        );
        assert!(told.starts_with("[Shopfloor:") && told.ends_with("[End of the digest.]"));
        assert!(!told.contains("a notice"));
    }

    #[test]
    fn a_long_conversation_keeps_its_end_within_the_bound() {
        let entries: Vec<Entry> = (0..500)
            .map(|n| answer(n, &format!("{n} {}", "ä".repeat(3000))))
            .collect();
        let told = of(&entries).unwrap_or_default();
        assert!(told.len() < LIMIT + 500, "{}", told.len());
        assert!(told.contains("You: 499 ä") && !told.contains("You: 400 ä"));
        assert!(told.contains("ä …\n"));
    }

    #[test]
    fn a_conversation_without_words_adds_nothing() {
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_title_is_the_first_line_cut_at_a_word() {
        assert_eq!(title("\n  Fix the login \nplease", &[]), "Fix the login");
        let long = "Make the very long list of things that are still to be done shorter";
        let cut = "Make the very long list of things that are still to be done …";
        assert_eq!(title(long, &[]), cut);
        assert_eq!(
            title(&"x".repeat(100), &[]),
            format!("{} …", "x".repeat(60))
        );
    }
}
