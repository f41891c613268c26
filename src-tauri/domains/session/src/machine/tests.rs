//! Every (phase, input) pair by table, and what must never happen by property.

use super::{Effect, Input, Leftover, Life, LifeEvent, Phase, SessionState, Then, Turn, step};
use crate::error::Cause;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

const NOW: u32 = 3;

fn quota() -> Cause {
    Cause::Quota {
        said: "enough for today".to_owned(),
    }
}

fn crash() -> Cause {
    Cause::Crashed {
        code: Some(1),
        signal: None,
        stderr: String::new(),
    }
}

fn timed_out() -> Cause {
    Cause::StartTimedOut { seconds: 60 }
}

fn failed(cause: Cause, process: Leftover) -> Phase {
    Phase::Failed { cause, process }
}

fn waiting(why: &str) -> Phase {
    let why = why.to_owned();
    Phase::Waiting { why }
}

fn working(turn: Turn) -> Phase {
    Phase::Working { turn }
}

fn stopping(then: Then) -> Phase {
    Phase::Stopping { then }
}

fn phases() -> Vec<Phase> {
    vec![
        Phase::Stopped,
        Phase::Asleep,
        waiting("full"),
        Phase::Starting,
        Phase::Ready,
        working(Turn::Given),
        working(Turn::Begun),
        working(Turn::Stopped),
        stopping(Then::Stop),
        stopping(Then::Sleep),
        stopping(Then::Launch),
        failed(quota(), Leftover::Gone),
        failed(quota(), Leftover::Usable),
        failed(quota(), Leftover::Closing { wanted: false }),
        failed(quota(), Leftover::Closing { wanted: true }),
    ]
}

fn events() -> Vec<LifeEvent> {
    vec![
        LifeEvent::Opened,
        LifeEvent::StartTimedOut,
        LifeEvent::Reacted,
        LifeEvent::TurnEnded,
        LifeEvent::TurnFailed(quota()),
        LifeEvent::TurnFailed(crash()),
        LifeEvent::Ended(None),
        LifeEvent::Ended(Some(crash())),
        LifeEvent::Ended(Some(quota())),
        LifeEvent::EndedUnread(None),
        LifeEvent::EndedUnread(Some(crash())),
        LifeEvent::EndedUnread(Some(quota())),
    ]
}

fn inputs() -> Vec<Input> {
    let why = "fuller".to_owned();
    let asked = [
        Input::Wake,
        Input::Seated,
        Input::NoSeat { why },
        Input::Prompt,
        Input::StopTurn,
        Input::End,
        Input::Sleep,
    ];
    let heard = events().into_iter().map(|event| Input::From {
        incarnation: NOW,
        event,
    });
    asked.into_iter().chain(heard).collect()
}

/// What a pair leads to, of a session whose last crash was or was not answered by a start; `None` when nothing changes
/// and nothing is to be done.
fn expected(phase: &Phase, restarted: bool, input: &Input) -> Option<(Phase, Vec<Effect>)> {
    match input {
        Input::From { event, .. } => heard(phase, restarted, event),
        asked => wanted(phase, asked),
    }
}

fn launch() -> (Phase, Vec<Effect>) {
    let incarnation = NOW + 1;
    (Phase::Starting, vec![Effect::Launch { incarnation }])
}

fn closing(cause: Cause, wanted: bool) -> Phase {
    failed(cause, Leftover::Closing { wanted })
}

