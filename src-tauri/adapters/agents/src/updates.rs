//! `session/update`: each kind becomes at most one event. What is unknown or malformed is kept as it came.

use crate::{text, tools};
use serde_json::Value;
use session::port::AgentEvent;
use session::{PlanItem, PlanStatus, Usage};

/// What an update says; `None` for one that says nothing to the person.
pub(crate) fn read(update: &Value) -> Option<AgentEvent> {
    let kind = update["sessionUpdate"].as_str().unwrap_or("unnamed");
    let event = match kind {
        "agent_message_chunk" => chunk(update, AgentEvent::Text),
        "agent_thought_chunk" => chunk(update, AgentEvent::Thought),
        "tool_call" | "tool_call_update" => {
            tools::patch(update).map(|patch| Some(AgentEvent::Tool(patch)))
        }
        "plan" => plan(update),
        "usage_update" => usage(update),
        "session_info_update" => Some(title(update)),
        // Our own words come back.
        "user_message_chunk" => Some(None),
        _ => None,
    };
    event.unwrap_or_else(|| Some(other(kind, update)))
}

/// The message that is being said: whether it is a thought, and the id that some agents give it.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    last: Option<(bool, String)>,
}

impl Messages {
    /// Whether this text belongs to another message of the same voice than the text before it.
    pub(crate) fn begins_another(&mut self, update: &Value, event: &AgentEvent) -> bool {
        let is_thought = match event {
            AgentEvent::Text(_) => false,
            AgentEvent::Thought(_) => true,
            _ => return false,
        };
        let id = update["messageId"].as_str();
        let now = id.map(|id| (is_thought, id.to_owned()));
        let last = std::mem::replace(&mut self.last, now);
        matches!((last, id), (Some((was_thought, last)), Some(id)) if was_thought == is_thought && last != id)
    }
}

/// Whether an update is part of the conversation, so that a replayed history brings it again.
pub(crate) fn is_history(event: &AgentEvent) -> bool {
    !matches!(event, AgentEvent::Usage(_) | AgentEvent::Title(_))
}

/// An update or notification of a kind this version does not know.
pub(crate) fn other(name: &str, value: &Value) -> AgentEvent {
    AgentEvent::Other {
        name: name.to_owned(),
        raw: text::json(value),
    }
}

// The readers below answer `None` for a malformed update and `Some(None)` for one that says nothing.

fn chunk(update: &Value, event: impl Fn(String) -> AgentEvent) -> Option<Option<AgentEvent>> {
    let text = text::of_block(&update["content"])?;
    Some((!text.is_empty()).then(|| event(text)))
}

fn plan(update: &Value) -> Option<Option<AgentEvent>> {
    let items = update["entries"].as_array()?.iter().filter_map(plan_item);
    Some(Some(AgentEvent::Plan(items.collect())))
}

fn plan_item(entry: &Value) -> Option<PlanItem> {
    let status = match entry["status"].as_str() {
        Some("in_progress") => PlanStatus::InProgress,
        Some("completed") => PlanStatus::Completed,
        _ => PlanStatus::Pending,
    };
    Some(PlanItem {
        text: entry["content"].as_str()?.to_owned(),
        status,
    })
}

fn usage(update: &Value) -> Option<Option<AgentEvent>> {
    Some(Some(AgentEvent::Usage(Usage {
        used: update["used"].as_u64()?,
        size: update["size"].as_u64()?,
        cost: cost(&update["cost"]),
    })))
}

/// "0.42 USD"; four digits below ten cents, where two would say nothing.
fn cost(cost: &Value) -> Option<String> {
    let amount = cost["amount"].as_f64()?;
    let currency = cost["currency"].as_str().unwrap_or_default();
    let digits = if amount > 0.0 && amount < 0.1 { 4 } else { 2 };
    Some(
        format!("{amount:.digits$} {currency}")
            .trim_end()
            .to_owned(),
    )
}

fn title(update: &Value) -> Option<AgentEvent> {
    let title = update["title"].as_str()?.trim();
    (!title.is_empty()).then(|| AgentEvent::Title(title.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_becomes_its_event() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let cases = [
            (
                json!({"sessionUpdate": "agent_message_chunk", "content": text("hi")}),
                Some(AgentEvent::Text("hi".into())),
            ),
            (
                json!({"sessionUpdate": "agent_message_chunk", "content": text("")}),
                None,
            ),
            (
                json!({"sessionUpdate": "agent_thought_chunk", "content": text("hm")}),
                Some(AgentEvent::Thought("hm".into())),
            ),
            (
                json!({"sessionUpdate": "user_message_chunk", "content": text("me")}),
                None,
            ),
            (
                json!({"sessionUpdate": "session_info_update", "title": "T"}),
                Some(AgentEvent::Title("T".into())),
            ),
            (
                json!({"sessionUpdate": "session_info_update", "_meta": {}}),
                None,
            ),
            (
                json!({"sessionUpdate": "plan", "entries": [{"content": "a", "status": "completed"}, {"content": "b"}]}),
                Some(AgentEvent::Plan(vec![
                    PlanItem {
                        text: "a".into(),
                        status: PlanStatus::Completed,
                    },
                    PlanItem {
                        text: "b".into(),
                        status: PlanStatus::Pending,
                    },
                ])),
            ),
            (
                json!({"sessionUpdate": "usage_update", "used": 1, "size": 2, "cost": {"amount": 0.0149999, "currency": "USD"}}),
                Some(AgentEvent::Usage(Usage {
                    used: 1,
                    size: 2,
                    cost: Some("0.0150 USD".into()),
                })),
            ),
        ];
        for (update, event) in cases {
            assert_eq!(read(&update), event, "{update}");
        }
    }

    #[test]
    fn what_is_unknown_or_malformed_is_kept_as_it_came() {
        for (name, update) in [
            (
                "subagent_update",
                json!({"sessionUpdate": "subagent_update", "x": 1}),
            ),
            (
                "agent_message_chunk",
                json!({"sessionUpdate": "agent_message_chunk", "content": 7}),
            ),
            (
                "tool_call",
                json!({"sessionUpdate": "tool_call", "title": "no id"}),
            ),
            (
                "usage_update",
                json!({"sessionUpdate": "usage_update", "used": "many"}),
            ),
            ("unnamed", json!({"no": "kind"})),
            ("unnamed", json!(5)),
        ] {
            let raw = update.to_string();
            assert_eq!(
                read(&update),
                Some(AgentEvent::Other {
                    name: name.to_owned(),
                    raw
                })
            );
        }
    }
}
