use super::*;
use crate::tools::{self, Calls};
use serde_json::json;

const CWD: &str = "/wt/tree";

/// What is judged of a request, after these updates.
fn reach(before: &[Value], request: &Value) -> (Option<String>, Vec<String>) {
    let mut calls = Calls::default();
    for update in before {
        calls.learn(&tools::patch(update).expect("an update"));
    }
    let patch = tools::patch(request).expect("a request");
    let (call, known) = (calls.known_with(&patch), calls.known(&patch.call));
    let cwd = Path::new(CWD);
    let paths = paths(request, &call, cwd)
        .iter()
        .map(|path| path.to_str().expect("plain").to_owned())
        .collect();
    (command(request, &call, known, cwd), paths)
}

fn command_of(request: &Value) -> Option<String> {
    reach(&[], request).0
}

fn paths_of(request: &Value) -> Vec<String> {
    reach(&[], request).1
}

fn execute(input: Value) -> Value {
    json!({"toolCallId": "a", "kind": "execute", "title": "run it", "rawInput": input})
}

#[test]
fn commands_of_real_agents_are_read() {
    let claude = execute(json!({"command": "git status", "description": "look", "timeout": 1}));
    assert_eq!(command_of(&claude).as_deref(), Some("git status"));
    let codex = execute(json!({"command": "touch /wt/tree/x", "cwd": CWD, "args": [], "env": {}}));
    assert_eq!(command_of(&codex).as_deref(), Some("touch /wt/tree/x"));
    let shell = execute(json!({"command": ["/bin/bash", "-lc", "git diff | head"]}));
    assert_eq!(command_of(&shell).as_deref(), Some("git diff | head"));
    let words = execute(json!({"command": ["git", "log", "--format=%s; x", "it's"]}));
    assert_eq!(
        command_of(&words).as_deref(),
        Some(r"git log '--format=%s; x' 'it'\''s'")
    );
    let gemini = json!({"toolCallId": "run_shell_command__1", "kind": "execute", "title": "ls -l", "content": [
        {"type": "content", "content": {"type": "text", "text": "[current working directory /wt/tree] (look)"}},
    ]});
    assert_eq!(command_of(&gemini).as_deref(), Some("ls -l"));
}

#[test]
fn a_command_that_is_unclear_or_runs_elsewhere_is_none() {
    let title = |content: &str, id: &str| {
        json!({"toolCallId": id, "kind": "execute", "title": "ls", "content": [
            {"type": "content", "content": {"type": "text", "text": content}},
        ]})
    };
    for unclear in [
        execute(json!({"command": "make", "cwd": "/elsewhere"})),
        execute(json!({"command": "make", "cwd": "../other"})),
        execute(json!({"command": "make", "workdir": 7})),
        execute(json!({"command": "make", "cmd": "other"})),
        execute(json!({"command": ["make", 7]})),
        execute(json!({"command": {"program": "make"}})),
        execute(json!({"command": "make", "dangerouslyDisableSandbox": true})),
        execute(json!({"command": "git", "args": ["push"]})),
        execute(json!({"command": "git fetch", "env": {"GIT_SSH_COMMAND": "evil"}})),
        execute(json!({"command": "python", "stdin": "import os"})),
        execute(json!({"command": "  "})),
        execute(json!("make")),
        execute(json!(null)),
        title(
            "[current working directory /elsewhere]",
            "run_shell_command__1",
        ),
        title("look", "run_shell_command__1"),
        title("[current working directory /wt/tree]", "other__1"),
        json!({"toolCallId": "a", "kind": "other", "rawInput": {"command": "make"}}),
    ] {
        assert_eq!(command_of(&unclear), None, "{unclear}");
    }
    let told = execute(json!({"command": "make", "cwd": "/elsewhere"}));
    let asked = execute(json!({"command": "make"}));
    assert_eq!(reach(&[told], &asked).0, None, "it was told where it runs");
}

