//! Stories of projects and workspaces over fake ports.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::changes::Against;
use crate::fakes::{Held, World};
use crate::machine::WorkspaceState as S;
use crate::{NewWorkspace, ProjectFact, SetupStepState, Workspace, WorkspaceError, WorkspaceFact};
use std::path::Path;

fn titles(row: &Workspace) -> Vec<(&str, SetupStepState)> {
    row.steps
        .iter()
        .map(|step| (step.title.as_str(), step.state))
        .collect()
}

#[tokio::test]
async fn a_project_is_added_once_and_announced() {
    let world = World::new();
    let mut facts = world.projects.listen();
    let project = world.projects.add("/code/My App".into()).await.unwrap();
    assert_eq!(
        (project.name.as_str(), project.default_branch.as_str()),
        ("My App", "main")
    );
    let again = world.projects.add("/code/My App".into()).await.unwrap_err();
    assert!(matches!(again, WorkspaceError::AlreadyAdded { name } if name == "My App"));
    assert!(matches!(facts.try_next(), Some(ProjectFact::Saved(saved)) if saved == project));
    assert!(facts.try_next().is_none());
}

#[tokio::test]
async fn a_project_with_a_workspace_on_the_board_is_not_removed() {
    let world = World::new();
    let row = world.ready("one").await;
    let refused = world.projects.remove(&row.project).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "My App still has one workspace on the board."
    );
    world.workspaces.archive(&row.id).await.unwrap();
    world.projects.remove(&row.project).await.unwrap();
    assert!(world.projects.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_founded_repository_is_a_project() {
    let world = World::new();
    let files = &[("README.md", "hello", false)];
    let project = world
        .projects
        .found("/home/practice".into(), files, "Begin")
        .await
        .unwrap();
    assert_eq!(world.projects.list().await.unwrap(), [project]);
    assert_eq!(world.git.calls(), ["found", "inspect"]);
}

#[tokio::test]
async fn a_new_workspace_is_on_the_board_before_anything_is_on_disk() {
    let world = World::new();
    let mut facts = world.workspaces.listen();
    let row = world.created("Fix the login page").await;
    assert_eq!(row.state, S::New);
    assert_eq!(row.branch, "shopfloor/fix-the-login-page");
    assert_eq!(
        row.path,
        Path::new("/home/worktrees/my-app/fix-the-login-page")
    );
    assert_eq!(row.base, "main");
    assert!(matches!(facts.try_next(), Some(WorkspaceFact::Saved(saved)) if saved == row));
    assert!(world.git.trees.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_base_that_does_not_exist_is_refused_before_anything_is_recorded() {
    let world = World::new();
    let new = NewWorkspace {
        project: world.project().await.id,
        prompt: "Fix it".into(),
        base: Some("nowhere".into()),
        agent: None,
    };
    let refused = world.workspaces.create(new).await.unwrap_err();
    assert!(matches!(refused, WorkspaceError::NoSuchBase { base } if base == "nowhere"));
    assert!(world.workspaces.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn equal_prompts_get_branches_and_folders_of_their_own() {
    let world = World::new();
    world
        .git
        .branches
        .lock()
        .unwrap()
        .insert("shopfloor/fix".into());
    world.project().await;
    let (one, two) = tokio::join!(world.created("fix"), world.created("fix"));
    let mut branches = [one.branch, two.branch];
    branches.sort();
    assert_eq!(branches, ["shopfloor/fix-2", "shopfloor/fix-3"]);
    assert_ne!(one.path, two.path);
}

#[tokio::test]
async fn every_step_of_set_up_is_seen_when_it_begins_and_when_it_ends() {
    let world = World::new();
    let row = world.created("fix").await;
    let mut facts = world.workspaces.listen();
    let ready = world.workspaces.provision(&row.id).await.unwrap();
    assert_eq!(ready.state, S::Ready);
    assert_eq!(ready.base_commit.as_deref(), Some("base"));
    assert_eq!(
        titles(&ready),
        [
            ("Create worktree on shopfloor/fix", SetupStepState::Done),
            ("Check worktree", SetupStepState::Done)
        ]
    );
    assert!(
        ready
            .steps
            .iter()
            .all(|step| step.ended_at > Some(step.started_at))
    );
    let mut seen = Vec::new();
    while let Some(WorkspaceFact::Saved(row)) = facts.try_next() {
        seen.push((row.state.name(), row.steps.last().map(|step| step.state)));
    }
    let (running, done) = (Some(SetupStepState::Running), Some(SetupStepState::Done));
    assert_eq!(
        seen,
        [
            ("being set up", None),
            ("being set up", running),
            ("being set up", done),
            ("being set up", done),
            ("being set up", running),
            ("being set up", done),
            ("ready", done),
        ]
    );
}

#[tokio::test]
async fn a_failed_set_up_says_why_and_can_be_tried_again() {
    let world = World::new();
    let row = world.created("fix").await;
    world.git.failing.lock().unwrap().insert("create");
    world.workspaces.provision(&row.id).await.unwrap_err();
    let failed = world.workspaces.get(&row.id).await.unwrap();
    let cause = "The disk is full. Free some space, then try again. Nothing was lost.";
    assert_eq!(
        failed.state,
        S::Failed {
            cause: cause.into()
        }
    );
    assert_eq!(failed.steps[0].state, SetupStepState::Failed);
    assert_eq!(failed.steps[0].note.as_deref(), Some("The disk is full."));
    world.git.failing.lock().unwrap().clear();
    let ready = world.workspaces.provision(&row.id).await.unwrap();
    assert_eq!((ready.state, ready.steps.len()), (S::Ready, 2));
}

#[tokio::test]
async fn two_set_ups_at_once_are_one() {
    let world = World::new();
    let row = world.created("fix").await;
    let (one, two) = tokio::join!(
        world.workspaces.provision(&row.id),
        world.workspaces.provision(&row.id)
    );
    assert!(one.is_ok() != two.is_ok());
    let creates = world
        .git
        .calls()
        .iter()
        .filter(|call| call.starts_with("create"))
        .count();
    assert_eq!(creates, 1);
}

#[tokio::test]
async fn archive_saves_before_it_removes() {
    let world = World::new();
    let row = world.ready("fix").await;
    let archived = world.workspaces.archive(&row.id).await.unwrap();
    assert_eq!(archived.state, S::Archived);
    assert_eq!(archived.archive_checkpoint.as_deref(), Some("saved"));
    let calls = world.git.calls();
    assert_eq!(calls[calls.len() - 2..], ["checkpoint archive", "remove"]);
    assert!(world.git.trees.lock().unwrap().is_empty());
    assert!(world.git.branches.lock().unwrap().contains("shopfloor/fix"));
}

#[tokio::test]
async fn a_failed_checkpoint_keeps_the_tree_and_says_why() {
    let world = World::new();
    let row = world.ready("fix").await;
    world.git.failing.lock().unwrap().insert("checkpoint");
    world.workspaces.archive(&row.id).await.unwrap_err();
    let back = world.workspaces.get(&row.id).await.unwrap();
    assert_eq!(back.state, S::Ready);
    assert!(back.notice.unwrap().starts_with("The disk is full."));
    assert!(world.git.trees.lock().unwrap().contains_key(&row.path));
    assert!(!world.git.calls().contains(&"remove".to_owned()));
}

#[tokio::test]
async fn a_failed_removal_forgets_the_checkpoint_so_that_the_next_one_counts() {
    let world = World::new();
    let row = world.ready("fix").await;
    world.git.failing.lock().unwrap().insert("remove");
    world.workspaces.archive(&row.id).await.unwrap_err();
    let back = world.workspaces.get(&row.id).await.unwrap();
    assert_eq!((back.state, back.archive_checkpoint), (S::Ready, None));
}

#[tokio::test]
async fn a_workspace_can_be_archived_before_it_was_set_up() {
    let world = World::new();
    let row = world.created("fix").await;
    let archived = world.workspaces.archive(&row.id).await.unwrap();
    assert_eq!(
        (archived.state, archived.archive_checkpoint),
        (S::Archived, None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_during_set_up_takes_the_row_at_once_and_the_tree_after() {
    let world = World::new();
    let row = world.created("fix").await;
    let mut facts = world.workspaces.listen();
    let Held { began, go } = world.git.hold("create");
    let set_up = tokio::spawn({
        let (all, id) = (world.workspaces.clone(), row.id.clone());
        async move { all.provision(&id).await }
    });
    tokio::task::spawn_blocking(move || began.recv().unwrap())
        .await
        .unwrap();
    let archive = tokio::spawn({
        let (all, id) = (world.workspaces.clone(), row.id.clone());
        async move { all.archive(&id).await }
    });
    loop {
        if let Some(WorkspaceFact::Saved(row)) = facts.next().await
            && row.state == (S::Archiving { was_ready: false })
        {
            break;
        }
    }
    go.send(()).unwrap();
    assert!(matches!(
        set_up.await.unwrap(),
        Err(WorkspaceError::Cancelled)
    ));
    let archived = archive.await.unwrap().unwrap();
    assert_eq!(archived.state, S::Archived);
    assert_eq!(archived.base_commit.as_deref(), Some("base"));
    assert!(world.git.trees.lock().unwrap().is_empty());
}

#[tokio::test]
async fn unarchive_brings_tree_and_content_back() {
    let world = World::new();
    let row = world.ready("fix").await;
    world.workspaces.archive(&row.id).await.unwrap();
    let back = world.workspaces.unarchive(&row.id).await.unwrap();
    assert_eq!(
        (back.state.clone(), back.archive_checkpoint.clone()),
        (S::Ready, None)
    );
    assert_eq!(titles(&back).len(), 3);
    let calls = world.git.calls();
    assert!(calls.contains(&"reopen saved^1".to_owned()));
    assert!(calls.contains(&"restore saved".to_owned()));
}

#[tokio::test]
async fn content_that_could_not_be_restored_waits_through_another_archive() {
    let world = World::new();
    let row = world.ready("fix").await;
    world.workspaces.archive(&row.id).await.unwrap();
    world.left_in(&row.id, |row| {
        row.archive_checkpoint = Some("precious".into())
    });
    world.git.failing.lock().unwrap().insert("restore");
    world.workspaces.unarchive(&row.id).await.unwrap_err();
    let archived = world.workspaces.archive(&row.id).await.unwrap();
    assert_eq!(archived.archive_checkpoint.as_deref(), Some("precious"));
    world.git.failing.lock().unwrap().clear();
    world.workspaces.unarchive(&row.id).await.unwrap();
    assert!(world.git.calls().contains(&"restore precious".to_owned()));
}

#[tokio::test]
async fn a_notice_stays_until_it_is_dismissed() {
    let world = World::new();
    let row = world.created("fix").await;
    world.workspaces.note(&row.id, "mended").await.unwrap();
    let noted = world.workspaces.get(&row.id).await.unwrap();
    assert_eq!(noted.notice.as_deref(), Some("mended"));
    let seen = world.workspaces.mark_seen(&row.id).await.unwrap();
    assert!(seen.seen_at.is_some());
    assert_eq!(
        seen.notice.as_deref(),
        Some("mended"),
        "a look is not yet reading"
    );
    let read = world.workspaces.dismiss_notice(&row.id).await.unwrap();
    assert_eq!((read.notice, read.seen_at), (None, seen.seen_at));
    let renamed = world
        .workspaces
        .rename(&row.id, "  Other\nname ")
        .await
        .unwrap();
    assert_eq!(
        (renamed.name.as_str(), renamed.branch.as_str()),
        ("Other", "shopfloor/fix")
    );
    assert_eq!(
        world.workspaces.rename(&row.id, " \n").await.unwrap().name,
        "Other"
    );
}

#[tokio::test]
async fn changes_are_read_from_the_commit_where_the_workspace_began() {
    let world = World::new();
    let new = world.created("new").await;
    let none = world.workspaces.numbers(&new.id).await.unwrap_err();
    assert_eq!(none.to_string(), "new has no worktree.");
    let row = world.ready("fix").await;
    assert_eq!(world.workspaces.numbers(&row.id).await.unwrap().files, 3);
    world
        .workspaces
        .changes(&row.id, Against::Base)
        .await
        .unwrap();
    let diff = world
        .workspaces
        .file_diff(&row.id, Against::Head, "6162")
        .await;
    assert!(matches!(
        diff,
        Err(WorkspaceError::Unknown { what: "file" })
    ));
    let calls = world.git.calls();
    assert_eq!(
        calls[calls.len() - 3..],
        ["numbers main", "changes base Base", "file_diff 6162"]
    );
}

#[tokio::test]
async fn an_archive_that_was_settled_meanwhile_leaves_the_tree_alone() {
    let world = World::new();
    let row = world.ready("fix").await;
    let lane = world.workspaces.lane(&row.id).await;
    let mut facts = world.workspaces.listen();
    let (workspaces, id) = (world.workspaces.clone(), row.id.clone());
    let archiving = tokio::spawn(async move { workspaces.archive(&id).await });
    facts.next().await;
    world.left_in(&row.id, |row| row.state = S::Ready);
    drop(lane);
    assert_eq!(archiving.await.unwrap().unwrap().state, S::Ready);
    assert!(world.git.trees.lock().unwrap().contains_key(&row.path));
}

#[tokio::test]
async fn a_row_whose_end_was_never_recorded_is_settled_and_one_at_rest_is_left_alone() {
    let world = World::new();
    let row = world.ready("fix").await;
    assert!(!world.workspaces.settle(&row.id).await.unwrap());
    world.left_in(&row.id, |row| row.state = S::Archiving { was_ready: true });
    assert!(!world.workspaces.settle(&row.id).await.unwrap());
    let settled = world.workspaces.get(&row.id).await.unwrap();
    assert_eq!(settled.state, S::Ready);
    assert!(settled.notice.unwrap().contains("nothing was lost"));

    let new = world.created("new").await;
    assert!(world.workspaces.settle(&new.id).await.unwrap());
    world.left_in(&new.id, |row| row.state = S::Provisioning);
    assert!(world.workspaces.settle(&new.id).await.unwrap());
    let again = world.workspaces.provision(&new.id).await.unwrap();
    assert_eq!(again.state, S::Ready);
}

/// Restarts over `world` after `edit` left the row as a crash would; answers the row and whether to provision it.
async fn restarted(
    world: &World,
    row: &Workspace,
    edit: impl FnOnce(&mut Workspace),
) -> (Workspace, bool) {
    world.left_in(&row.id, edit);
    let next = World::over(world.rows.clone(), world.git.clone());
    let to_provision = next.workspaces.recover().await.unwrap();
    (
        next.workspaces.get(&row.id).await.unwrap(),
        to_provision.contains(&row.id),
    )
}

#[tokio::test]
async fn a_restart_tells_the_truth_about_set_up() {
    let world = World::new();
    let new = world.created("new").await;
    let (row, again) = restarted(&world, &new, |_| {}).await;
    assert_eq!((row.state, again), (S::New, true));

    let whole = world.ready("whole").await;
    let (row, again) = restarted(&world, &whole, |row| row.state = S::Provisioning).await;
    assert_eq!((row.state, again), (S::Ready, false));
    assert!(row.notice.unwrap().contains("Nothing was lost"));

    let half = world.created("half").await;
    let (row, again) = restarted(&world, &half, |row| row.state = S::Provisioning).await;
    assert_eq!((row.state, again), (S::New, true));
    let (row, again) = restarted(&world, &half, |_| {}).await;
    assert_eq!(
        (row.state, again),
        (S::New, true),
        "killed again before it began"
    );
    assert_eq!(
        world.workspaces.provision(&half.id).await.unwrap().state,
        S::Ready
    );

    // The tree is whole, but what was saved is not in it for sure.
    let restoring = world.ready("restoring").await;
    let (_, again) = restarted(&world, &restoring, |row| {
        row.state = S::Provisioning;
        row.archive_checkpoint = Some("saved".into());
    })
    .await;
    assert!(again);
}

#[tokio::test]
async fn a_restart_tells_the_truth_about_a_lost_tree() {
    let world = World::new();
    let row = world.ready("fix").await;
    let (kept, _) = restarted(&world, &row, |_| {}).await;
    assert_eq!((kept.state, kept.notice), (S::Ready, None));
    world.git.trees.lock().unwrap().clear();
    let (lost, again) = restarted(&world, &row, |_| {}).await;
    assert!(matches!(&lost.state, S::Failed { cause } if cause.contains("branch")) && !again);
    let back = world.workspaces.provision(&row.id).await.unwrap();
    assert_eq!(back.state, S::Ready);
    assert!(world.git.calls().contains(&"reopen base".to_owned()));
}

#[tokio::test]
async fn a_restart_tells_the_truth_about_an_archive() {
    let world = World::new();
    let archiving = |row: &mut Workspace| row.state = S::Archiving { was_ready: true };
    let stands = world.ready("stands").await;
    let (row, _) = restarted(&world, &stands, |row| {
        archiving(row);
        row.archive_checkpoint = Some("saved".into());
    })
    .await;
    assert_eq!((row.state, row.archive_checkpoint), (S::Ready, None));
    assert!(row.notice.unwrap().contains("nothing was lost"));

    world.git.trees.lock().unwrap().clear();
    let (row, _) = restarted(&world, &stands, |row| {
        archiving(row);
        row.archive_checkpoint = Some("saved".into());
    })
    .await;
    assert_eq!(row.state, S::Archived);
    assert_eq!(world.git.calls().last().unwrap(), "remove");

    let vanished = world.ready("vanished").await;
    world.git.trees.lock().unwrap().clear();
    let (row, _) = restarted(&world, &vanished, archiving).await;
    assert!(matches!(row.state, S::Failed { .. }));

    let never_made = world.created("never").await;
    let (row, _) = restarted(&world, &never_made, |row| {
        row.state = S::Archiving { was_ready: false }
    })
    .await;
    assert_eq!(row.state, S::Archived);
}

#[tokio::test]
async fn a_tree_that_cannot_be_checked_keeps_its_state_and_says_so() {
    let world = World::new();
    let row = world.ready("fix").await;
    world.git.failing.lock().unwrap().insert("standing");
    let (row, _) = restarted(&world, &row, |_| {}).await;
    assert_eq!(row.state, S::Ready);
    assert!(row.notice.unwrap().contains("could not be checked"));
}
