//! What a query means, and what of an entry is searched.

use super::{Query, SearchKind, Term, first_line, searchable};
use crate::entry::{EntryBody, ToolCall, ToolContent, ToolKind, ToolStatus};
use crate::session::{Attachment, Author};
use kernel::MessageId;
use proptest::prelude::*;

fn whole(text: &str) -> Term {
    Term::Whole(text.to_owned())
}

fn begun(text: &str) -> Term {
    Term::Begun(text.to_owned())
}

fn terms(text: &str) -> Vec<Term> {
    Query::parse(text).terms().to_vec()
}

#[test]
fn words_must_all_be_there_and_the_last_may_go_on() {
    assert_eq!(
        terms("fix the pars"),
        [whole("fix"), whole("the"), begun("pars")]
    );
    assert_eq!(terms("  fix  "), [begun("fix")]);
    assert_eq!(terms(""), []);
}

#[test]
fn quoted_words_stand_together_and_are_whole() {
    assert_eq!(
        terms(r#"a "b c" de"#),
        [whole("a"), whole("b c"), begun("de")]
    );
    assert_eq!(terms(r#"a "b c""#), [whole("a"), whole("b c")]);
    assert_eq!(terms(r#"a "b c" "#), [whole("a"), whole("b c")]);
    assert_eq!(terms(r#"a "b cd"#), [whole("a"), begun("b cd")]);
}

#[test]
fn a_single_latin_letter_is_a_word_and_no_beginning() {
    assert_eq!(terms("f"), [whole("f")]);
    assert_eq!(terms("save_e"), [whole("save_e")]);
    assert_eq!(terms("日"), [begun("日")]);
}

#[test]
fn what_says_nothing_is_left_out() {
    assert_eq!(terms(r#"" "* -- fix (🚀 ""#), [whole("fix")]);
    assert_eq!(terms("fix (🚀"), [begun("fix")]);
    assert_eq!(terms("a\0bc"), [whole("a"), begun("bc")]);
    assert_eq!(terms(&"x ".repeat(1000)).len(), 32);
}

#[test]
fn a_tool_call_is_found_by_title_path_output_and_new_text() {
    let call = ToolCall {
        call: "c".to_owned(),
        tool: ToolKind::Edit,
        title: "Edit it".to_owned(),
        status: ToolStatus::Completed,
        locations: Vec::new(),
        content: vec![
            ToolContent::Text {
                text: "done".to_owned(),
                cut: 0,
            },
            ToolContent::Diff {
                path: "/src/lib.rs".to_owned(),
                old_text: Some("before".to_owned()),
                new_text: "after".to_owned(),
            },
        ],
        input: None,
    };
    let found = searchable(&EntryBody::Tool { call }).unwrap();
    assert_eq!(
        found,
        (
            SearchKind::Tool,
            "Edit it\ndone\n/src/lib.rs\nafter".to_owned()
        )
    );
}

#[test]
fn a_message_is_found_by_what_went_with_it_and_the_apps_own_are_no_prompts() {
    let message = |author| EntryBody::Prompt {
        message: MessageId::new("m"),
        text: "Look".to_owned(),
        attachments: vec![Attachment::File {
            name: "lib.rs".to_owned(),
            path: "/src/lib.rs".to_owned(),
        }],
        author,
    };
    let text = "Look\n/src/lib.rs".to_owned();
    let person = searchable(&message(Author::Person));
    assert_eq!(person, Some((SearchKind::Prompt, text.clone())));
    let app = searchable(&message(Author::App));
    assert_eq!(app, Some((SearchKind::Note, text)));
}

#[test]
fn a_prompt_is_told_by_its_first_line_that_says_something() {
    assert_eq!(first_line("\n  \n Fix it \nnow"), "Fix it");
    assert_eq!(first_line(&"ä".repeat(300)).chars().count(), 200);
}

proptest! {
    #[test]
    fn any_text_is_a_query(text in any::<String>()) {
        let query = Query::parse(&text);
        for term in query.terms() {
            prop_assert!(!term.text().contains(['"', '\0']));
        }
    }
}
