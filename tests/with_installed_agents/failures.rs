//! The model's provider fails: what the person is told, and that the conversation goes on.

use crate::scene::{Scene, Stage, with_agent, with_claude_and_codex};
use session::Cause;
use session::machine::SessionState;
use snapshot::Reason;
use tests::app::PATIENCE;
use tests::installed_agents::{Retries, Vendor};
use tests::model_server::{Heard, Reply};
use tests::telling::has;

with_claude_and_codex!(
    a_key_that_is_refused_is_told_as_a_sign_in,
    a_limit_that_lasts_is_told,
    what_fails_once_is_tried_again,
);

async fn a_key_that_is_refused_is_told_as_a_sign_in(vendor: Vendor) {
    let scene = Scene::of(vendor, "Say something", [Reply::Refuse(401)]).await;
    scene.at(Reason::SessionFailed).await;
    let state = scene.summary().state;
    assert!(
        matches!(
            state,
            SessionState::Failed {
                cause: Cause::SignIn { .. }
            }
        ),
        "{state:?}"
    );
    scene.still_talks().await;
    scene.end().await;
}

async fn a_limit_that_lasts_is_told(vendor: Vendor) {
    let scene = Scene::of(vendor, "Say something", [Reply::Refuse(429)]).await;
    match vendor {
        Vendor::Claude049 | Vendor::Claude0100 => {
            scene.at(Reason::SessionFailed).await;
            let state = scene.summary().state;
            assert!(
                matches!(
                    state,
                    SessionState::Failed {
                        cause: Cause::Quota { .. }
                    }
                ),
                "{state:?}"
            );
        }
        // It ends the turn as if all were well, and says so in the answer.
        _ => {
            let entries = scene.until("end: ").await;
            assert!(has(&entries, "429"));
        }
    }
    scene.still_talks().await;
    scene.end().await;
}

with_agent!(
    patience_of_claude_0_49,
    Claude049,
    a_limit_that_is_waited_for_in_silence_can_be_left
);
with_agent!(
    patience_of_claude_0_100,
    Claude0100,
    a_limit_that_is_waited_for_in_silence_can_be_left
);

async fn a_limit_that_is_waited_for_in_silence_can_be_left(vendor: Vendor) {
    let stage = Stage::with(vendor, Retries::AsShipped, [Reply::Refuse(429)]);
    let scene = stage.begin("Say something").await;
    let again = |heard: &[Heard]| heard.len() > 2;
    scene.model.heard_until(PATIENCE, again).await;
    scene.at(Reason::AgentWorking).await;
    scene.stop().await;
    scene.still_talks().await;
    scene.end().await;
}

async fn what_fails_once_is_tried_again(vendor: Vendor) {
    let script = [
        Reply::Refuse(529),
        Reply::Cut("Half of ".to_owned()),
        Reply::say("The whole."),
    ];
    let scene = Scene::of(vendor, "Say something", script).await;
    let entries = scene.until("end: end_turn").await;
    assert!(has(&entries, "The whole."));
    scene.end().await;
}
