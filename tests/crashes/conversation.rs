//! One conversation with crashes in it: a person who talks to an agent, what is killed when, and what came of it.

use crate::script::{number_of, prompt};
use crate::tally::{Tally, Victim};
use crate::view::View;
use fastrand::Rng;
use kernel::RequestId;
use process::{Tag, living};
use serde_json::{Value, json};
use session::machine::SessionState;
use session::{Message, MessageState, SessionSummary};
use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::headless::{self, Heard, Host};
use tests::real_agents::ledger;
use tests::repository::Repository;

/// The program that is killed.
const HEADLESS: &str = env!("CARGO_BIN_EXE_headless");
/// How long nothing may change before the conversation counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the person waits before a message that waits is pushed.
const QUIET: Duration = Duration::from_millis(60);
/// How often the person looks up when nothing is told.
const LOOK: Duration = Duration::from_millis(4);

/// A conversation that goes on until its crashes are over and all is said.
pub struct Conversation {
    dice: Rng,
    host: Host,
    repository: PathBuf,
    home: TempDir,
    view: View,
    prompts: Vec<Prompt>,
    /// The order that is not answered yet.
    order: Option<(u64, Order)>,
    answered: HashSet<RequestId>,
    crashes_left: u32,
    next: Crash,
    /// Since this app started or the last agent was killed.
    began: Instant,
    is_ready: bool,
    /// Tags of apps and agents that were killed, to be found empty.
    killed: Vec<Tag>,
    heard_last: Instant,
    trace: VecDeque<String>,
    tally: Tally,
}

/// One prompt of the person.
struct Prompt {
    text: String,
    said: Said,
    /// Times the person sent it again.
    resent: u32,
    /// The person changed its place in the queue.
    moved: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Not,
    /// The app has not said that it has it.
    Perhaps,
    Yes,
}

enum Order {
    /// By the prompt's place.
    Say(usize),
    Other,
}

/// The next crash.
struct Crash {
    victim: Victim,
    moment: Moment,
    /// From the moment on.
    delay: Duration,
}

enum Moment {
    /// After so many more lines.
    Lines(u32),
    /// After the next line that tells this.
    Word(&'static str),
    /// So long after the start.
    Time(Duration),
}

/// What lines tell around the moments that matter.
const WORDS: [&str; 8] = [
    r#""state":"queued""#,
    r#""state":"sending""#,
    r#""state":"failed""#,
    r#""kind":"starting""#,
    r#""kind":"working""#,
    r#""kind":"prompt""#,
    r#""kind":"pending""#,
    r#""kind":"turn_end""#,
];

impl Crash {
    fn draw(dice: &mut Rng) -> Self {
        let victim = match dice.u8(0..5) {
            0..=2 => Victim::App,
            _ => Victim::Agent,
        };
        let moment = match dice.u8(0..3) {
            0 => Moment::Lines(dice.u32(1..40)),
            1 => Moment::Word(WORDS[dice.usize(0..WORDS.len())]),
            _ => Moment::Time(Duration::from_micros(dice.u64(1..400_000))),
        };
        let delay = match dice.u8(0..3) {
            0 => Duration::ZERO,
            1 => Duration::from_micros(dice.u64(1..1_000)),
            _ => Duration::from_micros(dice.u64(1..20_000)),
        };
        Self {
            victim,
            moment,
            delay,
        }
    }

    fn hears(&mut self, line: &str) {
        match &mut self.moment {
            Moment::Lines(left) => *left = left.saturating_sub(1),
            Moment::Word(word) if line.contains(*word) => self.moment = Moment::Lines(0),
            Moment::Word(_) | Moment::Time(_) => {}
        }
    }

