//! Crashes at random points of a conversation, of the app and of its agent: no prompt is lost or sent twice, nothing that
//! was seen is taken back, and no process is left.
//!
//! How many is said by `SHOPFLOOR_CRASHES` (150 unless it is set). The dice begin at `SHOPFLOOR_CRASH_SEED`, which is
//! printed; the same seed says and kills the same at the same points, as far as two machines can agree on time.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod conversation;
mod script;
mod tally;
mod view;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tally::Tally;

/// Crashes in one conversation.
const EACH: u64 = 6;

#[test]
fn no_crash_loses_a_prompt_or_sends_one_twice() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let crashes = number("SHOPFLOOR_CRASHES").unwrap_or(150_u64);
    let seed = number("SHOPFLOOR_CRASH_SEED").unwrap_or_else(|| fastrand::u64(0..1_000_000));
    println!("SHOPFLOOR_CRASH_SEED={seed}");
    let next = AtomicU64::new(0);
    let all = Mutex::new(Tally::default());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let nth = next.fetch_add(1, Ordering::Relaxed)
                    && nth < crashes.div_ceil(EACH)
                {
                    let tally = conversation::hold(seed.wrapping_add(nth), EACH as u32);
                    for problem in &tally.problems {
                        println!("conversation {nth}: {problem}\n");
                    }
                    all.lock().unwrap().add(tally);
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    println!("{all}");
    assert!(
        all.problems.is_empty(),
        "{} problems, told above",
        all.problems.len()
    );
    assert!(u64::from(all.all_crashes()) >= crashes);
}
