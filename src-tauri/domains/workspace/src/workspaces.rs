//! The handle on workspaces: every change of a row is one guarded write, announced in the order it was written.
//!
//! Rows change under one short lock; trees change under one async lock per workspace, so there are never two
//! writers on one worktree. The longer steps are in `set_up.rs`, `archive.rs` and `recover.rs`.

use crate::error::WorkspaceError;
use crate::machine::{WorkspaceInput, WorkspaceState, step};
use crate::naming::{self, Names};
use crate::port::{Diffs, ProjectStore, WorkspaceStore, Worktrees};
use crate::project::Project;
use crate::work::off_the_workers;
use crate::workspace::{Workspace, WorkspaceFact};
use kernel::{AgentId, Clock, FactStream, Facts, ProjectId, WorkspaceId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The handle on workspaces. Clones are the same list.
#[derive(Clone)]
pub struct Workspaces(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) projects: Arc<dyn ProjectStore>,
    pub(crate) store: Arc<dyn WorkspaceStore>,
    pub(crate) worktrees: Arc<dyn Worktrees>,
    pub(crate) diffs: Arc<dyn Diffs>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Every worktree of ours is `<root>/<project>/<workspace>`; nothing outside is ever removed.
    pub(crate) root: PathBuf,
    facts: Facts<WorkspaceFact>,
    writing: Mutex<()>,
    lanes: Mutex<HashMap<WorkspaceId, Arc<tokio::sync::Mutex<()>>>>,
}

/// What a workspace is made from.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    /// The project it belongs to.
    pub project: ProjectId,
    /// What the person typed; its first words name the workspace.
    pub prompt: String,
    /// Branch or commit to start from; the project's default branch when `None`.
    pub base: Option<String>,
    /// The agent it is for.
    pub agent: Option<AgentId>,
}

impl Workspaces {
    /// A handle on the rows of `store`, with worktrees under `root`, an absolute path.
    pub fn new(
        projects: Arc<dyn ProjectStore>,
        store: Arc<dyn WorkspaceStore>,
        worktrees: Arc<dyn Worktrees>,
        diffs: Arc<dyn Diffs>,
        clock: Arc<dyn Clock>,
        root: PathBuf,
    ) -> Self {
        Self(Arc::new(Shared {
            projects,
            store,
            worktrees,
            diffs,
            clock,
            root,
            facts: Facts::new(),
            writing: Mutex::new(()),
            lanes: Mutex::default(),
        }))
    }

    /// Hears what happens to workspaces from now on.
    pub fn listen(&self) -> FactStream<WorkspaceFact> {
        self.0.facts.listen()
    }

    /// Records a workspace in state `New`: named, with its own branch and path, nothing on disk yet. A base that does
    /// not exist is refused here, while whoever typed it still looks at it.
    pub async fn create(&self, new: NewWorkspace) -> Result<Workspace, WorkspaceError> {
        let shared = Arc::clone(&self.0);
        off_the_workers(move || shared.create(new)).await
    }

    /// All workspaces, archived ones too, oldest first.
    pub async fn list(&self) -> Result<Vec<Workspace>, WorkspaceError> {
        let shared = Arc::clone(&self.0);
        off_the_workers(move || shared.store.workspaces()).await
    }

