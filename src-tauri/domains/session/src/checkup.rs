//! How an agent does: whether it starts, opens a conversation and is signed in, and how to sign in.

use crate::error::Cause;
use std::path::PathBuf;

/// What was found when an agent was started in an empty folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Its version, by its own word or its package's.
    pub version: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
    /// Whether it takes pictures.
    pub images: bool,
    /// Whether it can go on with an earlier conversation.
    pub resumes: bool,
    /// How it does.
    pub state: HealthState,
    /// The ways to sign in that it names.
    pub methods: Vec<SignInMethod>,
    /// How long it took until a conversation was open, in milliseconds.
    pub millis: u32,
}

impl Health {
    /// Of an agent that did not come far enough to say anything.
    pub fn failed(cause: Cause, millis: u32) -> Self {
        Self {
            version: None,
            name: None,
            images: false,
            resumes: false,
            state: HealthState::of(cause),
            methods: Vec::new(),
            millis,
        }
    }
}

/// How an agent does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthState {
    /// It opened a conversation and said nothing of signing in. Whether its provider answers is seen at the first prompt.
    Ready,
    /// It wants to be signed in first.
    SignInNeeded {
        /// What it said, for people.
        said: String,
    },
    /// It could not be started, or opened no conversation.
    Failed {
        /// Why.
        cause: Cause,
    },
}

impl HealthState {
    /// What a failed step says of the whole.
    pub fn of(cause: Cause) -> Self {
        match cause {
            Cause::SignIn { said } => Self::SignInNeeded { said },
            cause => Self::Failed { cause },
        }
    }
}

/// One way to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInMethod {
    /// The agent's own id for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// More for people.
    pub description: Option<String>,
    /// How it is done.
    pub kind: SignInKind,
}

/// How one way to sign in is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInKind {
    /// The agent does it when it is asked to; it may open a browser.
    Agent,
    /// The agent's program does it in a terminal, with these arguments and variables added.
    Terminal {
        /// Added arguments.
        args: Vec<String>,
        /// Added variables.
        env: Vec<(String, String)>,
    },
    /// Another command of the agent's program does it in a terminal.
    Command {
        /// All of its arguments.
        args: Vec<String>,
    },
    /// The person sets variables that the agent reads.
    Variables {
        /// Their names.
        names: Vec<String>,
    },
}

/// A program to be run in a terminal, where the person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInProgram {
    /// What it is for, for people.
    pub title: String,
    /// Absolute path.
    pub command: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to what a terminal inherits.
    pub env: Vec<(String, String)>,
    /// The folder it starts in.
    pub cwd: PathBuf,
}
