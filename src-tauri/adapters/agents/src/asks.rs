//! What an agent asks the person, and how an answer goes back. Whatever is unclear is never consent.

use crate::tools::{self, Calls};
use crate::{reach, text};
use agent_client_protocol_schema::v1::{
    CreateElicitationResponse, ElicitationAcceptAction, ElicitationAction, ElicitationContentValue,
    RequestPermissionOutcome, RequestPermissionResponse, SelectedPermissionOutcome,
};
use serde_json::{Map, Value};
use session::{
    Answer, Ask, AskKind, AskOption, FormField, FormFieldKind, OptionKind, ToolCall, ToolKind,
};
use std::collections::BTreeMap;
use std::path::Path;

/// The longest question, in bytes: what is agreed to has to be seen whole, so only what nobody can read is cut.
const LONGEST_TITLE: usize = 64 * 1024;
/// The longest name of a choice or a field, in bytes.
const LONGEST_NAME: usize = 1024;
/// The longest description of a field, in bytes.
const LONGEST_DESCRIPTION: usize = 4096;
/// The longest id or value, in bytes: those can't be cut, so what is longer is not offered.
const LONGEST_ID: usize = 1024;
/// The longest preset of a field, as JSON, in bytes; there is none where it would be longer.
const LONGEST_PRESET: usize = 16 * 1024;
/// How many choices or fields a question may have.
const MOST: usize = 200;

/// A permission or plan that is asked for in this folder, with the call it is about. `None` when it makes no sense. The
/// paths are as they are named: the caller resolves them.
pub(crate) fn permission(params: &Value, calls: &Calls, cwd: &Path) -> Option<Ask> {
    let request = &params["toolCall"];
    let patch = tools::patch(request)?;
    let call = calls.known_with(&patch);
    let command = reach::command(request, &call, calls.known(&patch.call), cwd);
    let paths = reach::paths(request, &call, cwd);
    let texts = paths.iter().map(|path| path.to_str().map(str::to_owned));
    let paths = texts.collect::<Option<_>>().unwrap_or_default();
    let kind = match call.tool {
        ToolKind::SwitchMode => AskKind::Plan,
        _ => AskKind::Permission,
    };
    Some(Ask {
        kind,
        title: asked(&call),
        call: Some(call),
        options: params["options"]
            .as_array()?
            .iter()
            .filter_map(option)
            .take(MOST)
            .collect(),
        fields: Vec::new(),
        command,
        paths,
    })
}

fn asked(call: &ToolCall) -> String {
    if call.title.is_empty() {
        "Use a tool".to_owned()
    } else {
        text::cut(&call.title, LONGEST_TITLE)
    }
}

fn option(option: &Value) -> Option<AskOption> {
    let id = option["optionId"].as_str()?;
    if id.len() > LONGEST_ID {
        return None;
    }
    let kind = match option["kind"].as_str()? {
        "allow_once" => OptionKind::AllowOnce,
        "allow_always" => OptionKind::AllowAlways,
        "reject_once" => OptionKind::RejectOnce,
        "reject_always" => OptionKind::RejectAlways,
        // What it would allow is not known, so it is not offered.
        _ => return None,
    };
    let name = text::cut(option["name"].as_str().unwrap_or(id), LONGEST_NAME);
    let id = id.to_owned();
    Some(AskOption { id, name, kind })
}

