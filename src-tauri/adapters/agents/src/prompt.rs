//! What a prompt's parts become on the wire.

use agent_client_protocol_schema::v1::{ContentBlock, TextContent};
use session::port::PromptPart;

/// The content blocks, in order.
pub(crate) fn blocks(parts: Vec<PromptPart>) -> Vec<ContentBlock> {
    parts
        .into_iter()
        .map(|part| match part {
            PromptPart::Text(text) | PromptPart::Context(text) => text,
            PromptPart::Link { path, .. } => path,
            PromptPart::Image { name, .. } => format!("[picture {name}, which can't be shown]"),
            PromptPart::Embedded { name, text } => format!("{name}:\n{text}"),
        })
        .map(|text| ContentBlock::Text(TextContent::new(text)))
        .collect()
}
