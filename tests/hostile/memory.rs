//! The memory of the house, as a process of its own, while an agent writes without measure.

use crate::list::script;
use process::{Tag, living};
use serde_json::json;
use std::time::{Duration, Instant};
use tests::app::PATIENCE;
use tests::headless::{Heard, Host};
use tests::repository::Repository;

/// MB of 10⁶ bytes.
const MB: f64 = 1e6;

/// The most memory that a house took while an agent did this, and what it took before and after, in MB.
#[derive(Debug)]
struct Taken {
    before: f64,
    most: f64,
    after: f64,
}

/// Has a house's agent do these steps, which end by saying `Done.`
fn while_it_does(steps: &[&str]) -> Taken {
    let home = tempfile::tempdir().unwrap();
    let repository = Repository::make(home.path()).path;
    let mut host = Host::start(env!("CARGO_BIN_EXE_headless"), home.path(), &repository);
    say_and_wait(&mut host, &script(&["say Warm.", "say Done."]), "Done.");
    let before = memory(host.pid(), "VmRSS");
    // From now on the highest mark counts anew.
    std::fs::write(format!("/proc/{}/clear_refs", host.pid()), "5").unwrap();
    let steps: Vec<&str> = steps.iter().copied().chain(["say Done again."]).collect();
    say_and_wait(&mut host, &script(&steps), "Done again.");
    let most = memory(host.pid(), "VmHWM");
    let after = memory(host.pid(), "VmRSS");
    host.quit();
    assert_eq!(living(&Tag::of_home(home.path())), []);
    Taken {
        before,
        most,
        after,
    }
}

fn say_and_wait(host: &mut Host, text: &str, said: &str) {
    host.order(json!({"order": "say", "text": text}));
    let began = Instant::now();
    let (mut answered, mut finished) = (false, false);
    while !(answered && finished) {
        assert!(began.elapsed() < 2 * PATIENCE, "`{said}` never came");
        match host.hear(Duration::from_secs(1)) {
            Heard::Line(line) => {
                let line = line.to_string();
                answered |= line.contains(said) && line.contains("answer");
                finished |= answered && line.contains(r#""kind":"ready""#);
            }
            Heard::Nothing => {}
            Heard::End => panic!("the house ended by itself"),
        }
    }
}

/// A number of a process's status, in MB.
fn memory(pid: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(what))
        .unwrap();
    let kib: f64 = line
        .trim_matches([':', '\t', ' ', 'k', 'B'])
        .parse()
        .unwrap();
    kib * 1024.0 / MB
}

#[test]
fn a_line_of_64_mb_takes_a_few_times_its_length_and_gives_it_back() {
    let taken = while_it_does(&["big 64000000"]);
    println!("a line of 64 MB: {taken:.0?}");
    assert!(taken.most - taken.before < 64.0 * 6.0, "{taken:?}");
    assert!(taken.after - taken.before < 64.0, "{taken:?}");
}

#[test]
fn a_line_of_200_mb_takes_no_more_than_the_longest_that_is_read() {
    let taken = while_it_does(&["big 200000000"]);
    println!("a line of 200 MB: {taken:.0?}");
    assert!(taken.most - taken.before < 64.0 * 3.0, "{taken:?}");
    assert!(taken.after - taken.before < 64.0, "{taken:?}");
}

#[test]
fn a_flood_of_300000_updates_takes_little() {
    let taken = while_it_does(&["flood 300000"]);
    println!("a flood: {taken:.0?}");
    assert!(taken.most - taken.before < 128.0, "{taken:?}");
}

#[test]
fn an_output_of_200_mb_in_many_pieces_takes_little() {
    let taken = while_it_does(&["big 1000000"; 200]);
    println!("200 MB of outputs: {taken:.0?}");
    assert!(taken.most - taken.before < 128.0, "{taken:?}");
}
