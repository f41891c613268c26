//! The list of projects. Adding and removing one touches nothing on disk.

use crate::error::WorkspaceError;
use crate::machine::WorkspaceState;
use crate::port::{BaseBranch, ProjectStore, WorkspaceStore, Worktrees};
use crate::project::{Project, ProjectFact, ProjectSettings};
use crate::work::off_the_workers;
use kernel::{Clock, FactStream, Facts, ProjectId};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Longest instructions of a project, in bytes.
const INSTRUCTIONS: usize = 64 * 1024;
/// Longest list of checks, in bytes.
const CHECKS: usize = 4 * 1024;

/// The handle on projects. Clones are the same list.
#[derive(Clone)]
pub struct Projects(Arc<Shared>);

struct Shared {
    store: Arc<dyn ProjectStore>,
    workspaces: Arc<dyn WorkspaceStore>,
    worktrees: Arc<dyn Worktrees>,
    clock: Arc<dyn Clock>,
    facts: Facts<ProjectFact>,
    /// Held from the look at the list to the write, so that a project is added once.
    writing: Mutex<()>,
}

impl Projects {
    /// A handle on the rows of `store`.
    pub fn new(
        store: Arc<dyn ProjectStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        worktrees: Arc<dyn Worktrees>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Shared {
            store,
            workspaces,
            worktrees,
            clock,
            facts: Facts::new(),
            writing: Mutex::new(()),
        }))
    }

    /// Hears what happens to projects from now on.
    pub fn listen(&self) -> FactStream<ProjectFact> {
        self.0.facts.listen()
    }

    /// Adds the repository that `path` lies in, by its main checkout.
    pub async fn add(&self, path: PathBuf) -> Result<Project, WorkspaceError> {
        let shared = Arc::clone(&self.0);
        off_the_workers(move || shared.add(&path)).await
    }

    /// Makes a repository of these files (path inside it, content, executable or not) in a missing or empty folder,
    /// and adds it.
    pub async fn found(
        &self,
        path: PathBuf,
        files: &'static [(&'static str, &'static str, bool)],
        message: &'static str,
    ) -> Result<Project, WorkspaceError> {
        let shared = Arc::clone(&self.0);
        off_the_workers(move || {
            shared.worktrees.found(&path, files, message)?;
            shared.add(&path)
        })
        .await
    }

    /// All projects, oldest first.
    pub async fn list(&self) -> Result<Vec<Project>, WorkspaceError> {
        let shared = Arc::clone(&self.0);
        off_the_workers(move || shared.store.projects()).await
    }

    /// One project.
    pub async fn get(&self, id: &ProjectId) -> Result<Project, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.get(&id)).await
    }

    /// Changes what the person set for a project. Texts that are too long are refused.
    pub async fn save_settings(
        &self,
        id: &ProjectId,
        settings: ProjectSettings,
    ) -> Result<Project, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.save_settings(&id, settings)).await
    }

    /// Takes a project off the list; refused while a workspace of it is not archived.
    pub async fn remove(&self, id: &ProjectId) -> Result<(), WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.remove(&id)).await
    }

    /// Branches that a workspace of this project can start from.
    pub async fn bases(&self, id: &ProjectId) -> Result<Vec<BaseBranch>, WorkspaceError> {
        let (shared, id) = (Arc::clone(&self.0), id.clone());
        off_the_workers(move || shared.worktrees.bases(&shared.get(&id)?.path)).await
    }
}

impl Shared {
    fn add(&self, path: &Path) -> Result<Project, WorkspaceError> {
        let repository = self.worktrees.inspect(path)?;
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Project| known.path == repository.top_level;
        if let Some(known) = self.store.projects()?.into_iter().find(same) {
            return Err(WorkspaceError::AlreadyAdded { name: known.name });
        }
        let project = Project {
            id: ProjectId::mint(),
            name: name_of(&repository.top_level),
            path: repository.top_level,
            default_branch: repository.default_branch,
            added_at: self.clock.now(),
            settings: ProjectSettings::default(),
        };
        self.store.save_project(&project)?;
        self.facts.announce(ProjectFact::Saved(project.clone()));
        Ok(project)
    }

    fn get(&self, id: &ProjectId) -> Result<Project, WorkspaceError> {
        self.store
            .project(id)?
            .ok_or(WorkspaceError::Unknown { what: "project" })
    }

    fn save_settings(
        &self,
        id: &ProjectId,
        settings: ProjectSettings,
    ) -> Result<Project, WorkspaceError> {
        for (what, text, limit) in [
            ("instructions", &settings.instructions, INSTRUCTIONS),
            ("checks", &settings.checks, CHECKS),
        ] {
            if text.len() > limit {
                let limit_kib = limit / 1024;
                return Err(WorkspaceError::TooLong { what, limit_kib });
            }
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let project = Project {
            settings,
            ..self.get(id)?
        };
        self.store.save_project(&project)?;
        self.facts.announce(ProjectFact::Saved(project.clone()));
        Ok(project)
    }

    fn remove(&self, id: &ProjectId) -> Result<(), WorkspaceError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let project = self.get(id)?;
        let rows = self.workspaces.workspaces()?;
        let open = |state: &WorkspaceState| *state != WorkspaceState::Archived;
        let workspaces = rows
            .iter()
            .filter(|row| row.project == *id && open(&row.state))
            .count();
        if workspaces > 0 {
            return Err(WorkspaceError::InUse {
                name: project.name,
                workspaces,
            });
        }
        self.store.remove_project(id)?;
        self.facts.announce(ProjectFact::Removed(id.clone()));
        Ok(())
    }
}

fn name_of(top_level: &Path) -> String {
    let folder = top_level.file_name().unwrap_or(top_level.as_os_str());
    crate::naming::display_name(&folder.to_string_lossy()).unwrap_or_else(|| "project".into())
}
