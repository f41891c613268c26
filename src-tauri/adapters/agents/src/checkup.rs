//! An agent outside any conversation of the person: started in an empty folder, asked how it does or to sign in, ended.

mod errand;
mod methods;

use crate::prompt::Takes;
use crate::registry;
use errand::Errand;
use process::Tag;
use serde_json::{Value, json};
use session::port::{AgentCheckup, AgentProgram, Inheritance, Pending};
use session::{Cause, Health, HealthState};
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long the handshake and the opening of a conversation may take, each.
const STEP: Duration = Duration::from_secs(60);
/// How long a person may take to sign in.
const SIGN_IN: Duration = Duration::from_secs(15 * 60);

/// Looks after agents.
pub(crate) struct Checkup {
    pub(crate) tag: Tag,
    pub(crate) search: OsString,
    /// Shared with all that is started, so that no two have the same tag.
    pub(crate) launches: Arc<AtomicU64>,
}

impl AgentCheckup for Checkup {
    fn examine(&self, program: AgentProgram, inherits: Inheritance) -> Pending<Health> {
        let (tag, search) = (self.next_tag(), self.search.clone());
        Box::pin(async move {
            let (began, id) = (Instant::now(), program.id.clone());
            let opened = Errand::begin(program, inherits, tag, search).await;
            let mut errand = match opened {
                Ok(errand) => errand,
                Err(cause) => return Health::failed(cause, millis_since(began)),
            };
            let mut health = examined(&mut errand, began).await;
            errand.end().await;
            health.methods = registry::ways(&id, health.methods);
            if let HealthState::Failed { cause } = &health.state
                && matches!(cause, Cause::StartTimedOut { .. })
                && let Some(said) = registry::silence(&id)
            {
                health.state = HealthState::SignInNeeded {
                    said: said.to_owned(),
                };
            }
            health
        })
    }

    fn sign_in(
        &self,
        program: AgentProgram,
        inherits: Inheritance,
        method: String,
    ) -> Pending<Result<(), Cause>> {
        let (tag, search) = (self.next_tag(), self.search.clone());
        Box::pin(async move {
            let mut errand = Errand::begin(program, inherits, tag, search).await?;
            let outcome = async {
                errand.greet(STEP).await?;
                let chosen = json!({"methodId": method});
                errand.ask("authenticate", chosen, SIGN_IN).await
            };
            let outcome = outcome.await;
            errand.end().await;
            outcome.map(|_| ())
        })
    }
}

impl Checkup {
    fn next_tag(&self) -> Tag {
        let nth = self.launches.fetch_add(1, Ordering::Relaxed);
        self.tag.of_owner(&format!("checkup.{nth}"))
    }
}

/// Asks for all there is to know.
async fn examined(errand: &mut Errand, began: Instant) -> Health {
    let hello = match errand.greet(STEP).await {
        Ok(hello) => hello,
        Err(cause) => return Health::failed(cause, millis_since(began)),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (us, able) = (&hello["agentInfo"], &hello["agentCapabilities"]);
    let new = json!({"cwd": errand.folder(), "mcpServers": []});
    let opened = errand.ask("session/new", new, STEP).await;
    let state = match (opened, errand.signed_out()) {
        (Err(cause), _) => HealthState::of(cause),
        (Ok(_), Some(said)) => HealthState::SignInNeeded {
            said: said.to_owned(),
        },
        (Ok(_), None) => HealthState::Ready,
    };
    Health {
        version: text(&us["version"]),
        name: text(&us["title"]).or_else(|| text(&us["name"])),
        images: Takes::of(&able["promptCapabilities"]).images,
        resumes: able["loadSession"] == true || able["sessionCapabilities"]["resume"].is_object(),
        state,
        methods: methods::read(&hello["authMethods"]),
        millis: millis_since(began),
    }
}

fn millis_since(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX)
}
