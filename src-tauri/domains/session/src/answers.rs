//! Whether an answer fits what was asked, and what it means. An answer that does not fit is never consent.

use crate::entry::{Ask, FormField, FormFieldKind, OptionKind, RequestOutcome};
use crate::error::SessionError;
use crate::session::Answer;
use serde_json::{Map, Value};

/// What the answer makes of the request, in words for the transcript.
pub fn judged(ask: &Ask, answer: &Answer) -> Result<RequestOutcome, SessionError> {
    match answer {
        Answer::Option { id } => {
            let option = ask.options.iter().find(|option| option.id == *id);
            let option = option.ok_or_else(|| unfit("This choice was not offered."))?;
            let allowed = match option.kind {
                OptionKind::AllowOnce | OptionKind::AllowAlways => true,
                OptionKind::RejectOnce | OptionKind::RejectAlways => false,
            };
            Ok(RequestOutcome::Answered {
                choice: option.name.clone(),
                allowed,
                by: None,
            })
        }
        Answer::Form { values } => {
            if ask.fields.is_empty() {
                return Err(unfit("Nothing was to be filled in here."));
            }
            let choice = filled_in(&ask.fields, values)?;
            Ok(RequestOutcome::Answered {
                choice,
                allowed: true,
                by: None,
            })
        }
        Answer::Decline => Ok(RequestOutcome::Answered {
            choice: "Declined".to_owned(),
            allowed: false,
            by: None,
        }),
    }
}

/// Checks each value against its field; answers them as "Title: value" lines.
fn filled_in(fields: &[FormField], values: &str) -> Result<String, SessionError> {
    let values: Map<String, Value> =
        serde_json::from_str(values).map_err(|_| unfit("The form is not readable."))?;
    if let Some(name) = values
        .keys()
        .find(|name| fields.iter().all(|field| field.name != **name))
    {
        return Err(unfit(format!("There is no field \"{name}\".")));
    }
    let mut lines = Vec::new();
    for field in fields {
        match values.get(&field.name) {
            None | Some(Value::Null) if field.required => {
                return Err(unfit(format!("\"{}\" is missing.", field.title)));
            }
            None | Some(Value::Null) => {}
            Some(value) => lines.push(format!("{}: {}", field.title, shown(field, value)?)),
        }
    }
    Ok(lines.join("\n"))
}

fn shown(field: &FormField, value: &Value) -> Result<String, SessionError> {
    let wrong = |what: &str| unfit(format!("\"{}\" must be {what}.", field.title));
    match &field.kind {
        FormFieldKind::Text => {
            let text = value.as_str().ok_or_else(|| wrong("a text"))?;
            if field.required && text.trim().is_empty() {
                return Err(unfit(format!("\"{}\" is missing.", field.title)));
            }
            Ok(text.to_owned())
        }
        FormFieldKind::Number if value.is_number() => Ok(value.to_string()),
        FormFieldKind::Number => Err(wrong("a number")),
        FormFieldKind::Boolean => {
            let yes = value.as_bool().ok_or_else(|| wrong("yes or no"))?;
            Ok(if yes { "yes" } else { "no" }.to_owned())
        }
        FormFieldKind::Choice { options, .. } => {
            let chosen = value
                .as_str()
                .filter(|chosen| options.iter().any(|option| option == chosen));
            Ok(chosen
                .ok_or_else(|| wrong("one of its choices"))?
                .to_owned())
        }
        FormFieldKind::Choices { options, .. } => {
            let all = value.as_array().ok_or_else(|| wrong("a list"))?;
            let chosen: Option<Vec<&str>> = all
                .iter()
                .map(|one| {
                    one.as_str()
                        .filter(|chosen| options.iter().any(|option| option == chosen))
                })
                .collect();
            let chosen = chosen.ok_or_else(|| wrong("some of its choices"))?;
            if field.required && chosen.is_empty() {
                return Err(unfit(format!("\"{}\" is missing.", field.title)));
            }
            Ok(chosen.join(", "))
        }
    }
}

