//! The house without a window: real database, real git, and agents that are steered or real.

use editor::{Desktop, Editors};
use git::Git;
use kernel::{AgentId, Clock, ProjectId, SessionId, Timestamp, WorkspaceId};
use orchestration::flows::Task;
use orchestration::{FlowError, Orchestration, Rooms, Running};
use process::Tag;
use session::port::{AgentRegistry, AgentRuntime, Ports};
use session::{Answer, Entry, OptionKind, SessionSummary};
use snapshot::Card;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

use crate::agents::SteeredAgents;
use crate::disk::Disk;
use crate::memory::SteeredMemory;
use crate::real_agents::RealAgents;
use crate::repository::Repository;
use crate::telling::told;

/// How long a story waits for a fact before it fails. Generous: machines are slow, facts are certain.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A secret in the environment of every house.
pub const HOUSE_KEY: &str = "the/key\"of the house";

/// A house with agents that the test steers.
pub type App = House<SteeredAgents>;
/// A house with agents that are real processes.
pub type RealApp = House<RealAgents>;

/// Who plays the agents of a house.
pub trait Cast: AgentRuntime + Sized + 'static {
    /// For a data directory: who starts agents, and which ones there are.
    fn hire(home: &Path) -> (Arc<Self>, Arc<dyn AgentRegistry>);
}

/// A running house in a temp folder.
pub struct House<A> {
    /// The flows.
    pub flows: Orchestration,
    /// Who starts its agents.
    pub agents: Arc<A>,
    /// A project's repository, not added yet.
    pub repository: Repository,
    /// What its database is written to.
    pub disk: Arc<Disk>,
    /// What its machine says of its memory.
    pub memory: Arc<SteeredMemory>,
    running: Option<Running>,
    folder: Folder,
}

/// Where everything of a house is.
enum Folder {
    /// Gone with the house.
    Temp(TempDir),
    /// Somebody else's to remove.
    Lent(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Temp(folder) => folder.path(),
            Self::Lent(folder) => folder,
        }
    }
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

/// Builds the house on a data directory, as the app does, with this program for git; all that git starts bears the tag.
///
/// # Panics
/// If what is stored can't be read.
pub async fn move_in<A: Cast>(
    home: &Path,
    disk: Arc<Disk>,
    memory: Arc<SteeredMemory>,
    tag: Tag,
    git: &str,
) -> (Arc<A>, Running) {
    let clock: Arc<dyn Clock> = Arc::new(RealTime);
    let git = Arc::new(Git::with_program(tag.clone(), git));
    let (agents, registry) = A::hire(home);
    let programs = session::Agents::new(registry, Arc::clone(&disk) as _);
    let rooms = Rooms {
        projects: workspace::Projects::new(
            Arc::clone(&disk) as _,
            Arc::clone(&disk) as _,
            Arc::clone(&git) as _,
            Arc::clone(&clock),
        ),
        workspaces: workspace::Workspaces::new(
            Arc::clone(&disk) as _,
            Arc::clone(&disk) as _,
            Arc::clone(&git) as _,
            Arc::clone(&git) as _,
            Arc::clone(&clock),
            home.join("worktrees"),
        ),
        // Of its own: no editor of whoever runs the tests opens.
        files: workspace::Files::new(
            Arc::clone(&git) as _,
            Arc::new(Editors::on(home.join("bin").into(), Desktop::Present)),
            Arc::clone(&clock),
        ),
        sessions: session::Sessions::new(Ports {
            store: Arc::clone(&disk) as _,
            agents: programs.clone(),
            runtime: Arc::clone(&agents) as _,
            clock: Arc::clone(&clock),
            attachments: Arc::clone(&disk) as _,
            policy: Arc::clone(&disk) as _,
            ledger: Arc::clone(&disk) as _,
            memory,
            links: Arc::new(agents::DiskLinks),
        }),
        transcripts: session::Transcripts::new(
            Arc::clone(&disk) as _,
            Arc::new(export::Folders),
            Arc::clone(&disk) as _,
            vec![("HOUSE_API_KEY".into(), HOUSE_KEY.into())],
        ),
        terminals: terminal::Terminals::new(
            Arc::new(pty::Terminals::new(
                tag.of_run(),
                std::env::var_os("PATH").unwrap_or_default(),
            )),
            Arc::clone(&clock),
        ),
        agents: programs,
        clock,
        practice: home.join("practice-project"),
    };
    let running = orchestration::start(rooms)
        .await
        .expect("the stores are readable");
    (agents, running)
}

impl House<SteeredAgents> {
    /// Forgets the running house as a crash does, and starts again on the same data.
    pub async fn crash(mut self) -> Self {
        std::mem::forget(self.running.take());
        Self::on(self.folder, self.repository, "git").await
    }

    /// Forgets the running house as a crash does, and starts again where nothing can be written.
    pub async fn crash_on_a_full_disk(mut self) -> Self {
        std::mem::forget(self.running.take());
        Self::with_room(self.folder, self.repository, "git", Some(0)).await
    }
}

