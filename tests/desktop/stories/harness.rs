//! The harness itself.

use crate::sweep;
use crate::world::{World, machine_is_ready};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_opens_its_window_and_its_end_leaves_nothing() {
    machine_is_ready();
    let mut world = World::new("opens").await;
    world.start().await;
    world.window().sees_any("body").await;
    world.window().shot("opened").await;
    let app = world.app().expect("the app runs");
    assert_eq!(
        sweep::variable(app.pid, "DISPLAY"),
        Some(world.display().to_owned())
    );
    world.kill().await;
    world.leaves_nothing_behind().await;
}
