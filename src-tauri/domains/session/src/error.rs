//! What can go wrong with a session: errors to a caller, and causes that stay with a session.

use serde::{Deserialize, Serialize};
use specta::Type;

/// An error of this domain to its caller.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The id is unknown.
    #[error("There is no such {what} any more.")]
    Unknown {
        /// "session", "message", "request" or "agent".
        what: &'static str,
    },
    /// The request was answered, cancelled or lapsed before.
    #[error("This was already settled, so your answer was not passed on.")]
    Lapsed,
    /// The message was delivered or is being delivered.
    #[error("This message is already with the agent.")]
    AlreadySent,
    /// What was given does not fit: an answer to what was asked, a rule, an agent's definition.
    #[error("{why}")]
    Unfit {
        /// For people.
        why: String,
    },
    /// Nothing to send.
    #[error("The message is empty.")]
    Empty,
    /// The agent is needed now, so it can't sleep.
    #[error("The agent is at work, or waits for you.")]
    Busy,
    /// An agent did not end in time, so its folder is still in use.
    #[error("An agent of this workspace has not ended yet.")]
    StillRunning,
    /// The app is ending; nothing was stored.
    #[error("Shopfloor is closing.")]
    Closing,
    /// A conversation could not be exported.
    #[error("The conversation could not be written to {path}: {said}.")]
    NotExported {
        /// The file.
        path: String,
        /// Why, for people.
        said: String,
        /// What the person can do.
        hint: &'static str,
    },
    /// An agent could not do what was asked of it outside any conversation.
    #[error("{}", .0.message())]
    Agent(Cause),
    /// The database failed.
    #[error("The app's database could not be used: {0}")]
    Store(String),
}

impl SessionError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "The window may be a moment behind; it will catch up.",
            Self::Lapsed => "Look at the newest entry of the conversation.",
            Self::AlreadySent => "Send another message, or stop the agent.",
            Self::Unfit { .. } => "Change that and try again.",
            Self::Empty => "Type what the agent should do.",
            Self::Busy => "Stop its turn, or answer what it asks, before it can sleep.",
            Self::StillRunning => "Wait a moment and try again.",
            Self::Closing => "Start it again and repeat what you did.",
            Self::NotExported { hint, .. } => hint,
            Self::Agent(cause) => cause.hint(),
            Self::Store(_) => {
                "Free disk space and check the data directory's permissions. What was saved stays."
            }
        }
    }
}

/// The signal that no process can refuse.
const SIGKILL: i32 = 9;

/// Why a session failed. Stays with the session until it is started again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Cause {
    /// The agent's program could not be started.
    BinaryMissing {
        /// The command.
        command: String,
        /// What the system said.
        said: String,
    },
    /// The folder the agent was to work in can't be used.
    FolderUnusable {
        /// The folder.
        path: String,
        /// What is wrong with it.
        said: String,
    },
    /// The agent did not get ready in time.
    StartTimedOut {
        /// The limit, in seconds.
        seconds: u32,
    },
    /// The agent did not end a turn that was stopped, so its process was ended.
    TurnTimedOut {
        /// The limit, in seconds.
        seconds: u32,
    },
    /// The agent answered something that is not the protocol.
    Protocol {
        /// What was wrong.
        said: String,
    },
    /// The model's provider refused or failed.
    Provider {
        /// What was said.
        said: String,
    },
    /// The agent is not signed in.
    SignIn {
        /// What was said.
        said: String,
    },
    /// Quota or rate limit.
    Quota {
        /// What was said.
        said: String,
    },
    /// The process ended without being asked to: by itself, or killed by somebody else.
    Crashed {
        /// Exit code, if it exited.
        code: Option<i32>,
        /// Signal, if it was killed by one.
        signal: Option<i32>,
        /// The end of stderr, at most 8 KiB.
        stderr: String,
    },
    /// The app ended while the agent was at work.
    Interrupted,
}

impl Cause {
    /// What happened, in one sentence.
    pub fn message(&self) -> String {
        match self {
            Self::BinaryMissing { command, said } => {
                format!("{command} could not be started: {said}.")
            }
            Self::FolderUnusable { path, said } => {
                format!("The agent can't work in {path}: {said}.")
            }
            Self::StartTimedOut { seconds } => {
                format!("The agent did not get ready within {seconds} s.")
            }
            Self::TurnTimedOut { seconds } => {
                format!("The agent did not stop within {seconds} s, so its process was ended.")
            }
            Self::Protocol { said } => format!("The agent does not speak the protocol: {said}."),
            Self::Provider { said } => format!("The model's provider failed: {said}"),
            Self::SignIn { said } => format!("The agent is not signed in: {said}"),
            Self::Quota { said } => format!("The provider's limit is reached: {said}"),
            Self::Crashed { code, signal, .. } => match (code, signal) {
                (_, Some(SIGKILL)) => "The agent was killed from outside (signal 9).".to_owned(),
                (_, Some(signal)) => format!("The agent was ended by signal {signal}."),
                (Some(code), None) => format!("The agent ended by itself with exit code {code}."),
                (None, None) => "The agent ended by itself.".to_owned(),
            },
            Self::Interrupted => "Shopfloor ended while the agent was at work.".to_owned(),
        }
    }

    /// More for who wants to know: what the process complained of last.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Crashed { stderr, .. } if !stderr.is_empty() => Some(stderr.clone()),
            _ => None,
        }
    }

    /// What the person can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BinaryMissing { .. } => {
                "Install the agent or correct its command in the settings, then send again."
            }
            Self::FolderUnusable { .. } => {
                "Bring the folder back to its place, or archive the workspace; its branch is kept."
            }
            Self::StartTimedOut { .. } => {
                "Start the agent by hand in a terminal to see what it waits for."
            }
            Self::Protocol { .. } => "Check that the command starts the agent in its ACP mode.",
            Self::Provider { .. } => "Send again in a while.",
            Self::SignIn { .. } => {
                "Sign in with the agent's own command in a terminal, then send again."
            }
            Self::Quota { .. } => "Wait for the limit to reset, or use another agent.",
            Self::TurnTimedOut { .. } => {
                "Send a message to start it again; it goes on where it was if the agent can."
            }
            Self::Crashed {
                signal: Some(SIGKILL),
                ..
            } => {
                "The system does that when memory runs out. Send a message to start it again; it goes on where it was \
                 if the agent can."
            }
            Self::Crashed { .. } => {
                "Send a message to start it again; it goes on where it was if the agent can."
            }
            Self::Interrupted => {
                "Send a message to go on; files and conversation are as they were."
            }
        }
    }
}
