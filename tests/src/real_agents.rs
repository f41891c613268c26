//! Agents as real processes, by the app's own adapter. Only the practice agent is on the list: whatever else is
//! installed on this machine is nobody's to start.

use session::InheritedVariable;
use session::port::{
    AgentCheckup, AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime,
    Detection, Inheritance, Launch,
};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::app::Cast;

/// Where the practice agent's program is, when it is not beside the tests.
const PROGRAM_VARIABLE: &str = "SHOPFLOOR_PRACTICE_AGENT_BIN";

/// The app's adapter, with a practice agent that does not pause and keeps its conversations in the data directory.
pub struct RealAgents {
    programs: agents::Agents,
    env: Vec<(String, String)>,
}

impl RealAgents {
    /// The practice agent as it is on the list, to be started by other means.
    pub fn practice(&self) -> AgentProgram {
        let bundled = self.programs.shipped().pop().expect("it is the last one");
        AgentProgram {
            env: self.env.clone(),
            ..bundled
        }
    }
}

impl Cast for RealAgents {
    fn hire(home: &Path) -> (Arc<Self>, Arc<dyn AgentRegistry>) {
        let state = home.join("practice-state");
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let real = Arc::new(Self {
            programs: agents::Agents::new(
                process::Tag::of_home(home).of_run(),
                practice_agent(),
                env::var_os("PATH").unwrap_or_default(),
            ),
            env: vec![
                variable("SHOPFLOOR_PRACTICE_PACE", "0"),
                variable(
                    "SHOPFLOOR_PRACTICE_LEDGER",
                    ledger(home)
                        .to_str()
                        .expect("temp folders have plain names"),
                ),
                variable(
                    "SHOPFLOOR_PRACTICE_STATE",
                    state.to_str().expect("temp folders have plain names"),
                ),
            ],
        });
        (Arc::clone(&real), real)
    }
}

impl AgentRuntime for RealAgents {
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        self.programs.launch(launch, events)
    }
}

impl AgentRegistry for RealAgents {
    fn shipped(&self) -> Vec<AgentProgram> {
        vec![self.practice()]
    }

    fn detect(&self, program: &AgentProgram) -> Detection {
        self.programs.detect(program)
    }

    fn checkup(&self) -> Option<Arc<dyn AgentCheckup>> {
        self.programs.checkup()
    }

    fn version(&self, program: &AgentProgram, path: &Path) -> Option<String> {
        self.programs.version(program, path)
    }

    fn environment(&self, inherits: &Inheritance) -> Vec<InheritedVariable> {
        self.programs.environment(inherits)
    }
}

/// Where a house's practice agents note each prompt they get, whatever becomes of them.
pub fn ledger(home: &Path) -> PathBuf {
    home.join("practice-ledger")
}

/// The practice agent's program.
///
/// # Panics
/// If it was not built.
pub fn practice_agent() -> PathBuf {
    let named = env::var_os(PROGRAM_VARIABLE).map(PathBuf::from);
    let program = named.unwrap_or_else(|| {
        let tests = env::current_exe().expect("a test knows its own path");
        // <target>/<profile>/deps/<test>
        let profile = tests.ancestors().nth(2).expect("tests are built in deps/");
        profile.join(format!("practice-agent{}", env::consts::EXE_SUFFIX))
    });
    assert!(
        program.is_file(),
        "There is no practice agent at {}. Run the tests by `cargo xtask test`, or run \
         `cargo build -p practice-agent` first.",
        program.display()
    );
    program
}
