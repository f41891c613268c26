//! Writes lines into the agent's stdin, in a task of its own, so that an agent that does not read blocks nobody.

use std::io;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// A line to write.
pub(crate) struct Outgoing {
    pub(crate) line: String,
    /// Whether it is the person's prompt.
    pub(crate) is_prompt: bool,
}

/// What became of a line.
#[derive(Debug)]
pub(crate) enum Written {
    /// It is in the pipe.
    Line { is_prompt: bool },
    /// The agent reads no more; nothing is written after this.
    Broken(io::Error),
}

/// Writes until the sender is dropped, then closes stdin.
pub(crate) async fn write(
    mut stdin: impl AsyncWrite + Unpin,
    mut lines: mpsc::UnboundedReceiver<Outgoing>,
    written: mpsc::UnboundedSender<Written>,
) {
    while let Some(Outgoing {
        mut line,
        is_prompt,
    }) = lines.recv().await
    {
        line.push('\n');
        let result = async {
            stdin.write_all(line.as_bytes()).await?;
            stdin.flush().await
        };
        let became = match result.await {
            Ok(()) => Written::Line { is_prompt },
            Err(error) => Written::Broken(error),
        };
        let broken = matches!(became, Written::Broken(_));
        if written.send(became).is_err() || broken {
            return;
        }
    }
}
