//! Why an agent ended: what we did to it and what its own exit says.

use process::Exit;
use session::Cause;
use session::machine::START_LIMIT_SECONDS;
use std::time::Duration;

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

/// How much of stderr is told outside a cause, in characters.
const TOLD: usize = 600;

impl Verdict {
    /// What stderr said last, where no cause brings it and it may say why: an agent that we ended because it did not open
    /// a conversation, in so long a time or in so odd a way.
    pub(crate) fn last_words(
        &self,
        handshake: Option<Duration>,
        stderr: impl FnOnce() -> String,
    ) -> Option<String> {
        let limit = Duration::from_secs(u64::from(START_LIMIT_SECONDS));
        let waited = handshake?;
        let may_explain = match self {
            Self::Closed => waited >= limit,
            Self::Failed(cause) => matches!(cause, Cause::Protocol { .. }),
            // Their cause brings it, or nothing was wrong with the start.
            Self::Itself | Self::Overdue(_) | Self::FellSilent(_) => false,
        };
        let said = may_explain.then(stderr).filter(|said| !said.is_empty())?;
        let skipped = said.chars().count().saturating_sub(TOLD);
        let end: String = said.chars().skip(skipped).collect();
        Some(format!("Before it was ended the agent complained: {end}"))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_never_got_ready_is_quoted_and_one_that_was_stopped_is_not() {
        let minute = Duration::from_secs(60);
        let said = |verdict: Verdict, handshake| {
            verdict.last_words(handshake, || format!("{}the end", "noise ".repeat(1000)))
        };
        let protocol = Verdict::Failed(Cause::Protocol {
            said: "no".to_owned(),
        });
        for told in [
            said(Verdict::Closed, Some(minute)),
            said(protocol, Some(Duration::ZERO)),
        ] {
            let told = told.expect("it may say why");
            assert!(
                told.ends_with("noise the end") && told.len() < 700,
                "{told}"
            );
        }
        for nothing in [
            said(Verdict::Closed, Some(minute / 2)),
            said(Verdict::Closed, None),
            said(Verdict::Itself, Some(minute)),
        ] {
            assert_eq!(nothing, None);
        }
        let silent = Verdict::Closed.last_words(Some(minute), String::new);
        assert_eq!(silent, None);
    }
}
