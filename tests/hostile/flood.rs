//! One agent floods; how soon another one's question is before the person.

use crate::list::script;
use session::{Entry, EntryBody, OptionKind};
use snapshot::Reason;
use std::time::{Duration, SystemTime};
use tests::app::RealApp;
use tests::telling::has;

/// The number of the flood's last update that is in the transcript.
fn reached(entries: &[Entry]) -> Option<u64> {
    let text = entries.iter().rev().find_map(|entry| match &entry.body {
        EntryBody::Answer { text } => Some(text),
        _ => None,
    })?;
    // The newest text may end in the middle of an update's line.
    let whole = text.rsplit_once('\n')?.0;
    whole.rsplit_once("flood ")?.1.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_without_end_keeps_no_question_of_another_agent_from_the_person() {
    let app = RealApp::start().await;
    let project = app.add_project().await;
    let asks: Vec<String> = (0..5)
        .flat_map(|n| {
            [
                format!("run date +%s%N > asked-{n}"),
                format!("ask create answered-{n} \"yes\""),
            ]
        })
        .collect();
    let asks: Vec<&str> = asks.iter().map(String::as_str).collect();
    let quiet = app
        .create(&project, "script:\nsay Ready", None)
        .await
        .unwrap();
    app.card(&quiet, |card| card.status.reason == Reason::TurnFinished)
        .await;
    let asking = app.session(&quiet);

    let flood = script(&["flood 1000000000"]);
    let loud = app.create(&project, &flood, None).await.unwrap();
    app.card(&loud, |card| card.status.reason == Reason::AgentWorking)
        .await;
    let flooding = app.session(&loud);
    let began = app
        .transcript_until(&flooding, |entries| reached(entries) > Some(10_000))
        .await;
    let (mut before, since) = (reached(&began), SystemTime::now());
    let at_first = before;

    app.flows
        .send_message(&quiet, Some(asking.clone()), script(&asks))
        .await
        .unwrap();
    let mut waited = Vec::new();
    for n in 0..5 {
        app.card(&quiet, |card| card.status.reason == Reason::NeedsPermission)
            .await;
        let stamp = std::fs::read_to_string(app.tree(&quiet).await.join(format!("asked-{n}")));
        let asked =
            SystemTime::UNIX_EPOCH + Duration::from_nanos(stamp.unwrap().trim().parse().unwrap());
        waited.push(asked.elapsed().unwrap());
        app.choose(&asking, OptionKind::AllowOnce).await;
        app.transcript_until(&asking, |entries| {
            has(entries, &format!("tool: Create answered-{n} Completed"))
        })
        .await;
        let now = reached(&app.transcript(&flooding).await);
        assert!(now > before, "the flood was heard all the time");
        before = now;
    }
    let updates = before.unwrap() - at_first.unwrap();
    let rate = updates as f64 / since.elapsed().unwrap().as_secs_f64();
    println!(
        "asked before the person after {waited:?}; {rate:.0} updates/s of the flood were taken in meanwhile"
    );
    waited.sort();
    assert!(
        waited[waited.len() / 2] < Duration::from_secs(1),
        "{waited:?}"
    );
    let tag = app.quit().await;
    assert_eq!(process::living(&tag), []);
}
