//! Bounds for what an agent sends: nothing of any length enters memory whole.

use crate::entry::{ToolCall, ToolContent};

/// Longest text of a tool, in bytes; more is cut in the middle.
pub const TOOL_TEXT: usize = 256 * 1024;
/// What stays of a cut text at its beginning.
const HEAD: usize = 128 * 1024;
/// What stays at its end: less than there is room for, so that a stream is not cut anew with each piece.
const TAIL: usize = 64 * 1024;
/// Largest diff, both sides together, in bytes; a cut one would show changes nobody made.
const DIFF: usize = 512 * 1024;
/// Most that one call shows, all its contents together, in bytes.
const CALL: usize = 2 * 1024 * 1024;
/// Longest raw JSON, in bytes.
pub const RAW: usize = 64 * 1024;
/// Longest line for people, in bytes.
const LINE: usize = 1024;
/// Most items of a list.
const ITEMS: usize = 200;

/// The text up to at most `limit` bytes, at a character's end.
pub fn head(text: &str, limit: usize) -> &str {
    &text[..floor(text, limit)]
}

/// Shortens to at most `limit` bytes, at a character's end.
pub fn shorten(text: &mut String, limit: usize) {
    text.truncate(floor(text, limit));
}

/// Shortens a line for people.
pub fn shorten_line(text: &mut String) {
    shorten(text, LINE);
}

/// Shortens a list.
pub fn shorten_list<T>(items: &mut Vec<T>) {
    items.truncate(ITEMS);
}

/// Brings all of a call within its bounds.
pub fn bound(call: &mut ToolCall) {
    shorten_line(&mut call.title);
    shorten_list(&mut call.locations);
    shorten_list(&mut call.content);
    call.content.iter_mut().for_each(bound_content);
    bound_sum(&mut call.content);
    if let Some(input) = &mut call.input {
        shorten(input, RAW);
    }
}

/// Leaves out what comes after as much as a call may show, and says so.
fn bound_sum(content: &mut Vec<ToolContent>) {
    // What says that something is left out does not count, so that it is said once.
    if content.iter().map(size).sum::<usize>() <= CALL + LINE {
        return;
    }
    let mut room = CALL;
    let fits = |one: &&ToolContent| match room.checked_sub(size(one)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let shown = content.iter().take_while(fits).count();
    let left_out = content.len() - shown;
    if left_out > 0 {
        content.truncate(shown);
        let text = format!("What comes after is too long to be shown here ({left_out} more).");
        content.push(ToolContent::Text { text, cut: 0 });
    }
}

fn size(content: &ToolContent) -> usize {
    match content {
        ToolContent::Text { text, .. } => text.len(),
        ToolContent::Diff {
            old_text, new_text, ..
        } => old_text.as_ref().map_or(0, String::len) + new_text.len(),
    }
}

/// Brings one content within its bounds.
pub fn bound_content(content: &mut ToolContent) {
    match content {
        ToolContent::Text { text, cut } => cut_middle(text, cut),
        ToolContent::Diff {
            path,
            old_text,
            new_text,
        } => {
            let size = old_text.as_ref().map_or(0, String::len) + new_text.len();
            if size > DIFF {
                let text = format!(
                    "The change of {path} is too large to show here ({} KiB).",
                    size / 1024
                );
                *content = ToolContent::Text { text, cut: 0 };
            }
        }
    }
}

fn cut_middle(text: &mut String, cut: &mut u32) {
    if text.len() <= TOOL_TEXT {
        return;
    }
    let from = floor(text, HEAD);
    let mut to = text.len() - TAIL;
    while !text.is_char_boundary(to) {
        to += 1;
    }
    text.replace_range(from..to, "");
    let removed = u32::try_from(to - from).unwrap_or(u32::MAX);
    *cut = cut.saturating_add(removed);
}

/// The last character's end at or before `limit`.
fn floor(text: &str, limit: usize) -> usize {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{CALL, HEAD, TAIL, TOOL_TEXT, bound_content, bound_sum};
    use crate::entry::ToolContent;

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end_and_says_how_much_is_missing() {
        let whole = format!("begin{}end", "ä".repeat(TOOL_TEXT));
        let mut content = ToolContent::Text {
            text: whole.clone(),
            cut: 7,
        };
        bound_content(&mut content);
        let ToolContent::Text { text, cut } = content else {
            panic!("a text stays a text");
        };
        assert!(text.starts_with("begin") && text.ends_with("end"));
        assert!(text.len() <= HEAD + TAIL);
        assert_eq!(text.len() + cut as usize, whole.len() + 7);
    }

    #[test]
    fn a_text_within_the_bound_is_left_alone() {
        let exact = ToolContent::Text {
            text: "x".repeat(TOOL_TEXT),
            cut: 0,
        };
        let mut content = exact.clone();
        bound_content(&mut content);
        assert_eq!(content, exact);
    }

    #[test]
    fn a_call_of_many_long_parts_shows_the_first_ones_and_says_what_is_missing() {
        let part = || ToolContent::Text {
            text: "x".repeat(TOOL_TEXT),
            cut: 0,
        };
        let mut content: Vec<ToolContent> = std::iter::repeat_with(part).take(100).collect();
        bound_sum(&mut content);
        assert_eq!(content.len(), CALL / TOOL_TEXT + 1);
        assert!(
            matches!(content.last(), Some(ToolContent::Text { text, .. }) if text.contains("92 more"))
        );
        let once = content.clone();
        bound_sum(&mut content);
        assert_eq!(content, once);
    }

    #[test]
    fn a_diff_is_shown_whole_or_not_at_all() {
        let diff = |size: usize| ToolContent::Diff {
            path: "/w/Cargo.lock".to_owned(),
            old_text: None,
            new_text: "x".repeat(size),
        };
        let mut small = diff(500 * 1024);
        bound_content(&mut small);
        assert_eq!(small, diff(500 * 1024));
        let mut large = diff(600 * 1024);
        bound_content(&mut large);
        assert!(matches!(large, ToolContent::Text { text, .. } if text.contains("/w/Cargo.lock")));
    }
}
