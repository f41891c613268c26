//! The decision over one request: pure, and asking wherever it is not sure.

use super::{PolicyMode, Rule, Scope, Verdict, command, place};
use crate::entry::{Ask, AskKind, AskOption, OptionKind, ToolKind};
use kernel::{ProjectId, SessionId};
use std::path::Path;

/// Where a request is judged.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The worktree, symbolic links resolved.
    pub tree: &'a Path,
    /// The session that asks.
    pub session: &'a SessionId,
    /// Its project and the project's name.
    pub project: Option<(&'a ProjectId, &'a str)>,
    /// All rules; those of other scopes are left out.
    pub rules: &'a [Rule],
    /// What is allowed where no rule says otherwise.
    pub mode: PolicyMode,
    /// Where the mode was set.
    pub mode_of: &'a Scope,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The person is asked.
    Ask,
    /// It is allowed.
    Allow {
        /// The option to answer by.
        option: AskOption,
        /// By what, for people: "Allowed by rule: run `cargo test` (project engine)".
        by: String,
    },
    /// It is refused.
    Deny {
        /// See `Allow`.
        option: AskOption,
        /// See `Allow`.
        by: String,
    },
}

/// Whether a rule speaks of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It does not.
    No,
    /// It can't be told.
    Unclear,
    /// It does.
    Yes,
}

/// Judges a request by the rules, then by the mode.
pub fn decide(ask: &Ask, ground: Ground<'_>) -> Decision {
    if ask.kind != AskKind::Permission {
        return Decision::Ask;
    }
    let fitting = |verdict| {
        let rules = ground.rules.iter();
        rules
            .filter(move |rule| rule.verdict == verdict && ground.is_in_scope(&rule.scope))
            .map(|rule| (ground.fit(rule, ask), rule))
            .filter(|(fit, _)| *fit != Fit::No)
    };
    if let Some((_, rule)) = fitting(Verdict::Deny).find(|(fit, _)| *fit == Fit::Yes) {
        return match only(ask, OptionKind::RejectOnce) {
            Some(option) => Decision::Deny {
                option,
                by: format!("Refused by rule: {}", ground.told(rule)),
            },
            None => Decision::Ask,
        };
    }
    // What a rule may forbid, or wants asked, is asked.
    if fitting(Verdict::Deny).next().is_some() || fitting(Verdict::Ask).next().is_some() {
        return Decision::Ask;
    }
    let by = match fitting(Verdict::Allow).find(|(fit, _)| *fit == Fit::Yes) {
        Some((_, rule)) => format!("Allowed by rule: {}", ground.told(rule)),
        None if ground.mode_allows(ask) => format!(
            "Allowed by mode: {} ({})",
            name(ground.mode),
            ground.place(ground.mode_of)
        ),
        None => return Decision::Ask,
    };
    match only(ask, OptionKind::AllowOnce) {
        Some(option) => Decision::Allow { option, by },
        None => Decision::Ask,
    }
}

