//! What an exported conversation looks like, and that no secret is in it.

use super::{ExportFormat, Exported, Heading, Script};
use crate::entry::{Entry, EntryBody, ToolCall, ToolContent, ToolKind, ToolStatus};
use crate::redact::Secrets;
use crate::session::Author;
use kernel::{AgentId, EntryId, MessageId, SessionId, Timestamp};

fn entries() -> Vec<Entry> {
    let bodies = [
        EntryBody::Prompt {
            message: MessageId::new("m"),
            text: "Use hunter22,\nplease".to_owned(),
            attachments: Vec::new(),
            author: Author::Person,
        },
        EntryBody::Answer {
            text: "I do **so**.\n".to_owned(),
        },
        EntryBody::Tool {
            call: ToolCall {
                call: "c".to_owned(),
                tool: ToolKind::Edit,
                title: "Edit a.txt".to_owned(),
                status: ToolStatus::Completed,
                locations: Vec::new(),
                content: vec![
                    ToolContent::Text {
                        text: "\u{1b}[31mred\u{1b}[0m ``` end".to_owned(),
                        cut: 0,
                    },
                    ToolContent::Diff {
                        path: "/a.txt".to_owned(),
                        old_text: Some("1\n2\n3\n4\nold\n6\n".to_owned()),
                        new_text: "1\n2\n3\n4\nnew\nmore\n6\n".to_owned(),
                    },
                ],
                input: Some(r#"{"token":"hunter22"}"#.to_owned()),
            },
        },
    ];
    let entry = |(ordinal, body)| Entry {
        id: EntryId::new(format!("e{ordinal}")),
        ordinal,
        turn: 1,
        at: Timestamp::from_millis(1_700_000_000_000),
        updated_at: Timestamp::from_millis(1_700_000_000_500),
        body,
    };
    (0..).zip(bodies).map(entry).collect()
}

fn exported(format: ExportFormat, password: &str) -> (String, Exported) {
    let heading = Heading {
        id: SessionId::new("s"),
        title: "Fix hunter22".to_owned(),
        agent: AgentId::new("practice"),
        workspace: "Fix it".to_owned(),
        branch: "shopfloor/fix-it".to_owned(),
        project: "engine".to_owned(),
        created_at: Timestamp::from_millis(1_699_999_999_000),
    };
    let secrets = Secrets::of_environment([("MY_PASSWORD", password)]);
    let mut script = Script::new(format, secrets);
    let mut text = script.begin(&heading, Timestamp::from_millis(1_700_000_001_000));
    for entry in entries() {
        text += &script.entry(&entry);
    }
    let (end, done) = script.end();
    (text + &end, done)
}

#[test]
fn markdown_reads_like_the_conversation() {
    let (text, done) = exported(ExportFormat::Markdown, "hunter22");
    let expected = "# Fix [redacted]

- Project: engine
- Workspace: Fix it (`shopfloor/fix-it`)
- Agent: practice
- Begun: 2023-11-14 22:13:19 UTC
- Exported: 2023-11-14 22:13:21 UTC

## You, 2023-11-14 22:13:20 UTC

Use [redacted],
please

I do **so**.

### Edit a.txt (done)

````
red ``` end
````

`/a.txt`

```diff
 2
 3
 4
-old
+new
+more
 6
```

---

3 secrets were replaced by `[redacted]`.
";
    assert_eq!(text, expected);
    assert_eq!(
        done,
        Exported {
            entries: 3,
            redacted: 3
        }
    );
}

#[test]
fn json_is_what_is_stored_line_by_line_without_the_secrets() {
    let (text, done) = exported(ExportFormat::Json, "hunter22");
    assert_eq!(done.redacted, 3);
    assert!(!text.contains("hunter22"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["format"], "shopfloor-session");
    assert_eq!(value["version"], 1);
    assert_eq!(value["exportedAt"], 1_700_000_001_000_u64);
    assert_eq!(value["session"]["branch"], "shopfloor/fix-it");
    assert_eq!(value["redacted"], 3);
    let read: Vec<Entry> = serde_json::from_value(value["entries"].clone()).unwrap();
    assert_eq!(read[1..2], entries()[1..2]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3 + 3 + 1);
    let second: Entry = serde_json::from_str(lines[4].trim_end_matches(',')).unwrap();
    assert_eq!(second, entries()[1]);
}

#[test]
fn a_conversation_without_entries_is_whole_too() {
    let script = Script::new(ExportFormat::Json, Secrets::of_environment([]));
    let (end, done) = script.end();
    assert_eq!((end.as_str(), done.entries), ("\n],\"redacted\":0}\n", 0));
}

#[test]
fn a_password_that_is_a_word_of_the_format_does_not_break_it() {
    for word in ["prompt", "completed", "answer", "practice"] {
        let (text, _) = exported(ExportFormat::Json, word);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let read: Vec<Entry> = serde_json::from_value(value["entries"].clone()).unwrap();
        assert_eq!(read.len(), 3);
        let (text, _) = exported(ExportFormat::Markdown, word);
        assert!(text.contains("### Edit a.txt (done)"), "{text}");
    }
}
