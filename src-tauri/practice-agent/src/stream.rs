//! Text at a steady rate, for who measures how soon it is seen.

use crate::turn::{Flow, Turn};
use serde_json::json;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Some words, so that what streams looks like an answer.
const WORDS: [&str; 12] = [
    "The",
    "**board**",
    "stays",
    "calm",
    "while",
    "`agents`",
    "write,",
    "and",
    "nothing",
    "is",
    "lost.",
    "\n\n",
];

/// Says one piece after the other until the time is over. One that is late is made up for.
pub fn stream(turn: &Turn, per_second: u32, time: Duration) -> Flow {
    let began = Instant::now();
    let message = format!("stream-{}-{}", std::process::id(), turn.agent.number());
    let pause = Duration::from_secs(1) / per_second;
    let mut due = Duration::ZERO;
    let mut number = 0;
    while due < time {
        turn.wait(due.saturating_sub(began.elapsed()))?;
        let word = WORDS[number % WORDS.len()];
        turn.send(json!({
            "sessionUpdate": "agent_message_chunk",
            "messageId": message,
            "content": {"type": "text", "text": format!("{word} ⟨{}⟩ ", millis())},
        }));
        number += 1;
        due += pause;
    }
    Ok(())
}

fn millis() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis()
}
