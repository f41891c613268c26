//! Every (phase, input) pair by table, and what must never happen by property.

use super::{Effect, Input, Leftover, Life, LifeEvent, Phase, SessionState, step};
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

fn phases() -> Vec<Phase> {
    vec![
        Phase::Stopped,
        Phase::Starting,
        Phase::Ready,
        Phase::Working,
        Phase::Stopping { wanted: false },
        Phase::Stopping { wanted: true },
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
        LifeEvent::TurnEnded,
        LifeEvent::TurnFailed(quota()),
        LifeEvent::TurnFailed(crash()),
        LifeEvent::Ended(None),
        LifeEvent::Ended(Some(crash())),
    ]
}

fn inputs() -> Vec<Input> {
    let asked = [Input::Wake, Input::Prompt, Input::StopTurn, Input::End];
    let heard = events().into_iter().map(|event| Input::From {
        incarnation: NOW,
        event,
    });
    asked.into_iter().chain(heard).collect()
}

/// What a pair leads to; `None` when nothing changes and nothing is to be done.
fn expected(phase: &Phase, input: &Input) -> Option<(Phase, Vec<Effect>)> {
    use Effect::{Cancel, Close, Launch, Offer};
    use Phase::{Failed, Ready, Starting, Stopped, Stopping, Working};
    let launch = || {
        (
            Starting,
            vec![Launch {
                incarnation: NOW + 1,
            }],
        )
    };
    let closing = |cause: Cause, wanted| failed(cause, Leftover::Closing { wanted });
    let Input::From { event, .. } = input else {
        return match (phase, input) {
            (
                Stopped
                | Failed {
                    process: Leftover::Gone,
                    ..
                },
                Input::Wake,
            ) => Some(launch()),
            (
                Ready
                | Failed {
                    process: Leftover::Usable,
                    ..
                },
                Input::Wake,
            ) => Some((Ready, vec![Offer])),
            (Stopping { .. }, Input::Wake) => Some((Stopping { wanted: true }, vec![])),
            (
                Failed {
                    process: Leftover::Closing { .. },
                    ..
                },
                Input::Wake,
            ) => Some((closing(quota(), true), vec![])),
            (Ready, Input::Prompt) => Some((Working, vec![Effect::Prompt])),
            (Working, Input::StopTurn) => Some((Working, vec![Cancel])),
            (Starting, Input::StopTurn) => Some((Stopping { wanted: false }, vec![Close])),
            (
                Starting
                | Ready
                | Working
                | Failed {
                    process: Leftover::Usable,
                    ..
                },
                Input::End,
            ) => Some((Stopping { wanted: false }, vec![Close])),
            (Stopping { .. }, Input::End) => Some((Stopping { wanted: false }, vec![])),
            (
                Failed {
                    process: Leftover::Closing { .. },
                    ..
                },
                Input::End,
            ) => Some((closing(quota(), false), vec![])),
            _ => None,
        };
    };
    match (phase, event) {
        (Starting, LifeEvent::Opened) | (Working, LifeEvent::TurnEnded) => {
            Some((Ready, vec![Offer]))
        }
        (Starting, LifeEvent::StartTimedOut) => Some((closing(timed_out(), false), vec![Close])),
        (Starting, LifeEvent::TurnFailed(cause)) => {
            Some((closing(cause.clone(), false), vec![Close]))
        }
        (Working, LifeEvent::TurnFailed(cause)) if *cause == quota() => {
            Some((failed(quota(), Leftover::Usable), vec![]))
        }
        (Working, LifeEvent::TurnFailed(cause)) => {
            Some((closing(cause.clone(), false), vec![Close]))
        }
        (Starting | Ready | Working, LifeEvent::Ended(None))
        | (Stopping { wanted: false }, LifeEvent::Ended(_)) => Some((Stopped, vec![])),
        (Starting | Ready | Working, LifeEvent::Ended(Some(cause))) => {
            Some((failed(cause.clone(), Leftover::Gone), vec![]))
        }
        (
            Stopping { wanted: true }
            | Failed {
                process: Leftover::Closing { wanted: true },
                ..
            },
            LifeEvent::Ended(_),
        ) => Some(launch()),
        (Failed { .. }, LifeEvent::Ended(_)) => Some((failed(quota(), Leftover::Gone), vec![])),
        _ => None,
    }
}

#[test]
fn every_pair_of_phase_and_input_leads_where_the_table_says() {
    for phase in phases() {
        for input in inputs() {
            let life = Life {
                incarnation: NOW,
                phase: phase.clone(),
            };
            let (after, effects) = step(life, input.clone());
            let (wanted, wanted_effects) =
                expected(&phase, &input).unwrap_or((phase.clone(), vec![]));
            assert_eq!(after.phase, wanted, "{phase:?} + {input:?}");
            assert_eq!(effects, wanted_effects, "{phase:?} + {input:?}");
        }
    }
}

#[test]
fn a_live_state_in_a_row_is_at_rest_and_a_failure_keeps_its_cause() {
    let live = SessionState::Working { incarnation: 9 };
    assert_eq!(Life::at_rest(&live).state(), SessionState::Stopped);
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
        1 => Just(Input::StopTurn),
        1 => Just(Input::End),
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
            in_flight = after.phase == Phase::Working && (in_flight || prompted);
            prop_assert_eq!(after.phase == Phase::Working, in_flight);
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
            if let Input::From { incarnation, event: LifeEvent::Ended(_) } = &input
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
        for event in meanwhile {
            life = step(life, Input::From { incarnation, event }).0;
        }
        let event = LifeEvent::Ended(cause.then(crash));
        life = step(life, Input::From { incarnation, event }).0;
        let rest = matches!(life.state(), SessionState::Stopped | SessionState::Failed { .. });
        prop_assert!(rest, "{life:?}");
        prop_assert!(!life.has_process());
    }
}
