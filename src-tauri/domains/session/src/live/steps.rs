//! From the machine's decisions to what is done: the row follows, processes start and end.

use super::Live;
use crate::error::{Cause, SessionError};
use crate::machine::{
    Effect, Input, LifeEvent, START_LIMIT_SECONDS, SessionState, speaks_against_resuming, step,
};
use crate::port::{AgentProgram, Inheritance, Launch};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

/// How many events may wait for the task; then the agent is slowed down.
const WAITING_EVENTS: usize = 256;

impl Live {
    /// Steps the machine and does what it asks for, until it asks for nothing more.
    pub(super) async fn advance(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let (life, effects) = step(self.life.clone(), input);
            self.life = life;
            self.enter(self.life.state());
            self.keep_or_leave_seat();
            for effect in effects {
                inputs.extend(self.perform(effect).await);
            }
        }
    }

    /// The row follows the machine; a failure is told in the transcript.
    fn enter(&mut self, state: SessionState) {
        if self.session.state == state {
            return;
        }
        if let SessionState::Failed { cause } = &state {
            self.tell_of_failure(cause);
        }
        if !matches!(state, SessionState::Starting { .. }) {
            self.start_limit = None;
        }
        if !matches!(
            state,
            SessionState::Starting { .. } | SessionState::Working { .. }
        ) {
            self.activity = None;
        }
        let at_rest = !self.life.has_process() && !self.life.waits_for_a_seat();
        if at_rest {
            self.withdraw_own_messages();
        }
        self.session.state = state;
        self.session.state_since = self.shared.clock.now();
        self.watch_or_rest();
        self.unsaved.row = true;
        self.touch();
    }

    async fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::TakeSeat => Some(self.take_seat()),
            Effect::GoOn { cause } => {
                self.go_on(&cause).await;
                None
            }
            Effect::StartAgain { cause } => {
                self.tell_of_start(&cause, "for your message");
                None
            }
            Effect::Launch { incarnation } => {
                let cause = self.launch().await.err()?;
                // No process came to be, so nobody else can say that it ended.
                let event = LifeEvent::Ended(Some(cause));
                Some(Input::From { incarnation, event })
            }
            Effect::Offer => self.offer().await,
            Effect::Prompt => {
                self.prompt().await;
                None
            }
            Effect::Cancel => {
                if let Some(agent) = &self.agent {
                    agent.cancel();
                }
                None
            }
            Effect::Close => {
                if let Some(agent) = &self.agent {
                    agent.close();
                }
                None
            }
        }
    }

    async fn launch(&mut self) -> Result<(), Cause> {
        let missing = |said: String| Cause::BinaryMissing {
            command: self.session.agent.to_string(),
            said,
        };
        let agents = &self.shared.agents;
        let (program, inherits) = match agents.startable(&self.session.agent).await {
            Ok(startable) => startable,
            Err(SessionError::Unknown { .. }) => {
                return Err(missing("it is not in the settings any more".to_owned()));
            }
            Err(error) => return Err(missing(error.to_string())),
        };
        let Some(cwd) = self.place.as_ref().map(|place| place.cwd.clone()) else {
            return Err(missing("its workspace has no folder".to_owned()));
        };
        self.activity = Some(format!("Starting {}", program.name));
        self.start_in(program, inherits, cwd);
        Ok(())
    }

    fn start_in(&mut self, program: AgentProgram, inherits: Inheritance, cwd: PathBuf) {
        let launch = Launch {
            session: self.session.id.clone(),
            program,
            inherits,
            cwd,
            resume: self.session.agent_session.clone(),
        };
        self.resuming = launch.resume.is_some();
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        self.agent = Some(self.shared.runtime.launch(launch, sender));
        self.events = Some(events);
        let limit = Duration::from_secs(u64::from(START_LIMIT_SECONDS));
        self.start_limit = Some(Box::pin(sleep(limit)));
    }

    pub(super) async fn start_timed_out(&mut self) {
        self.start_limit = None;
        let seconds = START_LIMIT_SECONDS;
        self.judge_resume(&Cause::StartTimedOut { seconds });
        self.live_event(LifeEvent::StartTimedOut).await;
        self.save_now().await;
    }

    /// A conversation whose resume broke the process is given up: the next process begins a new one with a digest.
    pub(super) fn judge_resume(&mut self, cause: &Cause) {
        if std::mem::take(&mut self.resuming) && speaks_against_resuming(cause) {
            tracing::warn!(session = %self.session.id, "the conversation can't be resumed and is given up");
            self.session.agent_session = None;
            self.unsaved.row = true;
        }
    }

    pub(super) async fn live_event(&mut self, event: LifeEvent) {
        let incarnation = self.life.incarnation();
        self.advance(Input::From { incarnation, event }).await;
    }
}