/// A question with a form. `None` for other modes: only forms are offered in the handshake.
pub(crate) fn question(params: &Value) -> Option<Ask> {
    let form = params["mode"].as_str().is_none_or(|mode| mode == "form");
    let schema = params["requestedSchema"].as_object().filter(|_| form)?;
    let required: Vec<&str> = match schema.get("required").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let no_fields = Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&no_fields);
    let field = |(name, schema): (&String, &Value)| FormField {
        name: name.clone(),
        title: text::cut(schema["title"].as_str().unwrap_or(name), LONGEST_NAME),
        description: schema["description"]
            .as_str()
            .map(|said| text::cut(said, LONGEST_DESCRIPTION)),
        required: required.contains(&name.as_str()),
        kind: field_kind(schema),
        preset: Some(&schema["default"])
            .filter(|value| !value.is_null())
            .map(Value::to_string)
            .filter(|preset| preset.len() <= LONGEST_PRESET),
    };
    // A form with a part left out would be filled in wrongly.
    if properties.len() > MOST || properties.keys().any(|name| name.len() > LONGEST_ID) {
        return None;
    }
    Some(Ask {
        kind: AskKind::Question,
        title: text::cut(
            params["message"]
                .as_str()
                .unwrap_or("The agent has a question"),
            LONGEST_TITLE,
        ),
        call: None,
        options: Vec::new(),
        fields: properties.iter().map(field).collect(),
        command: None,
        paths: Vec::new(),
    })
}

fn field_kind(schema: &Value) -> FormFieldKind {
    match schema["type"].as_str() {
        Some("boolean") => FormFieldKind::Boolean,
        Some("number" | "integer") => FormFieldKind::Number,
        Some("array") => {
            let (options, titles) = choices(&schema["items"]);
            FormFieldKind::Choices { options, titles }
        }
        _ => match choices(schema) {
            (options, _) if options.is_empty() => FormFieldKind::Text,
            (options, titles) => FormFieldKind::Choice { options, titles },
        },
    }
}

/// The values of `enum: [value]` or `oneOf`/`anyOf: [{const: value, title}]`, and their titles, of which there are none
/// when all are like the values.
fn choices(schema: &Value) -> (Vec<String>, Vec<String>) {
    let list = |name: &str| schema[name].as_array();
    let pairs: Vec<(&str, Option<&str>)> = match list("enum") {
        Some(values) => {
            let title = |at: usize| schema["enumNames"][at].as_str();
            let values = values.iter().enumerate();
            values
                .filter_map(|(at, value)| Some((value.as_str()?, title(at))))
                .collect()
        }
        None => {
            let titled = list("oneOf").or_else(|| list("anyOf"));
            let all = titled.into_iter().flatten();
            all.filter_map(|one| Some((one["const"].as_str()?, one["title"].as_str())))
                .collect()
        }
    };
    let pairs: Vec<_> = pairs
        .into_iter()
        .filter(|(value, _)| value.len() <= LONGEST_ID)
        .take(MOST)
        .collect();
    let options = pairs.iter().map(|(value, _)| (*value).to_owned()).collect();
    let speaks_for_itself = pairs
        .iter()
        .all(|(value, title)| title.is_none_or(|title| title == *value));
    let titles = pairs
        .iter()
        .map(|(value, title)| text::cut(title.unwrap_or(value), LONGEST_NAME));
    let titles = if speaks_for_itself {
        Vec::new()
    } else {
        titles.collect()
    };
    (options, titles)
}

/// The result to send for an answer.
pub(crate) fn result(ask: &Ask, answer: &Answer) -> Value {
    match ask.kind {
        AskKind::Permission | AskKind::Plan => permission_result(ask, answer),
        AskKind::Question => question_result(ask, answer),
    }
}

/// The result to send when the turn was stopped while the request was open.
pub(crate) fn cancelled(ask: &Ask) -> Value {
    match ask.kind {
        AskKind::Permission | AskKind::Plan => chosen(None),
        AskKind::Question => acted(ElicitationAction::Cancel),
    }
}

fn permission_result(ask: &Ask, answer: &Answer) -> Value {
    let of_kind = |kind| ask.options.iter().find(|option| option.kind == kind);
    let option = match answer {
        Answer::Option { id } => ask.options.iter().find(|option| option.id == *id),
        Answer::Form { .. } | Answer::Decline => {
            of_kind(OptionKind::RejectOnce).or_else(|| of_kind(OptionKind::RejectAlways))
        }
    };
    chosen(option)
}

