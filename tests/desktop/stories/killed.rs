//! The app is killed at the worst moments. The next start tells the truth, and nothing of the person's is lost.

use crate::person::{PENDING, STATUS, WorkspaceId};
use crate::repository::Repository;
use crate::wait::until;
use crate::world::World;
use std::path::Path;

/// Ends a line of the window's transcript that says what was interrupted.
const SAY_BACK: &str = "script:\nsay I am back.";

async fn begin(name: &str) -> (World, Repository) {
    let mut world = World::new(name).await;
    let repository = world.repository();
    world.start().await;
    world.add_project(&repository.path).await;
    (world, repository)
}

/// Shell: says that it is there, then waits as long as the hold is on.
fn hold(there: &Path, hold: &Path) -> String {
    format!(
        "touch '{}'; while test -e '{}'; do sleep 0.05; done",
        there.display(),
        hold.display()
    )
}

async fn appears(sign: &Path) {
    until(&format!("{} is there", sign.display()), async || {
        sign.exists().then_some(())
    })
    .await;
}

/// After the kill: nothing lives, and git's store is whole.
async fn is_clean(world: &World, repository: &Repository) {
    world.leaves_nothing_behind().await;
    repository.is_sound();
}

/// The conversation goes on after all.
async fn goes_on(world: &World, id: &WorkspaceId) {
    world.open_workspace(id).await;
    world.send(SAY_BACK).await;
    world.window().transcript_has("answer", "I am back.").await;
    world
        .card_says(id, "waiting", &["turn_finished", "idle"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_workspace_is_set_up() {
    let (mut world, repository) = begin("killed in set-up").await;
    let (there, on) = (world.sign("there"), world.sign("hold"));
    std::fs::write(&on, "").unwrap();
    repository.hook(
        "post-checkout",
        &format!("#!/bin/sh\n{}\n", hold(&there, &on)),
    );
    let belongings = repository.belongings();
    let id = world
        .create_workspace("script:\ncreate made.txt \"by the agent\"\nsay Done after all.")
        .await;
    appears(&there).await;
    world.card_says(&id, "working", &["setting_up"]).await;

    world.kill().await;
    is_clean(&world, &repository).await;
    std::fs::remove_file(&on).unwrap();
    world.start().await;

    // The prompt was not lost: the set-up begins again and the agent does its task.
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "create made.txt").await;
    window.transcript_has("answer", "Done after all.").await;
    let trees = repository.worktrees();
    assert_eq!(trees.len(), 1, "{trees:?}");
    assert!(trees[0].join("made.txt").exists());
    assert_eq!(repository.other_branches().len(), 1);
    repository.is_sound();
    assert_eq!(repository.belongings(), belongings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_a_turn() {
    let (mut world, repository) = begin("killed in a turn").await;
    let belongings = repository.belongings();
    let (there, on) = (world.sign("there"), world.sign("hold"));
    std::fs::write(&on, "").unwrap();
    let prompt = format!(
        "script:\nsay I begin.\ncreate made.txt \"half of it\"\norphan\nrun {}\nsay never said",
        hold(&there, &on)
    );
    let id = world.create_workspace(&prompt).await;
    appears(&there).await;
    world.card_says(&id, "working", &["agent_working"]).await;
    world.open_workspace(&id).await;
    world.window().transcript_has("answer", "I begin.").await;
    assert!(!world.alive_with("--orphan").is_empty());

    world.kill().await;
    // The command, the agent and the orphan that left its group are gone although the hold is still on.
    is_clean(&world, &repository).await;
    world.start().await;

    world.card_says(&id, "waiting", &["session_failed"]).await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "I begin.").await;
    window.transcript_has("answer", "I begin.").await;
    window.sees("entry-notice").await;
    window.shot("after the kill").await;
    assert_eq!(window.count("[data-testid=\"stop\"]").await, 0);
    let tree = repository.worktrees().remove(0);
    let made = std::fs::read_to_string(tree.join("made.txt")).unwrap();
    assert_eq!(made, "half of it");
    goes_on(&world, &id).await;
    assert_eq!(repository.belongings(), belongings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_permission_waits() {
    let (mut world, repository) = begin("killed while asking").await;
    let belongings = repository.belongings();
    let ask = "script:\nsay May I?\nask create made.txt \"allowed\"\nsay Made.";
    let id = world.create_workspace(ask).await;
    world.card_says(&id, "waiting", &["needs_permission"]).await;

    world.kill().await;
    is_clean(&world, &repository).await;
    world.start().await;

    // It can't be answered any more, and it was not taken for a yes.
    world.card_says(&id, "waiting", &["session_failed"]).await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "ask create made.txt").await;
    window.transcript_has("answer", "May I?").await;
    window
        .sees_any("[data-request][data-outcome=\"lapsed\"]")
        .await;
    window.shot("after the kill").await;
    assert_eq!(window.count(PENDING).await, 0);
    let tree = repository.worktrees().remove(0);
    assert!(!tree.join("made.txt").exists());

    world.send(ask).await;
    window
        .attribute_becomes(STATUS, "data-reason", &["needs_permission"])
        .await;
    world.answer("allow_once").await;
    window.transcript_has("answer", "Made.").await;
    assert!(tree.join("made.txt").exists());
    assert_eq!(repository.belongings(), belongings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_workspace_is_archived() {
    let mut world = World::new("killed in archiving").await;
    let repository = world.repository();
    let (there, on) = (world.sign("there"), world.sign("hold"));
    // git asks this filter for every changed text file: the checkpoint waits as long as the hold is on.
    let filter = world.sign("filter.sh");
    let script = format!(
        "if test -e '{}'; then {}; fi; exec cat\n",
        on.display(),
        hold(&there, &on)
    );
    std::fs::write(&filter, script).unwrap();
    let clean = format!("sh '{}'", filter.display());
    repository.git(&["config", "filter.held.clean", &clean]);
    repository.write(".git/info/attributes", "*.txt filter=held\n");
    let belongings = repository.belongings();
    world.start().await;
    world.add_project(&repository.path).await;
    let id = world
        .create_workspace("script:\ncreate made.txt \"not committed\\n\"\nsay Made.")
        .await;
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    world.open_workspace(&id).await;
    let tree = repository.worktrees().remove(0);
    std::fs::write(&on, "").unwrap();
    // A file that git has not seen yet, so that the filter must run.
    std::fs::write(tree.join("more.txt"), "not committed either\n").unwrap();
    world.archive().await;
    appears(&there).await;

    world.kill().await;
    is_clean(&world, &repository).await;
    assert!(tree.join("made.txt").exists(), "the tree goes last");
    std::fs::remove_file(&on).unwrap();
    world.start().await;

    // Back on the board with all it had.
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "create made.txt").await;
    window.transcript_has("answer", "Made.").await;
    window.shot("after the kill").await;
    let made = std::fs::read_to_string(tree.join("made.txt")).unwrap();
    assert_eq!(made, "not committed\n");

    world.archive().await;
    world.is_archived(&id).await;
    assert!(!tree.exists());
    let checkpoints = repository.checkpoints();
    for (name, text) in [
        ("made.txt", "not committed\n"),
        ("more.txt", "not committed either\n"),
    ] {
        let kept = checkpoints.iter().any(|checkpoint| {
            let file = repository.try_git(&["show", &format!("{checkpoint}:{name}")]);
            file.stdout == text.as_bytes()
        });
        assert!(kept, "{name} in {checkpoints:?}");
    }
    repository.is_sound();
    assert_eq!(repository.belongings(), belongings);
}
