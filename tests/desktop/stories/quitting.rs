//! Quitting while an agent works: the person is asked, a signal is not.

use crate::person::WorkspaceId;
use crate::window::css;
use crate::world::World;

async fn at_work(world: &World) -> WorkspaceId {
    let repository = world.repository();
    world.add_project(&repository.path).await;
    let id = world
        .create_workspace("script:\nask create made.txt \"x\"")
        .await;
    world.card_says(&id, "waiting", &["needs_permission"]).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_to_quit_while_an_agent_works_is_asked_and_may_stay() {
    let mut world = World::new("quitting").await;
    world.start().await;
    let id = at_work(&world).await;
    let app = world.app().expect("the app runs").pid;

    world.wish_to_quit().await;
    let window = world.window();
    window
        .reads(&css("quit-dialog"), "An agent is working")
        .await;
    window.shot("asked").await;
    window.click("keep-running").await;
    window.misses("quit-dialog").await;
    assert_eq!(world.app().map(|app| app.pid), Some(app));

    // Its agent still waits, and goes on when it is answered, right on the card.
    window
        .click_on(&format!("{} [data-testid^=allow-]", id.card()))
        .await;
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;

    // Nobody is asked any more.
    world.wish_to_quit().await;
    world.has_quit().await;
    world.leaves_nothing_behind().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_is_never_asked_back() {
    let mut world = World::new("terminated").await;
    world.start().await;
    at_work(&world).await;
    world.terminate().await;
    world.leaves_nothing_behind().await;
}