fn wanted(phase: &Phase, input: &Input) -> Option<(Phase, Vec<Effect>)> {
    use Effect::{Cancel, Close, Offer, TakeSeat};
    use Phase::{Asleep, Failed, Ready, Starting, Stopped, Stopping, Waiting, Working};
    let Failed { process, .. } = phase else {
        return Some(match (phase, input) {
            (Stopped | Asleep, Input::Wake) => (waiting(""), vec![TakeSeat]),
            (Waiting { .. }, Input::Seated) => launch(),
            (Waiting { .. }, Input::NoSeat { .. }) => (waiting("fuller"), vec![]),
            (Waiting { .. }, Input::StopTurn | Input::End) => (Stopped, vec![]),
            (Ready, Input::Wake) => (Ready, vec![Offer]),
            (Ready, Input::Prompt) => (working(Turn::Given), vec![Effect::Prompt]),
            (Ready, Input::Sleep) => (stopping(Then::Sleep), vec![Close]),
            (Working { .. }, Input::StopTurn) => (working(Turn::Stopped), vec![Cancel]),
            (Starting, Input::StopTurn) | (Starting | Ready | Working { .. }, Input::End) => {
                (stopping(Then::Stop), vec![Close])
            }
            (Stopping { .. }, Input::Wake) => (stopping(Then::Launch), vec![]),
            (
                Stopping {
                    then: Then::Stop | Then::Launch,
                },
                Input::End,
            )
            | (Stopping { then: Then::Launch }, Input::StopTurn) => (stopping(Then::Stop), vec![]),
            _ => return None,
        });
    };
    Some(match (process, input) {
        (Leftover::Gone, Input::Wake) => (waiting(""), vec![TakeSeat]),
        (Leftover::Usable, Input::Wake) => (Ready, vec![Offer]),
        (Leftover::Usable, Input::End) => (stopping(Then::Stop), vec![Close]),
        (Leftover::Usable, Input::Sleep) => (closing(quota(), false), vec![Close]),
        (Leftover::Closing { .. }, Input::Wake) => (closing(quota(), true), vec![]),
        (Leftover::Closing { .. }, Input::End)
        | (Leftover::Closing { wanted: true }, Input::StopTurn) => {
            (closing(quota(), false), vec![])
        }
        _ => return None,
    })
}

fn heard(phase: &Phase, restarted: bool, event: &LifeEvent) -> Option<(Phase, Vec<Effect>)> {
    use Effect::{Close, GoOn, Offer, StartAgain};
    use LifeEvent::{Ended, EndedUnread, Opened, Reacted, StartTimedOut, TurnEnded, TurnFailed};
    use Phase::{Failed, Ready, Starting, Stopped, Stopping, Working};
    Some(match (phase, event) {
        (Working { turn: Turn::Given }, EndedUnread(Some(cause)))
            if !restarted && *cause == crash() =>
        {
            let (starting, mut effects) = launch();
            effects.insert(0, StartAgain { cause: crash() });
            (starting, effects)
        }
        (phase, EndedUnread(cause)) => return heard(phase, restarted, &Ended(cause.clone())),
        (Starting, Opened) | (Working { .. }, TurnEnded) => (Ready, vec![Offer]),
        (Starting, StartTimedOut) => (closing(timed_out(), false), vec![Close]),
        (Starting, TurnFailed(cause)) => (closing(cause.clone(), false), vec![Close]),
        (Working { turn: Turn::Given }, Reacted) => (working(Turn::Begun), vec![]),
        (Working { .. }, TurnFailed(cause)) if *cause == quota() => {
            (failed(quota(), Leftover::Usable), vec![])
        }
        (Working { .. }, TurnFailed(cause)) => (closing(cause.clone(), false), vec![Close]),
        (Working { turn: Turn::Begun }, Ended(Some(cause))) if !restarted && *cause == crash() => {
            let (starting, mut effects) = launch();
            effects.insert(0, GoOn { cause: crash() });
            (starting, effects)
        }
        (Starting | Ready | Working { .. }, Ended(None))
        | (Stopping { then: Then::Stop }, Ended(_)) => (Stopped, vec![]),
        (Starting | Ready | Working { .. }, Ended(Some(cause))) => {
            (failed(cause.clone(), Leftover::Gone), vec![])
        }
        (Stopping { then: Then::Sleep }, Ended(_)) => (Phase::Asleep, vec![]),
        (
            Stopping { then: Then::Launch }
            | Failed {
                process: Leftover::Closing { wanted: true },
                ..
            },
            Ended(_),
        ) => launch(),
        (Failed { .. }, Ended(_)) => (failed(quota(), Leftover::Gone), vec![]),
        _ => return None,
    })
}

