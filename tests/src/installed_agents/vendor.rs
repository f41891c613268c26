//! Which agents are installed for the tests, and in what they differ where a story must know it.

use crate::model_server::{Dialect, Tools};

/// An agent at the version that is installed for the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Claude Code's adapter that npm picks on Node 20.
    Claude049,
    /// Claude Code's adapter as of late.
    Claude0100,
    /// Codex's adapter.
    Codex26,
    /// Gemini CLI.
    Gemini061,
    /// OpenCode.
    OpenCode118,
    /// GitHub Copilot's CLI.
    Copilot10,
    /// Goose.
    Goose134,
    /// Qwen Code that npm picks on Node 20.
    Qwen015,
}

/// How an agent comes to be on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// As the app ships it, found where npm puts programs.
    AsShipped,
    /// Under another entry's id, by the folder of its package: two versions can't have one name.
    Package(&'static str),
}

impl Vendor {
    /// What its model speaks.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Claude049 | Self::Claude0100 => Dialect::Anthropic(Tools::Claude),
            Self::Codex26 => Dialect::OpenAi,
            Self::Gemini061 => Dialect::Gemini(Tools::Gemini),
            Self::OpenCode118 => Dialect::Anthropic(Tools::OpenCode),
            Self::Copilot10 => Dialect::Anthropic(Tools::Copilot),
            Self::Goose134 => Dialect::Anthropic(Tools::Goose),
            Self::Qwen015 => Dialect::Chat(Tools::Qwen),
        }
    }

    /// Its id in the app.
    pub fn id(self) -> &'static str {
        match self {
            Self::Claude049 | Self::Claude0100 => "claude-code",
            Self::Codex26 => "codex",
            Self::Gemini061 => "gemini",
            Self::OpenCode118 => "opencode",
            Self::Copilot10 => "copilot",
            Self::Goose134 => "goose",
            Self::Qwen015 => "qwen-code",
        }
    }

    /// What the command line of its own process holds, and of no process that it starts.
    pub fn command_line(self) -> &'static str {
        match self {
            Self::Claude049 | Self::Claude0100 | Self::Codex26 => "dist/index.js",
            Self::Gemini061 | Self::Copilot10 | Self::Qwen015 => " --acp",
            Self::OpenCode118 => "opencode acp",
            Self::Goose134 => "goose acp",
        }
    }

    /// Whether it tells what its commands print. Gemini tells nobody but its model.
    pub fn shows_output(self) -> bool {
        self != Self::Gemini061
    }

    pub(super) fn listed(self) -> Listed {
        match self {
            Self::Claude049 => Listed::Package("@agentclientprotocol/claude-agent-acp"),
            Self::Claude0100 => Listed::Package("claude-agent-acp-0.100"),
            Self::Codex26 => Listed::Package("@agentclientprotocol/codex-acp"),
            Self::Gemini061
            | Self::OpenCode118
            | Self::Copilot10
            | Self::Goose134
            | Self::Qwen015 => Listed::AsShipped,
        }
    }
}
