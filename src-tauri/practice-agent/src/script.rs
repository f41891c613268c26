//! The script language: what a prompt whose first line is `script:` says, line by line. Pure.

use std::time::Duration;

/// One step of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Streams an answer.
    Say(String),
    /// Streams a thought.
    Think(String),
    /// Shows a plan, which advances with the steps that follow.
    Plan(Vec<String>),
    /// Uses a tool.
    Act {
        /// What it does.
        act: Act,
        /// Whether the person is asked first.
        ask: bool,
    },
    /// Asks whether a plan is good.
    ApprovePlan(String),
    /// Asks the person a question; without choices any text is an answer.
    Question {
        /// What is asked.
        text: String,
        /// What may be chosen.
        choices: Vec<String>,
    },
    /// Does nothing for a while.
    Wait(Duration),
    /// Text at a steady rate, each piece with the time at which it was written.
    Stream {
        /// Pieces a second.
        per_second: u32,
        /// For how long.
        time: Duration,
    },
    /// Ends the turn with an error.
    Fail(Failure),
    /// Ends the turn with this stop reason.
    End(String),
    /// Says all that it was prompted with, also what is not the person's.
    ShowPrompt,
    /// Does what a good agent never does.
    Misbehave(Misbehaviour),
}

/// What a tool does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Edit {
        path: String,
        old: String,
        new: String,
    },
    Create {
        path: String,
        text: String,
    },
    Append {
        path: String,
        text: String,
    },
    Read {
        path: String,
    },
    Run {
        command: String,
    },
}

/// How a turn fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// With this message.
    Told(String),
    /// The person must sign in.
    SignIn,
    /// The account's limit is reached.
    Quota,
}

/// What a good agent never does.
#[derive(Clone, Debug, PartialEq)]
pub enum Misbehaviour {
    /// Ends with exit code 101 without a word.
    Crash,
    /// Ends by a signal without a word.
    CrashBySignal,
    /// Ends with this exit code.
    Exit(i32),
    /// Sends so many updates as fast as it can.
    Flood(u32),
    /// Writes a line that is not JSON.
    Garbage,
    /// Writes a line that is not UTF-8.
    BadUtf8,
    /// Sends a tool's output of so many bytes in one line.
    Big(usize),
    /// Answers each prompt two times from now on.
    AnswerTwice,
    /// Ignores the request to stop from now on.
    IgnoreCancel,
    /// Ignores the end of stdin and SIGTERM from now on.
    IgnoreTerm,
    /// Leaves a process behind that left the group.
    Orphan {
        /// Whether it also keeps our stdout and stderr open.
        keeps_pipes: bool,
    },
}

/// The first line that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Counted from 1 after `script:`.
    pub number: usize,
    /// The line.
    pub line: String,
    /// What is wrong with it.
    pub why: String,
}

/// The script's text when the prompt is one: all that follows the line `script:`.
pub fn body(prompt: &str) -> Option<&str> {
    let start = prompt.trim_start();
    let (first, rest) = start.split_once('\n').unwrap_or((start, ""));
    (first.trim() == "script:").then_some(rest)
}

/// The steps of a script. Empty lines and lines that begin with `#` are left out.
pub fn parse(body: &str) -> Result<Vec<Step>, NotUnderstood> {
    body.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            step(line).map_err(|why| NotUnderstood {
                number,
                line: line.to_owned(),
                why,
            })
        })
        .collect()
}

