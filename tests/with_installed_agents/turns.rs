//! Whole turns: work, permissions, and what comes of them.

use crate::scene::{Scene, Stage, with_agent, with_each_agent};
use session::{Answer, AskKind, FormFieldKind, OptionKind};
use snapshot::Reason;
use tests::installed_agents::Vendor;
use tests::model_server::Reply;
use tests::telling::{has, shown};

with_each_agent!(
    a_whole_turn_edits_a_file_and_runs_a_command,
    what_is_allowed_is_done_and_not_before,
    what_is_denied_is_not_done_and_the_next_message_is_heard,
    what_the_app_knows_of_the_workspace_reaches_the_model,
    a_line_of_three_megabytes_is_shown_in_part,
);

async fn a_whole_turn_edits_a_file_and_runs_a_command(vendor: Vendor) {
    let command = "cat src/lib.txt && touch made-by-command.txt";
    let scene = Scene::of(
        vendor,
        "Please shout the second line",
        [
            Reply::read("src/lib.txt"),
            Reply::edit("src/lib.txt", "two", "TWO"),
            Reply::run(command),
            Reply::say("It shouts now."),
        ],
    )
    .await;
    scene.allow_all().await;
    let changed = "one\nTWO\nthree";
    assert_eq!(
        scene.file("src/lib.txt").as_deref(),
        Some("one\nTWO\nthree\n")
    );
    assert!(scene.file("made-by-command.txt").is_some());
    let entries = scene.transcript().await;
    let output = shown(&entries);
    assert_eq!(
        output.contains(changed),
        vendor.shows_output(),
        "{output:?}"
    );
    assert!(has(&entries, "answer: It shouts now."));
    assert!(has(&entries, "end: end_turn"));
    let last = scene.model.heard().pop().expect("it was asked");
    assert!(last.holds("Please shout the second line") && last.holds("TWO"));
    scene.end().await;
}

async fn what_is_allowed_is_done_and_not_before(vendor: Vendor) {
    // Without `$()`, which Gemini refuses to run at all.
    let command = "expr 1234 '*' 5678 > granted.txt; cat granted.txt";
    let script = [Reply::run_if_allowed(command), Reply::say("Thank you.")];
    let scene = Scene::of(vendor, "Ask me first", script).await;
    scene.at(Reason::NeedsPermission).await;
    let asked = scene.pending().ask;
    assert_eq!(asked.command.as_deref(), Some(command), "{asked:#?}");
    assert_eq!(scene.file("granted.txt"), None);
    scene.allow().await;
    let entries = scene.until("end: end_turn").await;
    assert_eq!(scene.file("granted.txt").as_deref(), Some("7006652\n"));
    assert!(has(&entries, "answer: Thank you."));
    let heard = scene.model.heard().pop().expect("it was asked");
    assert!(heard.holds("7006652"), "the model was told the output");
    scene.end().await;
}

async fn what_is_denied_is_not_done_and_the_next_message_is_heard(vendor: Vendor) {
    let script = [
        Reply::run_if_allowed("touch unwanted.txt"),
        Reply::say("I leave it."),
    ];
    let scene = Scene::of(vendor, "Do what I don't want", script).await;
    scene.at(Reason::NeedsPermission).await;
    scene
        .app
        .choose(&scene.session, OptionKind::RejectOnce)
        .await;
    // Claude goes on without it; for Codex the turn is over.
    let entries = scene.until("end: ").await;
    assert!(has(&entries, "(false)"), "the denial is in the transcript");
    scene.still_talks().await;
    assert_eq!(scene.file("unwanted.txt"), None);
    scene.end().await;
}

async fn a_line_of_three_megabytes_is_shown_in_part(vendor: Vendor) {
    let command = "head -c 3000000 /dev/zero | tr '\\0' x; touch written.txt";
    let script = [Reply::run(command), Reply::say("That was long.")];
    let scene = Scene::of(vendor, "Print a long line", script).await;
    scene.allow_all().await;
    assert!(scene.file("written.txt").is_some(), "the command ran");
    let entries = scene.transcript().await;
    let output = shown(&entries);
    // Goose puts it into a file, and says so.
    let is_told = output.contains("xxxxxxxx") || output.contains("3000000 bytes");
    assert_eq!(is_told, vendor.shows_output(), "{} bytes", output.len());
    assert!(output.len() < 300_000, "{} bytes", output.len());
    assert!(has(&entries, "answer: That was long."));
    scene.end().await;
}

