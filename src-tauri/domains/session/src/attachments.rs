//! What goes along with a message besides its text: judged by its bytes, stored before anything refers to it, and removed
//! when nothing did for long.

use crate::error::SessionError;
use crate::port::AttachmentStore;
use crate::session::Attachment;
use crate::work::off_the_workers;
use kernel::{AttachmentId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Largest picture, in bytes.
pub const PICTURE: usize = 10 * 1024 * 1024;
/// Longest text, in bytes.
pub const TEXT: usize = 1024 * 1024;
/// Longest name, in bytes.
const NAME: usize = 255;
/// How long one is kept at least, in milliseconds (30 days).
const KEPT: u64 = 30 * 24 * 60 * 60 * 1000;

/// Stores a picture or a text. What it is is told by its bytes, whatever it is called.
pub(crate) async fn attached(
    store: Arc<dyn AttachmentStore>,
    name: String,
    mime: &str,
    bytes: Vec<u8>,
) -> Result<Attachment, SessionError> {
    let id = AttachmentId::mint();
    let attachment = described(id.clone(), name, mime, &bytes)?;
    off_the_workers(move || store.save_attachment(&id, &bytes)).await?;
    Ok(attachment)
}

/// Removes those that are older than 30 days and that nothing refers to: no message, no transcript, and none of
/// the drafts, which only the window knows. Answers how many.
pub(crate) async fn swept(
    store: Arc<dyn AttachmentStore>,
    drafted: BTreeSet<AttachmentId>,
    now: Timestamp,
) -> Result<usize, SessionError> {
    let before = Timestamp::from_millis(now.millis().saturating_sub(KEPT));
    let from = Arc::clone(&store);
    let mut unused = off_the_workers(move || from.unused_attachments(before)).await?;
    unused.retain(|id| !drafted.contains(id));
    let count = unused.len();
    // One write each: whoever else wants to write comes between.
    for id in unused {
        let store = Arc::clone(&store);
        off_the_workers(move || store.remove_attachment(&id)).await?;
    }
    Ok(count)
}

fn described(
    id: AttachmentId,
    mut name: String,
    mime: &str,
    bytes: &[u8],
) -> Result<Attachment, SessionError> {
    crate::cut::shorten(&mut name, NAME);
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    if bytes.is_empty() {
        return Err(unfit(format!("{name} is empty.")));
    }
    if let Some(mime) = picture(bytes) {
        if bytes.len() > PICTURE {
            return Err(unfit(format!(
                "{name} is larger than {} MiB.",
                PICTURE / 1024 / 1024
            )));
        }
        return Ok(Attachment::Image {
            id,
            name,
            mime: mime.to_owned(),
            bytes: size,
        });
    }
    let is_text = std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
    if !is_text {
        let what = if mime.starts_with("image/") {
            "Pictures can be PNG, JPEG, GIF or WebP."
        } else {
            "Only pictures and UTF-8 text can be given along; put other files into the worktree and name them."
        };
        return Err(unfit(format!("{name} can't be attached. {what}")));
    }
    if bytes.len() > TEXT {
        return Err(unfit(format!(
            "{name} is longer than {} MiB.",
            TEXT / 1024 / 1024
        )));
    }
    Ok(Attachment::Text {
        id,
        name,
        bytes: size,
    })
}

/// The type of a picture that agents and the window can show.
pub fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

fn unfit(why: String) -> SessionError {
    SessionError::Unfit { why }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::{PICTURE, TEXT, described};
    use crate::session::Attachment;
    use kernel::AttachmentId;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n rest";

    fn attached(name: &str, mime: &str, bytes: &[u8]) -> Result<Attachment, String> {
        let described = described(AttachmentId::new("a"), name.to_owned(), mime, bytes);
        described.map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_attached_is_told_by_its_bytes() {
        let picture = attached("shot.txt", "text/plain", PNG).unwrap();
        assert!(matches!(picture, Attachment::Image { mime, .. } if mime == "image/png"));
        let text = attached("shot.png", "image/svg+xml", b"<svg/>").unwrap();
        assert!(matches!(text, Attachment::Text { bytes: 6, .. }));
    }

    #[test]
    fn what_can_not_go_along_is_refused_with_the_reason() {
        let large = [PNG, &vec![0; PICTURE]].concat();
        for (name, mime, bytes, why) in [
            ("a.png", "image/png", large.as_slice(), "larger than 10 MiB"),
            (
                "a.txt",
                "text/plain",
                &vec![b'a'; TEXT + 1],
                "longer than 1 MiB",
            ),
            ("a.bmp", "image/bmp", b"BM\0\0", "PNG, JPEG, GIF or WebP"),
            (
                "a.bin",
                "",
                &[0xff, 0xfe, 0],
                "Only pictures and UTF-8 text",
            ),
            ("a.txt", "text/plain", b"a\0b", "Only pictures"),
            ("a.txt", "text/plain", b"", "is empty"),
        ] {
            let refused = attached(name, mime, bytes).unwrap_err();
            assert!(refused.contains(why), "{name}: {refused}");
        }
    }
}
