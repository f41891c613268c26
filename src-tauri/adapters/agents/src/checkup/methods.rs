//! The ways to sign in that an agent names in its handshake.

use crate::text::cut;
use serde_json::Value;
use session::{SignInKind, SignInMethod};

/// How many are shown.
const MOST: usize = 20;
/// The longest name or description, in bytes.
const LONGEST: usize = 1024;

/// All that can be used here.
pub(super) fn read(methods: &Value) -> Vec<SignInMethod> {
    let all = methods.as_array().into_iter().flatten();
    all.filter_map(method).take(MOST).collect()
}

fn method(method: &Value) -> Option<SignInMethod> {
    let id = method["id"].as_str()?;
    let kind = match method["type"].as_str() {
        None | Some("agent") => SignInKind::Agent,
        Some("terminal") => SignInKind::Terminal {
            args: texts(&method["args"]),
            env: env(&method["env"]),
        },
        Some("env_var") => SignInKind::Variables {
            names: variables(method),
        },
        Some(_) => return None,
    };
    let description = method["description"].as_str().map(str::trim);
    Some(SignInMethod {
        id: id.to_owned(),
        name: cut(method["name"].as_str().unwrap_or(id), LONGEST),
        description: description
            .filter(|said| !said.is_empty())
            .map(|said| cut(said, LONGEST)),
        kind,
    })
}

/// One name, or a list of names or of objects with one.
fn variables(method: &Value) -> Vec<String> {
    let one = ["varName", "var"]
        .iter()
        .filter_map(|key| method[key].as_str());
    let many = method["vars"].as_array().into_iter().flatten();
    let many = many.filter_map(|one| one.as_str().or(one["name"].as_str()));
    one.chain(many).map(str::to_owned).collect()
}

fn texts(all: &Value) -> Vec<String> {
    let all = all.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An object of name to value, or a list of `{name, value}`.
fn env(env: &Value) -> Vec<(String, String)> {
    let pair = |name: &str, value: &Value| Some((name.to_owned(), value.as_str()?.to_owned()));
    match env {
        Value::Object(all) => all
            .iter()
            .filter_map(|(name, value)| pair(name, value))
            .collect(),
        Value::Array(all) => all
            .iter()
            .filter_map(|one| pair(one["name"].as_str()?, &one["value"]))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn methods_of_real_agents_are_read() {
        let methods = read(&json!([
            {"id": "chat-gpt", "name": "ChatGPT", "description": "Use ChatGPT to authenticate"},
            {"id": "claude-ai-login", "name": "Claude Subscription", "type": "terminal",
                "description": "Use Claude subscription ", "args": ["--cli", "auth", "login", "--claudeai"]},
            {"id": "t", "type": "terminal", "env": {"A": "1"}},
            {"id": "openai-api-key", "name": "Key", "type": "env_var", "varName": "OPENAI_API_KEY"},
            {"id": "keys", "name": "Keys", "type": "env_var", "vars": [{"name": "A"}, "B"]},
            {"id": "odd", "type": "hologram"}, {"name": "no id"},
        ]));
        let kinds: Vec<_> = methods
            .iter()
            .map(|method| (method.id.as_str(), &method.kind))
            .collect();
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let variables = |names: &[&str]| SignInKind::Variables {
            names: owned(names),
        };
        let login = SignInKind::Terminal {
            args: owned(&["--cli", "auth", "login", "--claudeai"]),
            env: Vec::new(),
        };
        let with_variable = SignInKind::Terminal {
            args: Vec::new(),
            env: vec![("A".to_owned(), "1".to_owned())],
        };
        assert_eq!(
            kinds,
            [
                ("chat-gpt", &SignInKind::Agent),
                ("claude-ai-login", &login),
                ("t", &with_variable),
                ("openai-api-key", &variables(&["OPENAI_API_KEY"])),
                ("keys", &variables(&["A", "B"])),
            ]
        );
        assert_eq!(
            methods[1].description.as_deref(),
            Some("Use Claude subscription")
        );
        assert!(read(&Value::Null).is_empty());
    }
}
