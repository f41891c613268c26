//! "Reconcile from empty" equals "replay of facts": the board drawn by facts is the board the stores would draw.

use proptest::prelude::*;
use session::port::AgentEvent;
use snapshot::{Group, Picture, Stamp, same_picture};
use tests::app::App;

#[derive(Clone, Debug)]
enum Step {
    Create(String),
    Send(usize, String),
    Stop(usize),
    TurnEnds(usize),
    Seen(usize),
    Rename(usize, String),
    Archive(usize),
    Unarchive(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let words = "[a-z]{1,8}";
    prop_oneof![
        3 => words.prop_map(Step::Create),
        2 => (0..4_usize, words).prop_map(|(n, text)| Step::Send(n, text)),
        1 => (0..4_usize).prop_map(Step::Stop),
        3 => (0..4_usize).prop_map(Step::TurnEnds),
        2 => (0..4_usize).prop_map(Step::Seen),
        1 => (0..4_usize, words).prop_map(|(n, text)| Step::Rename(n, text)),
        1 => (0..4_usize).prop_map(Step::Archive),
        1 => (0..4_usize).prop_map(Step::Unarchive),
    ]
}

async fn act(
    app: &App,
    project: &kernel::ProjectId,
    made: &mut Vec<kernel::WorkspaceId>,
    step: Step,
) {
    let rooms = app.flows.rooms();
    let pick = |n: usize| made.get(n).cloned();
    // A step that does not apply is refused with an error, which is as good a step as any other.
    match step {
        Step::Create(prompt) => {
            let task = orchestration::flows::Task {
                project: project.clone(),
                prompt,
                agent: None,
                preferred: None,
                base: None,
            };
            if let Ok(id) = app.flows.create_workspace(task).await {
                made.push(id);
            }
        }
        Step::Send(n, text) => {
            if let Some(id) = pick(n) {
                let session = rooms
                    .sessions
                    .summaries()
                    .into_iter()
                    .find(|s| s.workspace == id);
                app.flows
                    .send_message(&id, session.map(|s| s.id), text)
                    .await
                    .ok();
            }
        }
        Step::Stop(n) => {
            let session = rooms
                .sessions
                .summaries()
                .into_iter()
                .find(|s| Some(&s.workspace) == pick(n).as_ref());
            if let Some(session) = session {
                rooms.sessions.stop_turn(&session.id).await.ok();
            }
        }
        Step::TurnEnds(n) => {
            if app.agents.count() > n {
                let agent = app.agents.started(n + 1).await;
                agent.does(AgentEvent::TurnEnded {
                    reason: "end_turn".into(),
                });
            }
        }
        Step::Seen(n) => {
            if let Some(id) = pick(n) {
                rooms.workspaces.mark_seen(&id).await.ok();
            }
        }
        Step::Rename(n, name) => {
            if let Some(id) = pick(n) {
                rooms.workspaces.rename(&id, &name).await.ok();
            }
        }
        Step::Archive(n) => {
            if let Some(id) = pick(n) {
                app.flows.archive_workspace(&id).await.ok();
            }
        }
        Step::Unarchive(n) => {
            if let Some(id) = pick(n) {
                app.flows.unarchive_workspace(&id).await.ok();
            }
        }
    }
}

/// The picture as the stores alone draw it.
async fn from_empty(app: &App) -> Picture {
    let rooms = app.flows.rooms();
    let mut picture = Picture::default();
    for row in rooms
        .workspaces
        .list()
        .await
        .expect("the store is readable")
    {
        let group = Group::Workspace(orchestration::projections::workspace::group(&row));
        picture.apply(
            &row.id,
            group,
            Stamp(1),
            "from empty",
            kernel::Timestamp::default(),
        );
    }
    for summary in rooms.sessions.summaries() {
        let group = Group::Session(orchestration::projections::session::group(&summary));
        picture.apply(
            &summary.workspace,
            group,
            Stamp(1),
            "from empty",
            kernel::Timestamp::default(),
        );
    }
    picture
}

/// Facts and set-ups under way come to rest; then both pictures must be one.
async fn agree(app: &App) -> Result<(), String> {
    let mut last = String::new();
    for _ in 0..200 {
        let stores = from_empty(app).await;
        let drawn = app.flows.snapshot();
        let ids: std::collections::BTreeSet<_> = drawn
            .cards()
            .iter()
            .map(|card| card.id.clone())
            .chain(stores.ids())
            .collect();
        let odd = ids.into_iter().find(|id| {
            let shown = drawn.card(id).map(|card| snapshot::Card {
                git: None,
                ..(*card).clone()
            });
            !same_picture(shown.as_ref(), stores.card(id).map(|card| &**card))
        });
        match odd {
            None => return Ok(()),
            Some(id) => {
                last = format!(
                    "facts drew {:#?}\nstores draw {:#?}",
                    drawn.card(&id),
                    stores.card(&id)
                )
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    Err(last)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_drifted_is_mended_and_counted() {
    let app = App::start().await;
    let id = app.workspace("").await;
    let card = app
        .card(&id, |card| {
            card.status.reason == snapshot::Reason::NotStarted
        })
        .await;
    let wrong = snapshot::WorkspaceGroup {
        name: "never so named".into(),
        ..card.workspace.clone()
    };
    let board = app.flows.snapshot();
    board.update(&id, Group::Workspace(wrong), board.stamp(), "a lost fact");
    assert_eq!(app.flows.drift_repaired(), 0);

    app.flows.reconcile().await;
    let mended = board.card(&id).expect("it is still on the board");
    assert_eq!(mended.workspace.name, card.workspace.name);
    assert_eq!(mended.source, "reconciliation");
    assert_eq!(app.flows.drift_repaired(), 1);

    app.flows.reconcile().await;
    assert_eq!(app.flows.drift_repaired(), 1, "what is right is left alone");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]
    #[test]
    fn replay_of_facts_equals_reconcile_from_empty(steps in prop::collection::vec(step(), 4..16)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
            .expect("a runtime can be made");
        let agreed = runtime.block_on(async {
            let app = App::start().await;
            let project = app.add_project().await;
            let mut made = Vec::new();
            for step in steps {
                act(&app, &project, &mut made, step).await;
            }
            agree(&app).await
        });
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }
}
