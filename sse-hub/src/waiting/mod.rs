//! The tasks that wait for events.
//!
//! A subscription reads the log, registers its waker, and reads the log again. A publisher adds its
//! event to the log, and then takes the wakers of the event's topics. So the second read either sees
//! the event, or comes before it was added; then the publisher finds the waker.

mod list;
mod round;

use std::collections::HashMap;
use std::sync::PoisonError;
use std::task::Waker;

use tokio::runtime::Handle;

use crate::log::TopicId;
use crate::log::maps::shrink_map;
use crate::sync::{Mutex, MutexGuard};
use list::List;
use round::Round;

/// A publisher wakes so few tasks itself, since spawning a task that does so would cost as much.
const FEW: usize = 16;

/// Stands for all topics: a task that waits for it is woken by every event.
pub(crate) const EVERY_TOPIC: TopicId = 0;

#[derive(Default)]
pub(crate) struct Waiting(Mutex<State>);

#[derive(Default)]
struct State {
    lists: HashMap<TopicId, List>,
    /// The generation of the newest list. Once a list has been taken, nobody is added to it.
    generation: u64,
    /// How many were woken, or are about to be.
    wakes: u64,
}

/// A place in the list of a topic.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) topic: TopicId,
    generation: u64,
    index: u32,
}

impl Place {
    /// No place yet.
    pub(crate) fn new(topic: TopicId) -> Self {
        Self { topic, generation: 0, index: 0 }
    }
}

impl Waiting {
    /// Sees to it that the next event of any of these topics wakes the waker once.
    pub(crate) fn register(&self, places: &mut [Place], waker: &Waker) {
        // Dropped after the lock is released, since dropping a waker may run any code.
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            places.iter_mut().filter_map(|place| state.register(place, waker)).collect()
        };
    }

    /// Removes the wakers at these places.
    pub(crate) fn leave(&self, places: &[Place]) {
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            places.iter().filter_map(|place| state.leave(place)).collect()
        };
    }

    /// Wakes the tasks that wait for these topics: in a task of its own if there are many and the caller
    /// is in a runtime, otherwise before it returns.
    pub(crate) fn wake(&self, topics: &[TopicId]) {
        let lists = self.lock().take(topics);
        start(lists);
    }

    pub(crate) fn wake_all(&self) {
        let lists = self.lock().take_all();
        start(lists);
    }

    pub(crate) fn wakes(&self) -> u64 {
        self.lock().wakes
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().lists.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(lists: Vec<List>) {
    let wakers: usize = lists.iter().map(List::len).sum();
    let round = Round::new(lists);
    match Handle::try_current() {
        Ok(runtime) if wakers > FEW => drop(runtime.spawn(round.run())),
        _ => drop(round),
    }
}

impl State {
    fn register(&mut self, place: &mut Place, waker: &Waker) -> Option<Waker> {
        let list = self.lists.entry(place.topic).or_insert_with(|| {
            self.generation += 1;
            List::new(self.generation)
        });
        if place.generation == list.generation() {
            return list.replace(place.index, waker);
        }
        place.generation = list.generation();
        place.index = list.add(waker.clone());
        None
    }

    fn leave(&mut self, place: &Place) -> Option<Waker> {
        let list = self.lists.get_mut(&place.topic)?;
        if list.generation() != place.generation {
            return None;
        }
        let waker = list.remove(place.index);
        if list.is_empty() {
            self.lists.remove(&place.topic);
            shrink_map(&mut self.lists);
        }
        Some(waker)
    }

    fn take(&mut self, topics: &[TopicId]) -> Vec<List> {
        let topics = topics.iter().chain([&EVERY_TOPIC]);
        let lists: Vec<_> = topics.filter_map(|topic| self.lists.remove(topic)).collect();
        shrink_map(&mut self.lists);
        self.wakes += lists.iter().map(|list| list.len() as u64).sum::<u64>();
        lists
    }

    fn take_all(&mut self) -> Vec<List> {
        std::mem::take(&mut self.lists).into_values().collect()
    }
}
