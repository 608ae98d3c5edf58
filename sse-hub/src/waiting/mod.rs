//! The tasks that wait for events.
//!
//! A subscription reads the log, registers its waker, and reads the log again. A publisher adds its
//! event to the log, and then takes the wakers of the event's topics. So the second read either sees
//! the event, or comes before it was added; then the publisher finds the waker.

mod list;
mod round;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError};
use std::task::Waker;

use tokio::runtime::Handle;

use crate::log::TopicId;
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
    to_wake: VecDeque<List>,
    /// Whether a task is waking what is in `to_wake`.
    is_waking: bool,
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
    pub(crate) fn wake(self: &Arc<Self>, topics: &[TopicId]) {
        let to_start = self.lock().take(topics);
        self.start(to_start);
    }

    pub(crate) fn wake_all(self: &Arc<Self>) {
        let to_start = self.lock().take_all();
        self.start(to_start);
    }

    pub(crate) fn wakes(&self) -> u64 {
        self.lock().wakes
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().lists.is_empty()
    }

    fn start(self: &Arc<Self>, to_start: Option<usize>) {
        let Some(wakers) = to_start else { return };
        let round = Round::new(Arc::clone(self));
        match Handle::try_current() {
            Ok(runtime) if wakers > FEW => drop(runtime.spawn(round.run())),
            _ => drop(round),
        }
    }

    /// The next list to wake. If there is none, the caller stops being the one that wakes.
    fn next(&self) -> Option<List> {
        let mut state = self.lock();
        let list = state.to_wake.pop_front();
        state.is_waking = list.is_some();
        list
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        }
        Some(waker)
    }

    fn take(&mut self, topics: &[TopicId]) -> Option<usize> {
        for topic in topics.iter().chain([&EVERY_TOPIC]) {
            if let Some(list) = self.lists.remove(topic) {
                self.wakes += list.len() as u64;
                self.to_wake.push_back(list);
            }
        }
        self.begin_round()
    }

    fn take_all(&mut self) -> Option<usize> {
        let lists = std::mem::take(&mut self.lists);
        self.to_wake.extend(lists.into_values());
        self.begin_round()
    }

    /// If there are tasks to wake and nobody is doing so yet, the caller has to: returns how many.
    fn begin_round(&mut self) -> Option<usize> {
        let is_to_start = !self.is_waking && !self.to_wake.is_empty();
        self.is_waking |= is_to_start;
        is_to_start.then(|| self.to_wake.iter().map(List::len).sum())
    }
}
