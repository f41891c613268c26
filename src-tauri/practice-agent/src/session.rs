//! A live conversation: its history, its queue of prompts (one turn at a time), and how its turns are stopped.

use crate::conversation::Conversation;
use serde_json::Value;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A conversation that this process has open.
pub struct Session {
    /// Its id.
    pub id: String,
    conversation: Mutex<Conversation>,
    prompts: Mutex<Option<Sender<Prompt>>>,
    stops: Mutex<Vec<(Value, Arc<Stop>)>>,
}

/// A prompt that waits for its turn.
pub struct Prompt {
    /// The request to answer at the end of the turn.
    pub request: Value,
    /// The text blocks.
    pub texts: Vec<String>,
    /// Stops its turn.
    pub stop: Arc<Stop>,
}

impl Session {
    /// Opens a conversation whose prompts go to this queue.
    pub fn new(conversation: Conversation, prompts: Sender<Prompt>) -> Arc<Self> {
        Arc::new(Self {
            id: conversation.session_id.clone(),
            conversation: Mutex::new(conversation),
            prompts: Mutex::new(Some(prompts)),
            stops: Mutex::default(),
        })
    }

    /// The conversation, for a moment.
    pub fn conversation(&self) -> MutexGuard<'_, Conversation> {
        self.conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a prompt at the end of the queue.
    pub fn enqueue(&self, request: Value, texts: Vec<String>) {
        let stop = Arc::new(Stop::default());
        self.stops().push((request.clone(), Arc::clone(&stop)));
        if let Some(prompts) = &*self.prompts.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = prompts.send(Prompt {
                request,
                texts,
                stop,
            });
        }
    }

    /// Stops the turn and all that wait.
    pub fn stop_all(&self) {
        for (_, stop) in &*self.stops() {
            stop.stop(Stopped::Cancelled);
        }
    }

    /// Stops the turn of one request, if it is of this session.
    pub fn stop_request(&self, request: &Value) {
        for (id, stop) in &*self.stops() {
            if id == request {
                stop.stop(Stopped::RequestCancelled);
            }
        }
    }

    /// Forgets a turn that ended.
    pub fn ended(&self, request: &Value) {
        self.stops().retain(|(id, _)| id != request);
    }

    /// Stops everything; no prompt is taken any more.
    pub fn close(&self) {
        self.prompts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.stop_all();
    }

    fn stops(&self) -> MutexGuard<'_, Vec<(Value, Arc<Stop>)>> {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a turn was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// By `session/cancel`: the prompt is answered with the stop reason `cancelled`.
    Cancelled,
    /// By `$/cancel_request`: the prompt is answered with the error -32800.
    RequestCancelled,
}

/// Stops a turn once; the turn looks at it wherever it waits.
#[derive(Default)]
pub struct Stop {
    stopped: Mutex<Option<Stopped>>,
    changed: Condvar,
}

impl Stop {
    /// Stops the turn; a second stop changes nothing.
    pub fn stop(&self, how: Stopped) {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(how);
        self.changed.notify_all();
    }

    /// How the turn was stopped, if it was.
    pub fn check(&self) -> Option<Stopped> {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for this time, or until the turn is stopped.
    pub fn wait(&self, time: Duration) -> Option<Stopped> {
        let until = Instant::now() + time;
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        while stopped.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            stopped = self
                .changed
                .wait_timeout(stopped, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *stopped
    }
}