#[test]
fn every_pair_of_phase_and_input_leads_where_the_table_says() {
    for (phase, restarted) in phases()
        .into_iter()
        .flat_map(|phase| [(phase.clone(), false), (phase, true)])
    {
        for input in inputs() {
            let life = Life {
                incarnation: NOW,
                restarted,
                phase: phase.clone(),
            };
            let (after, effects) = step(life, input.clone());
            let (wanted, wanted_effects) =
                expected(&phase, restarted, &input).unwrap_or((phase.clone(), vec![]));
            assert_eq!(after.phase, wanted, "{phase:?} + {input:?}");
            assert_eq!(effects, wanted_effects, "{phase:?} + {input:?}");
            let starts_by_itself = effects
                .iter()
                .any(|effect| matches!(effect, Effect::GoOn { .. } | Effect::StartAgain { .. }));
            let turn_ended = matches!(phase, Phase::Working { .. })
                && matches!(
                    input,
                    Input::From {
                        event: LifeEvent::TurnEnded,
                        ..
                    }
                );
            let remembers = (restarted || starts_by_itself) && !turn_ended;
            assert_eq!(after.restarted, remembers, "{phase:?} + {input:?}");
        }
    }
}

#[test]
fn a_live_state_in_a_row_is_at_rest_and_sleep_and_failure_stay() {
    let live = SessionState::Working { incarnation: 9 };
    assert_eq!(Life::at_rest(&live).state(), SessionState::Stopped);
    let waits = SessionState::Waiting { why: String::new() };
    assert_eq!(Life::at_rest(&waits).state(), SessionState::Stopped);
    let sleeps = Life::at_rest(&SessionState::Asleep);
    assert_eq!(sleeps.state(), SessionState::Asleep);
    let broken = SessionState::Failed { cause: crash() };
    assert_eq!(Life::at_rest(&broken).state(), broken);
    assert!(!Life::at_rest(&broken).has_process());
}

fn any_event() -> impl Strategy<Value = LifeEvent> {
    (0..events().len()).prop_map(|n| events().swap_remove(n))
}

/// An input; of the events some come from the process `back` before the newest.
fn any_input() -> impl Strategy<Value = (Input, u32)> {
    let asked = prop_oneof![
        3 => Just(Input::Wake),
        3 => Just(Input::Prompt),
        3 => Just(Input::Seated),
        1 => Just(Input::NoSeat { why: String::new() }),
        1 => Just(Input::StopTurn),
        1 => Just(Input::End),
        1 => Just(Input::Sleep),
    ];
    let from = |event| Input::From {
        incarnation: 0,
        event,
    };
    prop_oneof![
        asked.prop_map(|input| (input, 0)),
        any_event().prop_map(move |event| (from(event), 0)),
        (any_event(), 1..3_u32).prop_map(move |(event, back)| (from(event), back)),
    ]
}

fn aimed(life: &Life, (input, back): (Input, u32)) -> Input {
    match input {
        Input::From { event, .. } => Input::From {
            incarnation: life.incarnation.wrapping_sub(back),
            event,
        },
        asked => asked,
    }
}