    /// One workspace.
    pub async fn get(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.row(&id)).await
    }

    /// The person looks at it now. Its notice stays until it is dismissed: a look is not yet reading.
    pub async fn mark_seen(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        let now = self.0.clock.now();
        self.change(id, move |row| {
            row.seen_at = Some(now);
            Ok(())
        })
        .await
    }

    /// The person has read the remark on its card.
    pub async fn dismiss_notice(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        self.change(id, |row| {
            row.notice = None;
            Ok(())
        })
        .await
    }

    /// Puts a remark on its card until the person dismisses it.
    pub async fn note(&self, id: &WorkspaceId, text: &str) -> Result<Workspace, WorkspaceError> {
        let text = text.to_owned();
        self.change(id, move |row| {
            row.notice = Some(text);
            Ok(())
        })
        .await
    }

    /// Gives it another display name; branch and folder stay. A name without a letter or digit changes nothing.
    pub async fn rename(&self, id: &WorkspaceId, name: &str) -> Result<Workspace, WorkspaceError> {
        let name = naming::display_name(name);
        self.change(id, move |row| {
            if let Some(name) = name {
                row.name = name;
            }
            Ok(())
        })
        .await
    }

    /// Announces that files of its worktree may have changed.
    pub fn touched(&self, id: &WorkspaceId) {
        self.0
            .facts
            .announce(WorkspaceFact::TreeTouched(id.clone()));
    }

    /// Loads the row, lets `edit` change it, writes it guarded, announces it.
    pub(crate) async fn change(
        &self,
        id: &WorkspaceId,
        edit: impl FnOnce(&mut Workspace) -> Result<(), WorkspaceError> + Send + 'static,
    ) -> Result<Workspace, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.change(&id, edit)).await
    }

    /// Runs blocking work on the git side.
    pub(crate) async fn in_git<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Worktrees) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, WorkspaceError> {
        let worktrees = Arc::clone(&self.0.worktrees);
        off_the_workers(move || work(worktrees.as_ref())).await
    }

    /// The project of a workspace.
    pub(crate) async fn project_of(&self, row: &Workspace) -> Result<Project, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), row.project.clone());
        off_the_workers(move || shared.project(&id)).await
    }

    /// The right to change a workspace's tree, until dropped.
    pub(crate) async fn lane(&self, id: &WorkspaceId) -> tokio::sync::OwnedMutexGuard<()> {
        let lane = {
            let mut lanes = lock(&self.0.lanes);
            Arc::clone(lanes.entry(id.clone()).or_default())
        };
        lane.lock_owned().await
    }
}

impl Shared {
    fn create(&self, new: NewWorkspace) -> Result<Workspace, WorkspaceError> {
        let project = self.project(&new.project)?;
        let base = new.base.unwrap_or(project.default_branch);
        self.worktrees.check_base(&project.path, &base)?;
        let branches = self.worktrees.branches(&project.path)?;
        let id = WorkspaceId::mint();
        let now = self.clock.now();

        let _writing = lock(&self.writing);
        let rows = self.store.workspaces()?;
        let folder = self.root.join(naming::project_directory(&project.name));
        let names = names(&new.prompt, &id, branches, &rows, &folder);
        let workspace = Workspace {
            id,
            project: project.id,
            name: names.name,
            branch: names.branch,
            base,
            base_commit: None,
            path: folder.join(names.directory),
            agent: new.agent,
            state: WorkspaceState::New,
            steps: Vec::new(),
            notice: None,
            archive_checkpoint: None,
            seen_at: None,
            created_at: now,
            state_since: now,
        };
        self.store.insert_workspace(&workspace)?;
        self.facts.announce(WorkspaceFact::Saved(workspace.clone()));
        Ok(workspace)
    }

    fn change(
        &self,
        id: &WorkspaceId,
        edit: impl FnOnce(&mut Workspace) -> Result<(), WorkspaceError>,
    ) -> Result<Workspace, WorkspaceError> {
        let _writing = lock(&self.writing);
        let before = self.row(id)?;
        let mut after = before.clone();
        edit(&mut after)?;
        if after == before {
            return Ok(after);
        }
        if after.state != before.state {
            after.state_since = self.clock.now();
        }
        if !self.store.update_workspace(&before.state, &after)? {
            return Err(WorkspaceError::Store(
                "somebody else changed the workspace at the same moment".into(),
            ));
        }
        self.facts.announce(WorkspaceFact::Saved(after.clone()));
        Ok(after)
    }

    pub(crate) fn row(&self, id: &WorkspaceId) -> Result<Workspace, WorkspaceError> {
        self.store
            .workspace(id)?
            .ok_or(WorkspaceError::Unknown { what: "workspace" })
    }

    fn project(&self, id: &ProjectId) -> Result<Project, WorkspaceError> {
        self.projects
            .project(id)?
            .ok_or(WorkspaceError::Unknown { what: "project" })
    }
}

/// Moves a row on in its life, if the input applies.
pub(crate) fn moved_on(row: &mut Workspace, input: WorkspaceInput) -> Result<(), WorkspaceError> {
    row.state = step(&row.state, input)?;
    Ok(())
}

fn names(
    prompt: &str,
    id: &WorkspaceId,
    mut branches: Vec<String>,
    rows: &[Workspace],
    folder: &Path,
) -> Names {
    // Branches of rows that are still `New` don't exist in git yet.
    branches.extend(rows.iter().map(|row| row.branch.clone()));
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    naming::names(prompt, hasher.finish(), &branches, |directory| {
        let path = folder.join(directory);
        rows.iter().any(|row| row.path == path)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
