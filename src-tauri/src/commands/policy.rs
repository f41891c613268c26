//! What agents may do without asking.

use crate::app::App;
use crate::commands::Answered;
use kernel::{RuleId, SessionId};
use session::{PolicyMode, Rule, RuleDraft, Scope, ScopeMode};
use tauri::State;

/// All rules, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn policy_rules(app: State<'_, App>) -> Answered<Vec<Rule>> {
    Ok(app.flows.rooms().sessions.policies().rules().to_vec())
}

/// Makes a rule; what waits and fits it is answered by it.
#[tauri::command]
#[specta::specta]
pub async fn add_rule(app: State<'_, App>, draft: RuleDraft) -> Answered<Rule> {
    Ok(app.flows.rooms().sessions.policies().add(draft).await?)
}

/// Takes a rule back.
#[tauri::command]
#[specta::specta]
pub async fn revoke_rule(app: State<'_, App>, rule: RuleId) -> Answered<()> {
    Ok(app.flows.rooms().sessions.policies().revoke(&rule).await?)
}

/// The modes that were set; conversations' own are in their summaries.
#[tauri::command]
#[specta::specta]
pub async fn policy_modes(app: State<'_, App>) -> Answered<Vec<ScopeMode>> {
    Ok(app.flows.rooms().sessions.policies().modes())
}

/// Sets what is allowed everywhere or in a project, or lets it inherit again.
#[tauri::command]
#[specta::specta]
pub async fn set_policy_mode(
    app: State<'_, App>,
    scope: Scope,
    mode: Option<PolicyMode>,
) -> Answered<()> {
    let policies = app.flows.rooms().sessions.policies();
    Ok(policies.set_mode(scope, mode).await?)
}

/// Sets what one conversation's agent may do, or lets it inherit again.
#[tauri::command]
#[specta::specta]
pub async fn set_session_policy(
    app: State<'_, App>,
    session: SessionId,
    mode: Option<PolicyMode>,
) -> Answered<()> {
    Ok(app
        .flows
        .rooms()
        .sessions
        .set_policy(&session, mode)
        .await?)
}