proptest! {
    #[test]
    fn two_prompts_are_never_in_flight_and_nobody_works_without_one(
        inputs in proptest::collection::vec(any_input(), 0..60),
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        let mut in_flight = false;
        for input in inputs {
            let input = aimed(&life, input);
            let (after, effects) = step(life.clone(), input.clone());
            let prompted = effects.contains(&Effect::Prompt);
            prop_assert!(!(prompted && in_flight), "{life:?} + {input:?}");
            let works = matches!(after.phase, Phase::Working { .. });
            in_flight = works && (in_flight || prompted);
            prop_assert_eq!(works, in_flight);
            life = after;
        }
    }

    #[test]
    fn two_processes_never_live_at_once_and_only_ended_ends_one(
        inputs in proptest::collection::vec(any_input(), 0..60),
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        let mut alive = None;
        for input in inputs {
            let input = aimed(&life, input);
            let (after, effects) = step(life.clone(), input.clone());
            if let Input::From { incarnation, event: LifeEvent::Ended(_) | LifeEvent::EndedUnread(_) } = &input
                && alive == Some(*incarnation)
            {
                alive = None;
            }
            for effect in &effects {
                if let Effect::Launch { incarnation } = effect {
                    prop_assert_eq!(alive, None, "{:?} + {:?}", life, input);
                    alive = Some(*incarnation);
                }
            }
            prop_assert_eq!(after.has_process(), alive.is_some());
            life = after;
        }
    }

    #[test]
    fn a_process_follows_a_seat_or_a_process(
        inputs in proptest::collection::vec(any_input(), 0..60),
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        for input in inputs {
            let input = aimed(&life, input);
            let (after, effects) = step(life.clone(), input.clone());
            let launches = effects.iter().any(|effect| matches!(effect, Effect::Launch { .. }));
            let has_seat = life.has_process() || life.waits_for_a_seat() && input == Input::Seated;
            prop_assert!(!launches || has_seat, "{life:?} + {input:?}");
            prop_assert!(!after.leaves_its_seat() || after.has_process());
            life = after;
        }
    }

    #[test]
    fn a_crash_is_answered_by_a_start_at_most_once_until_a_turn_ended_and_never_when_stopped(
        inputs in proptest::collection::vec(any_input(), 0..80),
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        let mut answered = false;
        let mut stopped = false;
        for input in inputs {
            let input = aimed(&life, input);
            let (after, effects) = step(life.clone(), input.clone());
            for effect in &effects {
                match effect {
                    Effect::GoOn { .. } | Effect::StartAgain { .. } => {
                        prop_assert!(!answered && !stopped, "{life:?} + {input:?}");
                        answered = true;
                    }
                    Effect::Prompt => stopped = false,
                    Effect::Cancel | Effect::Close => stopped = true,
                    Effect::Offer if matches!(life.phase, Phase::Working { .. }) => answered = false,
                    Effect::Offer | Effect::TakeSeat | Effect::Launch { .. } => {}
                }
            }
            life = after;
        }
    }

    #[test]
    fn events_of_an_earlier_process_change_nothing(
        inputs in proptest::collection::vec(any_input(), 0..40),
        event in any_event(),
        back in 1..5_u32,
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        for input in inputs {
            let input = aimed(&life, input);
            life = step(life, input).0;
        }
        let incarnation = life.incarnation.wrapping_sub(back);
        let (after, effects) = step(life.clone(), Input::From { incarnation, event });
        prop_assert_eq!(after, life);
        prop_assert!(effects.is_empty());
    }

    #[test]
    fn an_end_asked_for_leads_to_rest_whatever_the_agent_says_meanwhile(
        inputs in proptest::collection::vec(any_input(), 0..40),
        meanwhile in proptest::collection::vec(any_event(), 0..10),
        cause in any::<bool>(),
    ) {
        let mut life = Life::at_rest(&SessionState::Stopped);
        for input in inputs {
            let input = aimed(&life, input);
            life = step(life, input).0;
        }
        life = step(life, Input::End).0;
        let incarnation = life.incarnation;
        let last = LifeEvent::Ended(cause.then(crash));
        for event in meanwhile.into_iter().chain([last]) {
            let (after, effects) = step(life, Input::From { incarnation, event });
            let starts = effects.iter().any(|effect| {
                matches!(
                    effect,
                    Effect::TakeSeat | Effect::Launch { .. } | Effect::GoOn { .. } | Effect::StartAgain { .. }
                )
            });
            prop_assert!(!starts, "{after:?}");
            life = after;
        }
        let rest = matches!(
            life.state(),
            SessionState::Stopped | SessionState::Asleep | SessionState::Failed { .. }
        );
        prop_assert!(rest, "{life:?}");
        prop_assert!(!life.has_process());
    }
}
