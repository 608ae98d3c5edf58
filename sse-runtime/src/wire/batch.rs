//! A batch: events that share a buffer, and so a write.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::encode::{encode_own, shared_bytes};
use crate::Event;
use crate::event::Shared;

/// How long a batch may take, so that a slow synchronous block does not hold back
/// what it has yielded.
const MAX_TIME: Duration = Duration::from_millis(1);

/// From this size on a shared event is not copied: all of its clients have the same bytes.
const LARGE: usize = 4 * 1024;

pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// A large event that comes after them, and is the last.
    pub(crate) large: Option<Bytes>,
    /// At this size the batch is handed on.
    full_at: usize,
    start: Instant,
    count: usize,
    /// At this count the clock is read.
    next_check: usize,
    done: bool,
}

impl Batch {
    /// Appends to these bytes until there are `limit` more, and the event that reaches that.
    pub(crate) fn new(bytes: Vec<u8>, limit: usize, start: Instant) -> Self {
        let full_at = bytes.len().saturating_add(limit);
        Self { bytes, large: None, full_at, start, count: 0, next_check: 1, done: false }
    }

    /// Whether the batch is to be handed on, before its stream is polled again.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// How many events were appended.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Appends the event, and tells whether that was the last.
    #[inline]
    pub(crate) fn push(&mut self, event: &Event) -> bool {
        if let Some(shared) = encode_own(event, &mut self.bytes) {
            self.push_shared(shared);
        }
        self.count += 1;
        if self.count == self.next_check {
            self.check_clock();
        }
        self.done |= self.bytes.len() >= self.full_at;
        self.done
    }

    #[inline(never)]
    fn push_shared(&mut self, event: &Shared) {
        let bytes = shared_bytes(event);
        if bytes.len() < LARGE {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.large = Some(bytes.clone());
            self.done = true;
        }
    }

    /// Reading the clock costs about as much as an event, so it is read ever less often.
    #[cold]
    fn check_clock(&mut self) {
        self.done |= self.start.elapsed() >= MAX_TIME;
        self.next_check += self.count.min(32);
        // A second event is the sign of a burst, of which the last may begin just below the limit.
        if self.count == 2 && self.bytes.capacity() < self.full_at {
            self.bytes.reserve_exact(self.full_at - self.bytes.len() / 2);
        }
    }
}