impl Ground<'_> {
    fn is_in_scope(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Global => true,
            Scope::Project { id } => self.project.is_some_and(|(project, _)| project == id),
            Scope::Session { id } => self.session == id,
        }
    }

    /// All that the rule names must fit.
    fn fit(&self, rule: &Rule, ask: &Ask) -> Fit {
        let named = [
            rule.tool.map(|tool| fits_tool(tool, ask)),
            rule.command
                .as_deref()
                .map(|prefix| fits_command(rule.verdict, prefix, ask)),
            rule.path
                .as_deref()
                .map(|path| self.fits_path(rule.verdict, path, ask)),
        ];
        let fit = named.into_iter().flatten().min().unwrap_or(Fit::No);
        let reaches_out = rule.verdict == Verdict::Allow && rule.path.is_none();
        if reaches_out && is_about_files(ask) && !self.stays_in(ask) {
            return Fit::No;
        }
        fit
    }

    /// Whether a request about files names some, all in the worktree.
    fn stays_in(&self, ask: &Ask) -> bool {
        self.all(
            ask,
            match kind(ask) {
                Some(ToolKind::Read | ToolKind::Search) => place::is_within,
                _ => place::is_below,
            },
        )
    }

    fn all(&self, ask: &Ask, lies: fn(&Path, &str) -> bool) -> bool {
        !ask.paths.is_empty() && ask.paths.iter().all(|path| lies(self.tree, path))
    }

    fn fits_path(&self, verdict: Verdict, path: &str, ask: &Ask) -> Fit {
        if place::climbs(path) {
            return Fit::Unclear;
        }
        if ask.paths.is_empty() {
            return match kind(ask) {
                Some(ToolKind::Fetch | ToolKind::Think | ToolKind::SwitchMode) => Fit::No,
                _ => Fit::Unclear,
            };
        }
        if ask
            .paths
            .iter()
            .any(|asked| place::climbs(asked) || !Path::new(asked).is_absolute())
        {
            return Fit::Unclear;
        }
        let under = |asked: &String| place::is_under(self.tree, path, asked);
        let fits = match verdict {
            Verdict::Allow => {
                let allowed = |asked: &String| place::is_allowed_by(self.tree, path, asked);
                ask.paths.iter().all(allowed)
            }
            Verdict::Ask | Verdict::Deny => ask.paths.iter().any(under),
        };
        if fits { Fit::Yes } else { Fit::No }
    }

    fn mode_allows(&self, ask: &Ask) -> bool {
        let reads = matches!(kind(ask), Some(ToolKind::Read | ToolKind::Search));
        match self.mode {
            PolicyMode::Ask => false,
            PolicyMode::AllowReads => reads && self.stays_in(ask),
            PolicyMode::AllowEdits => is_about_files(ask) && self.stays_in(ask),
            PolicyMode::AllowAll => true,
        }
    }

    fn told(&self, rule: &Rule) -> String {
        format!("{} ({})", rule.subject(), self.place(&rule.scope))
    }

    fn place(&self, scope: &Scope) -> String {
        match scope {
            Scope::Global => "everywhere".to_owned(),
            Scope::Project { .. } => match self.project {
                Some((_, name)) => format!("project {name}"),
                None => "project".to_owned(),
            },
            Scope::Session { .. } => "this conversation".to_owned(),
        }
    }
}

fn kind(ask: &Ask) -> Option<ToolKind> {
    ask.call.as_ref().map(|call| call.tool)
}

fn is_about_files(ask: &Ask) -> bool {
    match kind(ask) {
        Some(
            ToolKind::Read | ToolKind::Search | ToolKind::Edit | ToolKind::Delete | ToolKind::Move,
        ) => true,
        Some(
            ToolKind::Execute
            | ToolKind::Think
            | ToolKind::Fetch
            | ToolKind::SwitchMode
            | ToolKind::Other,
        )
        | None => false,
    }
}

fn fits_tool(tool: ToolKind, ask: &Ask) -> Fit {
    match kind(ask) {
        Some(asked) if asked == tool => Fit::Yes,
        // A tool of no known kind may be of this one.
        None | Some(ToolKind::Other) => Fit::Unclear,
        Some(_) => Fit::No,
    }
}

fn fits_command(verdict: Verdict, prefix: &str, ask: &Ask) -> Fit {
    match &ask.command {
        // Whatever a part of it is: the whole is not what the rule allows.
        Some(command) if verdict == Verdict::Allow && command::plain(command).is_none() => Fit::No,
        Some(command) => command::fit(prefix, command),
        None => match kind(ask) {
            None | Some(ToolKind::Execute | ToolKind::Other) => Fit::Unclear,
            Some(_) => Fit::No,
        },
    }
}

/// The option of this kind, if there is exactly one: which of several is meant is the person's to say.
fn only(ask: &Ask, kind: OptionKind) -> Option<AskOption> {
    let mut options = ask.options.iter().filter(|option| option.kind == kind);
    let first = options.next()?;
    options.next().is_none().then(|| first.clone())
}

fn name(mode: PolicyMode) -> &'static str {
    match mode {
        PolicyMode::Ask => "ask",
        PolicyMode::AllowReads => "reads in the worktree",
        PolicyMode::AllowEdits => "edits in the worktree",
        PolicyMode::AllowAll => "everything",
    }
}
