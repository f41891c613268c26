//! Files of a worktree: found while one types, handed to an agent, opened in the person's editor.

use kernel::WorkspaceId;
use session::{Attachment, attachments};
use std::path::{Path, PathBuf};
use workspace::FileHit;

use crate::Orchestration;
use crate::flows::FlowError;

impl Orchestration {
    /// At most 50 files of the workspace that fit the letters, best first.
    #[tracing::instrument(skip(self, query))]
    pub async fn find_files(
        &self,
        id: &WorkspaceId,
        query: String,
    ) -> Result<Vec<FileHit>, FlowError> {
        let row = self.rooms.workspaces.get(id).await?;
        Ok(self.rooms.files.find(&row, query).await?)
    }

    /// What becomes of files that the person chose or dropped: pictures go along as they are, all else by its path,
    /// which the agent reads itself. A path that is not absolute is one of the worktree.
    #[tracing::instrument(skip_all)]
    pub async fn attach_files(
        &self,
        id: &WorkspaceId,
        paths: Vec<PathBuf>,
    ) -> Result<Vec<Attachment>, FlowError> {
        let row = self.rooms.workspaces.get(id).await?;
        let mut attached = Vec::with_capacity(paths.len());
        for path in paths {
            attached.push(self.attach_file(&row.path, &row.path.join(path)).await?);
        }
        Ok(attached)
    }

    /// Opens a file of the workspace in the person's editor; a path that is not absolute is one of the worktree.
    #[tracing::instrument(skip(self, editor))]
    pub async fn open_in_editor(
        &self,
        id: &WorkspaceId,
        path: PathBuf,
        line: Option<u32>,
        editor: Option<String>,
    ) -> Result<(), FlowError> {
        let row = self.rooms.workspaces.get(id).await?;
        Ok(self.rooms.files.edit(&row, path, line, editor).await?)
    }

    async fn attach_file(&self, tree: &Path, path: &Path) -> Result<Attachment, FlowError> {
        let name = name_in(tree, path);
        let limit = u64::try_from(attachments::PICTURE).unwrap_or(u64::MAX);
        let bytes = self.rooms.files.read(path, limit).await?;
        if let Some(bytes) = bytes.filter(|bytes| attachments::picture(bytes).is_some()) {
            return Ok(self.rooms.sessions.attach(name, "", bytes).await?);
        }
        let path = path.display().to_string();
        Ok(Attachment::File { name, path })
    }
}

/// The path in the worktree, or the file's name.
fn name_in(tree: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(tree).ok();
    let name = inside.or_else(|| path.file_name().map(Path::new));
    name.unwrap_or(path).display().to_string()
}
