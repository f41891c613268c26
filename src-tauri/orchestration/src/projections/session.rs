//! A session's summary on its workspace's card.

use session::machine::SessionState;
use session::{
    Ask, AskKind, MessageState, OptionKind, PendingRequest, SessionSummary, ToolCall, ToolKind,
};
use snapshot::{Pending, PendingKind, QuickAnswers, Run, SessionGroup, Silence};

/// What is longer, in characters, can't be read at a glance and has to be opened to be answered.
const AT_A_GLANCE: usize = 300;

/// The card's group.
pub fn group(summary: &SessionSummary) -> SessionGroup {
    let count = |state| {
        summary
            .queue
            .iter()
            .filter(|message| message.state == state)
            .count()
    };
    SessionGroup {
        id: summary.id.clone(),
        agent: summary.agent.clone(),
        title: summary.title.clone(),
        run: run(&summary.state),
        since: summary.state_since,
        activity: summary.activity.clone(),
        quiet: summary.quiet.as_ref().map(|quiet| Silence {
            since: quiet.since,
            likely: quiet.likely.clone(),
        }),
        pending: summary.pending.iter().map(pending).collect(),
        queued: u32::try_from(count(MessageState::Queued)).unwrap_or(u32::MAX),
        undelivered: u32::try_from(count(MessageState::Failed)).unwrap_or(u32::MAX),
        turn: summary.turn,
        turn_ended_at: summary.turn_ended_at,
        created_at: summary.created_at,
        closed_at: summary.closed_at,
    }
}

fn run(state: &SessionState) -> Run {
    match state {
        SessionState::Stopped => Run::Stopped,
        SessionState::Asleep => Run::Asleep,
        SessionState::Waiting { why } => Run::Waiting { why: why.clone() },
        SessionState::Starting { .. } => Run::Starting,
        SessionState::Ready { .. } => Run::Ready,
        SessionState::Working { .. } => Run::Working,
        SessionState::Stopping { .. } => Run::Stopping,
        SessionState::Failed { cause } => Run::Failed {
            message: cause.message(),
            hint: cause.hint().to_owned(),
        },
    }
}

fn pending(request: &PendingRequest) -> Pending {
    Pending {
        id: request.id.clone(),
        kind: match request.ask.kind {
            AskKind::Permission => PendingKind::Permission,
            AskKind::Plan => PendingKind::Plan,
            AskKind::Question => PendingKind::Question,
        },
        title: title(&request.ask),
        since: request.since,
        quick: quick(&request.ask),
    }
}

/// Some agents name only the file; what is to be done with it must be said, too.
fn title(ask: &Ask) -> String {
    let verb = match ask.call.as_ref().map(|call| call.tool) {
        Some(ToolKind::Read) => "Read",
        Some(ToolKind::Edit) => "Edit",
        Some(ToolKind::Delete) => "Delete",
        Some(ToolKind::Move) => "Move",
        Some(ToolKind::Search) => "Search",
        Some(
            ToolKind::Execute
            | ToolKind::Think
            | ToolKind::Fetch
            | ToolKind::SwitchMode
            | ToolKind::Other,
        )
        | None => return ask.title.clone(),
    };
    if ask.title.starts_with('/') {
        format!("{verb} {}", ask.title)
    } else {
        ask.title.clone()
    }
}

/// Only for permissions whose words are short, and only by options that hold for this once: what is agreed to must be
/// in view, and nothing lasting is agreed to in passing.
fn quick(ask: &Ask) -> Option<QuickAnswers> {
    let words = [Some(ask.title.as_str()), ask.command.as_deref()];
    let paths = ask.paths.iter().map(String::as_str);
    let length: usize = words
        .into_iter()
        .flatten()
        .chain(paths)
        .map(|text| text.chars().count())
        .sum();
    if ask.kind != AskKind::Permission || length > AT_A_GLANCE || hides_its_input(ask) {
        return None;
    }
    let only = |kind| {
        let mut fitting = ask.options.iter().filter(|option| option.kind == kind);
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.id.clone())
    };
    Some(QuickAnswers {
        command: ask.command.clone(),
        paths: ask.paths.clone(),
        allow: only(OptionKind::AllowOnce)?,
        deny: only(OptionKind::RejectOnce)?,
    })
}

