//! The shipped entries: how each agent is started, installed and signed in to, at the version the app was tested with.

/// One shipped entry.
pub(super) struct Entry {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) command: &'static str,
    pub(super) args: &'static [&'static str],
    pub(super) env: &'static [(&'static str, &'static str)],
    /// Where the program itself is below a `node_modules`, when what npm puts on the PATH is only a wrapper that does
    /// not pass signals on. `{platform}` is `linux-x64` and the like.
    pub(super) native: Option<&'static str>,
    /// The npm package, without version. `{platform}` as above.
    pub(super) package: &'static str,
    /// The version of the package that was tested.
    pub(super) tested: &'static str,
    /// How to sign in, for people.
    pub(super) sign_in: &'static str,
    /// The id of a way to sign in that it names and does not take, saying that a command in a terminal does it; and that
    /// command's arguments.
    pub(super) login: Option<(&'static str, &'static [&'static str])>,
    /// What it means when it opens no conversation in time, where that is known.
    pub(super) silence: Option<&'static str>,
    /// Its own documentation.
    pub(super) docs: &'static str,
    /// Variables of its own that hold keys.
    pub(super) keys: &'static [&'static str],
}

pub(super) const ENTRIES: [Entry; 7] = [
    Entry {
        id: "claude-code",
        name: "Claude Code",
        command: "claude-agent-acp",
        args: &[],
        env: &[],
        native: None,
        package: "@agentclientprotocol/claude-agent-acp",
        tested: "0.100.0",
        sign_in: "Sign in with a Claude subscription or the Anthropic Console in a terminal, or let it have ANTHROPIC_API_KEY.",
        login: None,
        silence: None,
        docs: "https://docs.claude.com/en/docs/claude-code",
        keys: &[
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "AWS_BEARER_TOKEN_BEDROCK",
        ],
    },
    Entry {
        id: "codex",
        name: "Codex",
        command: "codex-acp",
        args: &[],
        env: &[],
        native: None,
        package: "@agentclientprotocol/codex-acp",
        tested: "2.6.0",
        sign_in: "Sign in with ChatGPT, which opens a browser, or let it have OPENAI_API_KEY.",
        login: None,
        silence: None,
        docs: "https://developers.openai.com/codex",
        keys: &["OPENAI_API_KEY", "CODEX_API_KEY"],
    },
    Entry {
        id: "gemini",
        name: "Gemini CLI",
        command: "gemini",
        args: &["--acp"],
        // Otherwise it starts itself a second time, and the first one swallows SIGTERM.
        env: &[("GEMINI_CLI_NO_RELAUNCH", "true")],
        native: None,
        package: "@google/gemini-cli",
        tested: "0.61.0",
        sign_in: "Sign in with Google, which opens a browser, or let it have GEMINI_API_KEY.",
        login: None,
        silence: None,
        docs: "https://geminicli.com/docs",
        keys: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    },
    Entry {
        id: "opencode",
        name: "OpenCode",
        command: "opencode",
        args: &["acp"],
        // By itself it asks before nothing. What needs no question is for the person's rules to say.
        env: &[("OPENCODE_PERMISSION", r#"{"edit":"ask","bash":"ask"}"#)],
        native: None,
        package: "opencode-ai",
        tested: "1.18.33",
        sign_in: "Run \"opencode auth login\" in a terminal, or let it have the key of your provider.",
        login: Some(("opencode-login", &["auth", "login"])),
        silence: None,
        docs: "https://opencode.ai/docs",
        keys: &[
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "GEMINI_API_KEY",
            "OPENCODE_API_KEY",
            "OPENROUTER_API_KEY",
        ],
    },
    Entry {
        id: "copilot",
        name: "GitHub Copilot",
        command: "copilot",
        args: &["--acp"],
        env: &[],
        native: Some("@github/copilot-{platform}/copilot"),
        package: "@github/copilot",
        tested: "1.0.102",
        sign_in: "Run \"copilot login\" in a terminal, or let it have GH_TOKEN.",
        login: Some(("copilot-login", &["login"])),
        silence: None,
        docs: "https://docs.github.com/copilot/how-tos/copilot-cli",
        keys: &["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"],
    },
    Entry {
        id: "goose",
        name: "Goose",
        command: "goose",
        args: &["acp", "--with-builtin", "developer"],
        // By itself it asks before nothing. Its mode can be chosen in each conversation.
        env: &[("GOOSE_MODE", "approve")],
        native: None,
        // "@aaif/goose" puts only "goose-tui" on the PATH, which speaks no protocol.
        package: "@aaif/goose-binary-{platform}",
        tested: "0.20.1",
        sign_in: "Run \"goose configure\" in a terminal to choose a provider, or let it have the provider's key.",
        login: Some(("goose-provider", &["configure"])),
        silence: Some("Goose answers nothing until a provider is chosen."),
        docs: "https://block.github.io/goose/docs",
        keys: &["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_API_KEY"],
    },
    Entry {
        id: "qwen-code",
        name: "Qwen Code",
        command: "qwen",
        args: &["--acp"],
        // As Gemini CLI, which it comes from.
        env: &[("QWEN_CODE_NO_RELAUNCH", "true")],
        native: None,
        package: "@qwen-code/qwen-code",
        tested: "0.15.10",
        sign_in: "Run \"qwen\" in a terminal and enter /auth, or let it have OPENAI_API_KEY.",
        login: None,
        silence: None,
        docs: "https://qwenlm.github.io/qwen-code-docs",
        keys: &["OPENAI_API_KEY", "DASHSCOPE_API_KEY"],
    },
];
