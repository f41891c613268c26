//! One agent, one model, one house: what each story plays in, and how it must be left.

use kernel::{SessionId, WorkspaceId};
use process::{Ended, Tag, living};
use session::{Entry, OptionKind, PendingRequest, SessionSummary};
use snapshot::Reason;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tests::app::{House, PATIENCE};
use tests::installed_agents::{InstalledAgents, Retries, Vendor};
use tests::model_server::{Ending, ModelServer, Reply};
use tests::telling::{has, short};

/// Makes a test of each story for each agent. What comes before the version in a name is what is skipped where the agent
/// could not be installed.
macro_rules! with_each_agent {
    ($($story:ident),+ $(,)?) => {
        $crate::scene::with_claude_and_codex!($($story),+);
        $crate::scene::with_shipped_entries!($($story),+);
    };
}
pub(crate) use with_each_agent;

/// Makes a test of each story for the adapters of Claude Code and Codex.
macro_rules! with_claude_and_codex {
    ($($story:ident),+ $(,)?) => {
        $crate::scene::with_agent!(claude_0_49, Claude049, $($story),+);
        $crate::scene::with_agent!(claude_0_100, Claude0100, $($story),+);
        $crate::scene::with_agent!(codex_2_6, Codex26, $($story),+);
    };
}
pub(crate) use with_claude_and_codex;

/// Makes a test of each story for the agents that are started by the entry that the app ships.
macro_rules! with_shipped_entries {
    ($($story:ident),+ $(,)?) => {
        $crate::scene::with_agent!(gemini_0_61, Gemini061, $($story),+);
        $crate::scene::with_agent!(opencode_1_18, OpenCode118, $($story),+);
        $crate::scene::with_agent!(copilot_1_0, Copilot10, $($story),+);
        $crate::scene::with_agent!(goose_1_34, Goose134, $($story),+);
        $crate::scene::with_agent!(qwen_0_15, Qwen015, $($story),+);
    };
}
pub(crate) use with_shipped_entries;

/// Makes a test of each story for one agent.
macro_rules! with_agent {
    ($agent:ident, $vendor:ident, $($story:ident),+) => {
        mod $agent {
            $(
                #[tokio::test(flavor = "multi_thread")]
                #[ignore = "needs the real agents: cargo xtask test --agents"]
                async fn $story() {
                    super::$story(tests::installed_agents::Vendor::$vendor).await;
                }
            )+
        }
    };
}
pub(crate) use with_agent;

/// How often things are looked at that tell nobody when they change.
const LOOK: Duration = Duration::from_millis(20);

/// A data directory with an agent installed, and the model behind it.
pub(crate) struct Stage {
    pub(crate) home: TempDir,
    pub(crate) model: ModelServer,
}

impl Stage {
    /// Without a house yet.
    pub(crate) fn of(vendor: Vendor, script: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(vendor, Retries::Few, script)
    }

    /// With an agent that tries again this often.
    pub(crate) fn with(
        vendor: Vendor,
        retries: Retries,
        script: impl IntoIterator<Item = Reply>,
    ) -> Self {
        let home = tempfile::tempdir().expect("a temp folder can be made");
        let model = ModelServer::start(vendor.dialect());
        model.script(script);
        vendor.install_into(home.path(), &model, retries);
        Self { home, model }
    }

    /// The tag of everything that is started for this data directory.
    pub(crate) fn tag(&self) -> Tag {
        Tag::of_home(self.home.path())
    }

    /// Opens the house and gives the agent this task.
    pub(crate) async fn begin(self, prompt: &str) -> Scene {
        let app = House::start_at(self.home.path()).await;
        let workspace = app.workspace(prompt).await;
        Scene::in_house(self, app, workspace).await
    }

    /// Opens the house on what is there: one workspace.
    pub(crate) async fn open(self) -> Scene {
        let app = House::start_at(self.home.path()).await;
        let rows = app.flows.rooms().workspaces.list().await;
        let rows = rows.expect("rows can be read");
        let workspace = rows.first().expect("there is one").id.clone();
        Scene::in_house(self, app, workspace).await
    }
}

/// A workspace with a conversation in it.
pub(crate) struct Scene {
    pub(crate) model: ModelServer,
    pub(crate) app: House<InstalledAgents>,
    pub(crate) workspace: WorkspaceId,
    pub(crate) session: SessionId,
    tree: PathBuf,
    _home: TempDir,
}

impl Scene {
    /// Gives the agent this task, with this script behind it.
    pub(crate) async fn of(
        vendor: Vendor,
        prompt: &str,
        script: impl IntoIterator<Item = Reply>,
    ) -> Self {
        Stage::of(vendor, script).begin(prompt).await
    }

    async fn in_house(stage: Stage, app: House<InstalledAgents>, workspace: WorkspaceId) -> Self {
        let tree = app.tree(&workspace).await;
        app.card(&workspace, |card| !card.sessions.is_empty()).await;
        let session = app.session(&workspace);
        Self {
            model: stage.model,
            app,
            workspace,
            session,
            tree,
            _home: stage.home,
        }
    }