fn step(line: &str) -> Result<Step, String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let mut words = Words(rest);
    let step = match word {
        "say" => Step::Say(text(rest)?),
        "think" => Step::Think(text(rest)?),
        "plan" => Step::Plan(list(rest, ';')?),
        "ask" => {
            let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let act = act(word, rest.trim())?
                .ok_or("after `ask` comes edit, create, append, read or run")?;
            Step::Act { act, ask: true }
        }
        "approve-plan" => Step::ApprovePlan(text(rest)?),
        "question" => {
            let text = words.next("the question in double quotes")?;
            let choices = match words.0.trim() {
                "" => Vec::new(),
                choices => list(choices, '|')?,
            };
            Step::Question { text, choices }
        }
        "wait" => Step::Wait(duration(rest)?),
        "stream" => stream(rest)?,
        "fail" => Step::Fail(Failure::Told(text(rest)?)),
        "fail-auth" => Step::Fail(Failure::SignIn),
        "fail-quota" => Step::Fail(Failure::Quota),
        "end" => Step::End(text(rest)?),
        "show-prompt" => Step::ShowPrompt,
        "crash" if rest == "by-signal" => Step::Misbehave(Misbehaviour::CrashBySignal),
        "crash" => Step::Misbehave(Misbehaviour::Crash),
        "exit" => Step::Misbehave(Misbehaviour::Exit(number(rest)?)),
        "flood" => Step::Misbehave(Misbehaviour::Flood(number(rest)?)),
        "garbage" => Step::Misbehave(Misbehaviour::Garbage),
        "bad-utf8" => Step::Misbehave(Misbehaviour::BadUtf8),
        "big" => Step::Misbehave(Misbehaviour::Big(number(rest)?)),
        "answer-twice" => Step::Misbehave(Misbehaviour::AnswerTwice),
        "ignore-cancel" => Step::Misbehave(Misbehaviour::IgnoreCancel),
        "ignore-term" => Step::Misbehave(Misbehaviour::IgnoreTerm),
        "orphan" => Step::Misbehave(Misbehaviour::Orphan {
            keeps_pipes: rest == "keeps-pipes",
        }),
        _ => match act(word, rest)? {
            Some(act) => Step::Act { act, ask: false },
            None => return Err(format!("`{word}` is not a step I know")),
        },
    };
    Ok(step)
}

/// `200/s for 30s`.
fn stream(rest: &str) -> Result<Step, String> {
    let (rate, time) = rest
        .split_once("/s for ")
        .ok_or("it is written `stream 200/s for 30s`")?;
    let per_second: u32 = number(rate)?;
    if !(1..=10_000).contains(&per_second) {
        return Err("the rate is 1 to 10000 a second".to_owned());
    }
    Ok(Step::Stream {
        per_second,
        time: duration(time.trim())?,
    })
}

fn act(word: &str, rest: &str) -> Result<Option<Act>, String> {
    let mut words = Words(rest);
    let act = match word {
        "edit" => {
            let path = words.next("a path")?;
            words.keyword("replace")?;
            let old = words.next("the old text in double quotes")?;
            words.keyword("with")?;
            let new = words.next("the new text in double quotes")?;
            if old.is_empty() {
                return Err("the old text is empty".to_owned());
            }
            Act::Edit { path, old, new }
        }
        "create" => Act::Create {
            path: words.next("a path")?,
            text: words.next("the text in double quotes")?,
        },
        "append" => Act::Append {
            path: words.next("a path")?,
            text: words.next("the text in double quotes")?,
        },
        "read" => Act::Read {
            path: words.next("a path")?,
        },
        "run" => Act::Run {
            command: std::mem::take(&mut words.0).to_owned(),
        },
        _ => return Ok(None),
    };
    if matches!(&act, Act::Run { command } if command.is_empty()) {
        return Err("a command is missing".to_owned());
    }
    match words.0.trim() {
        "" => Ok(Some(act)),
        more => Err(format!("`{more}` is too much")),
    }
}

/// What is left of a line, taken word by word; a word in double quotes may hold spaces, `\n`, `\t`, `\"` and `\\`.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn next(&mut self, what: &str) -> Result<String, String> {
        let rest = self.0.trim_start();
        let Some(quoted) = rest.strip_prefix('"') else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.0 = &rest[end..];
            return match &rest[..end] {
                "" => Err(format!("{what} is missing")),
                word => Ok(word.to_owned()),
            };
        };
        let mut word = String::new();
        let mut letters = quoted.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.0 = &quoted[at + 1..];
                    return Ok(word);
                }
                '\\' => match letters.next() {
                    Some((_, 'n')) => word.push('\n'),
                    Some((_, 't')) => word.push('\t'),
                    Some((_, other)) => word.push(other),
                    None => break,
                },
                other => word.push(other),
            }
        }
        Err(format!("the closing quote of {what} is missing"))
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), String> {
        match self.next(&format!("the word `{keyword}`"))? {
            word if word == keyword => Ok(()),
            other => Err(format!("`{other}` stands where `{keyword}` belongs")),
        }
    }
}

