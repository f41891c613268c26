//! The agents behind the session domain's ports: real programs that speak the Agent Client Protocol over stdio.
//!
//! Invariants: nothing an agent writes is fatal to the app or unbounded in memory; only the process's own exit
//! says that it ended; whatever it leaves behind is swept before `Ended` is told; an agent's question that is
//! not understood is refused, never answered with consent.

mod asks;
mod causes;
mod checkup;
mod connection;
mod conversation;
mod environment;
mod greeting;
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
mod version;
mod writer;

pub use memory::SystemMemory;
pub use resolve::DiskLinks;

use checkup::Checkup;
use kernel::AgentId;
use session::InheritedVariable;
use session::port::{
    About, AgentCheckup, AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime,
    Detection, Inheritance, Launch,
};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use version::Versions;

/// Starts agents and knows which ones there are.
#[derive(Debug)]
pub struct Agents {
    tag: process::Tag,
    practice: PathBuf,
    search: OsString,
    launches: Arc<AtomicU64>,
    versions: Versions,
}

impl Agents {
    /// `tag`: the app's run, under which every process gets its own tag. `practice`: the bundled agent's program.
    /// `search`: the PATH on which agents are found and which they get; a desktop's is shorter than a terminal's.
    pub fn new(tag: process::Tag, practice: PathBuf, search: OsString) -> Self {
        Self {
            tag,
            practice,
            search,
            launches: Arc::default(),
            versions: Versions::default(),
        }
    }
}

impl Agents {
    /// Each process has a tag of its own: the sweep for one that just ended must spare its successor.
    fn next_tag(&self, owner: &str) -> process::Tag {
        let nth = self.launches.fetch_add(1, Ordering::Relaxed);
        self.tag.of_owner(&format!("{owner}.{nth}"))
    }
}

impl AgentRegistry for Agents {
    fn shipped(&self) -> Vec<AgentProgram> {
        registry::shipped(&self.practice)
    }

    fn detect(&self, program: &AgentProgram) -> Detection {
        registry::detect(program, &self.search)
    }

    fn about(&self, id: &AgentId) -> Option<About> {
        registry::about(id)
    }

    /// Must be called within a tokio runtime, off its workers.
    fn version(&self, program: &AgentProgram, path: &Path) -> Option<String> {
        if program.id.as_str() == registry::PRACTICE {
            return Some(env!("CARGO_PKG_VERSION").to_owned());
        }
        self.versions.of(path, || {
            // Only programs that are known to take it are asked: nobody knows what another one does then.
            let is_shipped = registry::about(&program.id).is_some();
            let asked = || version::said(program, path, &self.next_tag("version"), &self.search);
            version::packaged(path).or_else(|| is_shipped.then(asked).flatten())
        })
    }

    fn checkup(&self) -> Option<Arc<dyn AgentCheckup>> {
        Some(Arc::new(Checkup {
            tag: self.tag.clone(),
            search: self.search.clone(),
            launches: Arc::clone(&self.launches),
        }))
    }

    fn environment(&self, inherits: &Inheritance) -> Vec<InheritedVariable> {
        environment::listed(inherits)
    }
}

impl AgentRuntime for Agents {
    /// Must be called within a tokio runtime.
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        let tag = self.next_tag(launch.session.as_str());
        Arc::new(connection::open(launch, tag, self.search.clone(), events))
    }
}
