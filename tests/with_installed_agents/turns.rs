//! Whole turns: work, permissions, and what comes of them.

use crate::scene::{Scene, with_each_agent};
use tests::installed_agents::Vendor;
use tests::model_server::Reply;
use tests::telling::{has, output_of};

with_each_agent!(a_whole_turn_edits_a_file_and_runs_a_command);

async fn a_whole_turn_edits_a_file_and_runs_a_command(vendor: Vendor) {
    let scene = Scene::of(
        vendor,
        "Please shout the second line",
        [
            Reply::read("src/lib.txt"),
            Reply::edit("src/lib.txt", "two", "TWO"),
            Reply::run("cat src/lib.txt && touch made-by-command.txt"),
            Reply::say("It shouts now."),
        ],
    )
    .await;
    scene.allow_all().await;
    let entries = scene.transcript().await;
    assert_eq!(
        scene.file("src/lib.txt").as_deref(),
        Some("one\nTWO\nthree\n")
    );
    assert!(scene.file("made-by-command.txt").is_some());
    let output = output_of(&entries, "cat src/lib.txt && touch made-by-command.txt");
    assert!(output.contains("one\nTWO\nthree"), "{output:?}");
    assert!(has(&entries, "answer: It shouts now."));
    assert!(has(&entries, "end: end_turn"));
    scene.end().await;
}
