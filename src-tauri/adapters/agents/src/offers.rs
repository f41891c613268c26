//! What the agent offers: slash commands and options, in whichever of the protocol's ways it tells them. Pure, bounded.
//!
//! Options come as `configOptions`, or in the older ways as `modes` and `models`. Where an agent tells both, the newer
//! way holds; only a model, which some tell in the older way alone, is taken from there.

use crate::text::cut;
use serde_json::{Value, json};
use session::port::AgentEvent;
use session::{OptionCategory, OptionChoice, SessionOption, SlashCommand};

/// How many commands are offered.
const MOST_COMMANDS: usize = 500;
/// How many options are offered.
const MOST_OPTIONS: usize = 50;
/// How many values one option may have.
const MOST_CHOICES: usize = 1000;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 4096;
/// The longest id or value, in bytes: those can't be cut, so what is longer is left out.
const LONGEST_ID: usize = 1024;

/// What is offered now.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// `None` until the agent said so.
    commands: Option<Vec<SlashCommand>>,
    options: Vec<Offer>,
}

#[derive(Clone, Debug, PartialEq)]
struct Offer {
    option: SessionOption,
    way: Way,
}

/// How an option is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Select,
    Switch,
    Mode,
    Model,
}

/// What is to be asked of the agent.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
}

impl Offered {
    /// Takes what the answer to `session/new`, `load` or `resume` says as the whole.
    pub(crate) fn begin(&mut self, answer: &Value) {
        self.options = match answer["configOptions"].as_array() {
            Some(all) => {
                let mut offers = configured(all);
                let has_model = |offer: &Offer| offer.option.category == OptionCategory::Model;
                if !offers.iter().any(has_model) {
                    offers.extend(models(&answer["models"]));
                }
                offers
            }
            None => {
                let modes = modes(&answer["modes"]);
                modes.into_iter().chain(models(&answer["models"])).collect()
            }
        };
    }

    /// Takes an update and answers what is news of it. `None`: it is not about offers, or makes no sense.
    pub(crate) fn learn(&mut self, update: &Value) -> Option<Vec<AgentEvent>> {
        match update["sessionUpdate"].as_str()? {
            "available_commands_update" => {
                let commands = Some(commands(update["availableCommands"].as_array()?));
                let is_news = self.commands != commands;
                self.commands = commands;
                Some(
                    self.told_commands()
                        .filter(|_| is_news)
                        .into_iter()
                        .collect(),
                )
            }
            "config_option_update" => {
                let mut offers = configured(update["configOptions"].as_array()?);
                let has_model = |offer: &Offer| offer.option.category == OptionCategory::Model;
                if !offers.iter().any(has_model) {
                    let older = self.options.iter().filter(|offer| offer.way == Way::Model);
                    offers.extend(older.cloned());
                }
                if self.options == offers {
                    return Some(Vec::new());
                }
                self.options = offers;
                Some(vec![self.told_options()])
            }
            "current_mode_update" => {
                let mode = update["currentModeId"].as_str()?;
                let is_news = self.mode_is(mode);
                Some(is_news.then(|| self.told_options()).into_iter().collect())
            }
            _ => None,
        }
    }

    /// The options as an event.
    pub(crate) fn told_options(&self) -> AgentEvent {
        let options = self.options.iter().map(|offer| offer.option.clone());
        AgentEvent::Options(options.collect())
    }

    /// The commands as an event, once there are any.
    pub(crate) fn told_commands(&self) -> Option<AgentEvent> {
        self.commands.clone().map(AgentEvent::Commands)
    }

    /// Whether a text begins with one of the commands.
    pub(crate) fn is_command(&self, text: &str) -> bool {
        let Some(rest) = text.trim_start().strip_prefix('/') else {
            return false;
        };
        let follows = |name: &str| {
            rest.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        };
        self.commands
            .iter()
            .flatten()
            .any(|command| follows(&command.name))
    }

    /// What to ask of the agent for this choice, or why it can't be made, for people.
    pub(crate) fn choice(&self, session: &str, id: &str, value: &str) -> Result<Request, String> {
        let Some(offer) = self.options.iter().find(|offer| offer.option.id == id) else {
            return Err(format!("it does not offer \"{id}\""));
        };
        let name = &offer.option.name;
        let is_offered = match offer.way {
            Way::Switch => value == "true" || value == "false",
            _ => offer
                .option
                .choices
                .iter()
                .any(|choice| choice.value == value),
        };
        if !is_offered {
            return Err(format!("it does not offer \"{value}\" for {name}"));
        }
        let (method, params) = match offer.way {
            Way::Select => (
                "session/set_config_option",
                json!({"sessionId": session, "configId": id, "value": value}),
            ),
            Way::Switch => (
                "session/set_config_option",
                json!({"sessionId": session, "configId": id, "type": "boolean", "value": value == "true"}),
            ),
            Way::Mode => (
                "session/set_mode",
                json!({"sessionId": session, "modeId": value}),
            ),
            Way::Model => (
                "session/set_model",
                json!({"sessionId": session, "modelId": value}),
            ),
        };
        Ok(Request { method, params })
    }

