//! The agents behind the session domain's ports: real programs that speak the Agent Client Protocol over stdio.
//!
//! Invariants: nothing an agent writes is fatal to the app or unbounded in memory; only the process's own exit
//! says that it ended; whatever it leaves behind is swept before `Ended` is told; an agent's question that is
//! not understood is refused, never answered with consent.

mod asks;
mod causes;
mod connection;
mod conversation;
mod environment;
mod lines;
mod live;
mod memory;
mod offers;
mod prompt;
mod reach;
mod registry;
mod resolve;
mod rpc;
mod start;
mod stderr;
mod text;
mod tools;
mod updates;
mod verdict;
mod writer;

pub use memory::SystemMemory;

use session::port::{
    AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime, Detection, Launch,
};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// Starts agents and knows which ones there are.
#[derive(Debug)]
pub struct Agents {
    tag: process::Tag,
    practice: PathBuf,
    search: OsString,
    launches: AtomicU64,
}

impl Agents {
    /// `tag`: the app's run, under which every process gets its own tag. `practice`: the bundled agent's program.
    /// `search`: the PATH on which agents are found and which they get; a desktop's is shorter than a terminal's.
    pub fn new(tag: process::Tag, practice: PathBuf, search: OsString) -> Self {
        Self {
            tag,
            practice,
            search,
            launches: AtomicU64::new(0),
        }
    }
}

impl AgentRegistry for Agents {
    fn shipped(&self) -> Vec<AgentProgram> {
        registry::shipped(&self.practice)
    }

    fn detect(&self, program: &AgentProgram) -> Detection {
        registry::detect(program, &self.search)
    }
}

impl AgentRuntime for Agents {
    /// Must be called within a tokio runtime.
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        // Each process has a tag of its own: the sweep for one that just ended must spare its successor.
        let nth = self.launches.fetch_add(1, Ordering::Relaxed);
        let tag = self.tag.of_owner(&format!("{}.{nth}", launch.session));
        Arc::new(connection::open(launch, tag, self.search.clone(), events))
    }
}