with_agent!(
    questions_of_claude_0_49,
    Claude049,
    a_question_is_answered_by_its_form,
    a_plan_waits_for_approval
);
with_agent!(
    questions_of_claude_0_100,
    Claude0100,
    a_question_is_answered_by_its_form,
    a_plan_waits_for_approval
);

async fn a_question_is_answered_by_its_form(vendor: Vendor) {
    let script = [
        Reply::ask("Which colour?", ["Red", "Blue"]),
        Reply::say("A fine colour."),
    ];
    let scene = Scene::of(vendor, "Ask me for a colour", script).await;
    scene.at(Reason::NeedsAnswer).await;
    let asked = scene.pending();
    assert_eq!(asked.ask.kind, AskKind::Question);
    let choice = asked.ask.fields.iter().find(|field| {
        matches!(&field.kind, FormFieldKind::Choice { options, .. } if options.contains(&"Blue".to_owned()))
    });
    let field = choice.expect("colours are offered").name.clone();
    let values = format!(r#"{{"{field}": "Blue"}}"#);
    let sessions = &scene.app.flows.rooms().sessions;
    let answered = sessions.answer(&scene.session, &asked.id, Answer::Form { values });
    answered.await.expect("blue was offered");
    let entries = scene.until("end: end_turn").await;
    assert!(has(&entries, "answer: A fine colour."));
    let heard = scene.model.heard().pop().expect("it was asked");
    assert!(heard.holds("Blue"), "the model was told the answer");
    scene.end().await;
}

async fn a_plan_waits_for_approval(vendor: Vendor) {
    let script = [
        Reply::plan("# First this, then that"),
        Reply::say("Off I go."),
    ];
    let stage = Stage::of(vendor, script);
    let settings = stage.home.path().join("agent's home/.claude/settings.json");
    std::fs::write(settings, r#"{"permissions": {"defaultMode": "plan"}}"#)
        .expect("a temp folder is writable");
    let scene = stage.begin("Make a plan").await;
    scene.at(Reason::NeedsPlanApproval).await;
    let pending = scene.pending();
    let shown = format!("{:?}", pending.ask.call);
    assert!(shown.contains("# First this, then that"), "{shown}");
    let session = &scene.session;
    scene.app.choose(session, OptionKind::AllowOnce).await;
    scene.until("Off I go.").await;
    scene.end().await;
}

async fn what_the_app_knows_of_the_workspace_reaches_the_model(vendor: Vendor) {
    const MARK: &str = "<shopfloor-workspace>";
    let script = ["One.", "Two.", "Three."].map(Reply::say);
    let scene = Scene::of(vendor, "Count to one", script).await;
    scene.until("answer: One.").await;
    let row = scene.app.flows.rooms().workspaces.get(&scene.workspace);
    let row = row.await.expect("the row is there");
    let heard = scene.model.heard().pop().expect("it was asked");
    let path = row.path.to_str().expect("the test's paths are text");
    for fact in [MARK, &row.branch, &row.base, path] {
        assert!(heard.holds(fact), "the model was not told {fact}");
    }

    scene.at(Reason::TurnFinished).await;
    scene.send("Count to two").await;
    scene.until("answer: Two.").await;
    let told = |texts: &[String]| texts.iter().filter(|text| text.contains(MARK)).count();
    let heard = scene.model.heard().pop().expect("it was asked");
    assert_eq!(told(&heard.user_texts()), 1, "once is enough");

    let settings = workspace::ProjectSettings {
        instructions: "Sign each file with a heron.".to_owned(),
        ..Default::default()
    };
    let saved = scene
        .app
        .flows
        .save_project_settings(&row.project, settings);
    saved.await.expect("the settings are stored");
    scene.send("Count to three").await;
    scene.until("answer: Three.").await;
    let heard = scene.model.heard().pop().expect("it was asked");
    assert!(heard.holds("Sign each file with a heron."));
    scene.end().await;
}