#[test]
fn a_command_that_is_called_a_read_is_a_command() {
    let read = |input: Value| {
        json!({"toolCallId": "a", "kind": "read", "title": "Read x", "rawInput": input,
            "locations": [{"path": "/wt/tree/x"}]})
    };
    for shells in [
        read(json!({"command": "cat x | sh", "cwd": CWD})),
        read(json!({"command": ["bash", "-lc", "cat x | sh"]})),
    ] {
        let reached = (Some("cat x | sh".to_owned()), Vec::new());
        assert_eq!(reach(&[], &shells), reached, "{shells}");
    }
    let its_own = read(json!({"command": "view", "path": "/wt/tree/x"}));
    assert_eq!(reach(&[], &its_own), (None, vec!["/wt/tree/x".to_owned()]));
}

#[test]
fn a_command_told_before_the_request_counts() {
    let told = execute(json!({"command": "git status"}));
    let asked = json!({"toolCallId": "a"});
    assert_eq!(reach(&[told], &asked).0.as_deref(), Some("git status"));
}

#[test]
fn files_of_real_agents_are_read() {
    let claude = json!({"toolCallId": "a", "kind": "edit", "rawInput":
        {"file_path": "/wt/tree/a", "old_string": "/x", "new_string": "/y", "replace_all": false},
        "locations": [{"path": "/wt/tree/a"}],
        "content": [{"type": "diff", "path": "/wt/tree/a", "oldText": "", "newText": ""}]});
    assert_eq!(paths_of(&claude), ["/wt/tree/a"]);
    let codex = json!({"toolCallId": "a", "kind": "edit", "locations": [{"path": "/wt/tree/a"}]});
    let diff = json!({"toolCallId": "a", "kind": "edit",
        "content": [{"type": "diff", "path": "/wt/tree/b", "newText": ""}]});
    assert_eq!(reach(&[diff], &codex).1, ["/wt/tree/a", "/wt/tree/b"]);
    let rust_codex = json!({"toolCallId": "a", "kind": "edit",
        "rawInput": {"changes": {"/wt/tree/a": {}, "b": {}}}});
    assert_eq!(paths_of(&rust_codex), ["/wt/tree/a", "/wt/tree/b"]);
    let opencode = json!({"toolCallId": "a", "kind": "edit", "rawInput": {"filepath": "/wt/tree/a",
        "diff": "Index: /wt/tree/c\n--- /wt/tree/c\told\n+++ /wt/tree/c\n-- x\n"}});
    assert_eq!(paths_of(&opencode), ["/wt/tree/a", "/wt/tree/c"]);
    let patch = "*** Begin Patch\n*** Update File: x\n*** Move to: /etc/y\n*** End Patch";
    let apply = json!({"toolCallId": "a", "kind": "edit", "rawInput": {"patchText": patch}});
    assert_eq!(paths_of(&apply), ["/etc/y", "/wt/tree/x"]);
    let many =
        json!({"toolCallId": "a", "kind": "read", "rawInput": {"paths": ["a", "/b"], "offset": 3}});
    assert_eq!(paths_of(&many), ["/b", "/wt/tree/a"]);
}

#[test]
fn files_that_are_unclear_are_none() {
    let edit = |input: Value| json!({"toolCallId": "a", "kind": "edit", "rawInput": input});
    for unclear in [
        edit(json!({"file_path": "/wt/tree/a", "target": {"path": "/etc"}})),
        edit(json!({"file_path": "~/.ssh/config"})),
        edit(json!({"file_path": "$HOME/x"})),
        edit(json!({"file_path": "file:///etc/passwd"})),
        edit(json!({"paths": ["/wt/tree/a", 7]})),
        edit(json!("/wt/tree/a")),
        json!({"toolCallId": "a", "kind": "execute", "locations": [{"path": "/wt/tree/a"}]}),
        json!({"toolCallId": "a", "kind": "other", "locations": [{"path": "/wt/tree/a"}]}),
        json!({"toolCallId": "a", "kind": "move", "rawInput": {"source": "/wt/tree/a"}}),
        json!({"toolCallId": "a", "kind": "edit"}),
    ] {
        assert!(paths_of(&unclear).is_empty(), "{unclear}");
    }
    let moved = json!({"toolCallId": "a", "kind": "move", "rawInput": {"source": "a", "destination": "/b"}});
    assert_eq!(paths_of(&moved), ["/b", "/wt/tree/a"]);
}
