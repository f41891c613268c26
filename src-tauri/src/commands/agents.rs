//! Agents: which there are, how they do, what they inherit, and signing in.

use crate::app::App;
use crate::commands::Answered;
use crate::preferences;
use kernel::{AgentId, TerminalId};
use serde::{Deserialize, Serialize};
use session::port::{Detection, Inheritance};
use session::{
    AgentDefinition, Agents, Cause, Health, HealthState, InheritedVariable, KnownAgent, Offers,
    SignInKind, SignInMethod,
};
use specta::Type;
use tauri::State;

/// An agent of the registry.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgentEntry {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to what it inherits.
    pub env: Vec<Variable>,
    /// Whether the app ships it; the person's own can be edited and removed.
    pub shipped: bool,
    /// Where the program was found; `None` when it is missing.
    pub path: Option<String>,
    /// How to install it, for people, when it is missing.
    pub install: Option<String>,
    /// The command that installs the version Shopfloor was tested with, where there is one.
    pub install_command: Option<String>,
    /// Its version, once that is known; what is missing may be there the next time.
    pub version: Option<String>,
    /// The version of its package that Shopfloor was tested with.
    pub tested: Option<String>,
    /// How to sign in, for people; `None` where nobody needs to.
    pub sign_in: Option<String>,
    /// Variables of its own that hold keys, where it is known.
    pub keys: Vec<String>,
    /// Where its own documentation is.
    pub docs: Option<String>,
    /// Names of variables it gets though they look secret; `*` at the end stands for any rest.
    pub pass: Vec<String>,
    /// Names of variables it does not get.
    pub withhold: Vec<String>,
    /// Whether new workspaces get it unless told otherwise.
    pub is_default: bool,
}

/// One environment variable.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An agent of the person's own.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgentDraft {
    /// The one to change; `None` for a new one.
    pub id: Option<AgentId>,
    /// Its name.
    pub name: String,
    /// The program: an absolute path, or a name to be found on the PATH.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to what it inherits.
    pub env: Vec<Variable>,
}

/// What was found when an agent was started in an empty folder.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgentHealth {
    /// Its version.
    pub version: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
    /// Whether it takes pictures.
    pub images: bool,
    /// Whether it can go on with an earlier conversation.
    pub resumes: bool,
    /// How it does.
    pub state: AgentState,
    /// The ways to sign in that it names.
    pub methods: Vec<SignIn>,
    /// How long it took until a conversation was open, in milliseconds.
    pub millis: u32,
}

/// How an agent does.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AgentState {
    /// It opened a conversation and said nothing of signing in.
    Ready,
    /// It wants to be signed in first.
    SignInNeeded {
        /// What it said, for people.
        said: String,
    },
    /// It could not be started, or opened no conversation.
    Failed {
        /// What happened, for people.
        message: String,
        /// What to do.
        hint: String,
        /// For "copy details": the end of its stderr.
        detail: Option<String>,
    },
}

/// One way to sign in.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The agent's own id for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// More for people.
    pub description: Option<String>,
    /// How it is done.
    pub way: SignInWay,
}

/// How one way to sign in is done.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SignInWay {
    /// `sign_in`: the agent does it, and may open a browser.
    Agent,
    /// `sign_in_terminal`: the person does it in a terminal.
    Terminal,
    /// The person sets these variables and lets the agent have them.
    Variables {
        /// Their names.
        names: Vec<String>,
    },
}

/// One variable of the app's environment, as an agent would get it. Never its value.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Inherited {
    /// Its name.
    pub name: String,
    /// Whether the agent gets it.
    pub passed: bool,
    /// Whether the person can choose otherwise; no agent gets what would lead it astray.
    pub choosable: bool,
    /// Why, for people; empty when there is nothing to say.
    pub reason: String,
}

/// All agents, the practice agent last.
#[tauri::command]
#[specta::specta]
pub async fn agents(app: State<'_, App>) -> Answered<Vec<AgentEntry>> {
    let default = preferences::default_agent(&app).await?;
    Ok(app
        .flows
        .rooms()
        .agents
        .list()
        .await?
        .into_iter()
        .map(|agent| entry(agent, Some(&default)))
        .collect())
}

/// Adds or changes an agent of the person's own.
#[tauri::command]
#[specta::specta]
pub async fn save_agent(app: State<'_, App>, draft: AgentDraft) -> Answered<AgentEntry> {
    let agents = &app.flows.rooms().agents;
    let saved = agents
        .save(
            draft.id,
            AgentDefinition {
                name: draft.name,
                command: draft.command,
                args: draft.args,
                env: draft
                    .env
                    .into_iter()
                    .map(|variable| (variable.name, variable.value))
                    .collect(),
            },
        )
        .await?;
    let default = preferences::load(&app.database).await?.default_agent;
    Ok(entry(saved, default.as_ref()))
}

