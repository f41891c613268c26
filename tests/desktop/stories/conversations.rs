//! Two conversations side by side: a message changed while it waits, a permission given for good by keyboard, words found
//! again, a tab closed and opened, files dropped.

use crate::person::{PENDING, STATUS};
use crate::window::css;
use crate::world::World;
use fantoccini::key::Key;
use serde_json::json;

/// The tab that is shown.
const TAB: &str = "[role=\"tab\"][aria-selected=\"true\"]";
/// The entry that was jumped to.
const JUMPED: &str = "[aria-current=\"location\"]";

/// Where in the view the first marked words are: 0 is its top, 1 its bottom.
const TOP_OF_FOUND: &str = "
    const [mark] = [...(CSS.highlights.get('found') ?? [])].filter((range) =>
        range.startContainer.parentElement.closest('[aria-current=\"location\"]'));
    const view = document.querySelector('[data-testid=\"chat\"]').getBoundingClientRect();
    return mark ? (mark.getBoundingClientRect().top - view.top) / view.height : null;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_conversations_are_led_by_tab_queue_rule_and_search() {
    let mut world = World::new("conversations").await;
    let repository = world.repository();
    let go = world.sign("go");
    world.start().await;
    world.add_project(&repository.path).await;
    let chatter: String = (1..=25)
        .map(|number| format!("say Sentence {number} of many.\nread greet.sh\n"))
        .collect();
    let first = format!(
        "script:\nsay The heron stands alone.\n{chatter}run until test -e '{}'; do sleep 0.05; done\n",
        go.display()
    );
    let id = world.create_workspace(&first).await;
    world.open_workspace(&id).await;
    let window = world.window();
    window
        .transcript_has("answer", "Sentence 25 of many.")
        .await;

    // While the agent works a message waits, and is changed before it goes.
    world.send("script:\nsay I heard the worg.").await;
    window.reads(&css("queued-message"), "worg").await;
    window.click("edit-message").await;
    window.press(&[Key::Backspace.into()]).await;
    window.press(&[Key::Backspace.into()]).await;
    window.keys("d.\n").await;
    window
        .reads(&css("queued-message"), "I heard the word.")
        .await;
    window.shot("1 queued and changed").await;
    std::fs::write(&go, "").unwrap();
    window.transcript_has("answer", "I heard the word.").await;
    window
        .attribute_becomes(STATUS, "data-reason", &["idle", "turn_finished"])
        .await;

    // Writing several lines takes room away from what was said, but never its newest words.
    window.click("composer").await;
    for _ in 0..5 {
        window.keys("a line").await;
        window.press(&[Key::Shift.into(), Key::Enter.into()]).await;
    }
    window.keys("the last one").await;
    let written =
        "return document.querySelector('[data-testid=\"composer\"]').value.endsWith('last one');";
    assert_eq!(window.run(written, Vec::new()).await, json!(true));
    window.misses("newest").await;
    window.shot("2 several lines").await;
    window.press(&[Key::Control.into(), 'a']).await;
    window.press(&[Key::Delete.into()]).await;

    // A second conversation; what it asks is allowed for good, by keys alone, and is not asked again.
    window.press(&[Key::Control.into(), 't']).await;
    window.reads(TAB, "New conversation").await;
    world
        .send("script:\nask run ls -a\nask run ls -l\nsay Both were allowed.")
        .await;
    window.sees_any(PENDING).await;
    window
        .press(&[Key::Control.into(), Key::Shift.into(), 'y'])
        .await;
    window.focus_is_in(PENDING).await;
    window.press(&[Key::Shift.into(), 'Y']).await;
    window.sees("always-session").await;
    window.focus_is_in("form").await;
    window.shot("3 a rule").await;
    window.press(&[Key::Enter.into()]).await;
    window.transcript_has("answer", "Both were allowed.").await;
    window.reads(&css("answered-by"), "ls").await;
    assert_eq!(window.count(PENDING).await, 0);
    let said = window.texts(&css("entry-answer")).await.concat();
    assert!(!said.contains("heron"), "the other conversation: {said}");

    // The first one is as it was; its oldest words are found though they are far off the screen.
    window
        .click_on("[role=\"tab\"][aria-selected=\"false\"]")
        .await;
    window.transcript_has("answer", "I heard the word.").await;
    window.press(&[Key::Control.into(), 'f']).await;
    window.focus_is_in(&css("find")).await;
    window.keys("heron stands").await;
    window.reads(&css("find-count"), "of 2").await;
    window.reads(JUMPED, "The heron stands alone.").await;
    // The entry is taller than the view; the words that were looked for are in it.
    crate::wait::until("the words are in view", async || {
        let top = window.run(TOP_OF_FOUND, Vec::new()).await.as_f64()?;
        (top > 0.0 && top < 1.0).then_some(())
    })
    .await;
    window.shot("4 found").await;
    window.press(&[Key::Escape.into()]).await;
    window.misses("find").await;
    window.focus_is_in(&css("composer")).await;

    // A closed tab comes back with all that was said.
    let second = "[role=\"tab\"][aria-selected=\"false\"]";
    window.click_on(second).await;
    window.transcript_has("answer", "Both were allowed.").await;
    window.click_on(TAB).await;
    window.press(&[Key::Delete.into()]).await;
    window.sees("closed-sessions").await;
    window.transcript_has("answer", "I heard the word.").await;
    window
        .press(&[Key::Control.into(), Key::Shift.into(), 't'])
        .await;
    window.transcript_has("answer", "Both were allowed.").await;

    world.quit().await;
    world.leaves_nothing_behind().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_dropped_or_named_go_along() {
    let mut world = World::new("along").await;
    let repository = world.repository();
    let picked = world.sign("dropped file.txt");
    std::fs::write(&picked, "from elsewhere\n").unwrap();
    world.start().await;
    world.add_project(&repository.path).await;
    let id = world.create_workspace("script:\nsay Ready.").await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("answer", "Ready.").await;

    // As Tauri tells it when the system hands a file over.
    let tell = "window.__TAURI_INTERNALS__.invoke('plugin:event|emit', \
        { event: arguments[0], payload: { paths: [arguments[1]], position: { x: 9, y: 9 } } });";
    let path = json!(picked.to_str().unwrap());
    window
        .run(tell, vec![json!("tauri://drag-enter"), path.clone()])
        .await;
    window.sees("drop-zone").await;
    window
        .run(tell, vec![json!("tauri://drag-drop"), path])
        .await;
    window.misses("drop-zone").await;
    window.reads(&css("attachment"), "dropped file.txt").await;

    // A file of the worktree by its name.
    window.click("composer").await;
    window.keys("@gree").await;
    window.reads(&css("suggestions"), "greet.sh").await;
    window.keys("\n").await;
    window.reads(&css("attachment"), "greet.sh").await;
    window.shot("1 along").await;
    window.keys("please look\n").await;
    window.transcript_has("prompt", "dropped file.txt").await;
    window
        .transcript_has("prompt", "@greet.sh please look")
        .await;

    world.quit().await;
    world.leaves_nothing_behind().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agents_options_and_commands_are_at_hand_and_a_turn_is_steered() {
    let mut world = World::new("steering").await;
    let repository = world.repository();
    world.start().await;
    world.add_project(&repository.path).await;
    let id = world.create_workspace("script:\nsay Ready.").await;
    world.open_workspace(&id).await;
    let window = world.window();
    window.transcript_has("answer", "Ready.").await;

    // In the other mode the agent does not ask.
    window.reads(&css("pick-mode"), "Ask first").await;
    window.click("pick-mode").await;
    window.focus_is_in("[role=\"menu\"]").await;
    window.shot("1 modes").await;
    window.keys("On\n").await;
    window.reads(&css("pick-mode"), "On its own").await;
    world
        .send("script:\nask run echo un$((1+1))asked\nsay It was done.")
        .await;
    window.transcript_has("answer", "It was done.").await;
    assert_eq!(window.count(PENDING).await, 0);
    assert_eq!(window.count(&css("answered-by")).await, 0);

    // A command of the agent by its first letters.
    window.click("composer").await;
    window.keys("/sta").await;
    window.reads(&css("suggestions"), "/status").await;
    window.shot("2 commands").await;
    window.keys("\n").await;
    window.misses("suggestions").await;
    window.keys("\n").await;
    window.transcript_has("answer", "## shopfloor/").await;

    // What is sent with Ctrl-Enter ends the turn and goes at once.
    world.send("script:\nwait 300s").await;
    window.sees("stop").await;
    window
        .paste_into("composer", "script:\nsay Rather this.")
        .await;
    window
        .press(&[Key::Control.into(), Key::Enter.into()])
        .await;
    window.transcript_has("answer", "Rather this.").await;

    world.quit().await;
    world.leaves_nothing_behind().await;
}
