//! Batches: full first, then only what changed, urgent ones at once.

use kernel::{AgentId, Clock, ProjectId, RequestId, SessionId, Timestamp, WorkspaceId};
use snapshot::{
    Group, Life, Pending, PendingKind, Run, SessionGroup, Store, Subscription, WorkspaceGroup,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

struct Still;
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1)
    }
}

fn workspace(name: &str, life: Life) -> Group {
    Group::Workspace(WorkspaceGroup {
        project: ProjectId::new("p"),
        name: name.into(),
        branch: "b".into(),
        base: "main".into(),
        path: "/t".into(),
        agent: None,
        life,
        since: Timestamp::default(),
        steps: Vec::new(),
        notice: None,
        created_at: Timestamp::default(),
        seen_at: None,
    })
}

fn asking() -> Group {
    Group::Session(SessionGroup {
        id: SessionId::new("s"),
        agent: AgentId::new("practice"),
        title: String::new(),
        run: Run::Working,
        since: Timestamp::default(),
        activity: None,
        quiet: None,
        pending: vec![Pending {
            id: RequestId::new("r"),
            kind: PendingKind::Permission,
            title: "Run make".into(),
            since: Timestamp::default(),
            quick: None,
        }],
        queued: 0,
        undelivered: 0,
        turn: 1,
        turn_ended_at: None,
        created_at: Timestamp::default(),
        closed_at: None,
    })
}

async fn opened(store: &Store) -> Subscription {
    let mut subscription = store.subscribe();
    assert!(subscription.next().await.full);
    subscription
}

#[tokio::test(start_paused = true)]
async fn the_first_batch_is_full_and_the_next_hold_what_changed() {
    let store = Store::new(Arc::new(Still));
    let (one, two) = (WorkspaceId::new("1"), WorkspaceId::new("2"));
    store.update(&one, workspace("one", Life::Ready), store.stamp(), "test");
    let mut subscription = store.subscribe();
    let first = subscription.next().await;
    assert_eq!(
        (first.sequence, first.full, first.cards.len()),
        (0, true, 1)
    );

    store.update(&two, workspace("two", Life::Ready), store.stamp(), "test");
    store.update(
        &one,
        workspace("one", Life::Archived),
        store.stamp(),
        "test",
    );
    let second = subscription.next().await;
    assert_eq!((second.sequence, second.full), (1, false));
    assert_eq!(
        second.cards.iter().map(|card| &card.id).collect::<Vec<_>>(),
        [&two]
    );
    assert_eq!(second.removed, [one]);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_one_batch_within_fifty_milliseconds() {
    let store = Store::new(Arc::new(Still));
    let mut subscription = opened(&store).await;
    let begun = Instant::now();
    for n in 0..100 {
        store.update(
            &WorkspaceId::new(format!("{n}")),
            workspace("w", Life::Ready),
            store.stamp(),
            "test",
        );
    }
    let batch = subscription.next().await;
    assert_eq!(batch.cards.len(), 100);
    assert!(begun.elapsed() <= Duration::from_millis(51));
}

#[tokio::test(start_paused = true)]
async fn an_urgent_change_does_not_wait() {
    let store = Store::new(Arc::new(Still));
    let mut subscription = opened(&store).await;
    let id = WorkspaceId::new("w");
    store.update(&id, workspace("w", Life::Ready), store.stamp(), "test");
    store.update(&id, asking(), store.stamp(), "test");
    let begun = Instant::now();
    let batch = subscription.next().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(batch.cards[0].status.label, "Needs permission");
}

#[tokio::test(start_paused = true)]
async fn silence_sends_nothing() {
    let store = Store::new(Arc::new(Still));
    let mut subscription = opened(&store).await;
    let id = WorkspaceId::new("w");
    store.update(&id, workspace("w", Life::Ready), store.stamp(), "test");
    subscription.next().await;
    store.update(
        &id,
        workspace("w", Life::Ready),
        store.stamp(),
        "same again",
    );
    assert!(
        timeout(Duration::from_secs(3600), subscription.next())
            .await
            .is_err()
    );
}