impl<A: Cast> House<A> {
    /// Starts on an empty data directory.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temp folder can be made");
        let repository = Repository::make(folder.path());
        Self::on(Folder::Temp(folder), repository, "git").await
    }

    /// Starts on somebody else's data directory, with or without a house's data in it.
    pub async fn start_at(home: &Path) -> Self {
        let repository = Repository::find_or_make(home);
        Self::on(Folder::Lent(home.to_owned()), repository, "git").await
    }

    /// Stops as a quit does and starts again on the same data.
    pub async fn restart(self) -> Self {
        self.restart_with_git("git").await
    }

    /// Stops and starts again with the git of this path.
    pub async fn restart_with_git(mut self, git: &str) -> Self {
        self.running.take().expect("it runs").stop().await;
        Self::on(self.folder, self.repository, git).await
    }

    /// Stops as a quit does; answers the tag that everything it started bore.
    pub async fn quit(mut self) -> Tag {
        let tag = self.tag();
        self.running.take().expect("it runs").stop().await;
        tag
    }

    async fn on(folder: Folder, repository: Repository, git: &str) -> Self {
        Self::with_room(folder, repository, git, None).await
    }

    async fn with_room(
        folder: Folder,
        repository: Repository,
        git: &str,
        room: Option<usize>,
    ) -> Self {
        let home = folder.path();
        let database = sqlite::Database::open(&home.join("shopfloor.db"));
        let disk = Arc::new(Disk::with_room(
            database.expect("a fresh database opens"),
            room,
        ));
        let memory = Arc::new(SteeredMemory::default());
        let tag = Tag::of_home(home);
        let (agents, running) =
            move_in(home, Arc::clone(&disk), Arc::clone(&memory), tag, git).await;
        Self {
            flows: running.flows(),
            agents,
            repository,
            disk,
            memory,
            running: Some(running),
            folder,
        }
    }

    /// Adds the repository as a project.
    pub async fn add_project(&self) -> ProjectId {
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
        self.create(&project, prompt, None)
            .await
            .expect("a workspace can be created")
    }

    /// Creates a workspace with this prompt, for the default agent unless another is named.
    pub async fn create(
        &self,
        project: &ProjectId,
        prompt: &str,
        agent: Option<AgentId>,
    ) -> Result<WorkspaceId, FlowError> {
        let task = Task {
            project: project.clone(),
            prompt: prompt.into(),
            agent,
            preferred: None,
            base: None,
        };
        self.flows.create_workspace(task).await
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

    /// The first session of a workspace.
    pub fn session(&self, id: &WorkspaceId) -> SessionId {
        let card = self.flows.snapshot().card(id).expect("it has a card");
        card.sessions.first().expect("it has a session").id.clone()
    }

    /// The newest 500 entries of a conversation.
    pub async fn transcript(&self, session: &SessionId) -> Vec<Entry> {
        let page = self.flows.rooms().sessions.entries(session, None, 500);
        page.await.expect("the session exists").entries
    }

    /// Waits until a conversation is as wanted; answers it.
    pub async fn transcript_until(
        &self,
        session: &SessionId,
        wanted: impl Fn(&[Entry]) -> bool,
    ) -> Vec<Entry> {
        let mut facts = self.flows.rooms().sessions.listen();
        let mut entries = self.transcript(session).await;
        let found = tokio::time::timeout(PATIENCE, async {
            while !wanted(&entries) {
                facts.next().await;
                entries = self.transcript(session).await;
            }
        });
        if found.await.is_err() {
            panic!(
                "the conversation never came to be as wanted: {:#?}",
                told(&entries)
            );
        }
        entries
    }

    /// Waits until a session's summary is as wanted; answers it.
    pub async fn summary_until(
        &self,
        session: &SessionId,
        wanted: impl Fn(&SessionSummary) -> bool,
    ) -> SessionSummary {
        let sessions = &self.flows.rooms().sessions;
        let mut facts = sessions.listen();
        let now = || sessions.summary(session).expect("the session exists");
        let found = tokio::time::timeout(PATIENCE, async {
            while !wanted(&now()) {
                facts.next().await;
            }
        });
        if found.await.is_err() {
            panic!("the session never came to be as wanted: {:#?}", now());
        }
        now()
    }

    /// Answers the session's only open request by the choice of this kind.
    pub async fn choose(&self, session: &SessionId, kind: OptionKind) {
        let sessions = &self.flows.rooms().sessions;
        let summary = sessions.summary(session).expect("the session exists");
        let [request] = summary.pending.as_slice() else {
            panic!("one open request expected: {:#?}", summary.pending);
        };
        let option = request
            .ask
            .options
            .iter()
            .find(|option| option.kind == kind);
        let id = option.expect("the choice was offered").id.clone();
        sessions
            .answer(session, &request.id, Answer::Option { id })
            .await
            .expect("the request is open");
    }

    /// The tag of everything this house starts.
    pub fn tag(&self) -> Tag {
        Tag::of_home(self.folder())
    }

    /// The folder that holds everything of this house.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
