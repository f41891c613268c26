//! Real agents from npm, at exact versions, each in an environment of its own and with a scripted model behind it.
//!
//! Invariant: an agent sees nothing of the person who runs the tests (no home, no keys, no settings), and whatever
//! it asks of a network goes to the scripted model.

mod recipes;
mod vendor;

use kernel::AgentId;
use recipes::{MISLEADING, common};
use serde_json::{Value, json};
use session::InheritedVariable;
use session::port::{
    About, AgentCheckup, AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime,
    Detection, Inheritance, Launch,
};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;
use vendor::Listed;

use crate::app::Cast;
use crate::model_server::ModelServer;

pub use vendor::Vendor;

/// Where in a data directory its agents are listed.
const LIST: &str = "agents.json";

/// How often an agent tries again what its model's provider refused. Codex does not try for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retries {
    /// Twice, in seconds.
    Few,
    /// As a person's would: for minutes, without a word.
    AsShipped,
}

impl Vendor {
    /// Writes into an empty data directory that this agent is the only one, and all that it needs there.
    pub fn install_into(self, home: &Path, model: &ModelServer, retries: Retries) {
        let own = home.join("agent's home");
        for folder in [".claude", ".codex", ".config", ".cache", "tmp"] {
            std::fs::create_dir_all(own.join(folder)).expect("a temp folder is writable");
        }
        let at = format!("http://127.0.0.1:{}", model.port());
        if let Some((path, text)) = self.files(&at) {
            let path = own.join(path);
            let folder = path.parent().expect("it lies below the home");
            std::fs::create_dir_all(folder).expect("a temp folder is writable");
            std::fs::write(path, text).expect("a temp folder is writable");
        }
        let misleading = env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| MISLEADING.iter().any(|begin| name.starts_with(begin)))
            .map(|name| (name, String::new()));
        let env: Vec<(String, String)> = misleading
            .chain(common(&own, &at))
            .chain(self.variables(&own, &at, retries))
            .collect();
        let mut listed = json!({"id": self.id(), "env": env});
        if let Listed::Package(package) = self.listed() {
            listed["name"] = json!(format!("{self:?}"));
            listed["command"] = json!("node");
            listed["args"] = json!([adapter(package)]);
        }
        std::fs::write(home.join(LIST), json!([listed]).to_string())
            .expect("a temp folder is writable");
    }
}

/// The folder of npm's packages.
fn packages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("real-agents/node_modules")
}

fn adapter(package: &str) -> PathBuf {
    let program = packages().join(package).join("dist/index.js");
    assert!(
        program.is_file(),
        "{package} is not installed. Run these tests by `cargo xtask test --agents`, which installs it."
    );
    program
}

/// Where programs are looked for: where npm puts them, and then as everywhere.
fn search() -> OsString {
    let everywhere = env::var_os("PATH").unwrap_or_default();
    let optional = Path::new(env!("CARGO_MANIFEST_DIR")).join("real-agents/optional");
    let folders = [optional.join("node_modules/.bin")].into_iter();
    env::join_paths(folders.chain(env::split_paths(&everywhere)))
        .expect("a checkout's path holds no separator")
}

/// The app's adapter, with the agents that are listed in the data directory.
pub struct InstalledAgents {
    programs: agents::Agents,
    listed: Vec<AgentProgram>,
}

impl InstalledAgents {
    /// Whether agents were installed into this data directory.
    pub fn are_in(home: &Path) -> bool {
        home.join(LIST).exists()
    }
}

impl Cast for InstalledAgents {
    fn hire(home: &Path) -> (Arc<Self>, Arc<dyn AgentRegistry>) {
        let list = std::fs::read(home.join(LIST)).expect("agents were installed into it");
        let list: Vec<Value> = serde_json::from_slice(&list).expect("the list is JSON");
        let programs = agents::Agents::new(
            process::Tag::of_home(home).of_run(),
            PathBuf::from("/nowhere/practice-agent"),
            search(),
        );
        let shipped = programs.shipped();
        let real = Arc::new(Self {
            listed: list.iter().map(|one| program(one, &shipped)).collect(),
            programs,
        });
        (Arc::clone(&real), real)
    }
}

/// The entry that the app ships, with what the test gives it; or one of the test's own.
fn program(listed: &Value, shipped: &[AgentProgram]) -> AgentProgram {
    let word = |value: &Value| value.as_str().expect("the list is of words").to_owned();
    let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let id = AgentId::new(word(&listed["id"]));
    let entry = shipped.iter().find(|program| program.id == id);
    let mut program = entry.expect("the app ships it").clone();
    if listed["command"].is_string() {
        program.name = word(&listed["name"]);
        program.command = word(&listed["command"]);
        program.args = all(&listed["args"]).iter().map(word).collect();
    }
    let env = all(&listed["env"]);
    let given = env.iter().map(|pair| (word(&pair[0]), word(&pair[1])));
    program.env.extend(given);
    program
}

impl AgentRuntime for InstalledAgents {
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        self.programs.launch(launch, events)
    }
}

impl AgentRegistry for InstalledAgents {
    fn shipped(&self) -> Vec<AgentProgram> {
        self.listed.clone()
    }

    fn detect(&self, program: &AgentProgram) -> Detection {
        self.programs.detect(program)
    }

    fn about(&self, id: &AgentId) -> Option<About> {
        self.programs.about(id)
    }

    fn version(&self, program: &AgentProgram, path: &Path) -> Option<String> {
        self.programs.version(program, path)
    }

    fn checkup(&self) -> Option<Arc<dyn AgentCheckup>> {
        self.programs.checkup()
    }

    fn environment(&self, inherits: &Inheritance) -> Vec<InheritedVariable> {
        self.programs.environment(inherits)
    }
}
