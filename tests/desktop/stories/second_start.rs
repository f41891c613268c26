//! One app per data directory.

use crate::wait::until;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_shows_the_first_window_and_ends_well() {
    let mut world = World::new("second start").await;
    world.start().await;
    world.window().sees("add-project").await;
    let first = world.app().expect("the app runs").pid;

    let status = world.start_again().await;
    assert_eq!(status.code(), Some(0));
    until(
        "the first one brought its window to the front",
        async || world.log().contains("brought to the front").then_some(()),
    )
    .await;
    assert_eq!(world.app().map(|app| app.pid), Some(first));
    world.window().sees("add-project").await;
    world.quit().await;
    world.leaves_nothing_behind().await;
}
