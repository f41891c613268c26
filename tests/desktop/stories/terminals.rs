//! The person's own terminal beside the agent: opened by key, typed into, ended with the app however that ends.

use crate::window::css;
use crate::world::World;
use fantoccini::key::Key;

/// The lines that a terminal shows.
const ROWS: &str = ".xterm-rows";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shell_answers_ends_starts_again_and_does_not_survive_a_killed_app() {
    let mut world = World::new("terminals").await;
    let repository = world.repository();
    world.start().await;
    world.add_project(&repository.path).await;
    let id = world.create_workspace("script:\nsay Ready.").await;
    world
        .card_says(&id, "waiting", &["turn_finished", "idle"])
        .await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.sees("composer").await;
    assert_eq!(window.count(&css("terminals")).await, 0);

    // The key opens it and gives it the focus: what is typed then is for the shell.
    window.press(&[Key::Control.into(), '`']).await;
    window.focus_is_in(&css("terminal-screen")).await;
    window
        .keys("stty size > size.txt; echo is$((6*7))it\n")
        .await;
    window.reads(ROWS, "is42it").await;
    window.shot("1 a shell").await;
    let tree = repository.worktrees().remove(0);
    let size = std::fs::read_to_string(tree.join("size.txt")).unwrap();
    assert_ne!(size.trim(), "24 80", "the shell knows the screen's size");

    // Control keys and Escape are the program's, the key that opened it is the window's.
    window.keys("echo never").await;
    window.press(&[Key::Control.into(), 'u']).await;
    window.press(&[Key::Escape.into()]).await;
    window.press(&[Key::Control.into(), 'c']).await;
    // A shell that is interrupted drops what was typed ahead.
    window.reads(ROWS, "^C").await;
    window.keys("cat > typed.txt\nby hand\n").await;
    window.press(&[Key::Control.into(), 'd']).await;
    window.keys("echo kept$((9*9))\n").await;
    window.reads(ROWS, "kept81").await;
    let typed = std::fs::read_to_string(tree.join("typed.txt")).unwrap();
    assert_eq!(typed, "by hand\n");
    window.press(&[Key::Control.into(), '`']).await;
    window.misses("terminals").await;

    // Folded it went on; and what it showed is there again.
    window.press(&[Key::Control.into(), '`']).await;
    window.reads(ROWS, "kept81").await;
    window.focus_is_in(&css("terminal-screen")).await;
    window.keys("exit 3\n").await;
    window.reads(&css("terminals"), "closed with code 3").await;
    window.shot("2 ended").await;
    window.click("terminal-restart").await;
    window.focus_is_in(&css("terminal-screen")).await;
    window.keys("echo again$((7*7))\n").await;
    window.reads(ROWS, "again49").await;

    // Neither the shell nor what it put into a session of its own outlives the app.
    window.keys("setsid nohup sleep 431 &\n").await;
    crate::wait::until("the shell's child runs", async || {
        (!world.alive_with("sleep 431").is_empty()).then_some(())
    })
    .await;
    world.kill().await;
    world.leaves_nothing_behind().await;
}
