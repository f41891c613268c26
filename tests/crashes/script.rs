//! What the person says: numbered prompts that make the practice agent do a bit of everything.

use fastrand::Rng;
use std::fmt::Write;

/// A script for the practice agent, known again by its number wherever it turns up whole.
pub fn prompt(number: u32, dice: &mut Rng) -> String {
    let mut script = format!("script:\n# prompt {number} begins\n");
    for place in 0..dice.u32(1..=4) {
        // Writing into a string can't fail.
        let _ = writeln!(script, "{}", step(number, place, dice));
    }
    format!("{script}# prompt {number} ends")
}

/// The number of the person's prompt in this text: the app may put a digest before it, and what it knows of the place
/// after it.
pub fn number_of(text: &str) -> Option<u32> {
    let told = text.rfind("<shopfloor-workspace>");
    let said = &text[..told.unwrap_or(text.len())];
    let last = said.trim_end().lines().next_back()?;
    last.strip_prefix("# prompt ")?
        .strip_suffix(" ends")?
        .parse()
        .ok()
}

fn step(number: u32, place: u32, dice: &mut Rng) -> String {
    let wait = dice.u32(1..=30);
    match dice.u8(0..16) {
        0..=2 => format!("say The answer to {number} is {place}, as far as I can see from here."),
        3 => format!("think What does {number} mean, and why {place} times?"),
        4 => "plan Look; Change; Check".to_owned(),
        5..=6 => format!("wait {wait}ms"),
        7 => format!("run printf begun; sleep 0.0{wait:02}; printf ended"),
        8 => format!("append log.txt \"{number} {place}\\n\""),
        9 => format!("ask create made/{number}-{place}.txt \"{number}\\n\""),
        10 => format!("ask run echo {number} asked"),
        11 => format!("flood {}", dice.u32(10..400)),
        12 => "orphan".to_owned(),
        13 => "run (setsid sleep 300 >/dev/null 2>&1 &); sleep 300 & echo left".to_owned(),
        14 => format!("big {}", dice.u32(1..300_000)),
        _ => match dice.u8(0..4) {
            0 => "fail the model is overloaded".to_owned(),
            1 => "end refusal".to_owned(),
            2 => "bad-utf8".to_owned(),
            _ => "garbage".to_owned(),
        },
    }
}

#[test]
fn a_prompt_is_known_again_also_behind_a_digest() {
    let text = prompt(17, &mut Rng::with_seed(1));
    assert_eq!(number_of(&text), Some(17));
    assert_eq!(number_of(&format!("You said:\n{text}")), Some(17));
    assert_eq!(number_of(&format!("{text}\nGo on.")), None);
    assert_eq!(number_of("Go on."), None);
}
