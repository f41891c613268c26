//! Why an agent ended: what we did to it and what its own exit says.

use process::Exit;
use session::Cause;

/// Why the process ended, as far as we had a hand in it.
pub(crate) enum Verdict {
    /// We had none.
    Itself,
    /// It was asked to, or nobody is there to listen.
    Closed,
    /// It did not end a turn that was stopped, in so many seconds.
    Overdue(u32),
    /// It was of no use.
    Failed(Cause),
    /// It stopped reading or writing; its own exit says more, if it comes without a signal of ours.
    FellSilent(&'static str),
}

impl Verdict {
    /// What to tell of the end. `signalled`: whether we signalled it while it ran.
    pub(crate) fn cause(
        self,
        exit: Exit,
        signalled: bool,
        stderr: impl FnOnce() -> String,
    ) -> Option<Cause> {
        let Exit { code, signal } = exit;
        match self {
            Self::Closed => None,
            Self::Overdue(seconds) => Some(Cause::TurnTimedOut { seconds }),
            Self::Failed(cause) => Some(cause),
            Self::FellSilent(said) if signalled => Some(Cause::Protocol {
                said: said.to_owned(),
            }),
            Self::FellSilent(_) | Self::Itself => Some(Cause::Crashed {
                code,
                signal,
                stderr: stderr(),
            }),
        }
    }
}
