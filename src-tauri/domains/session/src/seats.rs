//! Seats among the live agents: so many processes at a time, and who comes first is served first.
//!
//! Invariant: a seat is held from before a process starts until it is gone and given back by being dropped, so none is
//! ever lost; while one is free nobody waits, and nobody overtakes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// All of them. Clones share them.
#[derive(Clone)]
pub(crate) struct Seats {
    table: Arc<Mutex<Table>>,
}

struct Table {
    limit: usize,
    taken: usize,
    /// How many of the taken ones will be free soon.
    leaving: usize,
    line: VecDeque<oneshot::Sender<Seat>>,
}

/// A seat, until it is dropped.
pub(crate) struct Seat {
    table: Arc<Mutex<Table>>,
    is_leaving: bool,
}

/// What comes of asking for one.
pub(crate) enum Asked {
    /// One was free.
    Seat(Seat),
    /// None is; the seat comes by itself, unless this is dropped before.
    Line(oneshot::Receiver<Seat>),
}

impl Seats {
    /// So many, all free.
    pub fn new(limit: u32) -> Self {
        let table = Table {
            limit: limit as usize,
            taken: 0,
            leaving: 0,
            line: VecDeque::new(),
        };
        Self {
            table: Arc::new(Mutex::new(table)),
        }
    }

    /// Takes a seat or a place in the line.
    pub fn ask(&self) -> Asked {
        let mut table = lock(&self.table);
        if table.taken < table.limit {
            table.taken += 1;
            drop(table);
            return Asked::Seat(Seat::at(&self.table));
        }
        let (sender, turn) = oneshot::channel();
        table.line.push_back(sender);
        Asked::Line(turn)
    }

    /// From now on there are so many. Who sits stays; who waits may be served.
    pub fn limit(&self, limit: u32) {
        lock(&self.table).limit = limit as usize;
        serve(&self.table);
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        lock(&self.table).taken
    }

    /// Why one has to wait, for people.
    pub fn why(&self) -> String {
        let table = lock(&self.table);
        let (taken, limit) = (table.taken, table.limit);
        let are = if taken == 1 { "agent is" } else { "agents are" };
        format!("{taken} {are} live, the limit is {limit}")
    }

    /// How many more would have to leave for all who wait to be served and the limit to be kept.
    pub fn wanted(&self) -> usize {
        let table = lock(&self.table);
        let waiting = table.line.iter().filter(|turn| !turn.is_closed()).count();
        (table.taken - table.leaving + waiting).saturating_sub(table.limit)
    }
}

impl Seat {
    fn at(table: &Arc<Mutex<Table>>) -> Self {
        Self {
            table: Arc::clone(table),
            is_leaving: false,
        }
    }

    /// Says whether it will be free soon, so that not more are asked to leave than needed.
    pub fn is_leaving(&mut self, is_leaving: bool) {
        if self.is_leaving != is_leaving {
            self.is_leaving = is_leaving;
            let mut table = lock(&self.table);
            if is_leaving {
                table.leaving += 1;
            } else {
                table.leaving -= 1;
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.is_leaving(false);
        lock(&self.table).taken -= 1;
        serve(&self.table);
    }
}

/// Gives free seats to those who wait. A seat for one who is gone meanwhile comes back by its drop.
fn serve(table: &Arc<Mutex<Table>>) {
    while let Some(turn) = next(table) {
        let _ = turn.send(Seat::at(table));
    }
}

/// Takes a seat for the first who waits.
fn next(table: &Mutex<Table>) -> Option<oneshot::Sender<Seat>> {
    let mut table = lock(table);
    if table.taken >= table.limit {
        return None;
    }
    loop {
        let turn = table.line.pop_front()?;
        if !turn.is_closed() {
            table.taken += 1;
            return Some(turn);
        }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
