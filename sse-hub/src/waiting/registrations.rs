//! What a task holds while it waits: dropping it removes the task's wakers.

use std::sync::Arc;
use std::task::Waker;

use super::ahead::Ticket;
use super::{NO_TOPIC, Registration, Waiting};
use crate::event_id::EventId;
use crate::log::{Interest, TopicId};

/// Registrations in the lists of topics.
pub(crate) struct Registrations {
    waiting: Arc<Waiting>,
    registrations: Box<[Registration]>,
}

impl Registrations {
    pub(crate) fn new(waiting: &Arc<Waiting>, topics: impl IntoIterator<Item = TopicId>) -> Self {
        let registrations = topics.into_iter().map(Registration::new).collect();
        Self { waiting: Arc::clone(waiting), registrations }
    }

    /// Has the task woken by the next event of any of the topics.
    pub(crate) fn register(&mut self, waker: &Waker) {
        self.waiting.register(&mut self.registrations, waker);
    }

    pub(crate) fn topics(&self) -> impl Iterator<Item = TopicId> + Clone {
        self.registrations
            .iter()
            .map(|registration| registration.topic)
            .filter(|&topic| topic != NO_TOPIC)
    }

    pub(crate) fn add(&mut self, topics: &[TopicId]) {
        let mut registrations = std::mem::take(&mut self.registrations).into_vec();
        registrations.extend(topics.iter().copied().map(Registration::new));
        self.registrations = registrations.into();
    }

    pub(crate) fn remove(&mut self, topics: &[TopicId]) {
        let registrations = std::mem::take(&mut self.registrations).into_vec();
        let is_to_go = |registration: &Registration| topics.contains(&registration.topic);
        let (gone, mut left): (Vec<Registration>, Vec<Registration>) =
            registrations.into_iter().partition(is_to_go);
        self.waiting.leave(&gone);
        if left.is_empty() {
            // A drain has to wake it all the same.
            left.push(Registration::new(NO_TOPIC));
        }
        self.registrations = left.into();
    }

    pub(crate) fn interests(&self) -> impl Iterator<Item = Interest> + Clone {
        self.registrations
            .iter()
            .map(|&Registration { topic, latest, .. }| Interest { topic, latest })
    }

    /// Wants only the newest event of these topics from now on.
    pub(crate) fn want_latest(&mut self, is_meant: impl Fn(TopicId) -> bool) {
        for registration in &mut self.registrations {
            registration.latest |= is_meant(registration.topic);
        }
    }
}

impl Drop for Registrations {
    fn drop(&mut self) {
        self.waiting.leave(&self.registrations);
    }
}

/// The registration of a task that waits for a position.
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
