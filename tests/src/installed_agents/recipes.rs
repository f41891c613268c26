//! What each agent needs to think that the scripted model is its vendor, and to ask the network for nothing else.

use super::{Retries, Vendor};
use serde_json::{Value, json};
use std::path::Path;

/// Beginnings of variables that lead these agents to other accounts, models or places.
pub(super) const MISLEADING: [&str; 14] = [
    "ANTHROPIC_",
    "CLAUDE",
    "CODEX_",
    "OPENAI_",
    "AWS_",
    "GOOGLE_",
    "GEMINI_",
    "OPENCODE",
    "COPILOT_",
    "GITHUB_",
    "GH_",
    "GOOSE_",
    "QWEN_",
    "IS_SANDBOX",
];

/// A home of its own, and every way out leads to the scripted model, which notes it.
pub(super) fn common(own: &Path, at: &str) -> Vec<(String, String)> {
    let mut all = vec![
        pair("HOME", text(own)),
        pair("XDG_CONFIG_HOME", text(&own.join(".config"))),
        pair("XDG_CACHE_HOME", text(&own.join(".cache"))),
        pair("XDG_DATA_HOME", text(&own.join(".config"))),
        pair("XDG_STATE_HOME", text(&own.join(".cache"))),
        pair("TMPDIR", text(&own.join("tmp"))),
        pair("GIT_CONFIG_GLOBAL", text(&own.join(".gitconfig"))),
        pair("TERM", "dumb"),
        pair("LANG", "C.UTF-8"),
        // One of them fetches a package at its start; this registry has none.
        pair("npm_config_registry", at),
    ];
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        all.push(pair(name, at));
        all.push(pair(&name.to_lowercase(), at));
    }
    for name in ["NO_PROXY", "no_proxy"] {
        all.push(pair(name, "127.0.0.1,localhost"));
    }
    all
}

impl Vendor {
    /// The variables of this agent alone.
    pub(super) fn variables(self, own: &Path, at: &str, retries: Retries) -> Vec<(String, String)> {
        match self {
            Self::Claude049 | Self::Claude0100 => claude(own, at, retries),
            Self::Codex26 => vec![
                pair("CODEX_HOME", text(&own.join(".codex"))),
                pair("DOUBLE_KEY", "dummy"),
                pair("INITIAL_AGENT_MODE", "workspace-write"),
            ],
            Self::Gemini061 => vec![
                pair("GEMINI_API_KEY", "dummy"),
                // One that needs no other model to choose it.
                pair("GEMINI_MODEL", "gemini-2.5-pro"),
                pair("GOOGLE_GEMINI_BASE_URL", at),
                pair("GEMINI_CLI_TRUST_WORKSPACE", "true"),
                pair("GEMINI_TELEMETRY_ENABLED", "false"),
            ],
            Self::OpenCode118 => vec![
                pair("OPENCODE_DISABLE_MODELS_FETCH", "1"),
                pair("OPENCODE_DISABLE_AUTOUPDATE", "1"),
                pair("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
            ],
            Self::Copilot10 => vec![
                pair("COPILOT_OFFLINE", "true"),
                pair("COPILOT_PROVIDER_BASE_URL", at),
                pair("COPILOT_PROVIDER_TYPE", "anthropic"),
                pair("COPILOT_PROVIDER_API_KEY", "dummy"),
                pair("COPILOT_MODEL", "claude-sonnet-4.5"),
                pair("COPILOT_AUTO_UPDATE", "false"),
                pair("COPILOT_HOME", text(&own.join(".copilot"))),
            ],
            Self::Goose134 => vec![
                pair("GOOSE_PROVIDER", "anthropic"),
                pair("GOOSE_MODEL", "claude-sonnet-4-5"),
                pair("GOOSE_DISABLE_KEYRING", "1"),
                pair("ANTHROPIC_HOST", at),
                pair("ANTHROPIC_API_KEY", "dummy"),
            ],
            Self::Qwen015 => vec![
                pair("OPENAI_API_KEY", "dummy"),
                pair("OPENAI_BASE_URL", &format!("{at}/v1")),
                pair("OPENAI_MODEL", "double-1"),
            ],
        }
    }

    /// Its files: a path below its home, and what is in it.
    pub(super) fn files(self, at: &str) -> Option<(&'static str, String)> {
        let json = |path, value: Value| Some((path, value.to_string()));
        match self {
            Self::Claude049 | Self::Claude0100 | Self::Copilot10 | Self::Goose134 => None,
            Self::Codex26 => Some((".codex/config.toml", codex(at))),
            Self::Gemini061 => json(
                ".gemini/settings.json",
                json!({
                    "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": false}},
                    "privacy": {"usageStatisticsEnabled": false},
                }),
            ),
            Self::OpenCode118 => json(
                ".config/opencode/opencode.json",
                json!({
                    "model": "anthropic/claude-sonnet-4-5", "share": "disabled", "autoupdate": false,
                    "provider": {"anthropic": {"options": {"baseURL": format!("{at}/v1"), "apiKey": "dummy"}}},
                }),
            ),
            Self::Qwen015 => json(
                ".qwen/settings.json",
                json!({
                    "security": {"auth": {"selectedType": "openai"}, "folderTrust": {"enabled": false}},
                    "privacy": {"usageStatisticsEnabled": false},
                }),
            ),
        }
    }
}

fn claude(own: &Path, at: &str, retries: Retries) -> Vec<(String, String)> {
    vec![
        pair("ANTHROPIC_BASE_URL", at),
        pair("ANTHROPIC_API_KEY", "sk-ant-dummy"),
        pair("CLAUDE_CONFIG_DIR", text(&own.join(".claude"))),
        pair("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        // What it asks the model unasked, for something to offer the person.
        pair("CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION", "false"),
        pair(
            "CLAUDE_CODE_MAX_RETRIES",
            match retries {
                Retries::Few => "2",
                Retries::AsShipped => "10",
            },
        ),
        pair("DISABLE_TELEMETRY", "1"),
        pair("DISABLE_ERROR_REPORTING", "1"),
        pair("DISABLE_AUTOUPDATER", "1"),
    ]
}

/// A model that Codex knows: for an unknown one it offers no tool to patch files. What it asks of the network at its
/// start (plugins, apps, statistics) is off.
fn codex(at: &str) -> String {
    format!(
        r#"model = "gpt-6.1-sol"
model_provider = "double"
check_for_update_on_startup = false
[model_providers.double]
name = "double"
base_url = "{at}/v1"
env_key = "DOUBLE_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
stream_idle_timeout_ms = 60000
supports_websockets = false
[analytics]
enabled = false
[features]
plugins = false
apps = false
"#
    )
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temp folders have plain names")
}
