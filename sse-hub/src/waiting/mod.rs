//! The tasks that wait for events of a topic.
//!
//! Whoever waits checks the log, registers, and checks again. Whoever publishes appends first, and
//! takes the topic's list then. So an event is either seen by the second check, or its publisher
//! finds the one who registered.

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

/// So few are woken by whoever publishes: a task for them would cost as much.
const FEW: usize = 16;

/// Woken by every event.
pub(crate) const EVERY_TOPIC: TopicId = 0;

#[derive(Default)]
pub(crate) struct Waiting(Mutex<State>);

#[derive(Default)]
struct State {
    lists: HashMap<TopicId, List>,
    /// Of the newest list. A list that was taken is never filled again.
    generation: u64,
    to_wake: VecDeque<List>,
    /// Whether there is a task that wakes what is in `to_wake`.
    is_waking: bool,
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
    /// Sees to it that the next event of any of these topics wakes the waker, once.
    pub(crate) fn register(&self, places: &mut [Place], waker: &Waker) {
        // Dropped where nothing is locked, since that may do anything.
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            places.iter_mut().filter_map(|place| state.register(place, waker)).collect()
        };
    }

    /// Leaves the lists, as if it had never been there.
    pub(crate) fn leave(&self, places: &[Place]) {
        let _old: Vec<Waker> = {
            let mut state = self.lock();
            places.iter().filter_map(|place| state.leave(place)).collect()
        };
    }

    /// Wakes who waits for these topics: in a task, if these are many and there is a runtime, and
    /// else here and now.
    pub(crate) fn wake(self: &Arc<Self>, topics: &[TopicId]) {
        let to_start = self.lock().take(topics);
        self.start(to_start);
    }

    pub(crate) fn wake_all(self: &Arc<Self>) {
        let to_start = self.lock().take_all();
        self.start(to_start);
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

    /// The next list to wake. Without one, the task that asks is done.
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
            self.to_wake.extend(self.lists.remove(topic));
        }
        self.begin_round()
    }

    fn take_all(&mut self) -> Option<usize> {
        let lists = std::mem::take(&mut self.lists);
        self.to_wake.extend(lists.into_values());
        self.begin_round()
    }

    /// How many are to be woken, if nobody does so yet: then the caller has to.
    fn begin_round(&mut self) -> Option<usize> {
        let is_to_start = !self.is_waking && !self.to_wake.is_empty();
        self.is_waking |= is_to_start;
        is_to_start.then(|| self.to_wake.iter().map(List::len).sum())
    }
}
