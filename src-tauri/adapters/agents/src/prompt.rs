//! What a prompt's parts become on the wire, as far as the agent takes them. Pure.

use agent_client_protocol_schema::v1::{
    ContentBlock, EmbeddedResource, EmbeddedResourceResource, ImageContent, ResourceLink,
    TextContent, TextResourceContents,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use session::port::PromptPart;
use std::path::Path;
use url::Url;

/// Which parts an agent takes as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Takes {
    /// Pictures.
    pub(crate) images: bool,
    /// Texts with a name.
    pub(crate) embedded: bool,
}

impl Takes {
    /// By the `promptCapabilities` of its handshake.
    pub(crate) fn of(able: &Value) -> Self {
        Self {
            images: able["image"] == true,
            embedded: able["embeddedContext"] == true,
        }
    }
}

/// The content blocks, in order, and the names of pictures that had to be left out.
pub(crate) fn blocks(parts: Vec<PromptPart>, takes: Takes) -> (Vec<ContentBlock>, Vec<String>) {
    let mut left_out = Vec::new();
    let blocks = parts.into_iter().map(|part| match part {
        PromptPart::Text(text) | PromptPart::Context(text) => plain(text),
        PromptPart::Link { name, path } => link(name, &path),
        PromptPart::Image { mime, bytes, .. } if takes.images => {
            ContentBlock::Image(ImageContent::new(STANDARD.encode(&bytes), mime))
        }
        PromptPart::Image { name, .. } => {
            let said = format!("[The picture {name} was left out: this agent takes no pictures.]");
            left_out.push(name);
            plain(said)
        }
        PromptPart::Embedded { name, text } if takes.embedded => embedded(&name, text),
        PromptPart::Embedded { name, text } => plain(fenced(&name, &text)),
    });
    let blocks = blocks.collect();
    (blocks, left_out)
}

fn plain(text: String) -> ContentBlock {
    ContentBlock::Text(TextContent::new(text))
}

/// A file the agent reads itself, by its address; one that has none is named.
fn link(name: String, path: &str) -> ContentBlock {
    match Url::from_file_path(path) {
        Ok(address) => ContentBlock::ResourceLink(
            ResourceLink::new(name, address.to_string()).mime_type(mime(path).map(str::to_owned)),
        ),
        Err(()) => plain(format!("[file: {path}]")),
    }
}

fn embedded(name: &str, text: String) -> ContentBlock {
    let mut address = Url::parse("attachment:///").expect("a plain address");
    address.set_path(name);
    let resource = TextResourceContents::new(text, address.to_string());
    ContentBlock::Resource(EmbeddedResource::new(
        EmbeddedResourceResource::TextResourceContents(resource),
    ))
}

/// A text with its name, in a fence that is longer than any in it.
fn fenced(name: &str, text: &str) -> String {
    let mut longest = 0;
    for run in text.split(|c| c != '`') {
        longest = longest.max(run.len());
    }
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{name}:\n{fence}\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// The type of a file, by its ending; only where the ending is never anything else.
fn mime(path: &str) -> Option<&'static str> {
    let ending = Path::new(path).extension()?.to_str()?.to_lowercase();
    Some(match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "csv" => "text/csv",
        "md" | "markdown" => "text/markdown",
        "txt" | "log" => "text/plain",
        "js" | "mjs" | "cjs" => "text/javascript",
        "xml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "toml" => "application/toml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    const ALL: Takes = Takes {
        images: true,
        embedded: true,
    };

    fn sent(part: PromptPart, takes: Takes) -> Value {
        let (blocks, _) = blocks(vec![part], takes);
        serde_json::to_value(&blocks[0]).expect("a block is JSON")
    }

    fn picture() -> PromptPart {
        PromptPart::Image {
            name: "shot.png".to_owned(),
            mime: "image/png".to_owned(),
            bytes: Arc::from(&b"\x89PNG"[..]),
        }
    }

    fn note(text: &str) -> PromptPart {
        PromptPart::Embedded {
            name: "a note.txt".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_file_is_linked_by_its_address() {
        let link = |path: &str| {
            let (name, path) = ("x".to_owned(), path.to_owned());
            sent(PromptPart::Link { name, path }, Takes::default())
        };
        assert_eq!(
            link("/w/ä b#1?%.MD"),
            json!({"type": "resource_link", "name": "x", "uri": "file:///w/%C3%A4%20b%231%3F%25.MD", "mimeType": "text/markdown"})
        );
        assert_eq!(
            link("/w/lib.rs"),
            json!({"type": "resource_link", "name": "x", "uri": "file:///w/lib.rs"})
        );
        assert_eq!(link("lib.rs")["text"], "[file: lib.rs]");
    }

    #[test]
    fn a_picture_goes_to_those_who_take_it_and_is_named_to_the_others() {
        assert_eq!(
            sent(picture(), ALL),
            json!({"type": "image", "data": "iVBORw==", "mimeType": "image/png"})
        );
        let (blocks, left_out) = blocks(vec![picture()], Takes::default());
        assert_eq!(left_out, ["shot.png"]);
        let said = serde_json::to_value(&blocks[0]).expect("a block is JSON");
        assert!(
            said["text"]
                .as_str()
                .is_some_and(|said| said.contains("shot.png"))
        );
    }

    #[test]
    fn a_text_is_embedded_or_fenced() {
        assert_eq!(
            sent(note("x"), ALL),
            json!({"type": "resource", "resource": {"uri": "attachment:///a%20note.txt", "text": "x"}})
        );
        assert_eq!(
            sent(note("a\n````\nb\n"), Takes::default())["text"],
            "a note.txt:\n`````\na\n````\nb\n`````"
        );
        assert_eq!(
            sent(note("x"), Takes::default())["text"],
            "a note.txt:\n```\nx\n```"
        );
    }
}
