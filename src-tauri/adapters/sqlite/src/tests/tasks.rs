//! Projects, workspaces, agents and settings.

use super::{at, fresh, project, with_session, workspace};
use ::session::port::{AgentProgram, AgentStore, SessionStore};
use ::workspace::machine::WorkspaceState;
use ::workspace::port::{ProjectStore, WorkspaceStore};
use ::workspace::{SetupStep, SetupStepState};
use kernel::{AgentId, ProjectId, SessionId, WorkspaceId};
use std::path::Path;

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_comes_back_byte_for_byte() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (_folder, database) = fresh();
    let odd = Path::new(OsStr::from_bytes(b"/code/it's \"odd\"\n\xff\xfe"));
    let saved = project("p", odd);
    database.save_project(&saved).unwrap();
    let mut in_it = workspace("w", "p");
    in_it.path = odd.join("tree");
    database.insert_workspace(&in_it).unwrap();
    assert_eq!(database.projects().unwrap(), vec![saved.clone()]);
    assert_eq!(database.project(&saved.id).unwrap(), Some(saved));
    assert_eq!(database.workspace(&in_it.id).unwrap(), Some(in_it));
}

#[test]
fn a_workspace_comes_back_whole() {
    let (_folder, database) = with_session();
    let mut full = workspace("full", "p");
    full.base_commit = Some("a".repeat(40));
    full.state = WorkspaceState::Failed {
        cause: "git's words".to_owned(),
    };
    full.steps = vec![SetupStep {
        title: "Create worktree".to_owned(),
        state: SetupStepState::Failed,
        started_at: at(5),
        ended_at: Some(at(6)),
        note: Some("no space".to_owned()),
    }];
    full.notice = Some("mended".to_owned());
    full.archive_checkpoint = Some("b".repeat(40));
    full.seen_at = Some(at(7));
    full.created_at = at(1);
    database.insert_workspace(&full).unwrap();
    assert_eq!(database.workspace(&full.id).unwrap(), Some(full.clone()));
    assert_eq!(
        database.workspaces().unwrap(),
        vec![full, workspace("w", "p")]
    );
}

#[test]
fn only_one_of_two_transitions_from_the_same_state_is_written() {
    let (_folder, database) = with_session();
    let mut first = workspace("w", "p");
    first.state = WorkspaceState::Provisioning;
    let mut second = workspace("w", "p");
    second.state = WorkspaceState::Archiving { was_ready: false };
    let expected = WorkspaceState::New;
    assert!(database.update_workspace(&expected, &first).unwrap());
    assert!(!database.update_workspace(&expected, &second).unwrap());
    assert_eq!(database.workspace(&first.id).unwrap(), Some(first));
}

#[test]
fn a_workspace_that_is_not_there_is_not_made_by_an_update() {
    let (_folder, database) = with_session();
    let unknown = workspace("unknown", "p");
    let written = database.update_workspace(&WorkspaceState::New, &unknown);
    assert!(!written.unwrap());
    assert_eq!(database.workspace(&unknown.id).unwrap(), None);
}

#[test]
fn saving_a_project_again_keeps_its_workspaces() {
    let (_folder, database) = with_session();
    let mut renamed = project("p", Path::new("/code/p"));
    renamed.name = "renamed".to_owned();
    database.save_project(&renamed).unwrap();
    assert_eq!(database.projects().unwrap(), vec![renamed]);
    assert_eq!(database.workspaces().unwrap().len(), 1);
    assert_eq!(database.sessions().unwrap().len(), 1);
}

#[test]
fn a_removed_project_takes_all_its_rows_with_it() {
    let (_folder, database) = with_session();
    let entry = super::answer(0, "hello");
    database
        .save_entries(&SessionId::new("s"), &[entry])
        .unwrap();
    database.remove_project(&ProjectId::new("p")).unwrap();
    let gone = database.workspace(&WorkspaceId::new("w")).unwrap();
    assert_eq!(gone, None);
    assert!(database.sessions().unwrap().is_empty());
    let entries = database.entries(&SessionId::new("s"), None, 10).unwrap();
    assert!(entries.is_empty());
}

#[test]
fn agents_come_back_by_name_and_can_be_removed() {
    let (_folder, database) = fresh();
    let agent = |id: &str, name: &str| AgentProgram {
        id: AgentId::new(id),
        name: name.to_owned(),
        command: "/opt/my agent".to_owned(),
        args: vec!["--acp".to_owned(), String::new()],
        env: vec![("KEY".to_owned(), "a=b".to_owned())],
    };
    database.save_agent(&agent("a", "zebra")).unwrap();
    database.save_agent(&agent("b", "Ant")).unwrap();
    database.save_agent(&agent("a", "bee")).unwrap();
    let expected = vec![agent("b", "Ant"), agent("a", "bee")];
    assert_eq!(database.agents().unwrap(), expected);
    database.remove_agent(&AgentId::new("b")).unwrap();
    assert_eq!(database.agents().unwrap(), vec![agent("a", "bee")]);
}

#[test]
fn a_setting_is_what_was_set_last() {
    let (_folder, database) = fresh();
    assert_eq!(database.setting("theme").unwrap(), None);
    database.set_setting("theme", "\"dark\"").unwrap();
    database.set_setting("theme", "\"light\"").unwrap();
    let theme = database.setting("theme").unwrap();
    assert_eq!(theme.as_deref(), Some("\"light\""));
}
