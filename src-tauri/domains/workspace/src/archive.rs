//! Archive: off the board at once, and off the disk only after a checkpoint verified. The branch is kept.

use crate::error::WorkspaceError;
use crate::machine::{WorkspaceInput, WorkspaceState};
use crate::port::Standing;
use crate::work::to_the_end;
use crate::workspace::Workspace;
use crate::workspaces::{Workspaces, moved_on};
use kernel::WorkspaceId;

impl Workspaces {
    /// Saves the content of a workspace's worktree under a hidden ref and removes the tree. Whoever works in it was
    /// stopped before. On an error the workspace is back where it was, with the cause in its notice.
    pub async fn archive(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        let (all, id) = (self.clone(), id.clone());
        to_the_end(async move { all.archive_to_the_end(&id).await }).await
    }

    async fn archive_to_the_end(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        self.change(id, |row| {
            moved_on(row, WorkspaceInput::Archive)?;
            row.notice = None;
            Ok(())
        })
        .await?;
        self.touched(id);
        // A set-up that was running stops at its next write; its tree is ours from here on.
        let _lane = self.lane(id).await;
        let row = self.get(id).await?;
        if !matches!(row.state, WorkspaceState::Archiving { .. }) {
            // Settled meanwhile: the tree is not ours to take.
            return Ok(row);
        }
        match self.put_away(&row).await {
            Ok(()) => {
                self.change(id, |row| moved_on(row, WorkspaceInput::Archived))
                    .await
            }
            Err(error) => {
                let rolled_back = self.roll_back(id, error.for_card(), row.archive_checkpoint);
                if let Err(error) = rolled_back.await {
                    tracing::error!(workspace = %id, %error, "a failed archive could not be recorded");
                }
                Err(error)
            }
        }
    }

    async fn put_away(&self, row: &Workspace) -> Result<(), WorkspaceError> {
        let repository = self.project_of(row).await?.path;
        let (root, path, branch) = (self.0.root.clone(), row.path.clone(), row.branch.clone());
        let standing = {
            let (repository, path) = (repository.clone(), path.clone());
            self.in_git(move |git| git.standing(&repository, &path, &branch))
                .await?
        };
        if standing != Standing::Gone {
            let (path, label) = (path.clone(), self.label("archive", row));
            let message = format!("Shopfloor: {} at archive", row.name);
            let saved = self
                .in_git(move |git| git.checkpoint(&path, &label, &message))
                .await?;
            self.change(&row.id, move |row| {
                if is_content_of(row, standing) {
                    row.archive_checkpoint = Some(saved.commit);
                }
                Ok(())
            })
            .await?;
        }
        self.in_git(move |git| git.remove(&repository, &root, &path))
            .await
    }

    /// Takes an archive back; the row says why. `checkpoint` is what still waits to be restored, if the workspace
    /// was not ready.
    pub(crate) async fn roll_back(
        &self,
        id: &WorkspaceId,
        cause: String,
        checkpoint: Option<String>,
    ) -> Result<Workspace, WorkspaceError> {
        self.change(id, move |row| {
            let notice = Some(cause.clone());
            moved_on(row, WorkspaceInput::ArchiveFailed { cause })?;
            row.notice = notice;
            row.archive_checkpoint = match row.state {
                WorkspaceState::Ready => None,
                _ => checkpoint,
            };
            Ok(())
        })
        .await
    }
}

/// Whether a checkpoint of the tree is the workspace's content. A tree that was never ready is not when it is half
/// made, or when an older checkpoint still waits to be restored into it; its checkpoint is kept by its ref alone.
fn is_content_of(row: &Workspace, standing: Standing) -> bool {
    match row.state {
        WorkspaceState::Archiving { was_ready: true } => true,
        _ => row.archive_checkpoint.is_none() && standing == Standing::Whole,
    }
}
