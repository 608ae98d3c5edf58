//! The outcome of publishing, for whoever waits for it.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::period::Period;
use super::status::Room;
use crate::error::PublishError;
use crate::event_id::EventId;

/// An outcome to be told to its publisher: dropping it tells what is known by then, even if it is dropped because
/// the runtime of the engine's tasks ends.
pub(in crate::engine) struct Outcome {
    /// Dropped after the outcome is told.
    period: Arc<Period>,
    told_to: Option<oneshot::Sender<Result<EventId, PublishError>>>,
    so_far: Result<EventId, PublishError>,
    /// How many events it is the outcome of.
    events: usize,
    room: Room,
}

impl Outcome {
    /// Creates the outcome of events that have not been sent.
    pub(super) fn new(
        period: Arc<Period>,
        told_to: oneshot::Sender<Result<EventId, PublishError>>,
        room: Room,
    ) -> Self {
        let (so_far, events) = (Err(PublishError::Closed), room.events);
        Self { period, told_to: Some(told_to), so_far, events, room }
    }

    pub(in crate::engine) fn set(&mut self, so_far: Result<EventId, PublishError>) {
        self.so_far = so_far;
    }

    pub(super) fn room(&self) -> Room {
        self.room
    }

    /// Gives the event's room to others.
    pub(in crate::engine) fn free_room(&mut self) {
        self.period.status.free(std::mem::take(&mut self.room));
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        // Before the outcome is told, so that whoever hears of it has room for the next event.
        self.free_room();
        self.period.status.outcomes.count(self.so_far, self.events);
        if let Some(told_to) = self.told_to.take() {
            // The caller may have dropped the future.
            let _ = told_to.send(self.so_far);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::super::status::Status;
    use super::*;

    #[test]
    fn its_room_is_given_back_once_and_each_of_its_events_is_counted() {
        let (status, room) = (Arc::new(Status::new()), Room { events: 3, bytes: 10 });
        assert!(status.take(room, 20) && status.take(room, 20));
        let period = Arc::new(Period::new(Arc::clone(&status)));
        let mut outcome = Outcome::new(period, oneshot::channel().0, room);
        outcome.free_room();
        assert_eq!(status.queued.load(Ordering::Relaxed), 3);
        outcome.set(Err(PublishError::Refused));
        drop(outcome);
        assert_eq!(status.queued.load(Ordering::Relaxed), 3);
        assert_eq!(status.outcomes.refused.load(Ordering::Relaxed), 3);
        assert!(status.take(room, 20) && !status.take(room, 20));
    }
}
