//! What an agent's error means for the person: sign in, wait for a limit, or the provider failed.

use crate::rpc::Refusal;
use crate::text::cut;
use serde_json::Value;
use session::Cause;

/// Sorts an error answer.
pub(crate) fn of(refusal: &Refusal) -> Cause {
    let said = said(refusal);
    let whole = format!(
        "{said} {}",
        refusal.data["errorKind"].as_str().unwrap_or_default()
    )
    .to_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| whole.contains(word));
    let has_number = |number: &str| {
        whole
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == number)
    };
    match refusal.code {
        -32000 | 401 => Cause::SignIn { said },
        429 => Cause::Quota { said },
        _ if has_number("429") || speaks_of(&["rate limit", "rate_limit", "quota", "credit"]) => {
            Cause::Quota { said }
        }
        _ if has_number("401")
            || speaks_of(&["authentication", "unauthorized", "api-key", "api key"]) =>
        {
            Cause::SignIn { said }
        }
        _ => Cause::Provider { said },
    }
}

/// The longest error that is told, in bytes.
const LONGEST: usize = 4096;

/// The error in words, at most 4 KiB: the message without the protocol's generic ones, and the details where there are some.
pub(crate) fn said(refusal: &Refusal) -> String {
    let message = refusal.message.trim();
    let message = message.strip_prefix("Internal error").unwrap_or(message);
    let message = inner_message(message.trim_start_matches(':').trim());
    let details = refusal.data["details"]
        .as_str()
        .or(refusal.data.as_str())
        .unwrap_or_default();
    let whole = match (message.is_empty(), details.is_empty()) {
        (false, false) if message != details => format!("{message}: {details}"),
        (false, _) => message,
        (true, false) => details.to_owned(),
        (true, true) => format!("error {} without a message", refusal.code),
    };
    cut(&whole, LONGEST)
}

/// Gemini hands over the provider's whole JSON as message.
fn inner_message(message: &str) -> String {
    let parsed: Option<Value> = serde_json::from_str(message).ok();
    let inner = parsed
        .as_ref()
        .and_then(|json| json["error"]["message"].as_str());
    inner.unwrap_or(message).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn real_errors_are_sorted() {
        let provider = |said: &str| Cause::Provider {
            said: said.to_owned(),
        };
        let sign_in = |said: &str| Cause::SignIn {
            said: said.to_owned(),
        };
        let quota = |said: &str| Cause::Quota {
            said: said.to_owned(),
        };
        let cases = [
            (
                -32000,
                "Authentication required",
                json!(null),
                sign_in("Authentication required"),
            ),
            (
                401,
                r#"{"error":{"code":401,"message":"invalid x-api-key"}}"#,
                json!(null),
                sign_in("invalid x-api-key"),
            ),
            (
                -32603,
                "Internal error: invalid x-api-key",
                json!({"service": "session"}),
                sign_in("invalid x-api-key"),
            ),
            (
                -32603,
                "Internal error",
                json!({"details": "x", "errorKind": "authentication_failed"}),
                sign_in("x"),
            ),
            (429, "slow down", json!(null), quota("slow down")),
            (
                -32603,
                "Your credit balance is too low",
                json!(null),
                quota("Your credit balance is too low"),
            ),
            (
                -32603,
                "Internal error",
                json!({"details": "Session not found"}),
                provider("Session not found"),
            ),
            (500, "terminated", json!(null), provider("terminated")),
            (
                -32603,
                "Internal error",
                json!(null),
                provider("error -32603 without a message"),
            ),
        ];
        for (code, message, data, cause) in cases {
            assert_eq!(
                of(&Refusal {
                    code,
                    message: message.to_owned(),
                    data
                }),
                cause
            );
        }
    }
}
