//! A turn that is stopped: at once, for good, and the conversation goes on.

use crate::scene::{Scene, look, with_each_agent};
use snapshot::Reason;
use tests::app::PATIENCE;
use tests::installed_agents::Vendor;
use tests::model_server::{Heard, Reply};
use tests::telling::has;

with_each_agent!(
    a_stop_while_it_speaks_ends_the_turn,
    a_stop_while_a_command_runs_ends_the_turn,
    a_stop_while_a_permission_is_open_answers_it,
    a_stop_while_the_model_is_silent_ends_the_turn,
);

async fn a_stop_while_it_speaks_ends_the_turn(vendor: Vendor) {
    let scene = Scene::of(vendor, "Talk", [Reply::Babble]).await;
    scene.until("word 5 word 6").await;
    scene.stop().await;
    scene.model_is_left().await;
    scene.still_talks().await;
    assert_eq!(scene.model.heard().len(), 2, "nothing was asked twice");
    scene.end().await;
}

async fn a_stop_while_a_command_runs_ends_the_turn(vendor: Vendor) {
    let command = "touch begun.txt; sleep 4321; touch ended.txt";
    let scene = Scene::of(vendor, "Run for long", [Reply::run_if_allowed(command)]).await;
    scene.allow().await;
    scene.file_appears("begun.txt").await;
    assert!(!scene.living_with("sleep 4321").is_empty());
    scene.stop().await;
    match vendor {
        Vendor::Claude049 | Vendor::Claude0100 => {
            look("the command's end", || {
                scene.living_with("sleep 4321").is_empty()
            })
            .await;
        }
        // They let commands run until they end themselves.
        _ => {}
    }
    scene.still_talks().await;
    assert_eq!(scene.file("ended.txt"), None);
    scene.end().await;
}

async fn a_stop_while_a_permission_is_open_answers_it(vendor: Vendor) {
    let script = [Reply::run_if_allowed("touch unwanted.txt")];
    let scene = Scene::of(vendor, "Ask me first", script).await;
    scene.at(Reason::NeedsPermission).await;
    scene.stop().await;
    let entries = scene.transcript().await;
    assert!(has(&entries, "→ Cancelled"), "the request is settled");
    scene.still_talks().await;
    assert_eq!(scene.file("unwanted.txt"), None);
    scene.end().await;
}

async fn a_stop_while_the_model_is_silent_ends_the_turn(vendor: Vendor) {
    let scene = Scene::of(vendor, "Say something", [Reply::hang("")]).await;
    let asked = |heard: &[Heard]| heard.len() == 1;
    scene.model.heard_until(PATIENCE, asked).await;
    scene.at(Reason::AgentWorking).await;
    scene.stop().await;
    scene.model_is_left().await;
    scene.still_talks().await;
    scene.end().await;
}
