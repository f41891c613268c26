//! The Markdown of a conversation: a section per prompt, tool calls with their output in fences.

use crate::entry::{
    Entry, EntryBody, NoticeLevel, PlanItem, PlanStatus, RequestOutcome, ToolCall, ToolContent,
    ToolStatus,
};
use crate::session::{Attachment, Author};
use kernel::Timestamp;
use regex::Regex;
use serde_json::Value;
use std::fmt::Write;
use std::sync::LazyLock;
use time::OffsetDateTime;

/// Unchanged lines shown around a change.
const AROUND: usize = 3;

/// The heading's fields as JSON, redacted.
pub fn heading(heading: &Value, now: Timestamp) -> String {
    let of = |field: &str| heading[field].as_str().unwrap_or_default().to_owned();
    let created = heading["createdAt"].as_u64().unwrap_or_default();
    let created = moment(Timestamp::from_millis(created));
    let title = match of("title").replace(['\n', '\r'], " ") {
        title if title.trim().is_empty() => "Conversation".to_owned(),
        title => title,
    };
    format!(
        "# {title}\n\n- Project: {}\n- Workspace: {} (`{}`)\n- Agent: {}\n- Begun: {created}\n- Exported: {}\n",
        of("project"),
        of("workspace"),
        of("branch"),
        of("agent"),
        moment(now)
    )
}

/// What stands at the end.
pub fn end(redacted: u32) -> String {
    match redacted {
        0 => String::new(),
        1 => "\n---\n\n1 secret was replaced by `[redacted]`.\n".to_owned(),
        more => format!("\n---\n\n{more} secrets were replaced by `[redacted]`.\n"),
    }
}

/// One entry, redacted.
pub fn entry(entry: &Entry) -> String {
    let said = match &entry.body {
        EntryBody::Prompt {
            text,
            attachments,
            author,
            ..
        } => {
            let who = match author {
                Author::Person => "You",
                Author::App => "Shopfloor",
            };
            let names = attachments.iter().map(attachment).collect::<String>();
            format!("## {who}, {}\n\n{text}\n{names}", moment(entry.at))
        }
        EntryBody::Answer { text } => format!("{}\n", text.trim_end()),
        EntryBody::Thought { text } => quoted("Thought", text),
        EntryBody::Tool { call } => tool(call),
        EntryBody::Plan { items } => items.iter().map(plan_item).collect(),
        EntryBody::Request { ask, outcome, .. } => {
            format!(
                "**Asked:** {}: {}\n",
                one_line(&ask.title),
                settled(outcome)
            )
        }
        EntryBody::Notice {
            level,
            text,
            detail,
        } => {
            let detail = detail.as_deref().map(|text| fenced("", text));
            let sign = match level {
                NoticeLevel::Note => "Note",
                NoticeLevel::Warning => "Warning",
                NoticeLevel::Error => "Error",
            };
            quoted(sign, text)
                + &detail
                    .map(|detail| format!("\n{detail}"))
                    .unwrap_or_default()
        }
        EntryBody::TurnEnd { reason, millis, .. } => {
            format!(
                "*Turn {} ended after {} s: {reason}*\n",
                entry.turn,
                millis / 1000
            )
        }
        EntryBody::Other { name, raw } => format!("**{name}**\n\n{}", fenced("json", raw)),
    };
    format!("\n{said}")
}

fn attachment(attachment: &Attachment) -> String {
    let name = match attachment {
        Attachment::File { path, .. } => path,
        Attachment::Image { name, .. } | Attachment::Text { name, .. } => name,
    };
    format!("\n- With: `{name}`")
}

fn plan_item(item: &PlanItem) -> String {
    let done = match item.status {
        PlanStatus::Completed => 'x',
        PlanStatus::Pending | PlanStatus::InProgress => ' ',
    };
    format!("- [{done}] {}\n", one_line(&item.text))
}

fn settled(outcome: &RequestOutcome) -> String {
    match outcome {
        RequestOutcome::Pending => "not answered yet".to_owned(),
        RequestOutcome::Answered { choice, .. } => one_line(choice),
        RequestOutcome::Cancelled => "cancelled".to_owned(),
        RequestOutcome::Lapsed => "lapsed".to_owned(),
    }
}

fn tool(call: &ToolCall) -> String {
    let status = match call.status {
        ToolStatus::Pending => "waits",
        ToolStatus::InProgress => "runs",
        ToolStatus::Completed => "done",
        ToolStatus::Failed => "failed",
        ToolStatus::Cancelled => "cancelled",
    };
    let mut text = format!("### {} ({status})\n", one_line(&call.title));
    for location in &call.locations {
        let line = location.line.map(|line| format!(":{line}"));
        push(
            &mut text,
            format_args!("\n- `{}{}`", location.path, line.unwrap_or_default()),
        );
    }
    if !call.locations.is_empty() {
        text.push('\n');
    }
    for content in &call.content {
        text.push('\n');
        match content {
            ToolContent::Text { text: output, .. } => text += &fenced("", output),
            ToolContent::Diff {
                path,
                old_text,
                new_text,
            } => {
                push(&mut text, format_args!("`{path}`\n\n"));
                text += &fenced(
                    "diff",
                    &change(old_text.as_deref().unwrap_or_default(), new_text),
                );
            }
        }
    }
    text
}

/// What lies between the first and the last line that differ, with some lines around.
fn change(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let before = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - before;
    let after = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let mut text = String::new();
    let mut put = |sign: char, lines: &[&str]| {
        for line in lines {
            push(&mut text, format_args!("{sign}{line}\n"));
        }
    };
    put(' ', &old[before.saturating_sub(AROUND)..before]);
    put('-', &old[before..old.len() - after]);
    put('+', &new[before..new.len() - after]);
    let tail = &old[old.len() - after..];
    put(' ', &tail[..tail.len().min(AROUND)]);
    text
}

/// In a fence that nothing in the text can close; without a terminal's colours.
fn fenced(language: &str, text: &str) -> String {
    let text = ESCAPES.replace_all(text, "");
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "{fence}{language}\n{}\n{fence}\n",
        text.trim_end_matches(['\n', '\r'])
    )
}

/// Escape sequences of terminals: colours and movements, and titles.
static ESCAPES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
        .expect("a test compiles it")
});

fn quoted(sign: &str, text: &str) -> String {
    let mut quoted = String::new();
    for (number, line) in text.trim_end().lines().enumerate() {
        match number {
            0 => push(&mut quoted, format_args!("> **{sign}:** {line}\n")),
            _ => push(&mut quoted, format_args!("> {line}\n")),
        }
    }
    quoted
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "2026-11-21 14:40:48 UTC".
fn moment(at: Timestamp) -> String {
    let seconds = i64::try_from(at.millis() / 1000).unwrap_or(i64::MAX);
    match OffsetDateTime::from_unix_timestamp(seconds) {
        Ok(at) => format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        ),
        Err(_) => "long after".to_owned(),
    }
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what)
        .expect("a string takes all that is written");
}
