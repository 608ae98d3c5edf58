//! A batch: events that share a buffer, and so a write.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::encode::{encode_own, shared_bytes};
use crate::event::{Event, Shared};

/// How long a batch may take. It is looked at when an event is pushed, from the second one on, so a
/// block that works for long without giving way holds back what it has yielded since it last did.
const MAX_TIME: Duration = Duration::from_millis(1);

/// From this size on a shared event is not copied: all of its clients have the same bytes.
const LARGE: usize = 4 * 1024;

/// Up to this size a batch is copied, so that it keeps no more memory than it has bytes, and its
/// buffer serves the next.
const COPIED: usize = 2 * 1024;

pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// A large event that comes after them, and is the last.
    pub(crate) shared_tail: Option<Bytes>,
    /// At this size the batch is handed on.
    full_at: usize,
    count: usize,
    /// At this count the clock is read.
    next_check: usize,
    /// When the clock was first read.
    start: Option<Instant>,
    is_done: bool,
    is_slow: bool,
}

impl Batch {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            shared_tail: None,
            full_at: 0,
            count: 0,
            next_check: 0,
            start: None,
            is_done: false,
            is_slow: false,
        }
    }

    /// Begins a new batch, of `limit` bytes and the event that reaches that. The clock is read for a
    /// single event only if the last batch `was_slow`.
    #[inline]
    pub(crate) fn begin(&mut self, limit: usize, room: usize, was_slow: bool) {
        self.bytes.clear();
        self.shared_tail = None;
        if self.bytes.capacity() < room {
            self.bytes = Vec::with_capacity(room);
        }
        self.full_at = limit;
        self.count = 0;
        self.start = was_slow.then(Instant::now);
        self.next_check = if was_slow { 1 } else { 2 };
        self.is_done = false;
        self.is_slow = false;
    }

    /// Returns whether the batch is to be handed on, before its stream is polled again.
    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }

    /// Returns whether it was handed on because it took too long.
    #[inline]
    pub(crate) fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// Returns how many events were appended.
    #[inline]
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
        self.is_done |= self.bytes.len() >= self.full_at;
        self.is_done
    }

    #[inline(never)]
    fn push_shared(&mut self, event: &Shared) {
        let bytes = shared_bytes(event);
        if bytes.len() < LARGE {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.shared_tail = Some(bytes.clone());
            self.is_done = true;
        }
    }

    /// Reading the clock costs about as much as an event, so it is read ever less often.
    #[cold]
    fn check_clock(&mut self) {
        if let Some(start) = self.start {
            self.is_slow = start.elapsed() >= MAX_TIME;
            self.is_done |= self.is_slow;
            self.next_check += self.count.min(32);
        } else {
            self.start = Some(Instant::now());
            self.next_check += 1;
        }
        // A second event is the sign of a burst, of which the last may begin just below the limit.
        if self.count == 2 && self.bytes.capacity() < self.full_at {
            self.bytes.reserve_exact(self.full_at - self.bytes.len() / 2);
        }
    }

    /// Takes the bytes out.
    #[inline]
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        if self.bytes.len() <= COPIED {
            self.bytes.as_slice().to_vec()
        } else {
            std::mem::take(&mut self.bytes)
        }
    }
}
