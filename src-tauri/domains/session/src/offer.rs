//! What an agent offers the person to choose from: slash commands, and options such as mode and model.

use serde::{Deserialize, Serialize};
use specta::Type;

/// All that an agent offers in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Offers {
    /// Slash commands, in the agent's order.
    pub commands: Vec<SlashCommand>,
    /// Options, in the agent's order.
    pub options: Vec<SessionOption>,
    /// Whether it takes pictures in a prompt; `None` until its handshake said so.
    pub images: Option<bool>,
}

impl Offers {
    /// Whether an option can have this value.
    pub fn has(&self, id: &str, value: &str) -> bool {
        let option = self.options.iter().find(|option| option.id == id);
        option.is_some_and(|option| match option.choices.as_slice() {
            [] => value == "true" || value == "false",
            choices => choices.iter().any(|choice| choice.value == value),
        })
    }
}

/// A command that a prompt may begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SlashCommand {
    /// Without the slash.
    pub name: String,
    /// For people, at most 4 KiB.
    pub description: String,
    /// What may follow it, for people.
    pub hint: Option<String>,
}

/// Something about the conversation that the person may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionOption {
    /// The agent's own id for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// More for people.
    pub description: Option<String>,
    /// What sort it is.
    pub category: OptionCategory,
    /// The value now: a choice's value; `true` or `false` for a switch.
    pub current: String,
    /// What may be chosen; empty for a switch.
    pub choices: Vec<OptionChoice>,
}

/// What sort of option it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OptionCategory {
    /// How freely the agent works: ask, plan, accept edits, …
    Mode,
    /// The model.
    Model,
    /// How long the model thinks.
    Thinking,
    /// Anything else.
    #[default]
    Other,
}

/// One value of an option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OptionChoice {
    /// The agent's own value.
    pub value: String,
    /// For people.
    pub name: String,
    /// More for people.
    pub description: Option<String>,
    /// The group it stands in, for people.
    pub group: Option<String>,
}
