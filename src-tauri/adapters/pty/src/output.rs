//! What the program writes, on its way to the domain: a thread that reads until the terminal is closed on the other
//! side, and no faster than the domain takes it.

use std::io::{self, ErrorKind, Read};
use terminal::port::PtyEvent;
use tokio::sync::{mpsc, oneshot};

/// How much is read at once. In bytes.
const PIECE: usize = 64 * 1024;

/// Starts the thread; the receiver hears when all was read and passed on.
pub(crate) fn start(
    reader: Box<dyn Read + Send>,
    events: mpsc::Sender<PtyEvent>,
) -> io::Result<oneshot::Receiver<()>> {
    let (done, all_read) = oneshot::channel();
    std::thread::Builder::new()
        .name("terminal output".to_owned())
        .stack_size(256 * 1024)
        .spawn(move || {
            pass_on(reader, &events);
            // Nobody waits for it any more once it took too long.
            let _ = done.send(());
        })?;
    Ok(all_read)
}

fn pass_on(mut reader: impl Read, events: &mpsc::Sender<PtyEvent>) {
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return,
            Ok(length) => {
                let output = PtyEvent::Output(piece[..length].to_vec());
                if events.blocking_send(output).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::debug!(%error, "a terminal can't be read any more");
                return;
            }
        }
    }
}