/// Whether neither a command nor a file says what a tool that may change something would do, but its input does: one of an
/// unknown kind, or one whose command or files are not clear.
fn hides_its_input(ask: &Ask) -> bool {
    let may_change = |tool| match tool {
        ToolKind::Edit
        | ToolKind::Delete
        | ToolKind::Move
        | ToolKind::Execute
        | ToolKind::Other => true,
        ToolKind::Read
        | ToolKind::Search
        | ToolKind::Think
        | ToolKind::Fetch
        | ToolKind::SwitchMode => false,
    };
    let input = |call: &ToolCall| {
        let input = call.input.as_deref().unwrap_or_default().trim();
        may_change(call.tool) && !matches!(input, "" | "{}" | "null")
    };
    ask.command.is_none() && ask.paths.is_empty() && ask.call.as_ref().is_some_and(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::{AskOption, ToolStatus};

    fn permission(options: &[(&str, OptionKind)]) -> Ask {
        let option = |(id, kind): &(&str, OptionKind)| AskOption {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            kind: *kind,
        };
        Ask {
            kind: AskKind::Permission,
            title: "Run make".to_owned(),
            call: None,
            options: options.iter().map(option).collect(),
            fields: Vec::new(),
            command: Some("make".to_owned()),
            paths: Vec::new(),
        }
    }

    const USUAL: [(&str, OptionKind); 3] = [
        ("always", OptionKind::AllowAlways),
        ("yes", OptionKind::AllowOnce),
        ("no", OptionKind::RejectOnce),
    ];

    #[test]
    fn a_permission_is_answered_at_a_glance_by_what_holds_this_once() {
        let expected = QuickAnswers {
            command: Some("make".to_owned()),
            paths: Vec::new(),
            allow: "yes".to_owned(),
            deny: "no".to_owned(),
        };
        assert_eq!(quick(&permission(&USUAL)), Some(expected));
    }

    fn about(tool: ToolKind, title: &str, input: Option<&str>) -> Ask {
        Ask {
            title: title.to_owned(),
            command: None,
            call: Some(ToolCall {
                call: "c".to_owned(),
                tool,
                title: title.to_owned(),
                status: ToolStatus::Pending,
                locations: Vec::new(),
                content: Vec::new(),
                input: input.map(str::to_owned),
            }),
            ..permission(&USUAL)
        }
    }

    #[test]
    fn a_bare_path_says_what_is_to_be_done_with_it() {
        let said = |tool, words| title(&about(tool, words, None));
        assert_eq!(said(ToolKind::Edit, "/t/a.rs"), "Edit /t/a.rs");
        assert_eq!(said(ToolKind::Edit, "Edit a.rs"), "Edit a.rs");
        assert_eq!(said(ToolKind::Execute, "/bin/true"), "/bin/true");
    }

    #[test]
    fn a_tool_whose_input_alone_tells_has_to_be_opened() {
        let input = Some(r#"{"branch":"main"}"#);
        assert_eq!(quick(&about(ToolKind::Other, "deploy", input)), None);
        assert!(quick(&about(ToolKind::Other, "deploy", Some("{}"))).is_some());
        let unclear = Some(r#"{"command":"git","args":["push"]}"#);
        assert_eq!(quick(&about(ToolKind::Execute, "git", unclear)), None);
        let file = Ask {
            paths: vec!["/t/a.rs".to_owned()],
            ..about(ToolKind::Edit, "Edit files", input)
        };
        assert_eq!(quick(&file).map(|quick| quick.paths), Some(file.paths));
    }

    #[test]
    fn what_is_not_plain_has_to_be_opened() {
        let usual = || permission(&USUAL);
        let plan = Ask {
            kind: AskKind::Plan,
            ..usual()
        };
        let long_command = Ask {
            command: Some("x".repeat(AT_A_GLANCE + 1)),
            ..usual()
        };
        let long_title = Ask {
            title: "x".repeat(AT_A_GLANCE + 1),
            ..usual()
        };
        let two_yeses = permission(&[
            ("this file", OptionKind::AllowOnce),
            ("this folder", OptionKind::AllowOnce),
            ("no", OptionKind::RejectOnce),
        ]);
        let for_good = permission(&[
            ("always", OptionKind::AllowAlways),
            ("never", OptionKind::RejectAlways),
        ]);
        let many_files = Ask {
            paths: (0..40).map(|n| format!("/tree/file-{n}")).collect(),
            ..usual()
        };
        for ask in [
            plan,
            long_command,
            long_title,
            many_files,
            two_yeses,
            for_good,
        ] {
            assert_eq!(quick(&ask), None, "{ask:?}");
        }
    }
}
