//! The benchmarks, by name: `bench <name> [--quick]`. `cargo xtask bench` builds it, starts it and lays out its numbers.

mod driver;
mod feed;
mod flood;
mod furnish;
mod live;
mod paint;
mod report;
mod search;
mod stage;
mod start;
mod streams;
mod transcript;
mod worktrees;

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "feed" => feed::measure(),
        "flood" => flood::measure(),
        "live" => live::measure(),
        "paint" => paint::measure(),
        "search" => search::measure(),
        "start" => start::measure(),
        "streams" => streams::measure(),
        "transcript" => transcript::measure(),
        "worktrees" => worktrees::measure(),
        other => panic!("there is no benchmark `{other}`"),
    }
}
