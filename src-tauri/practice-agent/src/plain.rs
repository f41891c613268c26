//! Plain words: a small real change with steps like a real agent's. There is no model behind it, and it says so.

use crate::acts::{Outcome, act};
use crate::script::Act;
use crate::turn::{Flow, Turn};
use std::path::Path;

/// The line of the practice project's `greet.sh` that is wrong when no name is given.
const BUG: &str = "name=\"$1\"";
const FIX: &str = "name=\"${1:-world}\"";
const FAREWELL: &str = "#!/bin/sh\n# Says goodbye to the person named by the first argument.\n\
    name=\"${1:-world}\"\necho \"Goodbye, $name!\"\n";
/// Where a request goes that is about nothing this agent can do.
const NOTES: &str = "NOTES.md";
/// The check that the practice project has.
const CHECK: &str = "sh check.sh";

/// The command that shows what changed, without its `/`.
pub const STATUS: &str = "status";

/// A change that fits the request and the files.
struct Change {
    thought: String,
    plan: [&'static str; 4],
    /// Read first.
    look: Option<&'static str>,
    act: Act,
    /// The past, for the summary.
    did: String,
    /// Run last.
    check: &'static str,
}

/// A whole turn.
pub fn turn(turn: &Turn, prompt: &str) -> Flow {
    if prompt.trim().strip_prefix('/') == Some(STATUS) {
        return status(turn);
    }
    let change = choose(&turn.cwd(), prompt);
    let plan = change.plan.map(str::to_owned);
    turn.think(&change.thought)?;
    turn.pause(300)?;
    turn.plan(&plan, 0);
    turn.pause(400)?;
    if let Some(path) = change.look {
        let path = path.to_owned();
        act(turn, &Act::Read { path }, false)?;
        turn.pause(300)?;
    }
    turn.plan(&plan, 1);
    turn.say("I know what to do. ")?;
    turn.pause(250)?;
    let changed = act(turn, &change.act, true)?;
    turn.pause(300)?;
    let checked = match changed {
        Outcome::Done(_) => {
            turn.plan(&plan, 2);
            turn.pause(200)?;
            let command = change.check.to_owned();
            Some(act(turn, &Act::Run { command }, true)?)
        }
        Outcome::Failed(_) | Outcome::Rejected => None,
    };
    turn.pause(300)?;
    turn.plan(&plan, 3);
    turn.say(&summary(&change, &changed, checked.as_ref()))?;
    if checked.is_some() {
        turn.plan(&plan, plan.len());
    }
    Ok(())
}

/// The command: it only looks, so nothing is asked.
fn status(turn: &Turn) -> Flow {
    let command = "git status --short --branch".to_owned();
    match act(turn, &Act::Run { command }, false)? {
        Outcome::Done(said) => turn.say(&format!("```\n{}\n```", said.trim_end())),
        Outcome::Failed(why) => turn.say(&why),
        Outcome::Rejected => Ok(()),
    }
}

fn choose(cwd: &Path, prompt: &str) -> Change {
    let words = prompt.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let text = |name: &str| std::fs::read_to_string(cwd.join(name)).unwrap_or_default();
    let practice = text("check.sh").contains("greet.sh");
    if practice && !cwd.join("farewell.sh").exists() && says(&["farewell", "goodbye", "bye"]) {
        return Change {
            thought: "A farewell belongs beside the greeting. I look at how greet.sh is written and do the same."
                .to_owned(),
            plan: ["Read greet.sh", "Write farewell.sh", "Run the checks", "Sum up"],
            look: Some("greet.sh"),
            act: Act::Create {
                path: "farewell.sh".to_owned(),
                text: FAREWELL.to_owned(),
            },
            did: "I wrote `farewell.sh`. It says goodbye by name, and to the world when no name is given.".to_owned(),
            check: CHECK,
        };
    }
    let about_greeting = says(&[
        "fix", "bug", "check", "test", "greet", "name", "hello", "world", "fail",
    ]);
    if practice && about_greeting && text("greet.sh").contains(BUG) {
        return Change {
            thought: "The check for a greeting without a name fails. I read greet.sh to see where the name comes from."
                .to_owned(),
            plan: ["Read greet.sh", "Give the name a default", "Run the checks", "Sum up"],
            look: Some("greet.sh"),
            act: Act::Edit {
                path: "greet.sh".to_owned(),
                old: BUG.to_owned(),
                new: FIX.to_owned(),
            },
            did: "In `greet.sh` the name is now `world` when none is given.".to_owned(),
            check: CHECK,
        };
    }
    note(cwd, prompt, practice)
}

fn note(cwd: &Path, prompt: &str, practice: bool) -> Change {
    let known = cwd.join(NOTES).exists();
    let request: String = prompt
        .trim()
        .lines()
        .map(|line| format!("> {}\n", line.trim_end()))
        .collect();
    let entry = format!(
        "## Request\n\n{request}\n- [ ] look at what is there\n- [ ] make the change\n- [ ] check it\n"
    );
    let act = if known {
        Act::Append {
            path: NOTES.to_owned(),
            text: format!("\n{entry}"),
        }
    } else {
        Act::Create {
            path: NOTES.to_owned(),
            text: format!("# Notes\n\n{entry}"),
        }
    };
    let look = [NOTES, "AGENTS.md", "README.md"]
        .into_iter()
        .find(|name| std::fs::read_to_string(cwd.join(name)).is_ok());
    Change {
        thought: "I am the practice agent: there is no language model behind me. \
            I can't do just anything, but I can write the request down where the next agent finds it."
            .to_owned(),
        plan: ["Look around", "Write the request down", "Show what changed", "Sum up"],
        look,
        act,
        did: format!("I wrote your request into `{NOTES}` as a list of things to do."),
        check: if practice {
            CHECK
        } else {
            "git status --short && git diff --stat"
        },
    }
}

fn summary(change: &Change, changed: &Outcome, checked: Option<&Outcome>) -> String {
    let what = match changed {
        Outcome::Done(_) => format!("**Done.** {}", change.did),
        Outcome::Failed(why) => format!("**That did not work.** {why}"),
        Outcome::Rejected => "**I changed nothing**, because you did not allow it.".to_owned(),
    };
    let check = match checked {
        None => String::new(),
        Some(Outcome::Done(output)) => {
            format!(
                "\n\n`{}` says:\n\n```\n{}\n```",
                change.check,
                output.trim_end()
            )
        }
        Some(Outcome::Failed(output)) => format!(
            "\n\n`{}` failed, so have a look before you trust this:\n\n```\n{}\n```",
            change.check,
            output.trim_end()
        ),
        Some(Outcome::Rejected) => format!(
            "\n\nI did not run `{}`, because you did not allow it.",
            change.check
        ),
    };
    format!(
        "{what}{check}\n\n- I am the *practice agent*: the change is real, the understanding is not.\n\
         - A prompt that begins with the line `script:` tells me each step myself.\n"
    )
}