    /// Waits until the board says so.
    pub(crate) async fn at(&self, reason: Reason) {
        let there = |card: &snapshot::Card| card.status.reason == reason;
        self.app.card(&self.workspace, there).await;
    }

    /// Sends another message.
    pub(crate) async fn send(&self, text: &str) {
        let session = Some(self.session.clone());
        let sent = self.app.flows.send_message(&self.workspace, session, text);
        sent.await.expect("the message is stored");
    }

    /// Stops the turn and waits until it ended so.
    pub(crate) async fn stop(&self) {
        let stopped = self.app.flows.rooms().sessions.stop_turn(&self.session);
        stopped.await.expect("there is a turn to stop");
        self.until("end: cancelled").await;
    }

    /// The model says these words from now on; the agent is sent a message and must pass them on.
    pub(crate) async fn still_talks(&self) {
        self.model.script([Reply::say("Here I am.")]);
        self.send("Are you there?").await;
        self.until("answer: Here I am.").await;
    }

    /// Waits until a line of the conversation holds this.
    pub(crate) async fn until(&self, line: &str) -> Vec<Entry> {
        let wanted = |entries: &[Entry]| has(entries, line);
        self.app.transcript_until(&self.session, wanted).await
    }

    /// Waits for the agent's question, and allows what it is about once.
    pub(crate) async fn allow(&self) {
        self.at(Reason::NeedsPermission).await;
        self.app.choose(&self.session, OptionKind::AllowOnce).await;
    }

    /// Allows once whatever is asked until the turn is over.
    pub(crate) async fn allow_all(&self) {
        loop {
            let asked_or_over = |card: &snapshot::Card| {
                matches!(
                    card.status.reason,
                    Reason::NeedsPermission | Reason::TurnFinished
                )
            };
            let card = self.app.card(&self.workspace, asked_or_over).await;
            if card.status.reason == Reason::TurnFinished {
                return;
            }
            let asked = self.pending().id;
            self.app.choose(&self.session, OptionKind::AllowOnce).await;
            // The next question may follow at once.
            let goes_on = |card: &snapshot::Card| {
                let pending = card.sessions.iter().flat_map(|session| &session.pending);
                pending.into_iter().all(|one| one.id != asked)
            };
            self.app.card(&self.workspace, goes_on).await;
        }
    }

    /// What the agent asks now.
    pub(crate) fn pending(&self) -> PendingRequest {
        self.summary().pending.pop().expect("it asks")
    }

    /// The session as the window sees it.
    pub(crate) fn summary(&self) -> SessionSummary {
        let sessions = &self.app.flows.rooms().sessions;
        sessions.summary(&self.session).expect("it exists")
    }

    /// The conversation so far.
    pub(crate) async fn transcript(&self) -> Vec<Entry> {
        self.app.transcript(&self.session).await
    }

    /// What a file of the worktree holds.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.tree.join(path)).ok()
    }

    /// Waits until there is this file in the worktree.
    pub(crate) async fn file_appears(&self, path: &str) {
        look(path, || Path::new(&self.tree.join(path)).exists()).await;
    }

    /// Waits until the agent hung up on the model's newest answer: nothing is spent any more.
    pub(crate) async fn model_is_left(&self) {
        let left = |heard: &[tests::model_server::Heard]| {
            heard
                .last()
                .is_some_and(|last| last.ending == Ending::HungUp)
        };
        self.model.heard_until(PATIENCE, left).await;
    }

    /// What lives of this house with this in its command line.
    pub(crate) fn living_with(&self, word: &str) -> Vec<Ended> {
        let mut all = living(&self.app.tag());
        all.retain(|one| one.command.contains(word));
        all
    }

    /// The person's messages in the conversation, in order.
    pub(crate) async fn prompts(&self) -> Vec<String> {
        let all = self.transcript().await;
        let lines = all.iter().map(short);
        lines.filter(|line| line.starts_with("prompt: ")).collect()
    }

    /// Quits. Nobody may live on, and nothing may have been asked of any other place than the model.
    pub(crate) async fn end(self) {
        nobody_lives(&self.app.quit().await).await;
        assert_eq!(self.model.elsewhere(), Vec::<String>::new());
    }
}

/// Waits until no process bears the tag. What was killed may take a moment to be gone.
pub(crate) async fn nobody_lives(tag: &Tag) {
    look("left over", || living(tag).is_empty()).await;
}

/// Waits for what tells nobody when it changes.
pub(crate) async fn look(what: &str, there: impl Fn() -> bool) {
    let found = tokio::time::timeout(PATIENCE, async {
        while !there() {
            tokio::time::sleep(LOOK).await;
        }
    });
    assert!(found.await.is_ok(), "never came to be: {what}");
}
