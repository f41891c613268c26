//! Keeps the full-text index close behind the transcripts, so that a search has little left to read.
//!
//! Only a convenience: a search brings in what is missing by itself, and what waits is known to the database.

use kernel::FactStream;
use session::search::Indexing;
use session::{SessionFact, Transcripts};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

use crate::Rooms;
use crate::tasks::Tasks;

/// How long changes gather, so that an answer that streams is not indexed with every word.
const GATHER: Duration = Duration::from_secs(2);
/// Between two batches, for everybody else who wants to write.
const BREATH: Duration = Duration::from_millis(20);
/// After a failure, which may be a full disk.
const RETRY: Duration = Duration::from_secs(60);

/// Begins at once with what an earlier run, or a version without search, left.
pub(crate) fn start(rooms: &Rooms, tasks: &Tasks) {
    let facts = rooms.sessions.listen();
    tasks.spawn_until_stop(follow(rooms.transcripts.clone(), facts));
}

async fn follow(transcripts: Transcripts, mut facts: FactStream<SessionFact>) {
    loop {
        let pause = match catch_up(&transcripts, &mut facts).await {
            Some(()) => GATHER,
            None => RETRY,
        };
        if !something_ended(&mut facts).await {
            return;
        }
        let rested = sleep_until(Instant::now() + pause);
        tokio::pin!(rested);
        loop {
            tokio::select! {
                () = &mut rested => break,
                // Heard and let go: they must not pile up.
                fact = facts.next() => if fact.is_none() { return },
            }
        }
    }
}

/// `None` after a failure.
async fn catch_up(transcripts: &Transcripts, facts: &mut FactStream<SessionFact>) -> Option<()> {
    loop {
        match transcripts.index_some().await {
            Ok(Indexing::Complete) => return Some(()),
            Ok(Indexing::Behind) => sleep(BREATH).await,
            Err(error) => {
                tracing::warn!(%error, "transcripts could not be indexed");
                return None;
            }
        }
        while facts.try_next().is_some() {}
    }
}

/// Waits until a tool call or a turn is over, or a session's state changed. False when nothing will any more.
async fn something_ended(facts: &mut FactStream<SessionFact>) -> bool {
    while let Some(fact) = facts.next().await {
        if matches!(fact, SessionFact::FilesTouched(_) | SessionFact::Changed(_)) {
            return true;
        }
    }
    false
}
