//! What comes of publishing an event, for whom waits for it.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::period::Period;
use crate::error::PublishError;
use crate::event_id::EventId;

/// Who waits for an event's outcome: dropping it tells them what is true by then, also if the runtime
/// of the engine's tasks goes away.
pub(in crate::engine) struct Outcome {
    /// Dropped after the outcome is told.
    period: Arc<Period>,
    told_to: Option<oneshot::Sender<Result<EventId, PublishError>>>,
    so_far: Result<EventId, PublishError>,
    room: Room,
}

/// What an event takes of the queue, until the engine has answered.
#[derive(Clone, Copy, Default)]
pub(super) struct Room {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

impl Outcome {
    /// That of an event which has not been sent.
    pub(super) fn new(
        period: Arc<Period>,
        told_to: oneshot::Sender<Result<EventId, PublishError>>,
        room: Room,
    ) -> Self {
        Self { period, told_to: Some(told_to), so_far: Err(PublishError::Closed), room }
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
        // Before it is told, so that who hears of it has room for the next one.
        self.free_room();
        self.period.status.outcomes.count(self.so_far);
        if let Some(told_to) = self.told_to.take() {
            // The caller may have dropped the future.
            let _ = told_to.send(self.so_far);
        }
    }
}
