//! First come, first served, and no seat is ever lost.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::{Asked, Seat, Seats, lock};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use tokio::sync::oneshot;

fn seat(seats: &Seats) -> Seat {
    match seats.ask() {
        Asked::Seat(seat) => seat,
        Asked::Line(_) => panic!("none is free"),
    }
}

fn line(seats: &Seats) -> oneshot::Receiver<Seat> {
    match seats.ask() {
        Asked::Line(turn) => turn,
        Asked::Seat(_) => panic!("one is free"),
    }
}

#[test]
fn a_free_seat_goes_to_who_waits_longest_and_is_still_there() {
    let seats = Seats::new(1);
    let taken = seat(&seats);
    let (gone, mut first, mut second) = (line(&seats), line(&seats), line(&seats));
    drop(gone);
    drop(taken);
    let taken = first.try_recv().unwrap();
    assert!(second.try_recv().is_err());
    drop(taken);
    assert!(second.try_recv().is_ok());
}

#[test]
fn who_leaves_the_line_with_a_seat_on_the_way_gives_it_to_the_next() {
    let seats = Seats::new(1);
    let taken = seat(&seats);
    let (first, mut second) = (line(&seats), line(&seats));
    drop(taken);
    drop(first);
    assert!(second.try_recv().is_ok());
}

#[test]
fn the_limit_changes_at_any_time_and_nobody_is_thrown_out() {
    let seats = Seats::new(2);
    let (one, two) = (seat(&seats), seat(&seats));
    assert_eq!(seats.why(), "2 agents are live, the limit is 2");
    let (mut third, mut fourth) = (line(&seats), line(&seats));
    assert_eq!(seats.wanted(), 2);
    seats.limit(3);
    let third = third.try_recv().unwrap();
    assert!(fourth.try_recv().is_err());
    seats.limit(1);
    assert_eq!(seats.why(), "3 agents are live, the limit is 1");
    assert_eq!(seats.wanted(), 3);
    drop((one, two));
    assert!(fourth.try_recv().is_err());
    assert_eq!(seats.why(), "1 agent is live, the limit is 1");
    drop(third);
    assert!(fourth.try_recv().is_ok());
}

#[test]
fn one_who_is_leaving_is_not_asked_for_twice() {
    let seats = Seats::new(1);
    let mut taken = seat(&seats);
    let _waits = line(&seats);
    assert_eq!(seats.wanted(), 1);
    taken.is_leaving(true);
    taken.is_leaving(true);
    assert_eq!(seats.wanted(), 0);
    taken.is_leaving(false);
    assert_eq!(seats.wanted(), 1);
}

#[derive(Clone, Debug)]
enum Act {
    Ask,
    Leave(usize),
    Drop(usize),
    GiveUp(usize),
    Limit(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => proptest::strategy::Just(Act::Ask),
        1 => any::<usize>().prop_map(Act::Leave),
        3 => any::<usize>().prop_map(Act::Drop),
        1 => any::<usize>().prop_map(Act::GiveUp),
        1 => (1..5_u32).prop_map(Act::Limit),
    ]
}

/// Takes one out, wherever the number points.
fn pick<T>(all: &mut Vec<T>, number: usize) -> Option<T> {
    (!all.is_empty()).then(|| all.remove(number % all.len()))
}

proptest! {
    #[test]
    fn no_seat_is_lost_and_none_is_free_while_somebody_waits(
        acts in proptest::collection::vec(act(), 0..80),
        limit in 1..5_u32,
    ) {
        let seats = Seats::new(limit);
        let mut limit = limit as usize;
        let (mut held, mut line) = (Vec::new(), Vec::new());
        for act in acts {
            let most = held.len().max(limit);
            match act {
                Act::Ask => match seats.ask() {
                    Asked::Seat(seat) => {
                        prop_assert!(line.is_empty(), "nobody overtakes");
                        held.push(seat);
                    }
                    Asked::Line(turn) => line.push(turn),
                },
                Act::Leave(number) => if let Some(mut seat) = pick(&mut held, number) {
                    seat.is_leaving(true);
                    held.push(seat);
                },
                Act::Drop(number) => drop(pick(&mut held, number)),
                Act::GiveUp(number) => drop(pick(&mut line, number)),
                Act::Limit(number) => {
                    limit = number as usize;
                    seats.limit(number);
                }
            }
            // Served in the order they came: once one was not, none behind it was.
            let mut waits = Vec::new();
            for mut turn in line.drain(..) {
                match turn.try_recv() {
                    Ok(seat) => {
                        prop_assert!(waits.is_empty(), "nobody overtakes");
                        held.push(seat);
                    }
                    Err(_) => waits.push(turn),
                }
            }
            line = waits;
            prop_assert_eq!(lock(&seats.table).taken, held.len());
            prop_assert!(held.len() <= most.max(limit));
            prop_assert!(line.is_empty() || held.len() >= limit, "one is free and somebody waits");
        }
        drop((held, line));
        let table = lock(&seats.table);
        prop_assert_eq!((table.taken, table.leaving), (0, 0));
    }
}
