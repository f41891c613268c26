//! Real agents from npm, at exact versions, each in an environment of its own and with a scripted model behind it.
//!
//! Invariant: an agent sees nothing of the person who runs the tests (no home, no keys, no settings), and whatever
//! it asks of a network goes to the scripted model.

use kernel::AgentId;
use serde_json::{Value, json};
use session::port::{
    AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime, Detection, Launch,
};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::app::Cast;
use crate::model_server::{Dialect, ModelServer};

/// Where in a data directory its agents are listed.
const LIST: &str = "agents.json";

/// Beginnings of variables that lead these agents to other accounts, models or places.
const MISLEADING: [&str; 7] = [
    "ANTHROPIC_",
    "CLAUDE",
    "CODEX_",
    "OPENAI_",
    "AWS_",
    "GOOGLE_",
    "IS_SANDBOX",
];

/// An agent at the version that is installed for the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Claude Code's adapter that npm picks on Node 20.
    Claude049,
    /// Claude Code's adapter as of late.
    Claude0100,
    /// Codex's adapter.
    Codex26,
}

/// How often an agent tries again what its model's provider refused. Codex does not try for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retries {
    /// Twice, in seconds.
    Few,
    /// As a person's would: for minutes, without a word.
    AsShipped,
}

impl Vendor {
    /// What its model speaks.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Claude049 | Self::Claude0100 => Dialect::Anthropic,
            Self::Codex26 => Dialect::OpenAi,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Claude049 | Self::Claude0100 => "claude-code",
            Self::Codex26 => "codex",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Claude049 => "@agentclientprotocol/claude-agent-acp",
            Self::Claude0100 => "claude-agent-acp-0.100",
            Self::Codex26 => "@agentclientprotocol/codex-acp",
        }
    }

    /// Writes into an empty data directory that this agent is the only one, and all that it needs there.
    pub fn install_into(self, home: &Path, model: &ModelServer, retries: Retries) {
        let own = home.join("agent's home");
        for folder in [".claude", ".codex", ".config", ".cache", "tmp"] {
            std::fs::create_dir_all(own.join(folder)).expect("a temp folder is writable");
        }
        let at = format!("http://127.0.0.1:{}", model.port());
        std::fs::write(own.join(".codex/config.toml"), codex_config(&at))
            .expect("a temp folder is writable");
        let misleading = env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| MISLEADING.iter().any(|begin| name.starts_with(begin)))
            .map(|name| (name, String::new()));
        let env: Vec<(String, String)> = misleading
            .chain(common(&own, &at))
            .chain(self.variables(&own, &at, retries))
            .collect();
        let listed = json!([{
            "id": self.id(), "name": format!("{self:?}"),
            "command": "node", "args": [self.program()], "env": env,
        }]);
        std::fs::write(home.join(LIST), listed.to_string()).expect("a temp folder is writable");
    }

    fn program(self) -> PathBuf {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("real-agents/node_modules");
        let program = packages.join(self.package()).join("dist/index.js");
        assert!(
            program.is_file(),
            "{self:?} is not installed. Run these tests by `cargo xtask test --agents`, which installs it."
        );
        program
    }

    fn variables(self, own: &Path, at: &str, retries: Retries) -> Vec<(String, String)> {
        match self {
            Self::Claude049 | Self::Claude0100 => vec![
                pair("ANTHROPIC_BASE_URL", at),
                pair("ANTHROPIC_API_KEY", "sk-ant-dummy"),
                pair("CLAUDE_CONFIG_DIR", text(&own.join(".claude"))),
                pair("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
                // What it asks the model unasked, for something to offer the person.
                pair("CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION", "false"),
                pair(
                    "CLAUDE_CODE_MAX_RETRIES",
                    match retries {
                        Retries::Few => "2",
                        Retries::AsShipped => "10",
                    },
                ),
                pair("DISABLE_TELEMETRY", "1"),
                pair("DISABLE_ERROR_REPORTING", "1"),
                pair("DISABLE_AUTOUPDATER", "1"),
            ],
            Self::Codex26 => vec![
                pair("CODEX_HOME", text(&own.join(".codex"))),
                pair("DOUBLE_KEY", "dummy"),
                pair("INITIAL_AGENT_MODE", "workspace-write"),
            ],
        }
    }
}

/// A home of its own, and every way out leads to the scripted model, which notes it.
fn common(own: &Path, at: &str) -> Vec<(String, String)> {
    let mut all = vec![
        pair("HOME", text(own)),
        pair("XDG_CONFIG_HOME", text(&own.join(".config"))),
        pair("XDG_CACHE_HOME", text(&own.join(".cache"))),
        pair("XDG_DATA_HOME", text(&own.join(".config"))),
        pair("XDG_STATE_HOME", text(&own.join(".cache"))),
        pair("TMPDIR", text(&own.join("tmp"))),
        pair("GIT_CONFIG_GLOBAL", text(&own.join(".gitconfig"))),
        pair("TERM", "dumb"),
        pair("LANG", "C.UTF-8"),
    ];
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        all.push(pair(name, at));
        all.push(pair(&name.to_lowercase(), at));
    }
    for name in ["NO_PROXY", "no_proxy"] {
        all.push(pair(name, "127.0.0.1,localhost"));
    }
    all
}

/// A model that Codex knows: for an unknown one it offers no tool to patch files. What it asks of the network at its
/// start (plugins, apps, statistics) is off.
fn codex_config(at: &str) -> String {
    format!(
        r#"model = "gpt-6.1-sol"
model_provider = "double"
check_for_update_on_startup = false
[model_providers.double]
name = "double"
base_url = "{at}/v1"
env_key = "DOUBLE_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
stream_idle_timeout_ms = 60000
supports_websockets = false
[analytics]
enabled = false
[features]
plugins = false
apps = false
"#
    )
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temp folders have plain names")
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
        let real = Arc::new(Self {
            programs: agents::Agents::new(
                process::Tag::of_home(home).of_run(),
                PathBuf::from("/nowhere/practice-agent"),
                env::var_os("PATH").unwrap_or_default(),
            ),
            listed: list.iter().map(program).collect(),
        });
        (Arc::clone(&real), real)
    }
}

fn program(listed: &Value) -> AgentProgram {
    let word = |value: &Value| value.as_str().expect("the list is of words").to_owned();
    let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
    AgentProgram {
        id: AgentId::new(word(&listed["id"])),
        name: word(&listed["name"]),
        command: word(&listed["command"]),
        args: all(&listed["args"]).iter().map(word).collect(),
        env: all(&listed["env"])
            .iter()
            .map(|pair| (word(&pair[0]), word(&pair[1])))
            .collect(),
    }
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
}
