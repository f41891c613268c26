//! How fast the window's channel carries batches of cards, against plain strings of the same length.

use crate::report::Number;
use crate::stage::Stage;
use std::io::{BufRead, BufReader};

/// Prints batches per second.
pub fn measure() {
    let stage = Stage::set();
    let (_window, mut child) = stage.start(&mut stage.program("feed-window"));
    let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let lines = stdout.lines().map_while(Result::ok);
    let mut rounds = 0;
    for line in lines.take_while(|line| line != "end") {
        let numbers: Vec<f64> = line
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        let [cards, bytes, ours, floor] = numbers.as_slice() else {
            continue;
        };
        rounds += 1;
        Number {
            what: format!("feed, batches of {cards} cards, {bytes} B"),
            value: *ours,
            unit: "/s",
            floor: Some((*floor, "plain strings")),
        }
        .print();
    }
    assert!(rounds > 0, "the window told its numbers");
}
