//! The state of an engine's tasks, for the hub.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::error::PublishError;
use crate::event_id::EventId;

pub(in crate::engine) struct Status {
    /// Whether the engine can be reached.
    pub(in crate::engine) connected: AtomicBool,
    /// Events that wait to be sent to the engine, or for its answer.
    pub(super) queued: AtomicUsize,
    /// About how many bytes these take.
    queued_bytes: AtomicUsize,
    pub(super) outcomes: Outcomes,
    /// Whether one of the tasks has ended, or the hub is gone.
    is_closed: AtomicBool,
}

/// What an event, or several that are published as one, take of the queue until the engine has answered.
#[derive(Clone, Copy, Default)]
pub(super) struct Room {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

/// Counts the events that were queued and have not been published.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) refused: AtomicU64,
    pub(super) unknown: AtomicU64,
    pub(super) timed_out: AtomicU64,
}

impl Outcomes {
    pub(super) fn count(&self, outcome: Result<EventId, PublishError>, events: usize) {
        let counter = match outcome {
            Ok(_) => return,
            Err(PublishError::Unknown) => &self.unknown,
            Err(PublishError::TimedOut) => &self.timed_out,
            Err(_) => &self.refused,
        };
        counter.fetch_add(events as u64, Ordering::Relaxed);
    }
}

impl Status {
    pub(in crate::engine) fn new() -> Self {
        Self {
            connected: AtomicBool::new(true),
            queued: AtomicUsize::new(0),
            queued_bytes: AtomicUsize::new(0),
            outcomes: Outcomes::default(),
            is_closed: AtomicBool::new(false),
        }
    }

    pub(in crate::engine) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Takes room in the queue. Returns `false` if more than this would be taken.
    pub(super) fn take(&self, room: Room, max_bytes: usize) -> bool {
        let add = |bytes: usize| bytes.checked_add(room.bytes).filter(|&bytes| bytes <= max_bytes);
        let is_free = self.queued_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        if is_free.is_ok() {
            self.queued.fetch_add(room.events, Ordering::Relaxed);
        }
        is_free.is_ok()
    }

    pub(super) fn free(&self, room: Room) {
        self.queued.fetch_sub(room.events, Ordering::Relaxed);
        self.queued_bytes.fetch_sub(room.bytes, Ordering::Relaxed);
    }

    /// Closes the engine: nothing more is published or read. Returns `false` if it was closed before.
    pub(in crate::engine) fn close(&self) -> bool {
        let was_open = !self.is_closed.swap(true, Ordering::AcqRel);
        self.connected.store(false, Ordering::Relaxed);
        was_open
    }
}
