//! The typed border to the window: which commands and events there are, and their TypeScript.

use kernel::WorkspaceId;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::Path;
use tauri_specta::{Builder, Event, collect_commands, collect_events};

use crate::commands::{
    agents, attachments, board, changes, diagnostics, policy, projects, queue, quit, search,
    sessions, settings, terminals, workspaces,
};

/// The person asked, outside the window, to see a workspace (from the tray or a second start).
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct ShowWorkspace {
    /// Which one.
    pub workspace: WorkspaceId,
}

/// The person wants to quit while agents work: to be asked whether they mean it.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct QuitAsked {
    /// How many agents work.
    pub working: u32,
}

/// All commands and events.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .commands(collect_commands![
            board::subscribe_board,
            board::mark_seen,
            projects::add_project,
            projects::pick_folder,
            projects::remove_project,
            projects::open_practice_project,
            projects::project_bases,
            projects::project_settings,
            projects::save_project_settings,
            workspaces::create_workspace,
            workspaces::retry_workspace,
            workspaces::rename_workspace,
            workspaces::dismiss_notice,
            workspaces::archive_workspace,
            workspaces::unarchive_workspace,
            workspaces::archived_workspaces,
            sessions::send_message,
            sessions::begin_session,
            sessions::rename_session,
            sessions::close_session,
            sessions::reopen_session,
            sessions::set_session_option,
            attachments::attach_bytes,
            attachments::attach_files,
            attachments::pick_files,
            attachments::attachment_bytes,
            attachments::keep_drafts,
            attachments::workspace_files,
            policy::policy_rules,
            policy::add_rule,
            policy::revoke_rule,
            policy::policy_modes,
            policy::set_policy_mode,
            policy::set_session_policy,
            queue::take_back_message,
            queue::resend_message,
            queue::edit_message,
            queue::move_message,
            queue::hold_message,
            queue::release_message,
            queue::send_message_now,
            sessions::answer_request,
            sessions::stop_turn,
            sessions::end_session,
            sessions::sleep_session,
            sessions::open_conversation,
            sessions::leave_conversation,
            sessions::older_entries,
            search::search_transcripts,
            search::find_in_session,
            search::session_prompts,
            search::pick_export_path,
            search::export_session,
            changes::workspace_changes,
            changes::file_diff,
            agents::agents,
            agents::save_agent,
            agents::remove_agent,
            agents::examine_agent,
            agents::sign_in,
            agents::cancel_sign_in,
            agents::sign_in_terminal,
            agents::agent_environment,
            agents::save_agent_environment,
            agents::agent_offers,
            settings::preferences,
            settings::save_preferences,
            terminals::subscribe_terminals,
            terminals::open_terminal,
            terminals::attach_terminal,
            terminals::detach_terminal,
            terminals::acknowledge_terminal,
            terminals::write_terminal,
            terminals::resize_terminal,
            terminals::restart_terminal,
            terminals::close_terminal,
            diagnostics::diagnostics,
            diagnostics::report_moment,
            diagnostics::open_link,
            diagnostics::reveal_workspace,
            diagnostics::open_in_editor,
            quit::quit,
            quit::quit_now,
            quit::keep_running,
        ])
        .events(collect_events![ShowWorkspace, QuitAsked])
}

/// Writes the TypeScript of [`builder`] to a file.
pub fn export(file: &Path) -> Result<(), String> {
    builder()
        .export(specta_typescript::Typescript::default(), file)
        .map_err(|error| error.to_string())
}
