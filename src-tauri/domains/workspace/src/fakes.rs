//! Fake ports for this domain's tests: rows in memory, trees in a map, and gates to stop git where a test wants it.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::changes::{Against, Changes, FileDiff, Numbers};
use crate::machine::WorkspaceState;
use crate::port::{
    BaseBranch, Checkpoint, Diffs, NewWorktree, ProjectStore, Repository, Standing, TreeToRead,
    WorkspaceStore, Worktrees,
};
use crate::{NewWorkspace, Project, Projects, Workspace, WorkspaceError, Workspaces};
use kernel::{Clock, ProjectId, Timestamp, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

#[derive(Default)]
pub struct Rows {
    pub projects: Mutex<Vec<Project>>,
    pub workspaces: Mutex<Vec<Workspace>>,
}

impl ProjectStore for Rows {
    fn projects(&self) -> Result<Vec<Project>, WorkspaceError> {
        Ok(self.projects.lock().unwrap().clone())
    }
    fn project(&self, id: &ProjectId) -> Result<Option<Project>, WorkspaceError> {
        let rows = self.projects.lock().unwrap();
        Ok(rows.iter().find(|row| row.id == *id).cloned())
    }
    fn save_project(&self, project: &Project) -> Result<(), WorkspaceError> {
        self.projects.lock().unwrap().push(project.clone());
        Ok(())
    }
    fn remove_project(&self, id: &ProjectId) -> Result<(), WorkspaceError> {
        self.projects.lock().unwrap().retain(|row| row.id != *id);
        Ok(())
    }
}

impl WorkspaceStore for Rows {
    fn workspaces(&self) -> Result<Vec<Workspace>, WorkspaceError> {
        Ok(self.workspaces.lock().unwrap().clone())
    }
    fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, WorkspaceError> {
        let rows = self.workspaces.lock().unwrap();
        Ok(rows.iter().find(|row| row.id == *id).cloned())
    }
    fn insert_workspace(&self, workspace: &Workspace) -> Result<(), WorkspaceError> {
        self.workspaces.lock().unwrap().push(workspace.clone());
        Ok(())
    }
    fn update_workspace(
        &self,
        expected: &WorkspaceState,
        workspace: &Workspace,
    ) -> Result<bool, WorkspaceError> {
        let mut rows = self.workspaces.lock().unwrap();
        let row = rows.iter_mut().find(|row| row.id == workspace.id);
        Ok(row.is_some_and(|row| {
            let same = row.state == *expected;
            if same {
                *row = workspace.clone();
            }
            same
        }))
    }
}

/// Git in memory. A gate on a call's name lets the test know that the call began, and holds it until told.
#[derive(Default)]
pub struct Trees {
    pub calls: Mutex<Vec<String>>,
    pub branches: Mutex<BTreeSet<String>>,
    /// Path → branch.
    pub trees: Mutex<BTreeMap<PathBuf, String>>,
    pub failing: Mutex<BTreeSet<&'static str>>,
    gates: Mutex<BTreeMap<&'static str, Gate>>,
    writers: AtomicU64,
}

struct Gate {
    began: mpsc::Sender<()>,
    go: mpsc::Receiver<()>,
}

/// The test's side of a gate.
pub struct Held {
    pub began: mpsc::Receiver<()>,
    pub go: mpsc::Sender<()>,
}

impl Trees {
    pub fn hold(&self, call: &'static str) -> Held {
        let (began, began_here) = mpsc::channel();
        let (go_here, go) = mpsc::channel();
        self.gates.lock().unwrap().insert(call, Gate { began, go });
        Held {
            began: began_here,
            go: go_here,
        }
    }

    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn call(&self, name: &'static str, about: &str) -> Result<(), WorkspaceError> {
        self.calls
            .lock()
            .unwrap()
            .push(format!("{name} {about}").trim().to_owned());
        let gate = self.gates.lock().unwrap().remove(name);
        if let Some(gate) = gate {
            gate.began.send(()).unwrap();
            gate.go.recv().unwrap();
        }
        if self.failing.lock().unwrap().contains(name) {
            return Err(WorkspaceError::DiskFull);
        }
        Ok(())
    }

    fn write<T>(
        &self,
        work: impl FnOnce() -> Result<T, WorkspaceError>,
    ) -> Result<T, WorkspaceError> {
        assert_eq!(
            self.writers.fetch_add(1, Ordering::SeqCst),
            0,
            "two writers on one tree"
        );
        let answer = work();
        self.writers.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}

impl Worktrees for Trees {
    fn inspect(&self, path: &Path) -> Result<Repository, WorkspaceError> {
        self.call("inspect", "")?;
        Ok(Repository {
            top_level: path.to_owned(),
            default_branch: "main".into(),
        })
    }
    fn found(&self, _: &Path, _: &[(&str, &str, bool)], _: &str) -> Result<(), WorkspaceError> {
        self.write(|| self.call("found", ""))
    }
    fn bases(&self, _: &Path) -> Result<Vec<BaseBranch>, WorkspaceError> {
        Ok(vec![BaseBranch {
            name: "main".into(),
            remote: false,
        }])
    }
    fn check_base(&self, _: &Path, base: &str) -> Result<(), WorkspaceError> {
        match base {
            "main" => Ok(()),
            _ => Err(WorkspaceError::NoSuchBase { base: base.into() }),
        }
    }
    fn branches(&self, _: &Path) -> Result<Vec<String>, WorkspaceError> {
        Ok(self.branches.lock().unwrap().iter().cloned().collect())
    }
    fn create(&self, new: &NewWorktree) -> Result<String, WorkspaceError> {
        self.write(|| {
            self.call("create", &new.branch)?;
            self.branches.lock().unwrap().insert(new.branch.clone());
            self.trees
                .lock()
                .unwrap()
                .insert(new.path.clone(), new.branch.clone());
            Ok("base".into())
        })
    }
    fn reopen(
        &self,
        _: &Path,
        path: &Path,
        branch: &str,
        start: &str,
    ) -> Result<(), WorkspaceError> {
        self.write(|| {
            self.call("reopen", start)?;
            self.trees
                .lock()
                .unwrap()
                .insert(path.to_owned(), branch.to_owned());
            Ok(())
        })
    }
    fn standing(&self, _: &Path, path: &Path, branch: &str) -> Result<Standing, WorkspaceError> {
        self.call("standing", "")?;
        Ok(match self.trees.lock().unwrap().get(path) {
            None => Standing::Gone,
            Some(on) if on == branch => Standing::Whole,
            Some(_) => Standing::Other,
        })
    }
    fn checkpoint(&self, _: &Path, label: &str, _: &str) -> Result<Checkpoint, WorkspaceError> {
        self.write(|| {
            let why = label.split('/').next().unwrap();
            self.call("checkpoint", why)?;
            Ok(Checkpoint {
                commit: "saved".into(),
                reference: format!("refs/shopfloor/{label}"),
            })
        })
    }
    fn restore(&self, _: &Path, checkpoint: &str, _: &str) -> Result<(), WorkspaceError> {
        self.write(|| self.call("restore", checkpoint))
    }
    fn remove(&self, _: &Path, _: &Path, path: &Path) -> Result<(), WorkspaceError> {
        self.write(|| {
            self.call("remove", "")?;
            self.trees.lock().unwrap().remove(path);
            Ok(())
        })
    }
}

impl Diffs for Trees {
    fn changes(&self, tree: &TreeToRead, against: Against) -> Result<Changes, WorkspaceError> {
        self.call("changes", &format!("{} {against:?}", tree.base_commit))?;
        Ok(Changes {
            against,
            files: Vec::new(),
            additions: 0,
            deletions: 0,
            truncated: false,
        })
    }
    fn file_diff(&self, _: &TreeToRead, _: Against, key: &str) -> Result<FileDiff, WorkspaceError> {
        self.call("file_diff", key)?;
        Err(WorkspaceError::Unknown { what: "file" })
    }
    fn numbers(&self, tree: &TreeToRead) -> Result<Numbers, WorkspaceError> {
        self.call("numbers", &tree.base)?;
        Ok(Numbers {
            files: 3,
            ..Numbers::default()
        })
    }
}

/// Every look at the clock is a millisecond later.
#[derive(Default)]
pub struct Ticks(AtomicU64);

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

pub struct World {
    pub rows: Arc<Rows>,
    pub git: Arc<Trees>,
    pub projects: Projects,
    pub workspaces: Workspaces,
}

impl World {
    pub fn new() -> Self {
        Self::over(Arc::default(), Arc::default())
    }

    /// The app started again over what an earlier one left.
    pub fn over(rows: Arc<Rows>, git: Arc<Trees>) -> Self {
        let clock = Arc::new(Ticks::default());
        let projects = Projects::new(rows.clone(), rows.clone(), git.clone(), clock.clone());
        let root = PathBuf::from("/home/worktrees");
        let workspaces = Workspaces::new(
            rows.clone(),
            rows.clone(),
            git.clone(),
            git.clone(),
            clock,
            root,
        );
        Self {
            rows,
            git,
            projects,
            workspaces,
        }
    }

    pub async fn project(&self) -> Project {
        match self.projects.list().await.unwrap().pop() {
            Some(project) => project,
            None => self.projects.add("/code/My App".into()).await.unwrap(),
        }
    }

    pub async fn created(&self, prompt: &str) -> Workspace {
        let new = NewWorkspace {
            project: self.project().await.id,
            prompt: prompt.into(),
            base: None,
            agent: None,
        };
        self.workspaces.create(new).await.unwrap()
    }

    pub async fn ready(&self, prompt: &str) -> Workspace {
        let row = self.created(prompt).await;
        self.workspaces.provision(&row.id).await.unwrap()
    }

    /// Puts a row into a state behind the handle's back, as a crash leaves it.
    pub fn left_in(&self, id: &WorkspaceId, edit: impl FnOnce(&mut Workspace)) {
        let mut rows = self.rows.workspaces.lock().unwrap();
        edit(rows.iter_mut().find(|row| row.id == *id).unwrap());
    }
}
