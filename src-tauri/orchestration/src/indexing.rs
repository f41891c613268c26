//! Keeps the full-text index close behind the transcripts, so that a search has little left to read.
//!
//! Only a convenience: a search brings in what is missing by itself, and what waits is known to the database.

use kernel::{Clock, FactStream, Timestamp};
use session::search::Indexing;
use session::{SessionFact, Transcripts};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

use crate::Rooms;
use crate::tasks::Tasks;

/// How long changes gather. What changed since may be an answer that streams: indexed with every word it would cost more
/// than all else that is done with it, so it is left until it rests.
const GATHER: Duration = Duration::from_secs(2);
/// Between two batches, for everybody else who wants to write.
const BREATH: Duration = Duration::from_millis(20);
/// After a failure, which may be a full disk.
const RETRY: Duration = Duration::from_secs(60);

/// Begins at once with what an earlier run, or a version without search, left.
pub(crate) fn start(rooms: &Rooms, tasks: &Tasks) {
    let news = News {
        facts: rooms.sessions.listen(),
        ended: false,
    };
    let clock = Arc::clone(&rooms.clock);
    tasks.spawn_until_stop(follow(rooms.transcripts.clone(), clock, news));
}

async fn follow(transcripts: Transcripts, clock: Arc<dyn Clock>, mut news: News) {
    loop {
        let pause = match catch_up(&transcripts, &*clock, &mut news).await {
            Some(()) => GATHER,
            None => RETRY,
        };
        if !news.something_ended().await {
            return;
        }
        let rested = sleep_until(Instant::now() + pause);
        tokio::pin!(rested);
        loop {
            tokio::select! {
                () = &mut rested => break,
                there_is_more = news.hear() => if !there_is_more { return },
            }
        }
    }
}

/// `None` after a failure.
async fn catch_up(transcripts: &Transcripts, clock: &dyn Clock, news: &mut News) -> Option<()> {
    loop {
        match transcripts.index_some(settled(clock.now())).await {
            Ok(Indexing::Complete) => return Some(()),
            Ok(Indexing::Behind) => sleep(BREATH).await,
            Err(error) => {
                tracing::warn!(%error, "transcripts could not be indexed");
                return None;
            }
        }
        news.hear_what_is_there();
    }
}

fn settled(now: Timestamp) -> Timestamp {
    let gather = u64::try_from(GATHER.as_millis()).unwrap_or(u64::MAX);
    Timestamp::from_millis(now.millis().saturating_sub(gather))
}

/// What happens in the sessions. All of it is heard at any time, for it must not pile up.
struct News {
    facts: FactStream<SessionFact>,
    /// Something came to an end that the index may be without.
    ended: bool,
}

impl News {
    /// Waits until a tool call or a turn is over, or a session's state changed, since this was last asked. False when
    /// nothing will any more.
    async fn something_ended(&mut self) -> bool {
        while !self.ended {
            if !self.hear().await {
                return false;
            }
        }
        self.ended = false;
        true
    }

    /// False when nothing comes any more.
    async fn hear(&mut self) -> bool {
        let fact = self.facts.next().await;
        self.ended |= fact.as_ref().is_some_and(is_end);
        fact.is_some()
    }

    fn hear_what_is_there(&mut self) {
        while let Some(fact) = self.facts.try_next() {
            self.ended |= is_end(&fact);
        }
    }
}

fn is_end(fact: &SessionFact) -> bool {
    matches!(fact, SessionFact::FilesTouched(_) | SessionFact::Changed(_))
}
