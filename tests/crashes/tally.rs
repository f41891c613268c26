//! What many conversations came to, as a table.

use std::collections::BTreeMap;
use std::fmt;

/// Counts of some conversations.
#[derive(Default)]
pub struct Tally {
    /// By what was killed and what was going on.
    pub crashes: BTreeMap<(Victim, &'static str), u32>,
    /// Prompts that the app acknowledged, or that were found after a crash in the acknowledgement.
    pub said: u32,
    /// Times an agent got a prompt.
    pub received: u32,
    /// Times the person sent a prompt again that may not have arrived.
    pub resent: u32,
    /// Those of them that had arrived, as it turned out.
    pub resent_in_vain: u32,
    /// Times the app said something to an agent that was nobody's prompt.
    pub by_the_app: u32,
    /// Prompts that no agent got.
    pub lost: u32,
    /// Prompts that agents got more often than the person sent them.
    pub twice: u32,
    /// Things that were seen and taken back.
    pub inconsistent: u32,
    /// Processes that outlived their agent or app.
    pub left: u32,
    /// All that went wrong, in words.
    pub problems: Vec<String>,
}

/// What was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Victim {
    App,
    Agent,
}

impl Tally {
    /// How many crashes there were.
    pub fn all_crashes(&self) -> u32 {
        self.crashes.values().sum()
    }

    /// Takes in another one.
    pub fn add(&mut self, other: Self) {
        for (kind, count) in other.crashes {
            *self.crashes.entry(kind).or_default() += count;
        }
        self.said += other.said;
        self.received += other.received;
        self.resent += other.resent;
        self.resent_in_vain += other.resent_in_vain;
        self.by_the_app += other.by_the_app;
        self.lost += other.lost;
        self.twice += other.twice;
        self.inconsistent += other.inconsistent;
        self.left += other.left;
        self.problems.extend(other.problems);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |what: &str, count: u32| writeln!(f, "  {what:<48}{count:>7}");
        line("crashes", self.all_crashes())?;
        for ((victim, moment), count) in &self.crashes {
            let victim = match victim {
                Victim::App => "the app killed",
                Victim::Agent => "its agent killed",
            };
            line(&format!("  {victim}, {moment}"), *count)?;
        }
        line("prompts sent", self.said)?;
        line("prompts received by agents", self.received)?;
        line("sent again by the person after a failure", self.resent)?;
        line("  of which had arrived", self.resent_in_vain)?;
        line("words of the app's own to an agent", self.by_the_app)?;
        line("prompts lost", self.lost)?;
        line("prompts sent twice", self.twice)?;
        line("transcripts inconsistent", self.inconsistent)?;
        line("processes left", self.left)
    }
}
