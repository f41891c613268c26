//! What the app knows of the agents that it ships entries for, against the programs themselves.

use crate::scene::{Stage, with_shipped_entries};
use kernel::AgentId;
use session::port::Detection;
use session::{HealthState, SignInKind};
use tests::installed_agents::Vendor;
use tests::model_server::Reply;

with_shipped_entries!(it_is_found_at_the_version_that_was_tested_and_does_well);

async fn it_is_found_at_the_version_that_was_tested_and_does_well(vendor: Vendor) {
    let stage = Stage::of(vendor, [Reply::say("Here.")]);
    let scene = stage.begin("Say something").await;
    scene.until("answer: Here.").await;
    let agents = scene.app.flows.rooms().agents.clone();
    let id = AgentId::new(vendor.id());
    let health = agents.examine(&id).await.expect("it is on the list");
    assert_eq!(health.state, HealthState::Ready);
    assert!(health.resumes, "it can go on after a crash");
    let in_terminal = health
        .methods
        .iter()
        .any(|way| matches!(way.kind, SignInKind::Command { .. }));
    let by_command = [Vendor::OpenCode118, Vendor::Copilot10, Vendor::Goose134];
    assert_eq!(in_terminal, by_command.contains(&vendor), "{health:#?}");
    let known = agents.list().await.expect("the list can be read");
    let known = known.iter().find(|known| known.program.id == id);
    let known = known.expect("it is on the list");
    assert!(matches!(known.detection, Detection::Found { .. }));
    let about = known.about.as_ref().expect("the app ships it");
    assert_eq!(known.version, about.tested);
    scene.end().await;
}
