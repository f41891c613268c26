//! What a workspace changed, pulled when somebody looks.

use crate::changes::{Against, Changes, FileDiff, Numbers};
use crate::error::WorkspaceError;
use crate::port::{Diffs, TreeToRead};
use crate::work::off_the_workers;
use crate::workspaces::Workspaces;
use kernel::WorkspaceId;
use std::sync::Arc;

impl Workspaces {
    /// The files that differ in its worktree.
    pub async fn changes(
        &self,
        id: &WorkspaceId,
        against: Against,
    ) -> Result<Changes, WorkspaceError> {
        self.read(id, move |diffs, tree| diffs.changes(tree, against))
            .await
    }

    /// One file's difference, by the key of its path.
    pub async fn file_diff(
        &self,
        id: &WorkspaceId,
        against: Against,
        key: &str,
    ) -> Result<FileDiff, WorkspaceError> {
        let key = key.to_owned();
        self.read(id, move |diffs, tree| diffs.file_diff(tree, against, &key))
            .await
    }

    /// The numbers on its card.
    pub async fn numbers(&self, id: &WorkspaceId) -> Result<Numbers, WorkspaceError> {
        self.read(id, |diffs, tree| diffs.numbers(tree)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        id: &WorkspaceId,
        look: impl FnOnce(&dyn Diffs, &TreeToRead) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || {
            let row = shared.row(&id)?;
            let base_commit = row
                .base_commit
                .ok_or(WorkspaceError::NoTree { name: row.name })?;
            let tree = TreeToRead {
                path: row.path,
                base: row.base,
                base_commit,
            };
            look(shared.diffs.as_ref(), &tree)
        })
        .await
    }
}
