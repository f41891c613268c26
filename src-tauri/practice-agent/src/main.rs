//! The practice agent: a true ACP agent over stdio that needs no account and no network.
//!
//! It really edits files and runs commands, by a script in the prompt (see the README) or, given plain words, by a
//! small plan of its own. It ends at the end of stdin and takes the command it runs with it.

mod acts;
mod agent;
mod confine;
mod conversation;
mod ledger;
mod lifetime;
mod misbehave;
mod pace;
mod perform;
mod plain;
mod script;
mod session;
mod stream;
mod turn;
mod wire;

use std::io::{BufRead, stdin};

fn main() {
    match std::env::args().nth(1).as_deref() {
        None => serve(),
        Some("--version") => println!("practice-agent {}", env!("CARGO_PKG_VERSION")),
        Some(misbehave::ORPHAN) => misbehave::live_as_orphan(),
        Some(other) => {
            eprintln!(
                "practice-agent: `{other}` is not an option. It speaks the Agent Client Protocol on stdin and stdout \
                 and is started by Shopfloor; the only option is --version."
            );
            std::process::exit(2);
        }
    }
}

/// Reads messages until stdin ends, then ends the process.
fn serve() {
    let agent = agent::Agent::start();
    let mut input = stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) if line.trim_ascii().is_empty() => {}
            Ok(_) => agent.receive_line(&line),
        }
    }
    agent.lifetime.end_of_input();
}