fn text(rest: &str) -> Result<String, String> {
    match rest {
        "" => Err("its text is missing".to_owned()),
        quoted if quoted.starts_with('"') => {
            let mut words = Words(quoted);
            match (words.next("the text"), words.0.trim()) {
                (Ok(text), "") => Ok(text),
                // A sentence that merely begins with a quotation is taken as it is.
                _ => Ok(quoted.to_owned()),
            }
        }
        plain => Ok(plain.to_owned()),
    }
}

fn list(rest: &str, separator: char) -> Result<Vec<String>, String> {
    let items: Vec<String> = rest
        .split(separator)
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect();
    if items.is_empty() {
        return Err(format!("a list separated by `{separator}` is missing"));
    }
    Ok(items)
}

fn duration(rest: &str) -> Result<Duration, String> {
    let parsed = match rest.strip_suffix("ms") {
        Some(millis) => millis.trim().parse().map(Duration::from_millis).ok(),
        None => rest
            .strip_suffix('s')
            .and_then(|seconds| seconds.trim().parse::<f64>().ok())
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    };
    parsed.ok_or_else(|| format!("`{rest}` is not a time like 500ms or 2s"))
}

fn number<T: std::str::FromStr>(rest: &str) -> Result<T, String> {
    rest.parse()
        .map_err(|_| format!("`{rest}` is not a number that fits here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Step {
        let mut steps = parse(line).unwrap();
        assert_eq!(steps.len(), 1, "{line}");
        steps.remove(0)
    }

    #[test]
    fn only_a_first_line_that_says_script_makes_a_script() {
        assert_eq!(body("\n  script:\nsay hi"), Some("say hi"));
        assert_eq!(body("script:"), Some(""));
        assert_eq!(body("please write a script:\nsay hi"), None);
        assert_eq!(body(""), None);
    }

    #[test]
    fn quoted_words_keep_spaces_and_escapes() {
        assert_eq!(
            one(r#"ask edit "a b.txt" replace "say \"x\"" with "one\n\ttwo \\""#),
            Step::Act {
                act: Act::Edit {
                    path: "a b.txt".into(),
                    old: "say \"x\"".into(),
                    new: "one\n\ttwo \\".into(),
                },
                ask: true,
            }
        );
    }

    #[test]
    fn a_command_is_the_rest_of_the_line_as_it_is() {
        assert_eq!(
            one(r#"run printf "a b" | wc -c; # it"#),
            Step::Act {
                act: Act::Run {
                    command: r#"printf "a b" | wc -c; # it"#.into()
                },
                ask: false,
            }
        );
    }

    #[test]
    fn lists_times_and_numbers_are_read() {
        assert_eq!(
            one("plan look; fix ; check"),
            Step::Plan(vec!["look".into(), "fix".into(), "check".into()])
        );
        assert_eq!(
            one(r#"question "Which one?" red | dark blue"#),
            Step::Question {
                text: "Which one?".into(),
                choices: vec!["red".into(), "dark blue".into()]
            }
        );
        assert_eq!(
            one("stream 200/s for 3s"),
            Step::Stream {
                per_second: 200,
                time: Duration::from_secs(3)
            }
        );
        assert_eq!(one("wait 500ms"), Step::Wait(Duration::from_millis(500)));
        assert_eq!(one("wait 1.5s"), Step::Wait(Duration::from_millis(1500)));
        assert_eq!(one("exit 3"), Step::Misbehave(Misbehaviour::Exit(3)));
        assert_eq!(one("say \"quoted\""), Step::Say("quoted".into()));
        assert_eq!(
            one("say \"Well\", she said"),
            Step::Say("\"Well\", she said".into())
        );
    }

    #[test]
    fn the_line_that_makes_no_sense_is_named() {
        let wrong = parse("say hi\n\n# a remark\ndance wildly").unwrap_err();
        assert_eq!((wrong.number, wrong.line.as_str()), (4, "dance wildly"));
        for line in [
            "say",
            "plan ;",
            "edit a.txt with \"x\"",
            "edit a.txt replace \"\" with \"x\"",
            "create a.txt \"never closed",
            "create a.txt \"x\" more",
            "run",
            "ask say hi",
            "stream 200",
            "stream 0/s for 1s",
            "wait long",
            "wait -1s",
            "flood many",
            "question",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
