//! What a prompt makes the agent do: a script's steps, or a plain request.

use crate::acts;
use crate::misbehave;
use crate::plain;
use crate::script::{self, Failure, Step};
use crate::session::Stopped;
use crate::stream;
use crate::turn::{Ending, Flow, Turn};
use crate::wire::RpcError;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// The steps, for who wrote a line that is none.
const STEPS: &str = "say, think, plan, edit, create, append, read, run, ask, approve-plan, question, wait, stream, fail, \
    fail-auth, fail-quota, end, crash, exit, flood, garbage, bad-utf8, big, answer-twice, ignore-cancel, ignore-term, \
    orphan, show-prompt";

/// How what the app tells besides the person's words begins.
const BY_THE_APP: [&str; 2] = ["<shopfloor-workspace>", "[Shopfloor:"];

/// Runs a whole turn and gives the answer to the prompt.
pub fn answer(turn: &mut Turn, texts: &[String]) -> Result<Value, RpcError> {
    let told = |text: &&String| BY_THE_APP.iter().any(|begin| text.starts_with(begin));
    let words: Vec<&str> = texts
        .iter()
        .filter(|text| !told(text))
        .map(String::as_str)
        .collect();
    let prompt = words.join("\n");
    let ending = match turn.check() {
        Err(ending) => Err(ending),
        Ok(()) => {
            turn.begin(&prompt);
            match texts.iter().find_map(|text| script::body(text)) {
                Some(body) => script_turn(turn, body, texts),
                None => plain::turn(turn, &prompt),
            }
        }
    };
    match ending {
        Ok(()) => Ok(json!({"stopReason": "end_turn"})),
        Err(Ending::Reason(reason)) => Ok(json!({"stopReason": reason})),
        Err(Ending::Stopped(Stopped::Cancelled)) => Ok(json!({"stopReason": "cancelled"})),
        Err(Ending::Stopped(Stopped::RequestCancelled)) => {
            Err(RpcError::new(-32800, "The request was cancelled."))
        }
        Err(Ending::Failed(error)) => Err(error),
    }
}

fn script_turn(turn: &Turn, body: &str, texts: &[String]) -> Flow {
    let steps = match script::parse(body) {
        Ok(steps) => steps,
        Err(wrong) => {
            return turn.say(&format!(
                "I did not understand line {} of the script: `{}` ({}). Nothing was done. The steps I know: {STEPS}.",
                wrong.number, wrong.line, wrong.why
            ));
        }
    };
    let mut plan: Option<Plan> = None;
    for (index, step) in steps.iter().enumerate() {
        turn.check()?;
        if let Step::Plan(items) = step {
            turn.plan(items, 0);
            plan = Some(Plan {
                items,
                done: 0,
                begun: index + 1,
                steps: steps.len() - index - 1,
            });
            continue;
        }
        match step {
            Step::ShowPrompt => turn.say(&texts.join("\n"))?,
            step => perform(turn, step)?,
        }
        if let Some(plan) = &mut plan {
            plan.advance(turn, index + 1);
        }
    }
    Ok(())
}

/// A plan whose items are done in proportion to the steps that follow it.
struct Plan<'a> {
    items: &'a [String],
    done: usize,
    begun: usize,
    steps: usize,
}

impl Plan<'_> {
    fn advance(&mut self, turn: &Turn, performed: usize) {
        let done = (performed - self.begun) * self.items.len() / self.steps.max(1);
        if done != self.done {
            self.done = done;
            turn.plan(self.items, done);
        }
    }
}

fn perform(turn: &Turn, step: &Step) -> Flow {
    match step {
        Step::Say(text) => turn.say(text),
        Step::Think(text) => turn.think(text),
        // The script shows these itself.
        Step::Plan(_) | Step::ShowPrompt => Ok(()),
        Step::Act { act, ask } => acts::act(turn, act, *ask).map(|_| ()),
        Step::ApprovePlan(text) => approve_plan(turn, text),
        Step::Question { text, choices } => question(turn, text, choices),
        Step::Wait(time) => turn.wait(*time),
        Step::Stream { per_second, time } => stream::stream(turn, *per_second, *time),
        Step::Fail(failure) => Err(Ending::Failed(error(failure))),
        Step::End(reason) => Err(Ending::Reason(reason.clone())),
        Step::Misbehave(how) => misbehave::misbehave(turn, how),
    }
}

fn error(failure: &Failure) -> RpcError {
    match failure {
        Failure::Told(text) => RpcError::new(-32603, text),
        Failure::SignIn => RpcError {
            data: Some(json!({"authMethods": []})),
            ..RpcError::new(-32000, "Authentication required: sign in and try again.")
        },
        Failure::Quota => RpcError {
            data: Some(json!({"status": 429, "type": "rate_limit_error"})),
            ..RpcError::new(
                -32603,
                "429 Too Many Requests: usage limit reached. Try again in one hour.",
            )
        },
    }
}

/// Like an agent that leaves its plan mode: two ways to go on, one to stay. Staying ends the turn.
fn approve_plan(turn: &Turn, text: &str) -> Flow {
    let id = format!("call-{}-{}", std::process::id(), turn.agent.number());
    let call = json!({
        "sessionUpdate": "tool_call",
        "toolCallId": id,
        "title": "Ready to start?",
        "kind": "switch_mode",
        "status": "pending",
        "content": [acts::text(text)],
        "rawInput": {"plan": text},
    });
    turn.update(call.clone());
    let choice = turn.ask_with_options(
        &call,
        json!([
            {"optionId": "allow-edits", "name": "Yes, and edit files without asking", "kind": "allow_always"},
            {"optionId": "allow-manual", "name": "Yes, and ask before each edit", "kind": "allow_once"},
            {"optionId": "reject-once", "name": "No, keep planning", "kind": "reject_once"},
        ]),
    )?;
    if choice == "allow-edits" {
        turn.decide_always("edit", true);
    }
    if choice.starts_with("allow") {
        acts::patch(turn, &id, json!({"status": "completed"}));
        return Ok(());
    }
    acts::patch(turn, &id, json!({"status": "failed"}));
    turn.say("The plan was not approved, so I stop here. Tell me what to change.")?;
    Err(Ending::Reason("end_turn".to_owned()))
}

fn question(turn: &Turn, text: &str, choices: &[String]) -> Flow {
    if !turn.agent.can_ask_questions.load(Ordering::SeqCst) {
        return turn.say(&format!(
            "I wanted to ask “{text}”, but this app can't show questions, so I go on without an answer."
        ));
    }
    let mut field = json!({"type": "string", "title": text});
    if !choices.is_empty() {
        field["oneOf"] = choices
            .iter()
            .map(|choice| json!({"const": choice, "title": choice}))
            .collect();
    }
    let answer = turn.request(
        "elicitation/create",
        json!({
            "mode": "form",
            "sessionId": turn.session.id,
            "message": text,
            "requestedSchema": {
                "type": "object",
                "properties": {"answer": field},
                "required": ["answer"],
            },
        }),
    )?;
    turn.check()?;
    let answer = answer.unwrap_or_default();
    match (
        answer["action"].as_str(),
        answer["content"]["answer"].as_str(),
    ) {
        (Some("accept"), Some(chosen)) => turn.say(&format!("Your answer to “{text}”: {chosen}")),
        (Some("decline"), _) => turn.say(&format!("You declined to answer “{text}”.")),
        _ => turn.say(&format!("I got no answer to “{text}”.")),
    }
}
