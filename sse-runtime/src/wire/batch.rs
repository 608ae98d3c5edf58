//! A batch: events that share a buffer, and so a write.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::encode::{encode_own, shared_bytes};
use crate::event::{Event, Shared};

/// How long it may take to fill a batch. The clock is read when an event is pushed, from the second one
/// on, so a block that works for long without awaiting holds back what it has yielded.
const MAX_TIME: Duration = Duration::from_millis(1);

/// From this size on a shared event is not copied: all of its clients have the same bytes.
const LARGE: usize = 4 * 1024;

/// A batch with more unused room than this is shrunk when it is handed on: queues would keep that room.
const MAX_UNUSED: usize = 896;

pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// A large event that comes after them, and is the last.
    pub(crate) shared_tail: Option<Bytes>,
    pub(crate) state: BatchState,
    /// How many events were appended.
    pub(crate) count: u32,
    /// At this size the batch is handed on.
    full_at: usize,
    /// The room for the next batch: what the last full one took, and a little more.
    room: usize,
    /// At this count the clock is read.
    next_check: u32,
    /// When the clock was first read.
    start: Option<Instant>,
}

/// Whether a batch is to be handed on before its stream is polled again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchState {
    Open,
    Full,
    /// It took too long.
    Slow,
}

impl Batch {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            shared_tail: None,
            state: BatchState::Open,
            count: 0,
            full_at: 0,
            room: 0,
            next_check: 0,
            start: None,
        }
    }

    /// Begins a new batch, of `limit` bytes and the event that reaches that. The clock is read for a
    /// single event only if the last batch `was_slow`.
    #[inline]
    pub(crate) fn begin(&mut self, limit: usize, was_slow: bool) {
        self.bytes.clear();
        if self.bytes.capacity() < limit {
            self.bytes.reserve_exact(self.room.clamp(limit, 2 * limit));
        }
        self.shared_tail = None;
        self.state = BatchState::Open;
        self.count = 0;
        self.full_at = limit;
        self.start = was_slow.then(Instant::now);
        self.next_check = if was_slow { 1 } else { 2 };
    }

    /// Appends the event, and returns whether it was the batch's last.
    #[inline]
    pub(crate) fn push(&mut self, event: &Event) -> bool {
        if let Some(shared) = encode_own(event, &mut self.bytes) {
            self.push_shared(shared);
        }
        if self.bytes.len() >= self.full_at {
            self.state = BatchState::Full;
        }
        self.count += 1;
        if self.count == self.next_check {
            self.check_clock();
        }
        self.state != BatchState::Open
    }

    #[inline(never)]
    fn push_shared(&mut self, event: &Shared) {
        let bytes = shared_bytes(event);
        if bytes.len() < LARGE {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.shared_tail = Some(bytes.clone());
            self.state = BatchState::Full;
        }
    }

    /// Reads the clock, ever less often, since that costs about as much as an event.
    #[cold]
    fn check_clock(&mut self) {
        if let Some(start) = self.start {
            if start.elapsed() >= MAX_TIME {
                self.state = BatchState::Slow;
            }
            self.next_check += self.count.min(32);
        } else {
            self.start = Some(Instant::now());
            self.next_check += 1;
        }
    }

    /// Takes the bytes out. If they are few they are copied, so that they keep no more memory than
    /// they need, and the buffer serves the next batch.
    #[inline]
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        if self.bytes.len() < self.bytes.capacity() / 2 {
            self.bytes.as_slice().to_vec()
        } else {
            self.room = self.bytes.len() + 128;
            let mut bytes = std::mem::take(&mut self.bytes);
            if bytes.capacity() - bytes.len() > MAX_UNUSED {
                bytes.shrink_to_fit();
            }
            bytes
        }
    }
}
