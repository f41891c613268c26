//! What must hold for every card, whatever comes in whatever order.

use kernel::{AgentId, ProjectId, RequestId, SessionId, Timestamp, WorkspaceId};
use proptest::prelude::*;
use snapshot::{
    Column, GitGroup, Group, Life, Need, Pending, PendingKind, Picture, Reason, Run, SessionGroup,
    Stamp, WorkspaceGroup, derive, same_picture,
};

fn time() -> impl Strategy<Value = Timestamp> {
    (0_u64..100).prop_map(Timestamp::from_millis)
}

fn life() -> impl Strategy<Value = Life> {
    prop_oneof![
        Just(Life::New),
        Just(Life::Provisioning),
        Just(Life::Ready),
        Just(Life::Failed { cause: "no".into() }),
        Just(Life::Archiving),
        Just(Life::Archived),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    prop_oneof![
        Just(Run::Stopped),
        Just(Run::Asleep),
        Just(Run::Waiting {
            why: "the house is full".into()
        }),
        Just(Run::Starting),
        Just(Run::Ready),
        Just(Run::Working),
        Just(Run::Stopping),
        Just(Run::Failed {
            message: "it crashed".into(),
            hint: "send again".into()
        }),
    ]
}

fn pending() -> impl Strategy<Value = Pending> {
    let kind = prop_oneof![
        Just(PendingKind::Permission),
        Just(PendingKind::Plan),
        Just(PendingKind::Question)
    ];
    (kind, time()).prop_map(|(kind, since)| Pending {
        id: RequestId::new("r"),
        kind,
        title: "May I?".into(),
        since,
        quick: None,
    })
}

prop_compose! {
    fn workspace()(life in life(), since in time(), seen_at in prop::option::of(time())) -> WorkspaceGroup {
        WorkspaceGroup {
            project: ProjectId::new("p"),
            name: "a task".into(),
            branch: "b".into(),
            base: "main".into(),
            path: "/t".into(),
            agent: None,
            life,
            since,
            steps: Vec::new(),
            notice: None,
            created_at: Timestamp::default(),
            seen_at,
        }
    }
}

prop_compose! {
    fn session()(
        id in 0..3_u8,
        run in run(),
        since in time(),
        pending in prop::collection::vec(pending(), 0..3),
        queued in 0..2_u32,
        turn_ended_at in prop::option::of(time()),
    ) -> SessionGroup {
        SessionGroup {
            id: SessionId::new(format!("s{id}")),
            agent: AgentId::new("practice"),
            title: String::new(),
            run,
            since,
            activity: None,
            quiet: None,
            pending,
            queued,
            undelivered: 0,
            turn: u32::from(turn_ended_at.is_some()),
            turn_ended_at,
            created_at: Timestamp::default(),
            closed_at: None,
        }
    }
}

fn group() -> impl Strategy<Value = Group> {
    prop_oneof![
        workspace().prop_map(Group::Workspace),
        session().prop_map(Group::Session),
        (0..9_u32).prop_map(|files| Group::Git(GitGroup {
            files,
            ..GitGroup::default()
        })),
    ]
}

proptest! {
    #[test]
    fn the_newest_stamp_wins_in_any_order(
        groups in prop::collection::vec((0..2_u8, group()), 1..24),
        seed in any::<prop::sample::Index>(),
    ) {
        let stamped: Vec<_> = groups.into_iter().enumerate()
            .map(|(n, (id, group))| (WorkspaceId::new(format!("w{id}")), group, Stamp(n as u64 + 1)))
            .collect();
        let mut shuffled = stamped.clone();
        let pivot = seed.index(shuffled.len());
        shuffled.rotate_left(pivot);
        shuffled.reverse();

        let draw = |updates: &[(WorkspaceId, Group, Stamp)]| {
            let mut picture = Picture::default();
            for (id, group, stamp) in updates {
                picture.apply(id, group.clone(), *stamp, "test", Timestamp::default());
            }
            picture
        };
        let (one, other) = (draw(&stamped), draw(&shuffled));
        prop_assert_eq!(one.ids(), other.ids());
        for id in one.ids() {
            let (a, b) = (one.card(&id), other.card(&id));
            prop_assert!(same_picture(a.map(|c| &**c), b.map(|c| &**c)), "{a:?} is not {b:?}");
        }
    }

    #[test]
    fn an_update_applied_twice_changes_nothing(group in group()) {
        let id = WorkspaceId::new("w");
        let mut picture = Picture::default();
        picture.apply(&id, group.clone(), Stamp(1), "once", Timestamp::default());
        let again = picture.apply(&id, group.clone(), Stamp(1), "twice", Timestamp::default());
        prop_assert!(!again.changed);
        let later = picture.apply(&id, group, Stamp(2), "same content", Timestamp::default());
        prop_assert!(!later.changed, "equal content must not redraw a card");
    }

    #[test]
    fn revisions_only_grow(groups in prop::collection::vec(group(), 1..12)) {
        let id = WorkspaceId::new("w");
        let (mut picture, mut newest) = (Picture::default(), 0);
        for (n, group) in groups.into_iter().enumerate() {
            let effect = picture.apply(&id, group, Stamp(n as u64 + 1), "test", Timestamp::default());
            if let (true, Some(card)) = (effect.changed, picture.card(&id)) {
                prop_assert!(card.revision > newest);
                newest = card.revision;
            }
        }
    }

    #[test]
    fn status_follows_the_table(workspace in workspace(), sessions in prop::collection::vec(session(), 0..3)) {
        let status = derive(&workspace, &sessions);
        prop_assert_eq!(status.column, status.reason.column());
        prop_assert_eq!(status.need, status.reason.need());

        let off_the_board = matches!(workspace.life, Life::Archiving | Life::Archived);
        prop_assert_eq!(status.column.is_none(), off_the_board);
        if off_the_board {
            return Ok(());
        }
        let asks = |kind| sessions.iter().any(|s| s.pending.iter().any(|p| p.kind == kind));
        if asks(PendingKind::Permission) {
            prop_assert_eq!(status.reason, Reason::NeedsPermission);
        } else if sessions.iter().any(|s| !s.pending.is_empty()) {
            prop_assert_eq!(status.need, Need::Urgent);
        } else if sessions.iter().any(|s| matches!(s.run, Run::Failed { .. })) {
            prop_assert_eq!(status.reason, Reason::SessionFailed);
        } else if workspace.life == Life::Ready && sessions.iter().any(|s| s.run == Run::Working) {
            prop_assert_eq!(status.reason, Reason::AgentWorking);
            prop_assert_eq!(status.column, Some(Column::Working));
        }
        let finished = sessions.iter().filter_map(|s| s.turn_ended_at).max();
        if status.reason == Reason::Idle {
            prop_assert!(workspace.seen_at >= finished, "idle means that the person looked");
        }
    }

    #[test]
    fn waiting_is_asserted_never_assumed(workspace in workspace(), sessions in prop::collection::vec(session(), 0..3)) {
        let status = derive(&workspace, &sessions);
        let busy = matches!(workspace.life, Life::New | Life::Provisioning)
            || sessions.iter().any(|s| matches!(s.run, Run::Starting | Run::Working | Run::Stopping));
        let needed = sessions.iter().any(|s| !s.pending.is_empty() || matches!(s.run, Run::Failed { .. }))
            || matches!(workspace.life, Life::Failed { .. });
        if status.column == Some(Column::Waiting) && !needed {
            prop_assert!(!busy, "nobody waits for the person while something runs: {status:?}");
        }
    }
}

#[test]
fn every_reason_is_in_the_list_once_and_in_order() {
    let mut sorted = Reason::ALL.to_vec();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted, Reason::ALL);
}

#[test]
fn a_late_update_does_not_bring_an_archived_card_back() {
    let id = WorkspaceId::new("w");
    let group = |life, since| {
        Group::Workspace(WorkspaceGroup {
            project: ProjectId::new("p"),
            name: "n".into(),
            branch: "b".into(),
            base: "main".into(),
            path: "/t".into(),
            agent: None,
            life,
            since: Timestamp::from_millis(since),
            steps: Vec::new(),
            notice: None,
            created_at: Timestamp::default(),
            seen_at: None,
        })
    };
    let mut picture = Picture::default();
    let now = Timestamp::default();
    picture.apply(&id, group(Life::Ready, 1), Stamp(1), "made", now);
    assert!(
        picture
            .apply(&id, group(Life::Archived, 9), Stamp(9), "archived", now)
            .changed
    );
    assert!(
        !picture
            .apply(&id, group(Life::Ready, 1), Stamp(5), "slow read", now)
            .changed
    );
    assert!(picture.card(&id).is_none());
}