    /// The agent made the choice; its answer may tell the new whole.
    pub(crate) fn chosen(&mut self, id: &str, value: &str, answer: &Value) {
        if answer["configOptions"].is_array() {
            self.learn(&json!({
                "sessionUpdate": "config_option_update", "configOptions": answer["configOptions"],
            }));
        } else if let Some(offer) = self.options.iter_mut().find(|offer| offer.option.id == id) {
            value.clone_into(&mut offer.option.current);
        }
    }

    /// Makes this the mode and tells whether it was another one.
    fn mode_is(&mut self, mode: &str) -> bool {
        let is_mode = |offer: &&mut Offer| {
            let offers = |choice: &OptionChoice| choice.value == mode;
            offer.option.category == OptionCategory::Mode && offer.option.choices.iter().any(offers)
        };
        match self.options.iter_mut().find(is_mode) {
            Some(offer) if offer.option.current != mode => {
                mode.clone_into(&mut offer.option.current);
                true
            }
            _ => false,
        }
    }
}

fn commands(all: &[Value]) -> Vec<SlashCommand> {
    let command = |command: &Value| {
        Some(SlashCommand {
            name: id(&command["name"])?.trim_start_matches('/').to_owned(),
            description: described(&command["description"]).unwrap_or_default(),
            hint: described(&command["input"]["hint"]),
        })
    };
    let named = all.iter().filter_map(command);
    named
        .filter(|command| !command.name.is_empty())
        .take(MOST_COMMANDS)
        .collect()
}

fn configured(all: &[Value]) -> Vec<Offer> {
    all.iter().filter_map(config).take(MOST_OPTIONS).collect()
}

fn config(config: &Value) -> Option<Offer> {
    let id = id(&config["id"])?;
    let (way, current, choices) = match config["type"].as_str() {
        Some("boolean") => (
            Way::Switch,
            config["currentValue"].as_bool()?.to_string(),
            Vec::new(),
        ),
        // What is of another type can't be chosen here.
        Some("select") | None => (
            Way::Select,
            config["currentValue"].as_str()?.to_owned(),
            choices(config["options"].as_array()?),
        ),
        Some(_) => return None,
    };
    let option = SessionOption {
        name: named(&config["name"], id),
        description: described(&config["description"]),
        category: category(config["category"].as_str(), id),
        current,
        choices,
        id: id.to_owned(),
    };
    Some(Offer { option, way })
}

/// What sort an option is: as the agent says, or by its id where it says nothing.
fn category(said: Option<&str>, id: &str) -> OptionCategory {
    match said.unwrap_or(id) {
        "mode" => OptionCategory::Mode,
        "model" => OptionCategory::Model,
        "thought_level" | "effort" => OptionCategory::Thinking,
        _ => OptionCategory::Other,
    }
}

/// Values, or groups of values.
fn choices(all: &[Value]) -> Vec<OptionChoice> {
    let mut choices = Vec::new();
    for one in all {
        match one["options"].as_array() {
            Some(grouped) => {
                let name = named(&one["name"], one["group"].as_str().unwrap_or_default());
                let group = Some(name).filter(|name| !name.is_empty());
                choices.extend(
                    grouped
                        .iter()
                        .filter_map(|one| choice(one, "value", group.clone())),
                );
            }
            None => choices.extend(choice(one, "value", None)),
        }
    }
    choices.truncate(MOST_CHOICES);
    choices
}

fn choice(choice: &Value, key: &str, group: Option<String>) -> Option<OptionChoice> {
    let value = id(&choice[key])?;
    Some(OptionChoice {
        value: value.to_owned(),
        name: named(&choice["name"], value),
        description: described(&choice["description"]),
        group,
    })
}

/// The older way to offer modes.
fn modes(modes: &Value) -> Option<Offer> {
    let (all, current) = (&modes["availableModes"], &modes["currentModeId"]);
    let option = older("mode", "Mode", OptionCategory::Mode, all, "id", current)?;
    let way = Way::Mode;
    Some(Offer { option, way })
}

/// The older way to offer models, which left the protocol but not the agents.
fn models(models: &Value) -> Option<Offer> {
    let (all, current) = (&models["availableModels"], &models["currentModelId"]);
    let option = older(
        "model",
        "Model",
        OptionCategory::Model,
        all,
        "modelId",
        current,
    )?;
    let way = Way::Model;
    Some(Offer { option, way })
}

fn older(
    id: &str,
    name: &str,
    category: OptionCategory,
    all: &Value,
    key: &str,
    current: &Value,
) -> Option<SessionOption> {
    let choices = all
        .as_array()?
        .iter()
        .filter_map(|one| choice(one, key, None));
    Some(SessionOption {
        id: id.to_owned(),
        name: name.to_owned(),
        description: None,
        category,
        current: current.as_str()?.to_owned(),
        choices: choices.take(MOST_CHOICES).collect(),
    })
}

fn id(value: &Value) -> Option<&str> {
    value
        .as_str()
        .filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
}

fn named(name: &Value, otherwise: &str) -> String {
    let name = name.as_str().map(str::trim).filter(|name| !name.is_empty());
    cut(name.unwrap_or(otherwise), LONGEST_NAME)
}

fn described(description: &Value) -> Option<String> {
    let said = description.as_str().map(str::trim)?;
    (!said.is_empty()).then(|| cut(said, LONGEST_DESCRIPTION))
}

#[cfg(test)]
mod tests;
