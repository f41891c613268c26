//! The house without a window: real database, real git, steered agents.

use kernel::{Clock, Timestamp, WorkspaceId};
use orchestration::{Orchestration, Rooms, Running};
use snapshot::Card;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

use crate::agents::{OneAgent, SteeredAgents};
use crate::repository::Repository;

/// How long a story waits for a fact before it fails. Generous: machines are slow, facts are certain.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running house in a temp folder.
pub struct App {
    /// The flows.
    pub flows: Orchestration,
    /// The agents it starts.
    pub agents: Arc<SteeredAgents>,
    /// A project's repository, not added yet.
    pub repository: Repository,
    running: Option<Running>,
    folder: TempDir,
}

struct RealTime;

impl Clock for RealTime {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("the clock is past 1970");
        Timestamp::from_millis(u64::try_from(since.as_millis()).expect("fits until 584542046"))
    }
}

impl App {
    /// Starts on an empty data directory.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temp folder can be made");
        let repository = Repository::make(folder.path());
        Self::on(folder, repository).await
    }

    /// Stops as a quit does and starts again on the same data.
    pub async fn restart(mut self) -> Self {
        self.running.take().expect("it runs").stop().await;
        let Self {
            folder, repository, ..
        } = self;
        Self::on(folder, repository).await
    }

    /// Forgets the running house as a crash does, and starts again on the same data.
    pub async fn crash(mut self) -> Self {
        std::mem::forget(self.running.take());
        let Self {
            folder, repository, ..
        } = self;
        Self::on(folder, repository).await
    }

    async fn on(folder: TempDir, repository: Repository) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(RealTime);
        let database = sqlite::Database::open(&folder.path().join("shopfloor.db"));
        let database = Arc::new(database.expect("a fresh database opens"));
        let git = Arc::new(git::Git::new(process::Tag::of_home(folder.path())));
        let agents = Arc::new(SteeredAgents::default());
        let programs = session::Agents::new(Arc::new(OneAgent), Arc::clone(&database) as _);
        let rooms = Rooms {
            projects: workspace::Projects::new(
                Arc::clone(&database) as _,
                Arc::clone(&database) as _,
                Arc::clone(&git) as _,
                Arc::clone(&clock),
            ),
            workspaces: workspace::Workspaces::new(
                Arc::clone(&database) as _,
                Arc::clone(&database) as _,
                Arc::clone(&git) as _,
                Arc::clone(&git) as _,
                Arc::clone(&clock),
                folder.path().join("worktrees"),
            ),
            sessions: session::Sessions::new(
                database as _,
                Arc::clone(&agents) as _,
                programs.clone(),
                Arc::clone(&clock),
            ),
            agents: programs,
            clock,
            practice: folder.path().join("practice-project"),
        };
        let running = orchestration::start(rooms)
            .await
            .expect("the stores are readable");
        Self {
            flows: running.flows(),
            agents,
            repository,
            running: Some(running),
            folder,
        }
    }

    /// Adds the repository as a project.
    pub async fn add_project(&self) -> kernel::ProjectId {
        let added = self
            .flows
            .rooms()
            .projects
            .add(self.repository.path.clone())
            .await;
        added.expect("a real repository can be added").id
    }

    /// Creates a workspace with this prompt in a new project.
    pub async fn workspace(&self, prompt: &str) -> WorkspaceId {
        let project = self.add_project().await;
        let task = orchestration::flows::Task {
            project,
            prompt: prompt.into(),
            agent: None,
            base: None,
        };
        self.flows
            .create_workspace(task)
            .await
            .expect("a workspace can be created")
    }

    /// Waits until the board shows this workspace as wanted.
    pub async fn card(&self, id: &WorkspaceId, wanted: impl Fn(&Card) -> bool) -> Arc<Card> {
        let mut feed = self.flows.snapshot().subscribe();
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                feed.next().await;
                if let Some(card) = self.flows.snapshot().card(id).filter(|card| wanted(card)) {
                    return card;
                }
            }
        });
        match found.await {
            Ok(card) => card,
            Err(_) => panic!(
                "the card never came to be as wanted: {:#?}",
                self.flows.snapshot().card(id)
            ),
        }
    }

    /// The workspace's worktree.
    pub async fn tree(&self, id: &WorkspaceId) -> PathBuf {
        self.flows
            .rooms()
            .workspaces
            .get(id)
            .await
            .expect("it exists")
            .path
    }

    /// The folder that holds everything of this house.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}
