//! The tasks that wait for events.
//!
//! A subscription reads the log, registers its waker, and reads the log again. A publisher adds its
//! event to the log, and then takes the wakers of the event's topics. So the second read either sees
//! the event, or comes before it was added; then the publisher finds the waker. A task that waits for a
//! position does the same.

mod ahead;
mod list;
mod registrations;
mod wake_batch;

use std::collections::HashMap;
use std::sync::PoisonError;
use std::task::Waker;

use tokio::runtime::Handle;

use crate::event_id::EventId;
use crate::log::TopicId;
use crate::log::maps::{ById, shrink_map};
use crate::sync::{Mutex, MutexGuard};
use ahead::{Ahead, Ticket};
use list::List;
pub(crate) use registrations::{Arrival, Registrations};
use wake_batch::WakeBatch;
pub(crate) use wake_batch::regardless_of_panics;

/// How many tasks a publisher wakes itself: spawning a task that wakes them would cost as much.
const WOKEN_BY_PUBLISHER: usize = 16;

/// A topic without events: a task that waits for it is woken only when the hub is drained.
pub(crate) const NO_TOPIC: TopicId = 0;

/// Tasks that wait for it are woken when the last subscription has left a hub that is being drained.
pub(crate) const ALL_HAVE_LEFT: TopicId = TopicId::MAX;

#[derive(Default)]
pub(crate) struct Waiting(Mutex<State>);

#[derive(Default)]
struct State {
    lists: HashMap<TopicId, List, ById>,
    ahead: Ahead,
    /// The generation of the newest list. Once a list has been taken, nobody is added to it.
    generation: u64,
    /// How many tasks were woken for an event, or are about to be.
    wakes: u64,
}

/// Wakers that have been taken, to be woken while no lock is held.
struct Taken {
    lists: Vec<List>,
    ahead: Vec<Waker>,
}

/// A registration in the list of a topic.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) topic: TopicId,
    generation: u64,
    index: u32,
    /// Whether the subscription wants only the topic's newest event. Stored here, where it fits into the padding.
    pub(crate) latest: bool,
}

impl Registration {
    /// Returns one that is in no list yet.
    pub(crate) fn new(topic: TopicId) -> Self {
        Self { topic, generation: 0, index: 0, latest: false }
    }
}

impl Waiting {
    /// Has the waker woken once, by the next event of any of these topics.
    pub(crate) fn register(&self, registrations: &mut [Registration], waker: &Waker) {
        // Dropped after the lock is released, since dropping a waker may run any code.
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            registrations
                .iter_mut()
                .filter_map(|registration| state.register(registration, waker))
                .collect()
        };
    }

    /// Removes the wakers at these registrations.
    pub(crate) fn leave(&self, registrations: &[Registration]) {
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            registrations.iter().filter_map(|registration| state.leave(registration)).collect()
        };
    }

    /// Has the waker woken once the position has been reached.
    fn register_ahead(&self, ticket: &mut Ticket, waker: &Waker) {
        let _old = self.lock().ahead.register(ticket, waker);
    }

    fn leave_ahead(&self, ticket: &Ticket) {
        let _old = self.lock().ahead.leave(ticket);
    }

    /// Wakes the tasks that wait for an event of these topics or for its position: in a task of its own
    /// if there are many and the caller is in a runtime, otherwise before it returns.
    pub(crate) fn wake(&self, topics: &[TopicId], reached: EventId) {
        let taken = self.lock().take(topics, reached);
        taken.wake();
    }

    /// Wakes the tasks that wait for this topic, but none that wait for a position.
    pub(crate) fn wake_only(&self, topic: TopicId) {
        let list = self.lock().lists.remove(&topic);
        Taken { lists: list.into_iter().collect(), ahead: Vec::new() }.wake();
    }

    pub(crate) fn wake_all(&self) {
        let taken = self.lock().take_all();
        taken.wake();
    }

    pub(crate) fn wakes(&self) -> u64 {
        self.lock().wakes
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.lists.is_empty() && state.ahead.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes these tasks, in the way that [`Waiting::wake`] does.
pub(crate) fn wake_tasks(wakers: Vec<Waker>) {
    Taken { lists: Vec::new(), ahead: wakers }.wake();
}

impl Taken {
    fn len(&self) -> usize {
        self.lists.iter().map(List::len).sum::<usize>() + self.ahead.len()
    }

    fn wake(self) {
        let count = self.len();
        if count == 0 {
            return;
        }
        let batch = WakeBatch::new(self);
        match Handle::try_current() {
            Ok(runtime) if count > WOKEN_BY_PUBLISHER => drop(runtime.spawn(batch.run())),
            _ => drop(batch),
        }
    }
}

impl State {
    fn register(&mut self, registration: &mut Registration, waker: &Waker) -> Option<Waker> {
        let list = self.lists.entry(registration.topic).or_insert_with(|| {
            self.generation += 1;
            List::new(self.generation)
        });
        if registration.generation == list.generation() {
            return list.replace(registration.index, waker);
        }
        // Cloning a waker may run any code, even panic, so the registration changes afterwards.
        registration.index = list.add(waker.clone());
        registration.generation = list.generation();
        None
    }

    fn leave(&mut self, registration: &Registration) -> Option<Waker> {
        let list = self.lists.get_mut(&registration.topic)?;
        if list.generation() != registration.generation {
            return None;
        }
        let waker = list.remove(registration.index);
        if list.is_empty() {
            self.lists.remove(&registration.topic);
            shrink_map(&mut self.lists);
        }
        Some(waker)
    }

    fn take(&mut self, topics: &[TopicId], reached: EventId) -> Taken {
        let lists: Vec<_> = topics.iter().filter_map(|topic| self.lists.remove(topic)).collect();
        shrink_map(&mut self.lists);
        let taken = Taken { lists, ahead: self.ahead.take(reached) };
        self.wakes += taken.len() as u64;
        taken
    }

    fn take_all(&mut self) -> Taken {
        let lists = std::mem::take(&mut self.lists).into_values().collect();
        Taken { lists, ahead: self.ahead.take_all() }
    }
}
