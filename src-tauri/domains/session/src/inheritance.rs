//! What an agent gets of the app's environment: all but what looks secret, unless the person says otherwise. Pure.
//!
//! Invariant: what the person withholds is never passed, and a secret only by its name on the person's list.

use crate::port::Inheritance;
use crate::redact::{Secrets, looks_secret};
use std::sync::LazyLock;

/// One variable of the app's environment, as an agent would get it. Never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InheritedVariable {
    /// Its name.
    pub name: String,
    /// Whether the agent gets it, and why.
    pub standing: Standing,
}

/// Whether an agent gets a variable, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It gets it: nothing speaks against it.
    Passed,
    /// It gets it, because the person lets it.
    LetThrough,
    /// The person withholds it.
    Withheld,
    /// Its name looks like that of a secret.
    SecretName,
    /// Its value looks like a secret.
    SecretValue,
    /// It would lead the agent to another repository, or is the app's own.
    Astray,
}

impl Standing {
    /// Whether the agent gets it.
    pub fn is_passed(self) -> bool {
        match self {
            Self::Passed | Self::LetThrough => true,
            Self::Withheld | Self::SecretName | Self::SecretValue | Self::Astray => false,
        }
    }

    /// Whether the person's choice decides.
    pub fn is_choosable(self) -> bool {
        match self {
            Self::Passed
            | Self::LetThrough
            | Self::Withheld
            | Self::SecretName
            | Self::SecretValue => true,
            Self::Astray => false,
        }
    }

    /// Why, for people; empty when there is nothing to say.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Passed => "",
            Self::LetThrough => "You let this agent have it.",
            Self::Withheld => "You withhold it from this agent.",
            Self::SecretName => "Its name looks like that of a secret.",
            Self::SecretValue => "Its value looks like a secret.",
            Self::Astray => "It would lead the agent to another repository, or is Shopfloor's own.",
        }
    }
}

/// How a variable stands, as far as its name and value say.
pub fn standing(name: &str, value: &str, chosen: &Inheritance) -> Standing {
    let is_on = |list: &[String]| list.iter().any(|pattern| fits(pattern, name));
    if is_on(&chosen.withhold) {
        Standing::Withheld
    } else if is_on(&chosen.pass) {
        Standing::LetThrough
    } else if says_nothing(name, value) || is_proxy(name) {
        Standing::Passed
    } else if looks_secret(name) {
        Standing::SecretName
    } else if SHAPES.redact(value).1 > 0 {
        Standing::SecretValue
    } else {
        Standing::Passed
    }
}

/// By whole name, or by its beginning where the pattern ends in `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

/// A switch, or a number of tokens: `CLAUDE_CODE_MAX_OUTPUT_TOKENS=8192` is a setting.
fn says_nothing(name: &str, value: &str) -> bool {
    let value = value.trim();
    let counts = name.to_ascii_uppercase().ends_with("TOKENS");
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "0" | "1" | "true" | "false" | "yes" | "no" | "on" | "off"
    ) || (counts && value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The way out, which may name a password: without it an agent that needs it reaches nobody, and says so in ways that
/// nobody understands.
fn is_proxy(name: &str) -> bool {
    name.to_ascii_uppercase().ends_with("_PROXY")
}

/// Secrets by their shape alone.
static SHAPES: LazyLock<Secrets> = LazyLock::new(|| Secrets::of_environment([]));

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(pass: &[&str], withhold: &[&str]) -> Inheritance {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Inheritance {
            pass: owned(pass),
            withhold: owned(withhold),
        }
    }

    #[test]
    fn secrets_are_known_by_name_and_by_value() {
        let stands = |name: &str, value: &str| standing(name, value, &Inheritance::default());
        for name in [
            "ANTHROPIC_API_KEY",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "PGPASSWORD",
            "MYSQL_PWD",
            "DB_PASS",
            "NPM_CONFIG__AUTH",
            "npm_config__authToken",
            "GOOGLE_CREDENTIALS",
        ] {
            assert_eq!(stands(name, "x3"), Standing::SecretName, "{name}");
        }
        for value in [
            "postgres://me:hunter22@db/x",
            "ghp_0123456789012345678901234567890123456",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nx",
        ] {
            assert_eq!(stands("SETTING", value), Standing::SecretValue, "{value}");
        }
        for (name, value) in [
            ("PATH", "/bin"),
            ("HOME", "/home/me"),
            ("PWD", "/home/me"),
            ("OLDPWD", "/"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("XAUTHORITY", "/run/x"),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus"),
            ("GIT_AUTHOR_NAME", "Me"),
            ("SSH_ASKPASS", "/bin/ask"),
            ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "8192"),
            ("USE_TOKEN", "true"),
            ("HTTPS_PROXY", "http://me:hunter22@proxy:3128"),
        ] {
            assert_eq!(stands(name, value), Standing::Passed, "{name}");
        }
    }

    #[test]
    fn the_persons_lists_decide_and_withholding_is_stronger() {
        let chosen = chosen(
            &["ANTHROPIC_*", "GITHUB_TOKEN"],
            &["ANTHROPIC_OTHER*", "LANG"],
        );
        for (name, expected) in [
            ("ANTHROPIC_API_KEY", Standing::LetThrough),
            ("GITHUB_TOKEN", Standing::LetThrough),
            ("GITHUB_TOKEN_2", Standing::SecretName),
            ("ANTHROPIC_OTHER_KEY", Standing::Withheld),
            ("LANG", Standing::Withheld),
            ("LANGUAGE", Standing::Passed),
        ] {
            assert_eq!(standing(name, "value", &chosen), expected, "{name}");
            assert_eq!(
                expected.is_passed(),
                matches!(expected, Standing::Passed | Standing::LetThrough)
            );
            assert!(expected.is_choosable());
        }
        assert!(!Standing::Astray.is_choosable());
    }
}
