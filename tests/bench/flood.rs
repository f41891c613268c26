//! One agent floods: how soon another one's question is on its card, how much of the flood is taken in, and the memory
//! that a flood and a huge line take. Through the whole house without its window, with real agents.

use crate::report::{Number, is_quick, median, percentile};
use kernel::{SessionId, WorkspaceId};
use session::{Entry, EntryBody, OptionKind};
use snapshot::Reason;
use std::time::{Duration, Instant, SystemTime};
use tests::app::RealApp;
use tests::telling::has;

/// What the flood's numbers are compared with.
const FLOOR: &str = "no flood";

/// Prints the waits, the rate and the memory.
pub fn measure() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    runtime.block_on(measure_in_a_house());
}

async fn measure_in_a_house() {
    let questions = if is_quick() { 10 } else { 40 };
    let app = RealApp::start().await;
    let project = app.add_project().await;
    let quiet = app.create(&project, "script:\nsay Ready", None).await;
    let quiet = quiet.expect("a workspace can be created");
    app.card(&quiet, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let alone = waits(&app, &quiet, "alone", questions).await;

    let flood = "script:\nflood 1000000000".to_owned();
    let loud = app.create(&project, &flood, None).await;
    let loud = loud.expect("a workspace can be created");
    app.card(&loud, |card| card.status.reason == Reason::AgentWorking)
        .await;
    let flooding = app.session(&loud);
    let begun = app.transcript_until(&flooding, |entries| reached(entries) > 1_000.0);
    let (first, since) = (reached(&begun.await), Instant::now());
    forget_the_peak();
    let beside = waits(&app, &quiet, "beside", questions).await;
    let rate = (reached(&app.transcript(&flooding).await) - first) / since.elapsed().as_secs_f64();
    let flood_peak = memory("VmHWM");
    stop(&app, &flooding).await;

    number(
        "a question to its card, median",
        median(&beside),
        "ms",
        Some(median(&alone)),
    );
    let (slowest, floor) = (percentile(&beside, 1.0), percentile(&alone, 1.0));
    number(
        "a question to its card, slowest",
        slowest,
        "ms",
        Some(floor),
    );
    number("updates of the flood taken in", rate, "/s", None);
    number("memory at most in the flood", flood_peak, "MB", None);
    for bytes in [64_000_000, 200_000_000] {
        let (before, most) = huge_line(&app, &quiet, bytes).await;
        let what = format!("memory at most for a line of {} MB", bytes / 1_000_000);
        Number {
            what,
            value: most,
            unit: "MB",
            floor: Some((before, "before it")),
        }
        .print();
    }
    app.quit().await;
}

/// Has the agent ask so often; how long each question took from the agent to its card, in ms.
async fn waits(app: &RealApp, id: &WorkspaceId, name: &str, questions: usize) -> Vec<f64> {
    let session = app.session(id);
    let steps: String = (0..questions)
        .map(|n| format!("run date +%s%N > {name}-{n}\nask create made-{name}-{n} \"yes\"\n"))
        .collect();
    send(
        app,
        id,
        &session,
        format!("script:\n{steps}say Asked {name}."),
    )
    .await;
    let tree = app.tree(id).await;
    let mut waits = Vec::new();
    for n in 0..questions {
        app.card(id, |card| card.status.reason == Reason::NeedsPermission)
            .await;
        let now = SystemTime::now();
        let stamp = std::fs::read_to_string(tree.join(format!("{name}-{n}")));
        let nanos = stamp.expect("it is written before the question");
        let nanos = nanos.trim().parse().expect("date writes a number");
        let asked = SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos);
        let waited = now.duration_since(asked).unwrap_or_default();
        waits.push(waited.as_secs_f64() * 1_000.0);
        app.choose(&session, OptionKind::AllowOnce).await;
        let made = format!("tool: Create made-{name}-{n} Completed");
        app.transcript_until(&session, |entries| has(entries, &made))
            .await;
    }
    let done = format!("answer: Asked {name}.");
    app.transcript_until(&session, |entries| has(entries, &done))
        .await;
    app.card(id, |card| card.status.reason == Reason::TurnFinished)
        .await;
    waits
}

/// Memory before and at most while the agent writes a line of so many bytes, in MB.
async fn huge_line(app: &RealApp, id: &WorkspaceId, bytes: u64) -> (f64, f64) {
    let session = app.session(id);
    let before = memory("VmRSS");
    forget_the_peak();
    send(
        app,
        id,
        &session,
        format!("script:\nbig {bytes}\nsay Printed {bytes}."),
    )
    .await;
    let done = format!("answer: Printed {bytes}.");
    app.transcript_until(&session, |entries| has(entries, &done))
        .await;
    (before, memory("VmHWM"))
}

async fn send(app: &RealApp, id: &WorkspaceId, session: &SessionId, text: String) {
    let sent = app.flows.send_message(id, Some(session.clone()), text);
    sent.await.expect("the message is stored");
}

async fn stop(app: &RealApp, session: &SessionId) {
    let stopped = app.flows.rooms().sessions.stop_turn(session).await;
    stopped.expect("the session is known");
    app.transcript_until(session, |entries| has(entries, "end: cancelled"))
        .await;
}

/// The number of the flood's last update that is in the transcript; 0 before the first.
fn reached(entries: &[Entry]) -> f64 {
    let text = entries.iter().rev().find_map(|entry| match &entry.body {
        EntryBody::Answer { text } => text.rsplit_once('\n'),
        _ => None,
    });
    text.and_then(|(whole, _)| whole.rsplit_once("flood ")?.1.parse().ok())
        .unwrap_or_default()
}

/// From now on the highest mark counts anew.
fn forget_the_peak() {
    // Refused where the kernel has no such file: the mark is then the highest of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A number of this process's status, in MB.
fn memory(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| {
        line.strip_prefix(what)?
            .strip_prefix(':')?
            .strip_suffix("kB")
    });
    let kib: f64 = kib
        .and_then(|kib| kib.trim().parse().ok())
        .unwrap_or_default();
    kib * 1.024 / 1_000.0
}

fn number(what: &str, value: f64, unit: &'static str, floor: Option<f64>) {
    Number {
        what: what.to_owned(),
        value,
        unit,
        floor: floor.map(|floor| (floor, FLOOR)),
    }
    .print();
}
