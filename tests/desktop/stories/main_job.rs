//! The main job: a person's repository, a task, an agent at work, a permission, a diff, a restart, an archive.

use crate::person::STATUS;
use crate::window::css;
use crate::world::World;

/// Long enough to be streamed in many pieces.
const LAST_WORDS: &str = "The greeting says good morning now, to the world when nobody is named and to whoever is \
    named otherwise, and a new file tells what was done here, so that the next one who comes along finds it.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_given_watched_allowed_read_found_again_and_archived() {
    let mut world = World::new("main job").await;
    let repository = world.repository();
    let belongings = repository.belongings();
    let go = world.sign("go");
    world.start().await;
    world.window().shot("1 first start").await;

    world.add_project(&repository.path).await;
    let prompt = format!(
        "script:\n\
         think Somebody wants another greeting.\n\
         plan Look around; Change the greeting; Write it down\n\
         say I look at the greeting first.\n\
         run until test -e '{}'; do sleep 0.05; done; cat greet.sh\n\
         ask edit greet.sh replace \"Hello\" with \"Good morning\"\n\
         create \"new file.txt\" \"written by the agent\\n\"\n\
         say {LAST_WORDS}",
        go.display()
    );
    let id = world.create_workspace(&prompt).await;

    // The agent works and its words arrive while it does: it can't end before the sign.
    world.card_says(&id, "working", &["agent_working"]).await;
    world.window().shot("2 working").await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "Good morning").await;
    window
        .transcript_has("thought", "Somebody wants another greeting.")
        .await;
    window.transcript_has("plan", "Change the greeting").await;
    window
        .transcript_has("answer", "I look at the greeting first.")
        .await;
    assert_eq!(
        window.attribute(STATUS, "data-reason").await.as_deref(),
        Some("agent_working")
    );
    window.sees("stop").await;
    std::fs::write(&go, "").unwrap();

    // It asks; nothing is written before it is allowed.
    window
        .attribute_becomes(STATUS, "data-reason", &["needs_permission"])
        .await;
    window.shot("3 asks").await;
    let tree = repository.worktrees().remove(0);
    assert!(
        !std::fs::read_to_string(tree.join("greet.sh"))
            .unwrap()
            .contains("morning")
    );
    world.card_says(&id, "waiting", &["needs_permission"]).await;
    world.open_workspace(&id).await;
    world.answer("allow_once").await;

    window.transcript_has("answer", LAST_WORDS).await;
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    assert!(
        std::fs::read_to_string(tree.join("greet.sh"))
            .unwrap()
            .contains("Good morning")
    );

    // The diff.
    world.open_workspace(&id).await;
    window.click("tab-changes").await;
    window
        .click_on("[data-testid=\"changed-file\"][data-path=\"greet.sh\"]")
        .await;
    window.reads(&css("diff"), "Good morning").await;
    window
        .sees_any("[data-testid=\"changed-file\"][data-path=\"new file.txt\"]")
        .await;
    window.shot("4 diff").await;

    // A restart finds all of it again.
    world.quit().await;
    world.leaves_nothing_behind().await;
    world.start().await;
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("prompt", "Good morning").await;
    window
        .transcript_has("answer", "I look at the greeting first.")
        .await;
    window.transcript_has("answer", LAST_WORDS).await;
    window.transcript_has("tool", "Edit greet.sh").await;
    window
        .sees_any("[data-request][data-outcome=\"answered\"]")
        .await;

    // The agent goes on where it was.
    world.send("script:\nsay I am still here.").await;
    window.transcript_has("answer", "I am still here.").await;
    window.shot("5 after the restart").await;
    let branch = repository.other_branches();
    assert_eq!(branch.len(), 1, "{branch:?}");

    world.archive().await;
    world.is_archived(&id).await;
    window.shot("6 archived").await;

    // Verified by git: the branch is kept, the checkpoint holds every byte, the person's own is untouched.
    assert!(!tree.exists());
    assert!(repository.worktrees().is_empty());
    assert_eq!(repository.other_branches(), branch);
    let kept = |name: &str, text: &str| {
        repository.checkpoints().iter().any(|checkpoint| {
            let file = repository.try_git(&["show", &format!("{checkpoint}:{name}")]);
            String::from_utf8_lossy(&file.stdout).contains(text)
        })
    };
    assert!(kept("greet.sh", "Good morning"));
    assert!(kept("new file.txt", "written by the agent"));
    repository.is_sound();
    assert_eq!(repository.belongings(), belongings);
    world.quit().await;
    world.leaves_nothing_behind().await;
}