fn unfit(why: impl Into<String>) -> SessionError {
    SessionError::Unfit { why: why.into() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::judged;
    use crate::entry::{
        Ask, AskKind, AskOption, FormField, FormFieldKind, OptionKind, RequestOutcome,
    };
    use crate::error::SessionError;
    use crate::session::Answer;

    fn permission() -> Ask {
        let option = |id: &str, kind| AskOption {
            id: id.to_owned(),
            name: format!("Choose {id}"),
            kind,
        };
        Ask {
            kind: AskKind::Permission,
            title: "May I?".to_owned(),
            call: None,
            options: vec![
                option("yes", OptionKind::AllowOnce),
                option("always", OptionKind::AllowAlways),
                option("no", OptionKind::RejectOnce),
            ],
            fields: Vec::new(),
            command: None,
            paths: Vec::new(),
        }
    }

    fn question() -> Ask {
        let field = |name: &str, required, kind| FormField {
            name: name.to_owned(),
            title: name.to_uppercase(),
            description: None,
            required,
            kind,
            preset: None,
        };
        let options = vec!["red".to_owned(), "blue".to_owned()];
        Ask {
            kind: AskKind::Question,
            title: "Which?".to_owned(),
            call: None,
            options: Vec::new(),
            fields: vec![
                field("name", true, FormFieldKind::Text),
                field("age", false, FormFieldKind::Number),
                field("sure", false, FormFieldKind::Boolean),
                field(
                    "one",
                    false,
                    FormFieldKind::Choice {
                        options: options.clone(),
                        titles: Vec::new(),
                    },
                ),
                field(
                    "some",
                    false,
                    FormFieldKind::Choices {
                        options,
                        titles: Vec::new(),
                    },
                ),
            ],
            command: None,
            paths: Vec::new(),
        }
    }

    fn option(id: &str) -> Answer {
        Answer::Option { id: id.to_owned() }
    }

    fn form(values: &str) -> Answer {
        Answer::Form {
            values: values.to_owned(),
        }
    }

    #[test]
    fn an_offered_option_means_what_its_kind_says() {
        for (id, lets_go_on) in [("yes", true), ("always", true), ("no", false)] {
            let outcome = judged(&permission(), &option(id)).unwrap();
            let expected = RequestOutcome::Answered {
                choice: format!("Choose {id}"),
                allowed: lets_go_on,
                by: None,
            };
            assert_eq!(outcome, expected);
        }
    }

    #[test]
    fn declining_is_always_possible_and_never_consent() {
        for ask in [permission(), question()] {
            let outcome = judged(&ask, &Answer::Decline).unwrap();
            assert!(matches!(
                outcome,
                RequestOutcome::Answered { allowed: false, .. }
            ));
        }
    }

    #[test]
    fn a_filled_in_form_is_told_field_by_field() {
        let values = r#"{"some":["blue","red"],"name":"Ada","age":36,"sure":true,"one":"red"}"#;
        let outcome = judged(&question(), &form(values)).unwrap();
        let expected = RequestOutcome::Answered {
            choice: "NAME: Ada\nAGE: 36\nSURE: yes\nONE: red\nSOME: blue, red".to_owned(),
            allowed: true,
            by: None,
        };
        assert_eq!(outcome, expected);
        assert!(judged(&question(), &form(r#"{"name":"Ada","age":null}"#)).is_ok());
    }

    #[test]
    fn an_answer_that_does_not_fit_is_refused_with_the_reason() {
        let refused = [
            (permission(), option("YES"), "not offered"),
            (permission(), option(""), "not offered"),
            (permission(), form("{}"), "Nothing was to be filled in"),
            (question(), option("yes"), "not offered"),
            (question(), form("[]"), "not readable"),
            (question(), form("{}"), "\"NAME\" is missing"),
            (question(), form(r#"{"name":"  "}"#), "\"NAME\" is missing"),
            (question(), form(r#"{"name":7}"#), "\"NAME\" must be a text"),
            (
                question(),
                form(r#"{"name":"x","age":"7"}"#),
                "must be a number",
            ),
            (
                question(),
                form(r#"{"name":"x","sure":"yes"}"#),
                "must be yes or no",
            ),
            (
                question(),
                form(r#"{"name":"x","one":"green"}"#),
                "one of its choices",
            ),
            (
                question(),
                form(r#"{"name":"x","some":["green"]}"#),
                "some of its choices",
            ),
            (
                question(),
                form(r#"{"name":"x","more":1}"#),
                "no field \"more\"",
            ),
        ];
        for (ask, answer, why) in refused {
            let error = judged(&ask, &answer).unwrap_err();
            assert!(matches!(error, SessionError::Unfit { .. }));
            assert!(error.to_string().contains(why), "{answer:?}: {error}");
        }
    }
}
