//! The agents the app ships entries for: how each is started, and how it is installed.

use crate::environment;
use kernel::AgentId;
use session::port::{AgentProgram, Detection};
use std::ffi::OsStr;
use std::path::Path;

/// One shipped entry.
struct Entry {
    id: &'static str,
    name: &'static str,
    command: &'static str,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
    install: &'static str,
}

const ENTRIES: [Entry; 6] = [
    Entry {
        id: "claude-code",
        name: "Claude Code",
        command: "claude-agent-acp",
        args: &[],
        env: &[],
        install: "npm install -g @agentclientprotocol/claude-agent-acp",
    },
    Entry {
        id: "codex",
        name: "Codex",
        command: "codex-acp",
        args: &[],
        env: &[],
        install: "npm install -g @agentclientprotocol/codex-acp",
    },
    Entry {
        id: "gemini",
        name: "Gemini CLI",
        command: "gemini",
        args: &["--acp"],
        // Otherwise it starts itself a second time, and the first one swallows SIGTERM.
        env: &[("GEMINI_CLI_NO_RELAUNCH", "true")],
        install: "npm install -g @google/gemini-cli",
    },
    Entry {
        id: "opencode",
        name: "OpenCode",
        command: "opencode",
        args: &["acp"],
        env: &[],
        install: "npm install -g opencode-ai",
    },
    Entry {
        id: "copilot",
        name: "GitHub Copilot",
        command: "copilot",
        args: &["--acp"],
        env: &[],
        install: "npm install -g @github/copilot",
    },
    Entry {
        id: "goose",
        name: "Goose",
        command: "goose",
        args: &["acp", "--with-builtin", "developer"],
        env: &[],
        install: "npm install -g @aaif/goose",
    },
];

/// The practice agent's id.
const PRACTICE: &str = "practice";

/// All entries, the practice agent last.
pub(crate) fn shipped(practice: &Path) -> Vec<AgentProgram> {
    let bundled = AgentProgram {
        id: AgentId::new(PRACTICE),
        name: "Practice agent".to_owned(),
        command: practice.to_string_lossy().into_owned(),
        args: Vec::new(),
        env: Vec::new(),
    };
    ENTRIES.iter().map(program).chain([bundled]).collect()
}

fn program(entry: &Entry) -> AgentProgram {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    AgentProgram {
        id: AgentId::new(entry.id),
        name: entry.name.to_owned(),
        command: entry.command.to_owned(),
        args: entry.args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: entry.env.iter().map(owned).collect(),
    }
}

/// Looks for a program on the search path.
pub(crate) fn detect(program: &AgentProgram, search: &OsStr) -> Detection {
    match environment::find(&program.command, search) {
        Some(path) => Detection::Found { path },
        None => Detection::Missing {
            install: install(program),
        },
    }
}

/// How to get the program, for people.
pub(crate) fn install(program: &AgentProgram) -> String {
    let entry = ENTRIES.iter().find(|entry| entry.id == program.id.as_str());
    match entry {
        Some(entry) => format!("Install it with: {}", entry.install),
        None if program.id.as_str() == PRACTICE => {
            "It is part of Shopfloor: install Shopfloor again.".to_owned()
        }
        None => format!(
            "Install {}, or give its full path in the settings.",
            program.command
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_practice_agent_is_last_and_ids_are_unique() {
        let all = shipped(Path::new("/app/practice-agent"));
        let last = all.last().expect("entries");
        assert_eq!(
            (last.id.as_str(), last.command.as_str()),
            (PRACTICE, "/app/practice-agent")
        );
        let mut ids: Vec<&str> = all.iter().map(|program| program.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn a_missing_agent_comes_with_how_to_install_it() {
        let nowhere = OsStr::new("/nowhere");
        let all = shipped(Path::new("/nowhere/practice-agent"));
        for program in &all {
            let Detection::Missing { install } = detect(program, nowhere) else {
                panic!("{} was found nowhere", program.name);
            };
            assert!(install.contains("nstall"), "{install}");
        }
    }
}