fn chosen(option: Option<&AskOption>) -> Value {
    let outcome = match option {
        Some(option) => {
            RequestPermissionOutcome::Selected(SelectedPermissionOutcome::new(option.id.clone()))
        }
        None => RequestPermissionOutcome::Cancelled,
    };
    serde_json::to_value(RequestPermissionResponse::new(outcome)).expect("plain words are JSON")
}

fn question_result(ask: &Ask, answer: &Answer) -> Value {
    let filled_in = match answer {
        Answer::Form { values } => serde_json::from_str::<Map<String, Value>>(values).ok(),
        Answer::Option { .. } | Answer::Decline => None,
    };
    let Some(filled_in) = filled_in else {
        return acted(ElicitationAction::Decline);
    };
    let content: BTreeMap<String, ElicitationContentValue> = ask
        .fields
        .iter()
        .filter_map(|field| {
            Some((
                field.name.clone(),
                value(field, filled_in.get(&field.name)?)?,
            ))
        })
        .collect();
    acted(ElicitationAction::Accept(
        ElicitationAcceptAction::new().content(content),
    ))
}

/// The value as the field's type; `None` for one that was left empty or does not fit.
fn value(field: &FormField, given: &Value) -> Option<ElicitationContentValue> {
    let text = given
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    match &field.kind {
        FormFieldKind::Text | FormFieldKind::Choice { .. } => text.map(Into::into),
        FormFieldKind::Boolean => given
            .as_bool()
            .or_else(|| text?.parse().ok())
            .map(Into::into),
        FormFieldKind::Number => {
            let whole = given.as_i64().or_else(|| text?.parse().ok());
            let number = given.as_f64().or_else(|| text?.parse().ok());
            whole.map(Into::into).or_else(|| number.map(Into::into))
        }
        FormFieldKind::Choices { .. } => {
            let texts = given
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned);
            Some(texts.collect::<Vec<String>>().into())
        }
    }
}

fn acted(action: ElicitationAction) -> Value {
    serde_json::to_value(CreateElicitationResponse::new(action)).expect("a flat form is JSON")
}