    fn is_due(&self, since: Duration) -> bool {
        match self.moment {
            Moment::Lines(left) => left == 0,
            // A word that never comes is not waited for.
            Moment::Word(_) => since > Duration::from_secs(2),
            Moment::Time(time) => since >= time,
        }
    }
}

/// Has a conversation with so many crashes in it.
pub fn hold(seed: u64, crashes: u32) -> Tally {
    let mut conversation = Conversation::begin(seed, crashes);
    if let Err(problem) = conversation.go_on() {
        conversation.object(problem);
    }
    conversation.tally
}

impl Conversation {
    fn begin(seed: u64, crashes: u32) -> Self {
        let mut dice = Rng::with_seed(seed);
        let home = tempfile::tempdir().expect("a temp folder can be made");
        let repository = Repository::make(home.path()).path;
        Self {
            host: Host::start(HEADLESS, home.path(), &repository),
            repository,
            home,
            view: View::default(),
            prompts: Vec::new(),
            order: None,
            answered: HashSet::new(),
            crashes_left: crashes,
            next: Crash::draw(&mut dice),
            dice,
            began: Instant::now(),
            is_ready: false,
            killed: Vec::new(),
            heard_last: Instant::now(),
            trace: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    fn go_on(&mut self) -> Result<(), String> {
        while !self.is_over() {
            match self.host.hear(LOOK) {
                Heard::Line(line) => {
                    self.next.hears(&line.to_string());
                    self.hear(line);
                    self.heard_last = Instant::now();
                }
                Heard::Nothing if self.heard_last.elapsed() > PATIENCE => {
                    return Err("stuck: nothing was told for a minute".to_owned());
                }
                Heard::Nothing => {}
                Heard::End => return Err("the house ended by itself".to_owned()),
            }
            if self.crashes_left > 0 && self.next.is_due(self.began.elapsed()) {
                self.crash();
            } else if self.is_ready && self.order.is_none() {
                self.act();
            }
        }
        self.end()
    }

    /// Nothing is left to crash, to say, or to wait for.
    fn is_over(&self) -> bool {
        let nothing_left = |summary: &SessionSummary| {
            summary.queue.is_empty() && summary.pending.is_empty() && is_at_rest(&summary.state)
        };
        self.crashes_left == 0
            && self.is_ready
            && self.order.is_none()
            && (0_u32..)
                .zip(&self.prompts)
                .all(|(number, prompt)| prompt.said == Said::Yes && self.view.prompts(number) > 0)
            && self.view.summary.as_ref().is_none_or(nothing_left)
    }

    fn hear(&mut self, line: Value) {
        self.note(&line);
        if let Some(number) = line["done"].as_u64() {
            self.done(number, line["error"].is_null());
        } else if line["ready"] == true {
            self.is_ready = true;
            self.look_around();
        } else if !line["summary"].is_null() {
            self.view.summary = Some(read(line["summary"].clone()));
        } else if !line["page"].is_null() {
            let revision = read(line["revision"].clone());
            self.view.page(read(line["page"].clone()), revision);
        } else if !line["changes"].is_null() {
            let revision = read(line["revision"].clone());
            self.view.changes(read(line["changes"].clone()), revision);
        }
    }

    fn note(&mut self, line: &Value) {
        let line = line.to_string();
        let millis = self.began.elapsed().as_millis();
        self.trace.push_back(format!("{millis:6} {line:.600}"));
        if self.trace.len() > 40 {
            self.trace.pop_front();
        }
    }

    fn done(&mut self, number: u64, is_well: bool) {
        if let Some((_, Order::Say(place))) = self.order.take_if(|(open, _)| *open == number) {
            self.prompts[place].said = if is_well { Said::Yes } else { Said::Not };
        }
    }

    /// The person does one thing, or nothing.
    fn act(&mut self) {
        let Some(summary) = self.view.summary.clone() else {
            return self.say();
        };
        let at_rest = is_at_rest(&summary.state);
        let open = summary
            .pending
            .iter()
            .find(|request| !self.answered.contains(&request.id));
        if let Some(request) = open
            && self.dice.u8(0..3) == 0
        {
            let option = &request.ask.options[self.dice.usize(0..request.ask.options.len())];
            self.answered.insert(request.id.clone());
            let choice = json!({"order": "choose", "request": request.id, "option": option.id});
            return self.give(Order::Other, choice);
        }
        // Kept back because of a failure or a stop: the person says when it goes.
        let pushes = at_rest && self.heard_last.elapsed() > QUIET;
        let waits = |message: &&Message| {
            message.state == MessageState::Failed || pushes && is_the_persons(message)
        };
        let last = summary.queue.last();
        if let Some(message) = last.filter(|message| is_the_persons(message))
            && self.dice.u8(0..25) == 0
        {
            self.rearrange(message);
        } else if let Some(message) = summary.queue.iter().find(waits)
            && self.dice.u8(0..4) == 0
        {
            self.send_again(message, "resend");
        } else if summary.queue.is_empty() && at_rest
            || summary.queue.len() < 4 && self.dice.u8(0..30) == 0
        {
            self.say();
        } else if matches!(summary.state, SessionState::Working { .. }) && self.dice.u8(0..150) == 0
        {
            self.give(Order::Other, json!({"order": "stop"}));
        }
    }

    fn send_again(&mut self, message: &Message, order: &str) {
        let number = number_of(&message.text).expect("only our prompts are in the queue");
        if message.state == MessageState::Failed {
            self.tally.resent += 1;
            let arrived = count(&received(self.home.path()), number);
            if arrived > self.prompts[number as usize].resent {
                self.tally.resent_in_vain += 1;
            }
        }
        // Also for one that only waited: it may have failed since the person looked.
        self.prompts[number as usize].resent += 1;
        self.give(Order::Other, json!({"order": order, "message": message.id}));
    }

    /// Changes when a message goes out.
    fn rearrange(&mut self, message: &Message) {
        let number = number_of(&message.text).expect("only our prompts are in the queue");
        let order = ["hold", "last", "now"][self.dice.usize(0..3)];
        if order == "now" {
            return self.send_again(message, order);
        }
        self.prompts[number as usize].moved = true;
        self.give(Order::Other, json!({"order": order, "message": message.id}));
    }

    /// Says what could not be said yet; something new only while there are crashes to come.
    fn say(&mut self) {
        let unsaid = self
            .prompts
            .iter()
            .position(|prompt| prompt.said == Said::Not);
        let place = match unsaid {
            Some(place) => place,
            None if self.crashes_left == 0 => return,
            None => {
                let number = u32::try_from(self.prompts.len()).expect("few are said");
                self.prompts.push(Prompt {
                    text: prompt(number, &mut self.dice),
                    said: Said::Not,
                    resent: 0,
                    moved: false,
                });
                self.prompts.len() - 1
            }
        };
        self.prompts[place].said = Said::Perhaps;
        let text = self.prompts[place].text.clone();
        self.give(Order::Say(place), json!({"order": "say", "text": text}));
    }

    fn give(&mut self, order: Order, words: Value) {
        self.note(&words);
        let number = self.host.order(words);
        self.order = Some((number, order));
    }

    fn crash(&mut self) {
        sleep(self.next.delay);
        match self.next.victim {
            Victim::App => self.crash_the_app(),
            Victim::Agent => {
                let Some((pid, tag)) = self.host.agents().pop() else {
                    // None runs: with the next line perhaps.
                    self.next.moment = Moment::Lines(1);
                    if self.began.elapsed() > Duration::from_secs(1) {
                        self.next.victim = Victim::App;
                    }
                    return;
                };
                headless::kill(pid);
                self.note(&json!({"killed": tag.as_str()}));
                self.killed.push(tag);
                self.count(Victim::Agent);
                if self.dice.bool() {
                    self.all_killed_are_gone();
                }
            }
        }
        self.began = Instant::now();
        self.next = Crash::draw(&mut self.dice);
    }

    fn crash_the_app(&mut self) {
        self.count(Victim::App);
        for line in self.host.kill() {
            self.hear(line);
        }
        self.note(&json!("killed the app"));
        self.killed.extend(self.host.run.take());
        self.view.app_is_gone();
        self.is_ready = false;
        self.order = None;
        if self.dice.bool() {
            sleep(Duration::from_micros(self.dice.u64(1..40_000)));
        }
        self.host = Host::start(HEADLESS, self.home.path(), &self.repository);
    }

    fn count(&mut self, victim: Victim) {
        self.crashes_left -= 1;
        let moment = match self.view.summary.as_ref().map(|summary| &summary.state) {
            _ if !self.is_ready => "while it starts",
            None => "before the first session",
            Some(SessionState::Asleep) => "agent asleep",
            Some(SessionState::Waiting { .. }) => "agent waiting for a seat",
            Some(SessionState::Starting { .. }) => "agent starting",
            Some(SessionState::Ready { .. }) => "agent ready",
            Some(SessionState::Working { .. }) => "agent working",
            Some(SessionState::Stopping { .. }) => "agent stopping",
            Some(SessionState::Failed { .. }) => "agent failed",
            Some(_) => "agent stopped",
        };
        *self.tally.crashes.entry((victim, moment)).or_default() += 1;
    }

    /// After a start: what the person said must be there, and what was killed must be gone.
    fn look_around(&mut self) {
        let received = received(self.home.path());
        for place in 0..self.prompts.len() {
            let number = u32::try_from(place).expect("few are said");
            let (shown, arrived) = (self.view.shows(number), count(&received, number) > 0);
            let prompt = &mut self.prompts[place];
            match prompt.said {
                Said::Not => {}
                Said::Perhaps if !shown && !arrived => prompt.said = Said::Not,
                Said::Perhaps | Said::Yes => {
                    prompt.said = Said::Yes;
                    if !shown {
                        self.tally.lost += 1;
                        self.object(format!("prompt {number} is nowhere to be seen"));
                    }
                }
            }
        }
        for tag in &self.killed {
            let left = living(tag);
            if !left.is_empty() {
                self.tally.left += u32::try_from(left.len()).unwrap_or(u32::MAX);
                let said = format!("after the start there is still {left:?}");
                self.tally.problems.push(said);
            }
        }
        self.killed.clear();
    }

    /// Waits until the app has swept what the killed agents left.
    fn all_killed_are_gone(&mut self) {
        let began = Instant::now();
        for tag in std::mem::take(&mut self.killed) {
            loop {
                let left = living(&tag);
                if left.is_empty() {
                    break;
                }
                if began.elapsed() > PATIENCE {
                    self.tally.left += u32::try_from(left.len()).unwrap_or(u32::MAX);
                    self.object(format!("a killed agent left {left:?}"));
                    break;
                }
                sleep(LOOK);
            }
        }
    }

    /// All is said: quits the app and compares what was said with what arrived.
    fn end(&mut self) -> Result<(), String> {
        self.all_killed_are_gone();
        let (rest, ended_well) = self.host.quit();
        for line in rest {
            self.hear(line);
        }
        if !ended_well {
            return Err("the house did not quit well".to_owned());
        }
        let left = living(&Tag::of_home(self.home.path()));
        if !left.is_empty() {
            self.tally.left += u32::try_from(left.len()).unwrap_or(u32::MAX);
            self.object(format!("after the quit there is still {left:?}"));
        }
        self.judge();
        Ok(())
    }

    fn judge(&mut self) {
        let received = received(self.home.path());
        self.tally.received = u32::try_from(received.iter().flatten().count()).unwrap_or(u32::MAX);
        self.tally.by_the_app =
            u32::try_from(received.len()).unwrap_or(u32::MAX) - self.tally.received;
        for place in 0..self.prompts.len() {
            let number = u32::try_from(place).expect("few are said");
            let resent = self.prompts[place].resent;
            let arrived = count(&received, number);
            let shown = self.view.prompts(number);
            self.tally.said += 1;
            if arrived == 0 {
                self.tally.lost += 1;
                self.object(format!("prompt {number} was lost"));
            }
            if arrived > 1 + resent {
                self.tally.twice += 1;
                self.object(format!(
                    "prompt {number} arrived {arrived} times and was sent again {resent} times"
                ));
            }
            if shown == 0 || shown > 1 + resent as usize {
                self.tally.inconsistent += 1;
                self.object(format!(
                    "prompt {number} is {shown} times in the transcript"
                ));
            }
        }
        // What never failed is received in the order it was said.
        let firsts: Vec<u32> = received.iter().flatten().copied().collect();
        let smooth: Vec<u32> = firsts
            .into_iter()
            .filter(|number| {
                let prompt = &self.prompts[*number as usize];
                prompt.resent == 0 && !prompt.moved
            })
            .collect();
        if !smooth.is_sorted() {
            self.tally.inconsistent += 1;
            self.object(format!("prompts arrived in the order {smooth:?}"));
        }
        for objection in std::mem::take(&mut self.view.objections) {
            self.tally.inconsistent += 1;
            self.object(objection);
        }
    }

    /// Tells what is wrong, with what led to it.
    fn object(&mut self, said: String) {
        let complaints = std::fs::read_to_string(self.home.path().join("stderr.log"));
        let trace: Vec<&str> = self.trace.iter().map(String::as_str).collect();
        self.tally.problems.push(format!(
            "{said}\n transcript:\n{}\n told:\n  {}\n complained: {}",
            self.view.end(),
            trace.join("\n  "),
            complaints.unwrap_or_default()
        ));
    }
}

/// Whether the person may still decide about a message.
fn is_the_persons(message: &Message) -> bool {
    message.author == session::Author::Person
        && !matches!(message.state, MessageState::Sending | MessageState::Sent)
}

fn is_at_rest(state: &SessionState) -> bool {
    !matches!(
        state,
        SessionState::Waiting { .. }
            | SessionState::Starting { .. }
            | SessionState::Working { .. }
            | SessionState::Stopping { .. }
    )
}

/// What agents got, in order: the number of the person's prompt, none for words of the app's own.
fn received(home: &std::path::Path) -> Vec<Option<u32>> {
    let text = std::fs::read_to_string(ledger(home)).unwrap_or_default();
    text.lines()
        .map(|line| {
            let entry: Value = serde_json::from_str(line).expect("a line is written whole");
            number_of(entry["prompt"].as_str().expect("a text"))
        })
        .collect()
}

fn count(received: &[Option<u32>], number: u32) -> u32 {
    let times = received.iter().flatten().filter(|found| **found == number);
    u32::try_from(times.count()).unwrap_or(u32::MAX)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the house tells its own types")
}
