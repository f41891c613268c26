//! What an agent may do without asking: modes and rules, and the pure decision over them.
//!
//! Invariant: what is unclear is asked. A rule that forbids beats one that asks, which beats one that allows, whatever
//! their scopes; plans and questions are always the person's.

mod command;
mod judge;
mod place;
#[cfg(test)]
mod tests;

pub use judge::{Decision, Ground, decide};

use crate::entry::ToolKind;
use kernel::{ProjectId, RuleId, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What is allowed where no rule says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyMode {
    /// Nothing: each request is the person's.
    #[default]
    Ask,
    /// Reading and searching in the worktree.
    AllowReads,
    /// Reading, and changing files in the worktree.
    AllowEdits,
    /// Everything but plans and questions.
    AllowAll,
}

/// Where a rule or a mode holds; the narrower inherits from the wider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Scope {
    /// Everywhere.
    Global,
    /// In all workspaces of a project.
    Project {
        /// Which one.
        id: ProjectId,
    },
    /// In one session.
    Session {
        /// Which one.
        id: SessionId,
    },
}

/// What a rule says of the requests it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They are allowed.
    Allow,
    /// The person is asked.
    Ask,
    /// They are refused.
    Deny,
}

/// A rule; it fits a request when all that it names fits. One that names nothing fits none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Where it holds.
    pub scope: Scope,
    /// What it says.
    pub verdict: Verdict,
    /// The kind of tool.
    pub tool: Option<ToolKind>,
    /// The first words of a command: `git status` fits `git status -s`, not `git stash`, and no command that holds
    /// another one (`&&`, `;`, `|`, `$(`, redirections).
    pub command: Option<String>,
    /// A file or folder: absolute, or relative to the worktree. To be allowed, all of a request's paths must lie in
    /// it; to be refused or asked, one of them is enough. Without one, a rule that allows reading or changing files
    /// means those of the worktree.
    pub path: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A rule as the person makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RuleDraft {
    /// See [`Rule`].
    pub scope: Scope,
    /// See [`Rule`].
    pub verdict: Verdict,
    /// See [`Rule`].
    pub tool: Option<ToolKind>,
    /// See [`Rule`].
    pub command: Option<String>,
    /// See [`Rule`].
    pub path: Option<String>,
}

/// A scope and the mode that the person set for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopeMode {
    /// Where it holds.
    pub scope: Scope,
    /// What is allowed there where no rule says otherwise.
    pub mode: PolicyMode,
}

impl RuleDraft {
    /// The draft as it is kept, or why it can't be a rule.
    pub(crate) fn checked(self) -> Result<Self, &'static str> {
        let tidy = |text: Option<String>| {
            let text = text.map(|text| text.trim().to_owned());
            text.filter(|text| !text.is_empty())
        };
        let draft = Self {
            command: tidy(self.command),
            path: tidy(self.path),
            ..self
        };
        if draft.tool.is_none() && draft.command.is_none() && draft.path.is_none() {
            return Err("A rule has to name a tool, a command or a path.");
        }
        if let Some(command) = &draft.command
            && command::plain(command).is_none()
        {
            return Err(
                "A rule can only name the first words of one plain command, without a shell's signs or a program \
                 that runs others, such as sudo or sh.",
            );
        }
        if let Some(path) = &draft.path
            && place::climbs(path)
        {
            return Err("A rule's path can't hold \"..\".");
        }
        // Such a rule would never fit, and one that forbids would seem to protect.
        if let Some(path) = &draft.path
            && (path.starts_with('~') || path.contains('*'))
        {
            return Err(
                "A rule's path has to be written out, from \"/\" or from the worktree: \"~\" and \"*\" mean nothing in it. \
                 A folder means all that is in it.",
            );
        }
        Ok(draft)
    }
}

impl Rule {
    /// What it speaks of, for people: "run `cargo test`".
    pub fn subject(&self) -> String {
        let doing = match (&self.command, self.tool) {
            (Some(command), _) => format!("run `{command}`"),
            (None, Some(tool)) => words(tool).to_owned(),
            (None, None) => "anything".to_owned(),
        };
        match &self.path {
            Some(path) => format!("{doing} in {path}"),
            None => doing,
        }
    }
}

fn words(tool: ToolKind) -> &'static str {
    match tool {
        ToolKind::Read => "read",
        ToolKind::Edit => "edit",
        ToolKind::Delete => "delete",
        ToolKind::Move => "move",
        ToolKind::Search => "search",
        ToolKind::Execute => "run commands",
        ToolKind::Think => "think",
        ToolKind::Fetch => "fetch",
        ToolKind::SwitchMode => "switch modes",
        ToolKind::Other => "other tools",
    }
}