/// Removes an agent of the person's own.
#[tauri::command]
#[specta::specta]
pub async fn remove_agent(app: State<'_, App>, id: AgentId) -> Answered<()> {
    Ok(app.flows.rooms().agents.remove(&id).await?)
}

/// Starts an agent in an empty folder, opens a conversation and ends it. Takes seconds.
#[tauri::command]
#[specta::specta]
pub async fn examine_agent(app: State<'_, App>, agent: AgentId) -> Answered<AgentHealth> {
    Ok(health(agents_of(&app).examine(&agent).await?))
}

/// Asks an agent to sign in by one of its methods; takes as long as the person does.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(app: State<'_, App>, agent: AgentId, method: String) -> Answered<()> {
    Ok(agents_of(&app).sign_in(&agent, &method).await?)
}

/// Stops a sign-in that waits.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(app: State<'_, App>, agent: AgentId) -> Answered<()> {
    agents_of(&app).cancel_sign_in(&agent);
    Ok(())
}

/// Opens a terminal in which the person signs in by this method.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_terminal(
    app: State<'_, App>,
    agent: AgentId,
    method: String,
) -> Answered<TerminalId> {
    Ok(app.flows.sign_in_terminal(&agent, &method).await?)
}

/// The app's environment as an agent would get it now, by name.
#[tauri::command]
#[specta::specta]
pub async fn agent_environment(app: State<'_, App>, agent: AgentId) -> Answered<Vec<Inherited>> {
    let variables = agents_of(&app).environment(&agent).await?;
    Ok(variables.into_iter().map(inherited).collect())
}

/// Changes what an agent gets from its next start on.
#[tauri::command]
#[specta::specta]
pub async fn save_agent_environment(
    app: State<'_, App>,
    agent: AgentId,
    pass: Vec<String>,
    withhold: Vec<String>,
) -> Answered<()> {
    let chosen = Inheritance { pass, withhold };
    Ok(agents_of(&app).save_inheritance(&agent, chosen).await?)
}

/// What an agent offered last in any conversation.
#[tauri::command]
#[specta::specta]
pub async fn agent_offers(app: State<'_, App>, agent: AgentId) -> Answered<Offers> {
    Ok(agents_of(&app).offers(&agent).await?)
}

fn agents_of(app: &App) -> &Agents {
    &app.flows.rooms().agents
}

fn entry(agent: KnownAgent, default: Option<&AgentId>) -> AgentEntry {
    let (path, install) = match agent.detection {
        Detection::Found { path } => (Some(path.display().to_string()), None),
        Detection::Missing { install } => (None, Some(install)),
    };
    let about = agent.about.unwrap_or_default();
    // What has no tested version of its own is no package to be installed.
    let install_command = about.tested.is_some().then_some(about.install);
    AgentEntry {
        install_command,
        version: agent.version,
        tested: about.tested,
        sign_in: Some(about.sign_in).filter(|said| !said.is_empty()),
        keys: about.keys,
        docs: about.docs,
        pass: agent.inherits.pass,
        withhold: agent.inherits.withhold,
        is_default: default == Some(&agent.program.id),
        id: agent.program.id,
        name: agent.program.name,
        command: agent.program.command,
        args: agent.program.args,
        env: agent
            .program
            .env
            .into_iter()
            .map(|(name, value)| Variable { name, value })
            .collect(),
        shipped: agent.shipped,
        path,
        install,
    }
}

fn health(health: Health) -> AgentHealth {
    AgentHealth {
        version: health.version,
        name: health.name,
        images: health.images,
        resumes: health.resumes,
        state: match health.state {
            HealthState::Ready => AgentState::Ready,
            HealthState::SignInNeeded { said } => AgentState::SignInNeeded { said },
            HealthState::Failed { cause } => AgentState::Failed {
                message: cause.message(),
                hint: cause.hint().to_owned(),
                detail: match cause {
                    Cause::Crashed { stderr, .. } if !stderr.is_empty() => Some(stderr),
                    _ => None,
                },
            },
        },
        methods: health.methods.into_iter().map(method).collect(),
        millis: health.millis,
    }
}

fn method(method: SignInMethod) -> SignIn {
    SignIn {
        id: method.id,
        name: method.name,
        description: method.description,
        way: match method.kind {
            SignInKind::Agent => SignInWay::Agent,
            SignInKind::Terminal { .. } | SignInKind::Command { .. } => SignInWay::Terminal,
            SignInKind::Variables { names } => SignInWay::Variables { names },
        },
    }
}

fn inherited(variable: InheritedVariable) -> Inherited {
    Inherited {
        passed: variable.standing.is_passed(),
        choosable: variable.standing.is_choosable(),
        reason: variable.standing.reason().to_owned(),
        name: variable.name,
    }
}
