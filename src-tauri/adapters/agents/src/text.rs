//! Bounds on the texts an agent may hand over, and what stands for content that is not text.

use serde_json::Value;

/// The longest JSON that is kept of an input or of an unknown update (64 KiB).
const LONGEST_JSON: usize = 64 * 1024;
/// The longest text that a tool call shows (256 KiB).
const LONGEST_SHOWN: usize = 256 * 1024;

/// JSON as text, cut at its end.
pub(crate) fn json(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > LONGEST_JSON {
        text.truncate(boundary_at_or_before(&text, LONGEST_JSON));
        text.push('…');
    }
    text
}

/// The text, cut at its end to this many bytes.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let head = &text[..boundary_at_or_before(text, longest - '…'.len_utf8())];
    format!("{head}…")
}

/// The text with its middle cut out, and how many bytes that were. Begin and end of an output say the most.
pub(crate) fn shown(text: &str) -> (String, u32) {
    if text.len() <= LONGEST_SHOWN {
        return (text.to_owned(), 0);
    }
    let head = &text[..boundary_at_or_before(text, LONGEST_SHOWN / 2)];
    let tail = &text[boundary_at_or_before(text, text.len() - LONGEST_SHOWN / 2)..];
    let cut = text.len() - head.len() - tail.len();
    let cut = u32::try_from(cut).unwrap_or(u32::MAX);
    (format!("{head}\n[… {cut} bytes left out …]\n{tail}"), cut)
}

/// A content block as text; what is not text becomes a short word in brackets. `None`: not a content block.
pub(crate) fn of_block(block: &Value) -> Option<String> {
    let named = |what: &str, name: &Value| match name.as_str() {
        Some(name) => format!("[{what}: {name}]"),
        None => format!("[{what}]"),
    };
    Some(match block["type"].as_str()? {
        "text" => block["text"].as_str()?.to_owned(),
        "resource_link" => named("file", &block["uri"]),
        "resource" => match block["resource"]["text"].as_str() {
            Some(text) => text.to_owned(),
            None => named("file", &block["resource"]["uri"]),
        },
        other => format!("[{other}]"),
    })
}

fn boundary_at_or_before(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_output_keeps_its_begin_and_its_end() {
        let text = format!("begin{}end", "ä".repeat(LONGEST_SHOWN));
        let (shown, cut) = shown(&text);
        assert!(shown.starts_with("begin") && shown.ends_with("end"));
        assert!(shown.len() < LONGEST_SHOWN + 100);
        assert_eq!(
            text.len() - cut as usize + format!("\n[… {cut} bytes left out …]\n").len(),
            shown.len()
        );
        assert_eq!(super::shown("short"), ("short".to_owned(), 0));
    }

    #[test]
    fn content_that_is_not_text_is_named() {
        let cases = [
            (json!({"type": "text", "text": "hi"}), Some("hi")),
            (json!({"type": "image", "data": "…"}), Some("[image]")),
            (
                json!({"type": "resource_link", "uri": "file:///a"}),
                Some("[file: file:///a]"),
            ),
            (
                json!({"type": "resource", "resource": {"text": "t"}}),
                Some("t"),
            ),
            (json!({"type": "hologram"}), Some("[hologram]")),
            (json!({"type": "text"}), None),
            (json!("text"), None),
        ];
        for (block, text) in cases {
            assert_eq!(of_block(&block).as_deref(), text, "{block}");
        }
    }
}
