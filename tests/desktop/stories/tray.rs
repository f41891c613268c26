//! The tray: who needs the person, and the way to them.

use crate::person::STATUS;
use crate::wait::until;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tray_names_who_needs_the_person_and_quits() {
    let mut world = World::new("tray").await;
    let repository = world.repository();
    world.start().await;
    let lines = world.bus.tray_menu().await;
    let says = |label: &str| lines.iter().any(|line| line.label == label && line.enabled);
    assert!(says("Open Shopfloor") && says("Quit"), "{lines:?}");

    let always: Vec<_> = lines.into_iter().filter(|line| line.enabled).collect();

    world.add_project(&repository.path).await;
    let id = world
        .create_workspace("script:\nask create made.txt \"x\"")
        .await;
    world.card_says(&id, "waiting", &["needs_permission"]).await;
    let label = until("the tray says who needs a permission", async || {
        let lines = world.bus.tray_menu().await;
        let line = lines
            .into_iter()
            .find(|line| line.label.contains("permission"))?;
        Some(line.label)
    })
    .await;

    // Who had the menu open just then can choose what it showed: its lines are the same ones still.
    let now = world.bus.tray_menu().await;
    assert!(
        always.iter().all(|line| now.contains(line)),
        "{always:?} {now:?}"
    );

    // Choosing it opens that workspace.
    world.window().misses("workspace-status").await;
    world.bus.choose_in_tray(&label).await;
    world
        .window()
        .attribute_becomes(STATUS, "data-reason", &["needs_permission"])
        .await;

    // Quitting ends the agent that waits, too.
    world.quit().await;
    world.leaves_nothing_behind().await;
}
