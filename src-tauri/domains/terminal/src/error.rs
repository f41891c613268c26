//! What can go wrong with a terminal.

/// An error of this domain to its caller.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// The id is unknown.
    #[error("There is no such terminal any more.")]
    Unknown,
    /// Its program has ended.
    #[error("The program in this terminal has ended.")]
    Ended,
    /// Its program still runs.
    #[error("The program in this terminal is still running.")]
    Running,
    /// The program could not be started.
    #[error("{program} could not be started: {said}.")]
    NotStarted {
        /// What was to run.
        program: String,
        /// What the system said.
        said: String,
    },
    /// Too much typed text waits for the program.
    #[error("The program does not read what is typed, so this was not passed on.")]
    NotReading,
    /// There are as many as there may be.
    #[error("There are {limit} terminals already.")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// Its program could not be ended in time.
    #[error("The program in this terminal could not be ended.")]
    Stuck,
    /// Its workspace's place is closed.
    #[error(
        "This workspace is being archived or brought back, so nothing can be started in it now."
    )]
    PlaceClosed,
    /// The app is ending.
    #[error("Shopfloor is closing.")]
    Closing,
}

impl TerminalError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unknown => "Open a new one.",
            Self::Ended => "Start it again, or close it.",
            Self::Running => "Close it first.",
            Self::NotStarted { .. } => {
                "Check that the program is installed and that its folder exists."
            }
            Self::NotReading => "Wait until the program goes on, or stop it with Ctrl+C.",
            Self::TooMany { .. } => "Close one that you don't need any more.",
            Self::Stuck => "Try again in a moment: it may wait for a disk.",
            Self::PlaceClosed => "Try again when that is done.",
            Self::Closing => "Start it again and repeat what you did.",
        }
    }
}