/// What stands in the transcript for a request that could not be understood.
pub(crate) fn described(method: &str, params: &Value) -> String {
    format!(
        "The agent asked something that could not be understood ({method}): {}",
        text::json(params)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan() -> Ask {
        let params = json!({
            "toolCall": {"toolCallId": "a", "kind": "switch_mode", "title": "Ready to code?"},
            "options": [
                {"optionId": "auto", "kind": "allow_always", "name": "Yes, auto"},
                {"optionId": "default", "kind": "allow_once", "name": "Yes"},
                {"optionId": "maybe", "kind": "allow_perhaps", "name": "Perhaps"},
                {"optionId": "plan", "kind": "reject_once", "name": "No"},
            ],
        });
        permission(&params, &Calls::default(), Path::new("/work")).unwrap()
    }

    fn colour() -> Ask {
        let params = json!({"mode": "form", "message": "Which colour?", "requestedSchema": {
            "type": "object", "required": ["colour"],
            "properties": {
                "colour": {"type": "string", "title": "Colour", "oneOf": [{"const": "Red", "title": "Red — r"}, {"const": "Blue"}], "default": "Blue"},
                "many": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
                "size": {"type": "string", "enum": ["s", "l"], "enumNames": ["Small", "Large"]},
                "count": {"type": "integer"}, "sure": {"type": "boolean"}, "other": {"type": "string"},
            },
        }});
        question(&params).unwrap()
    }

    #[test]
    fn a_change_of_mode_is_a_plan_and_unknown_kinds_of_options_are_not_offered() {
        let ask = plan();
        assert_eq!(ask.kind, AskKind::Plan);
        assert_eq!(ask.title, "Ready to code?");
        let ids: Vec<&str> = ask
            .options
            .iter()
            .map(|option| option.id.as_str())
            .collect();
        assert_eq!(ids, ["auto", "default", "plan"]);
    }

    #[test]
    fn nothing_of_any_length_is_asked() {
        let long = "x".repeat(1024 * 1024);
        let option = |id: &str| json!({"optionId": id, "kind": "allow_once", "name": long});
        let options: Vec<Value> = [option(&long)]
            .into_iter()
            .chain((0..1000).map(|n| option(&n.to_string())))
            .collect();
        let params = json!({"toolCall": {"toolCallId": "a", "title": long}, "options": options});
        let ask = permission(&params, &Calls::default(), Path::new("/work")).unwrap();
        assert!(ask.title.len() <= LONGEST_TITLE && ask.title.ends_with('…'));
        assert_eq!((ask.options.len(), ask.options[0].id.as_str()), (MOST, "0"));
        assert!(ask.options.iter().all(|one| one.name.len() <= LONGEST_NAME));

        let field =
            json!({"title": long, "description": long, "default": long, "enum": [long, "a"]});
        let schema = json!({"properties": {"f": field}});
        let ask = question(&json!({"message": long, "requestedSchema": schema})).unwrap();
        assert!(serde_json::to_string(&ask).unwrap().len() < 80 * 1024);
        assert!(
            matches!(&ask.fields[0].kind, FormFieldKind::Choice { options, .. } if *options == ["a"])
        );
        let odd = json!({"requestedSchema": {"properties": {long: {}}}});
        assert_eq!(question(&odd), None);
    }

    #[test]
    fn only_an_offered_option_is_consent() {
        let selected = |id: &str| json!({"outcome": {"outcome": "selected", "optionId": id}});
        let option = |id: &str| Answer::Option { id: id.to_owned() };
        let ask = plan();
        assert_eq!(result(&ask, &option("default")), selected("default"));
        assert_eq!(result(&ask, &option("maybe")), cancelled(&ask));
        assert_eq!(result(&ask, &Answer::Decline), selected("plan"));
        assert_eq!(
            cancelled(&ask),
            json!({"outcome": {"outcome": "cancelled"}})
        );
    }

    #[test]
    fn a_form_is_read_from_its_schema() {
        let ask = colour();
        let field = |name: &str| ask.fields.iter().find(|field| field.name == name).unwrap();
        let options = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            field("colour").kind,
            FormFieldKind::Choice {
                options: options(&["Red", "Blue"]),
                titles: options(&["Red — r", "Blue"]),
            }
        );
        assert_eq!(field("colour").preset.as_deref(), Some("\"Blue\""));
        assert_eq!(
            field("size").kind,
            FormFieldKind::Choice {
                options: options(&["s", "l"]),
                titles: options(&["Small", "Large"]),
            }
        );
        assert_eq!(
            (field("colour").title.as_str(), field("colour").required),
            ("Colour", true)
        );
        assert_eq!(
            field("many").kind,
            FormFieldKind::Choices {
                options: options(&["a", "b"]),
                titles: Vec::new(),
            }
        );
        assert_eq!(field("count").kind, FormFieldKind::Number);
        assert_eq!(field("sure").kind, FormFieldKind::Boolean);
        assert_eq!(
            (&field("other").kind, field("other").required),
            (&FormFieldKind::Text, false)
        );
    }

    #[test]
    fn a_filled_in_form_goes_back_by_type_and_without_what_is_empty() {
        let form = |values: Value| {
            result(
                &colour(),
                &Answer::Form {
                    values: values.to_string(),
                },
            )
        };
        assert_eq!(
            form(
                json!({"colour": "Red", "many": ["a"], "count": "3", "sure": true, "other": " ", "more": 1})
            ),
            json!({"action": "accept", "content": {"colour": "Red", "count": 3, "many": ["a"], "sure": true}})
        );
        assert_eq!(form(json!(["no object"])), json!({"action": "decline"}));
        assert_eq!(
            result(&colour(), &Answer::Decline),
            json!({"action": "decline"})
        );
        assert_eq!(cancelled(&colour()), json!({"action": "cancel"}));
    }
}
