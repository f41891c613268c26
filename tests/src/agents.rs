//! An agent runtime without processes: the test says what each agent does and sees what it was told.

use crate::app::Cast;
use kernel::AgentId;
use session::Answer;
use session::port::{
    AgentConnection, AgentEvent, AgentProgram, AgentRegistry, AgentRuntime, Detection, Launch,
    Opening, PromptPart,
};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc};

/// What an agent was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A turn's prompt.
    Prompt(String),
    /// A value for an option.
    Option(String, String),
    /// Stop the turn.
    Cancel,
    /// An answer to a request.
    Answer(String, Answer),
    /// End the process.
    Close,
}

/// Starts steerable agents; each opens its conversation at once.
#[derive(Default)]
pub struct SteeredAgents {
    started: Mutex<Vec<Arc<SteeredAgent>>>,
    news: Arc<Notify>,
}

/// One started agent.
pub struct SteeredAgent {
    /// What it was started with.
    pub launch: Launch,
    events: mpsc::Sender<AgentEvent>,
    told: Mutex<Vec<Told>>,
    context: Mutex<Vec<String>>,
    parts: Mutex<Vec<PromptPart>>,
    stubborn: AtomicBool,
    outbox: mpsc::UnboundedSender<AgentEvent>,
    news: Arc<Notify>,
}

impl SteeredAgents {
    /// Waits until `n` agents were started in all, and answers the last of them.
    pub async fn started(&self, n: usize) -> Arc<SteeredAgent> {
        loop {
            let news = self.news.notified();
            if let Some(agent) = lock(&self.started).get(n - 1) {
                return Arc::clone(agent);
            }
            news.await;
        }
    }

    /// How many agents were started.
    pub fn count(&self) -> usize {
        lock(&self.started).len()
    }
}

impl Cast for SteeredAgents {
    fn hire(_: &Path) -> (Arc<Self>, Arc<dyn AgentRegistry>) {
        (Arc::default(), Arc::new(OneAgent))
    }
}

impl AgentRuntime for SteeredAgents {
    fn launch(&self, launch: Launch, events: mpsc::Sender<AgentEvent>) -> Arc<dyn AgentConnection> {
        let (outbox, mut queue) = mpsc::unbounded_channel();
        let number = self.count() + 1;
        let opening = if launch.resume.is_some() {
            Opening::Resumed
        } else {
            Opening::New
        };
        let agent_session = launch
            .resume
            .clone()
            .unwrap_or_else(|| format!("conversation-{number}"));
        let agent = Arc::new(SteeredAgent {
            launch,
            events: events.clone(),
            told: Mutex::default(),
            context: Mutex::default(),
            parts: Mutex::default(),
            stubborn: AtomicBool::new(false),
            outbox: outbox.clone(),
            news: Arc::clone(&self.news),
        });
        // One queue keeps what the agent does by itself and what the test makes it do in order.
        tokio::spawn(async move {
            while let Some(event) = queue.recv().await {
                if events.send(event).await.is_err() {
                    return;
                }
            }
        });
        outbox
            .send(AgentEvent::Opened {
                agent_session,
                opening,
            })
            .ok();
        lock(&self.started).push(Arc::clone(&agent));
        self.news.notify_waiters();
        agent
    }
}

impl SteeredAgent {
    /// Makes the agent do something.
    pub fn does(&self, event: AgentEvent) {
        self.outbox.send(event).ok();
    }

    /// From now on it does not end when it is told to.
    pub fn becomes_stubborn(&self) {
        self.stubborn.store(true, Ordering::Relaxed);
    }

    /// What it was told so far.
    pub fn told(&self) -> Vec<Told> {
        lock(&self.told).clone()
    }

    /// Waits until it was told `n` things in all, and answers the last of them.
    pub async fn told_times(&self, n: usize) -> Told {
        loop {
            let news = self.news.notified();
            if let Some(told) = lock(&self.told).get(n - 1) {
                return told.clone();
            }
            news.await;
        }
    }

    /// Whether the session still listens to it.
    pub fn is_heard(&self) -> bool {
        !self.events.is_closed()
    }

    /// What the app told it of its place, newest last.
    pub fn context(&self) -> Vec<String> {
        lock(&self.context).clone()
    }

    /// The parts of its newest prompt.
    pub fn parts(&self) -> Vec<PromptPart> {
        lock(&self.parts).clone()
    }

    fn context_told(&self, text: &str) {
        lock(&self.context).push(text.to_owned());
    }

    fn hear(&self, told: Told) {
        lock(&self.told).push(told);
        self.news.notify_waiters();
    }
}

impl AgentConnection for SteeredAgent {
    fn prompt(&self, parts: Vec<PromptPart>) {
        self.does(AgentEvent::PromptWritten);
        lock(&self.parts).clone_from(&parts);
        for part in &parts {
            if let PromptPart::Context(text) = part {
                self.context_told(text);
            }
        }
        let text = parts.into_iter().filter_map(|part| match part {
            PromptPart::Text(text) => Some(text),
            _ => None,
        });
        self.hear(Told::Prompt(text.collect()));
    }

    fn set_option(&self, id: &str, value: &str) {
        self.hear(Told::Option(id.into(), value.into()));
    }

    fn cancel(&self) {
        self.hear(Told::Cancel);
        self.does(AgentEvent::TurnEnded {
            reason: "cancelled".into(),
        });
    }

    fn answer(&self, token: &str, answer: &Answer) {
        self.hear(Told::Answer(token.into(), answer.clone()));
    }

    fn close(&self) {
        self.hear(Told::Close);
        if !self.stubborn.load(Ordering::Relaxed) {
            self.does(AgentEvent::Ended { cause: None });
        }
    }
}

/// Ships one agent, `steered`, which is always found.
pub struct OneAgent;

impl AgentRegistry for OneAgent {
    fn shipped(&self) -> Vec<AgentProgram> {
        vec![AgentProgram {
            id: AgentId::new("steered"),
            name: "Steered".into(),
            command: "steered".into(),
            args: Vec::new(),
            env: Vec::new(),
        }]
    }

    fn detect(&self, _: &AgentProgram) -> Detection {
        Detection::Found {
            path: "/steered".into(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
