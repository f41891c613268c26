//! Rows that a killed app, or a full disk, left behind are made true again, from what git really has.

use crate::error::WorkspaceError;
use crate::machine::{WorkspaceInput, WorkspaceState};
use crate::port::Standing;
use crate::workspace::Workspace;
use crate::workspaces::{Workspaces, moved_on};
use kernel::WorkspaceId;

const SET_UP_WAS_DONE: &str =
    "The set-up was interrupted; the worktree was whole already. Nothing was lost.";
const ARCHIVE_INTERRUPTED: &str =
    "Archiving was interrupted; nothing was lost. Archive it again if you like.";
const TREE_LOST: &str = "Its worktree is gone: it was moved or deleted outside the app. The branch and its commits \
                         are kept; retry makes the worktree again.";

impl Workspaces {
    /// Settles every row that is not at rest. Answers the workspaces to `provision` now. Called once at start,
    /// after the processes of an earlier run were ended and before anything else uses the handle. What can't be
    /// written now stays as it is, for [`Workspaces::settle`].
    pub async fn recover(&self) -> Result<Vec<WorkspaceId>, WorkspaceError> {
        let mut to_provision = Vec::new();
        for row in self.list().await? {
            let id = row.id.clone();
            let settled = match row.state {
                WorkspaceState::Ready => self.look_after(&row).await.map(|()| false),
                _ => self.settle_row(row).await,
            };
            match settled {
                Ok(true) => to_provision.push(id),
                Ok(false) => {}
                Err(error) => tracing::error!(workspace = %id, %error, "it could not be settled"),
            }
        }
        Ok(to_provision)
    }

    /// Settles one row that is not at rest although nobody works on it: the database could not be written when the
    /// step's end was to be recorded. Answers whether to `provision` it now. Waits for a step that runs.
    pub async fn settle(&self, id: &WorkspaceId) -> Result<bool, WorkspaceError> {
        let _lane = self.lane(id).await;
        let row = self.get(id).await?;
        self.settle_row(row).await
    }

    async fn settle_row(&self, row: Workspace) -> Result<bool, WorkspaceError> {
        match row.state {
            WorkspaceState::New => Ok(true),
            WorkspaceState::Provisioning => Ok(!self.settle_set_up(&row).await?),
            WorkspaceState::Archiving { was_ready } => {
                self.settle_archive(&row, was_ready).await?;
                Ok(false)
            }
            WorkspaceState::Ready | WorkspaceState::Failed { .. } | WorkspaceState::Archived => {
                Ok(false)
            }
        }
    }

    /// Whether an interrupted set-up had reached its end; otherwise it is begun again.
    async fn settle_set_up(&self, row: &Workspace) -> Result<bool, WorkspaceError> {
        // Content that waits to be restored may be half written, so such a tree is not taken as done.
        let known = row.base_commit.is_some() && row.archive_checkpoint.is_none();
        let done = known && matches!(self.look(row).await, Ok(Standing::Whole));
        self.change(&row.id, move |row| {
            if done {
                moved_on(row, WorkspaceInput::Provisioned)?;
                row.notice = Some(SET_UP_WAS_DONE.into());
            } else {
                // Not failed: killed again before it began, it would wait for the person for ever.
                moved_on(row, WorkspaceInput::Interrupted)?;
            }
            Ok(())
        })
        .await?;
        Ok(done)
    }

    async fn look_after(&self, row: &Workspace) -> Result<(), WorkspaceError> {
        match self.look(row).await {
            // Another branch or a rebase in progress is the agent's or the person's doing.
            Ok(Standing::Whole | Standing::Other) => {}
            Ok(Standing::Gone) => {
                self.change(&row.id, |row| {
                    let cause = TREE_LOST.into();
                    moved_on(row, WorkspaceInput::TreeLost { cause })
                })
                .await?;
            }
            Err(error) => {
                let notice = format!("Its worktree could not be checked. {}", error.for_card());
                self.note(&row.id, &notice).await?;
            }
        }
        Ok(())
    }

    async fn settle_archive(&self, row: &Workspace, was_ready: bool) -> Result<(), WorkspaceError> {
        let gone = matches!(self.look(row).await, Ok(Standing::Gone));
        let saved = row.archive_checkpoint.is_some() || !was_ready;
        if gone && saved {
            self.finish_removal(row).await;
            self.change(&row.id, |row| moved_on(row, WorkspaceInput::Archived))
                .await?;
        } else {
            let checkpoint = row.archive_checkpoint.clone();
            self.roll_back(&row.id, ARCHIVE_INTERRUPTED.into(), checkpoint)
                .await?;
            if gone {
                self.look_after(&self.get(&row.id).await?).await?;
            }
        }
        Ok(())
    }

    /// The tree was moved aside; git's entry or the remains may still be there.
    async fn finish_removal(&self, row: &Workspace) {
        let removed = match self.project_of(row).await {
            Ok(project) => {
                let (root, path) = (self.0.root.clone(), row.path.clone());
                self.in_git(move |git| git.remove(&project.path, &root, &path))
                    .await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = removed {
            tracing::warn!(workspace = %row.id, %error, "remains of an archived worktree were left");
        }
    }

    async fn look(&self, row: &Workspace) -> Result<Standing, WorkspaceError> {
        let repository = self.project_of(row).await?.path;
        let (path, branch) = (row.path.clone(), row.branch.clone());
        self.in_git(move |git| git.standing(&repository, &path, &branch))
            .await
    }
}
