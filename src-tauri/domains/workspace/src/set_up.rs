//! Set-up: from a row to a worktree, by visible steps.
//!
//! Invariant: an archive that arrives meanwhile takes the row away at once and the tree as soon as the running step
//! is over; set-up notices at its next write and stops.

use crate::error::WorkspaceError;
use crate::machine::{WorkspaceInput, WorkspaceState};
use crate::port::{NewWorktree, Standing, Worktrees};
use crate::work::to_the_end;
use crate::workspace::{SetupStep, SetupStepState, Workspace};
use crate::workspaces::{Workspaces, moved_on};
use kernel::WorkspaceId;

impl Workspaces {
    /// Makes branch and worktree of a workspace that is new or failed. `Ok` means it is ready; on an error the row is
    /// `Failed` with the cause, unless it was archived meanwhile.
    pub async fn provision(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        let (all, id) = (self.clone(), id.clone());
        to_the_end(async move { all.begin(&id, WorkspaceInput::Provision).await }).await
    }

    /// Brings an archived workspace back: a worktree on its kept branch, with the content that was saved at archive.
    /// `Ok` means it is ready; on an error the row is `Failed` with the cause, and the saved content stays.
    pub async fn unarchive(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        let (all, id) = (self.clone(), id.clone());
        to_the_end(async move { all.begin(&id, WorkspaceInput::Unarchive).await }).await
    }

    async fn begin(
        &self,
        id: &WorkspaceId,
        input: WorkspaceInput,
    ) -> Result<Workspace, WorkspaceError> {
        let _lane = self.lane(id).await;
        let row = self
            .change(id, |row| {
                moved_on(row, input)?;
                row.steps.clear();
                Ok(())
            })
            .await?;
        let made = match self.make(&row).await {
            Ok(()) => {
                self.change(id, |row| {
                    still_ours(row)?;
                    moved_on(row, WorkspaceInput::Provisioned)?;
                    row.archive_checkpoint = None;
                    Ok(())
                })
                .await
            }
            Err(error) => Err(error),
        };
        match made {
            Ok(row) => {
                self.touched(id);
                Ok(row)
            }
            Err(error) => {
                self.give_up(id, &error).await;
                Err(error)
            }
        }
    }

    async fn make(&self, row: &Workspace) -> Result<(), WorkspaceError> {
        let repository = self.project_of(row).await?.path;
        match row.base_commit.clone() {
            None => {
                let new = NewWorktree {
                    repository: repository.clone(),
                    path: row.path.clone(),
                    branch: row.branch.clone(),
                    base: row.base.clone(),
                };
                let title = format!("Create worktree on {}", row.branch);
                let commit = self.step(row, &title, move |git| git.create(&new)).await?;
                self.change(&row.id, |row| {
                    row.base_commit = Some(commit);
                    Ok(())
                })
                .await?;
            }
            Some(base_commit) => {
                let start = match &row.archive_checkpoint {
                    // What HEAD was at archive.
                    Some(checkpoint) => format!("{checkpoint}^1"),
                    None => base_commit,
                };
                let (repository, path, branch) =
                    (repository.clone(), row.path.clone(), row.branch.clone());
                let title = format!("Create worktree on {}", row.branch);
                self.step(row, &title, move |git| {
                    git.reopen(&repository, &path, &branch, &start)
                })
                .await?;
            }
        }
        if let Some(checkpoint) = row.archive_checkpoint.clone() {
            let path = row.path.clone();
            let label = self.label("before-restore", row);
            self.step(row, "Restore saved files", move |git| {
                git.restore(&path, &checkpoint, &label)
            })
            .await?;
        }
        let (path, branch) = (row.path.clone(), row.branch.clone());
        self.step(row, "Check worktree", move |git| {
            match git.standing(&repository, &path, &branch)? {
                Standing::Whole => Ok(()),
                Standing::Other | Standing::Gone => Err(WorkspaceError::Git {
                    action: "make a whole worktree".into(),
                    said: format!("{} is not a worktree on {branch}", path.display()),
                }),
            }
        })
        .await
    }

    /// Runs one visible step: saved and announced when it begins and when it ends.
    async fn step<T: Send + 'static>(
        &self,
        row: &Workspace,
        title: &str,
        work: impl FnOnce(&dyn Worktrees) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, WorkspaceError> {
        let begun = SetupStep {
            title: title.to_owned(),
            state: SetupStepState::Running,
            started_at: self.0.clock.now(),
            ended_at: None,
            note: None,
        };
        self.change(&row.id, |row| {
            still_ours(row)?;
            row.steps.push(begun);
            Ok(())
        })
        .await?;
        let answer = self.in_git(work).await;
        let note = answer.as_ref().err().map(ToString::to_string);
        let now = self.0.clock.now();
        self.change(&row.id, move |row| {
            if let Some(step) = row.steps.last_mut() {
                step.state = match note {
                    None => SetupStepState::Done,
                    Some(_) => SetupStepState::Failed,
                };
                step.ended_at = Some(now);
                step.note = note;
            }
            // After the note on the step: an archive keeps what was made so far.
            Ok(())
        })
        .await?;
        answer
    }

    async fn give_up(&self, id: &WorkspaceId, error: &WorkspaceError) {
        let cause = error.for_card();
        let failed = self
            .change(id, move |row| {
                if row.state == WorkspaceState::Provisioning {
                    moved_on(row, WorkspaceInput::ProvisionFailed { cause })?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = failed {
            tracing::error!(workspace = %id, %error, "a failed set-up could not be recorded");
        }
    }

    /// Name of a checkpoint's ref below `refs/shopfloor/`; never the same twice, so none replaces another.
    pub(crate) fn label(&self, why: &str, row: &Workspace) -> String {
        format!("{why}/{}/{}", row.id, self.0.clock.now().millis())
    }
}

/// Refuses to go on when an archive took the row away.
fn still_ours(row: &Workspace) -> Result<(), WorkspaceError> {
    match row.state {
        WorkspaceState::Provisioning => Ok(()),
        _ => Err(WorkspaceError::Cancelled),
    }
}
