//! A conversation as a few readable lines, for comparing with what it was before.

use session::port::{AgentEvent, ToolPatch};
use session::{Ask, ToolContent};
use std::fmt::Write;

/// One line per event; chunks of one text are joined, ids are numbered, what is long is cut.
pub fn of(events: &[AgentEvent]) -> String {
    let mut lines = String::new();
    let mut ids: Vec<String> = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for event in events {
        let chunk = match event {
            AgentEvent::Text(text) => Some(("text", text)),
            AgentEvent::Thought(text) => Some(("thought", text)),
            _ => None,
        };
        if let (Some((kind, text)), Some((open, joined))) = (chunk, &mut open)
            && kind == *open
        {
            joined.push_str(text);
            continue;
        }
        if let Some((kind, text)) = open.take() {
            writeln!(lines, "{kind} {}", short(&text)).unwrap();
        }
        match chunk {
            Some((kind, text)) => open = Some((kind, text.clone())),
            None => lines.push_str(&line(event, &mut ids)),
        }
    }
    lines
}

fn line(event: &AgentEvent, ids: &mut Vec<String>) -> String {
    let line = match event {
        // When it comes depends on when the pipe is read; the hostile agents' tests hold it to its place.
        AgentEvent::PromptWritten => return String::new(),
        // Another process each time.
        AgentEvent::Started(_) => return String::new(),
        AgentEvent::Commands(commands) => format!("commands {}", commands.len()),
        AgentEvent::Options(options) => {
            let options = options
                .iter()
                .map(|option| format!("{}={}", option.id, option.current));
            format!("options {}", options.collect::<Vec<_>>().join(" "))
        }
        AgentEvent::OptionRefused { id, said } => format!("option {id} refused: {}", short(said)),
        AgentEvent::Images(taken) => format!("images {taken}"),
        AgentEvent::NextMessage => "next message".to_owned(),
        AgentEvent::Text(text) | AgentEvent::Thought(text) => short(text),
        AgentEvent::Opened { opening, .. } => format!("opened {opening:?}"),
        AgentEvent::Tool(patch) => tool(patch, ids),
        AgentEvent::Plan(items) => {
            let items = items
                .iter()
                .map(|item| format!("{:?} {}", item.status, item.text));
            format!("plan {}", items.collect::<Vec<_>>().join("; "))
        }
        AgentEvent::Asked { ask, .. } => asked(ask),
        AgentEvent::AskWithdrawn { .. } => "withdrawn".to_owned(),
        AgentEvent::Usage(usage) => {
            format!(
                "usage {} of {} {}",
                usage.used,
                usage.size,
                usage.cost.as_deref().unwrap_or("-")
            )
        }
        AgentEvent::Title(title) => format!("title {}", short(title)),
        AgentEvent::Other { name, raw } => format!("other {name} {}", short(raw)),
        AgentEvent::Trouble(said) => format!("trouble {}", short(said)),
        AgentEvent::TurnEnded { reason } => format!("turn ended: {reason}"),
        AgentEvent::TurnFailed(cause) => format!("turn failed: {}", short(&cause.message())),
        AgentEvent::Ended { cause } => match cause {
            Some(cause) => format!("ended: {}", short(&cause.message())),
            None => "ended".to_owned(),
        },
    };
    line + "\n"
}

fn tool(patch: &ToolPatch, ids: &mut Vec<String>) -> String {
    let number = ids
        .iter()
        .position(|id| *id == patch.call)
        .unwrap_or_else(|| {
            ids.push(patch.call.clone());
            ids.len() - 1
        });
    let mut line = format!("tool #{number}");
    if let Some(tool) = patch.tool {
        write!(line, " {tool:?}").unwrap();
    }
    if let Some(status) = patch.status {
        write!(line, " {status:?}").unwrap();
    }
    if let Some(title) = &patch.title {
        write!(line, " {}", short(title)).unwrap();
    }
    for location in patch.locations.iter().flatten() {
        write!(line, " at {}", location.path).unwrap();
    }
    for content in patch.content.iter().flatten() {
        write!(line, " shows {}", shown(content)).unwrap();
    }
    if let Some(output) = &patch.append {
        write!(line, " appends {}", short(output)).unwrap();
    }
    if let Some(input) = &patch.input {
        write!(line, " input {}", short(input)).unwrap();
    }
    line
}

fn shown(content: &ToolContent) -> String {
    match content {
        ToolContent::Text { text, cut: 0 } => short(text),
        ToolContent::Text { text, cut } => format!("{} without {cut} bytes", short(text)),
        ToolContent::Diff {
            path,
            old_text,
            new_text,
        } => {
            format!(
                "diff {path} {} → {}",
                short(old_text.as_deref().unwrap_or("nothing")),
                short(new_text)
            )
        }
    }
}

fn asked(ask: &Ask) -> String {
    let mut line = format!("asked {:?} {}", ask.kind, short(&ask.title));
    for option in &ask.options {
        write!(line, " | {:?} {}", option.kind, option.name).unwrap();
    }
    for field in &ask.fields {
        write!(line, " | {} {:?}", field.title, field.kind).unwrap();
    }
    if let Some(command) = &ask.command {
        write!(line, " runs {}", short(command)).unwrap();
    }
    for path in &ask.paths {
        write!(line, " touches {path}").unwrap();
    }
    line
}

fn short(text: &str) -> String {
    let quoted = format!("{text:?}");
    match quoted.char_indices().nth(100) {
        Some((at, _)) => format!("{}…({} bytes)", &quoted[..at], text.len()),
        None => quoted,
    }
}
