//! One agent, one model, one house: what each story plays in, and how it must be left.

use kernel::{SessionId, WorkspaceId};
use process::{Tag, living};
use session::{Entry, OptionKind};
use snapshot::Reason;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tests::app::{House, PATIENCE};
use tests::installed_agents::{InstalledAgents, Vendor};
use tests::model_server::{ModelServer, Reply};

/// Makes a test of each story for each agent.
macro_rules! with_each_agent {
    ($($story:ident),+ $(,)?) => {
        with_each_agent!(@ claude_0_49, Claude049, $($story),+);
        with_each_agent!(@ claude_0_100, Claude0100, $($story),+);
        with_each_agent!(@ codex_2_6, Codex26, $($story),+);
    };
    (@ $agent:ident, $vendor:ident, $($story:ident),+) => {
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
pub(crate) use with_each_agent;

/// A workspace with a conversation in it.
pub(crate) struct Scene {
    pub(crate) model: ModelServer,
    pub(crate) app: House<InstalledAgents>,
    pub(crate) workspace: WorkspaceId,
    pub(crate) session: SessionId,
    pub(crate) tree: PathBuf,
    _home: TempDir,
}

impl Scene {
    /// Gives the agent this task, with this script behind it.
    pub(crate) async fn of(
        vendor: Vendor,
        prompt: &str,
        script: impl IntoIterator<Item = Reply>,
    ) -> Self {
        let home = tempfile::tempdir().expect("a temp folder can be made");
        let model = ModelServer::start(vendor.dialect());
        model.script(script);
        vendor.install_into(home.path(), &model);
        let app = House::start_at(home.path()).await;
        let workspace = app.workspace(prompt).await;
        let tree = app.tree(&workspace).await;
        app.card(&workspace, |card| !card.sessions.is_empty()).await;
        let session = app.session(&workspace);
        Self {
            model,
            app,
            workspace,
            session,
            tree,
            _home: home,
        }
    }

    /// Answers each permission by allowing it once until the turn is over.
    pub(crate) async fn allow_all(&self) {
        loop {
            let card = self
                .app
                .card(&self.workspace, |card| {
                    let reason = card.status.reason;
                    reason == Reason::NeedsPermission || reason == Reason::TurnFinished
                })
                .await;
            if card.status.reason == Reason::TurnFinished {
                return;
            }
            self.app.choose(&self.session, OptionKind::AllowOnce).await;
            self.app
                .card(&self.workspace, |card| {
                    card.status.reason != Reason::NeedsPermission
                })
                .await;
        }
    }

    /// The conversation so far.
    pub(crate) async fn transcript(&self) -> Vec<Entry> {
        self.app.transcript(&self.session).await
    }

    /// What a file of the worktree holds.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.tree.join(path)).ok()
    }

    /// Quits. Nobody may live on, and nothing may have been asked of any other place than the model.
    pub(crate) async fn end(self) {
        nobody_lives(&self.app.quit().await).await;
        assert_eq!(self.model.elsewhere(), Vec::<String>::new());
    }
}

/// Waits until no process bears the tag. What was killed may take a moment to be gone.
pub(crate) async fn nobody_lives(tag: &Tag) {
    let gone = tokio::time::timeout(PATIENCE, async {
        while !living(tag).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(gone.await.is_ok(), "left over: {:?}", living(tag));
}
