//! That no secret survives, wherever it stands and however it is wrapped, and that common text does.

use super::{MARK, Secrets, looks_secret};
use proptest::prelude::*;

fn redacted(text: &str) -> String {
    let secrets = Secrets::of_environment([("API_KEY", "hunter22"), ("HOME", "/home/me")]);
    secrets.redact(text).0.into_owned()
}

/// As a JSON string holds it.
fn wrapped(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    json[1..json.len() - 1].to_owned()
}

#[test]
fn names_tell_which_values_are_secret() {
    for name in [
        "ANTHROPIC_API_KEY",
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "DB_PASSWORD",
        "PGPASSWORD",
        "apikey",
        "GH_PAT",
        "MY_CREDENTIALS",
        "npm_config_authtoken",
        "SSH_PASSPHRASE",
        "SMTP_PASS",
        "SIGNING_KEYS",
    ] {
        assert!(looks_secret(name), "{name}");
    }
    for name in [
        "PATH",
        "HOME",
        "PWD",
        "KEYBOARD",
        "XDG_SESSION_ID",
        "SSH_AUTH_SOCK",
        "SECRET_FILE",
        "PASSWORD_STORE_DIR",
        "LANG",
        "PATIENCE",
        "SSH_ASKPASS",
        "",
    ] {
        assert!(!looks_secret(name), "{name}");
    }
}

#[test]
fn a_known_value_is_taken_out_wherever_it_stands() {
    assert_eq!(redacted("hunter22"), MARK);
    assert_eq!(redacted("xhunter22x, hunter22"), "x[redacted]x, [redacted]");
    assert_eq!(redacted("hunter2 at /home/me"), "hunter2 at /home/me");
    let secrets = Secrets::of_environment([("A_TOKEN", "abcdefgh"), ("B_TOKEN", "efghijkl")]);
    assert_eq!(secrets.redact("1abcdefghijkl2"), ("1[redacted]2".into(), 1));
    assert_eq!(secrets.redact("nothing").1, 0);
}

#[test]
fn values_too_short_to_be_secret_leave_the_text_alone() {
    let secrets = Secrets::of_environment([("A_TOKEN", "1"), ("B_KEY", ""), ("C_KEY", "redacted")]);
    assert_eq!(secrets.redact("1 redacted"), ("1 redacted".into(), 0));
}

#[test]
fn a_value_that_was_set_for_an_agent_is_secret_whatever_its_name() {
    let inherited = [("LANG", "en_GB.UTF-8"), ("A_TOKEN", "abcdef")];
    let set = [
        ("MINE", " over-the-hills\n"),
        ("MODE", "quickly"),
        ("B_KEY", "ghijkl"),
    ];
    let secrets = Secrets::of_variables(inherited, set);
    let (text, count) = secrets.redact("xover-the-hillsx quickly ghijkl abcdef en_GB.UTF-8");
    assert_eq!(
        text,
        "x[redacted]x quickly [redacted] [redacted] en_GB.UTF-8"
    );
    assert_eq!(count, 3);
}

#[test]
fn the_shapes_of_secrets_are_known() {
    for secret in [
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_11ABCDEFG0abcdefghijkl_abcdefghijklmnop",
        "sk-ant-api03-abcdefghijkl_mnop-qrstuvwxyz",
        "sk-abcdefghijklmnopqrstuvwx",
        "sk-proj-abcdefghij0123",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-123456789012-abcdefghijkl",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
        "AIzaSyA-abcdefghijklmnopqrstuvwxyz012345",
        "glpat-abcdefghijklmnopqrst",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ] {
        for (before, after) in [
            ("", ""),
            ("a: ", " b"),
            ("(\"", "\")"),
            ("\u{1b}[31m", "\u{1b}[0m"),
            ("é", "é"),
        ] {
            let text = format!("{before}{secret}{after}");
            assert_eq!(redacted(&text), format!("{before}{MARK}{after}"), "{text}");
            let deep = wrapped(&wrapped(&text));
            assert_eq!(
                redacted(&deep),
                wrapped(&wrapped(&format!("{before}{MARK}{after}"))),
                "{deep}"
            );
        }
    }
    assert_eq!(
        redacted("Authorization: Bearer abcdefghijklmnop=="),
        "Authorization: Bearer [redacted]"
    );
    assert_eq!(
        redacted("git clone https://me:pa%40ss@host/x"),
        "git clone https://me:[redacted]@host/x"
    );
    let cut = "key: -----BEGIN PRIVATE KEY-----\nMIIE";
    assert_eq!(redacted(cut), "key: [redacted]");
}

#[test]
fn common_text_is_left_as_it_is() {
    for text in [
        "a task-oriented-description-of-the-work",
        "risk-assessment-of-many-things",
        "sk-short",
        "ghp_",
        "eyJ.eyJ.x",
        "-----BEGIN PUBLIC KEY-----\nMIIB",
        "http://localhost:8080/a@b",
        "bearer of bad news",
        "AKIA",
        "C:\\new\\table",
        "\\",
        "\\u12",
        "\\ud800\\ud800",
        "\\ud83d\\ude00",
    ] {
        assert_eq!(redacted(text), text);
    }
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        "ghp_[A-Za-z0-9]{36}",
        "github_pat_[A-Za-z0-9_]{60}",
        "sk-ant-[A-Za-z0-9_-]{20,80}",
        "sk-proj-[A-Za-z0-9_-]{20,80}",
        "AKIA[A-Z0-9]{16}",
        "xox[bp]-[0-9]{10}-[A-Za-z0-9]{20}",
        "eyJ[A-Za-z0-9_-]{20}\\.eyJ[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{20}",
        "-----BEGIN RSA PRIVATE KEY-----\n([A-Za-z0-9+/]{64}\n){1,4}-----END RSA PRIVATE KEY-----",
    ]
}

proptest! {
    #[test]
    fn no_planted_value_survives(
        parts in prop::collection::vec(any::<String>(), 1..5),
        value in "[!-~]{6,40}",
        depth in 0..=2,
    ) {
        prop_assume!(!MARK.contains(value.trim()) && !value.contains('['));
        let secrets = Secrets::of_environment([("MY_TOKEN", value.as_str())]);
        let text = (0..depth).fold(parts.join(&value), |text, _| wrapped(&text));
        let (clean, count) = secrets.redact(&text);
        prop_assert!(!clean.contains(&(0..depth).fold(value.clone(), |value, _| wrapped(&value))));
        prop_assert_eq!(count > 0, parts.len() > 1);
    }

    #[test]
    fn no_planted_token_survives(before in any::<String>(), token in token(), after in any::<String>(), depth in 0..=2) {
        let secrets = Secrets::of_environment([]);
        let wrap = |text: &str| (0..depth).fold(text.to_owned(), |text, _| wrapped(&text));
        let text = wrap(&format!("{before}{token}{after}"));
        let (clean, _) = secrets.redact(&text);
        prop_assert!(!clean.contains(&wrap(&token)));
    }

    #[test]
    fn any_text_can_be_redacted(text in any::<String>()) {
        let (clean, count) = Secrets::of_environment([("A_KEY", "abcdef")]).redact(&text);
        prop_assert!(count > 0 || clean == text);
    }
}
