//! What a task holds while it waits: dropping it removes the task's wakers.

use std::sync::Arc;
use std::task::Waker;

use super::ahead::Ticket;
use super::{NO_TOPIC, Place, Waiting};
use crate::event_id::EventId;
use crate::log::{Interest, TopicId};

/// Places in the lists of topics.
pub(crate) struct Places {
    waiting: Arc<Waiting>,
    places: Box<[Place]>,
}

impl Places {
    pub(crate) fn new(waiting: &Arc<Waiting>, topics: impl IntoIterator<Item = TopicId>) -> Self {
        let places = topics.into_iter().map(Place::new).collect();
        Self { waiting: Arc::clone(waiting), places }
    }

    /// Has the task woken by the next event of any of the topics.
    pub(crate) fn register(&mut self, waker: &Waker) {
        self.waiting.register(&mut self.places, waker);
    }

    pub(crate) fn topics(&self) -> impl Iterator<Item = TopicId> + Clone {
        self.places.iter().map(|place| place.topic).filter(|&topic| topic != NO_TOPIC)
    }

    pub(crate) fn add(&mut self, topics: &[TopicId]) {
        let mut places = std::mem::take(&mut self.places).into_vec();
        places.extend(topics.iter().copied().map(Place::new));
        self.places = places.into();
    }

    pub(crate) fn remove(&mut self, topics: &[TopicId]) {
        let places = std::mem::take(&mut self.places).into_vec();
        let is_to_go = |place: &Place| topics.contains(&place.topic);
        let (gone, mut left): (Vec<Place>, Vec<Place>) = places.into_iter().partition(is_to_go);
        self.waiting.leave(&gone);
        if left.is_empty() {
            // A drain has to wake it all the same.
            left.push(Place::new(NO_TOPIC));
        }
        self.places = left.into();
    }

    pub(crate) fn interests(&self) -> impl Iterator<Item = Interest> + Clone {
        self.places.iter().map(|&Place { topic, latest, .. }| Interest { topic, latest })
    }

    /// Wants only the newest event of these topics from now on.
    pub(crate) fn want_latest(&mut self, is_meant: impl Fn(TopicId) -> bool) {
        for place in &mut self.places {
            place.latest |= is_meant(place.topic);
        }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        self.waiting.leave(&self.places);
    }
}

/// A place among those who wait for a position.
pub(crate) struct Arrival {
    waiting: Arc<Waiting>,
    ticket: Ticket,
}

impl Arrival {
    pub(crate) fn new(waiting: &Arc<Waiting>, position: EventId) -> Self {
        Self { waiting: Arc::clone(waiting), ticket: Ticket::new(position) }
    }

    /// Has the task woken once the node has reached the position.
    pub(crate) fn register(&mut self, waker: &Waker) {
        self.waiting.register_ahead(&mut self.ticket, waker);
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.waiting.leave_ahead(&self.ticket);
    }
}
