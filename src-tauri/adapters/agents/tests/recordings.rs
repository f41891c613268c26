//! Recordings of real agents, played back through a real process: no text is lost, every answer goes back as it
//! was recorded, every turn ends as it did, and no replayed history is told twice.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod common;

use common::playback::Playback;
use common::recording::{Recording, scenarios};
use common::summary;
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
async fn claude_code() {
    play_all("claude-acp-0.49").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codex() {
    play_all("codex-acp-2.6").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini() {
    play_all("gemini-0.61").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode() {
    play_all("opencode-1.18").await;
}

async fn play_all(agent: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../tests/fixtures/acp")
        .join(agent);
    let mut all = String::new();
    let scenarios = scenarios(&folder);
    assert!(
        scenarios.len() > 20,
        "recordings are missing in {}",
        folder.display()
    );
    for file in scenarios {
        let recording = Recording::read(&file);
        let played = Playback::run(&recording).await;
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert_eq!(
            played.text(),
            recording.live_text(),
            "the answers of {agent} {name}"
        );
        assert_eq!(
            played.thoughts(),
            recording.live_thoughts(),
            "the thoughts of {agent} {name}"
        );
        assert_eq!(
            played.calls(),
            recording.live_calls(),
            "the tool calls of {agent} {name}"
        );
        assert_eq!(
            played.turns(),
            recording.turns(),
            "how the turns of {agent} {name} ended"
        );
        all.push_str(&format!("== {name}\n{}\n", summary::of(&played.events)));
    }
    let golden = folder.join("golden.txt");
    if std::env::var_os("GOLDEN").is_some_and(|mode| mode == "write") {
        std::fs::write(&golden, &all).unwrap();
    }
    let known = std::fs::read_to_string(&golden).unwrap_or_default();
    let differing = known
        .lines()
        .zip(all.lines())
        .enumerate()
        .find(|(_, (old, new))| old != new);
    assert!(
        known == all,
        "{} differs at line {:?}; see the README beside it",
        golden.display(),
        differing.map(|(at, (old, new))| (at + 1, old, new))
    );
}
