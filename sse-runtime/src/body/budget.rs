//! How much a consumer is given at a time: so that a client that reads fast leaves the thread to
//! others as well, and one that doesn't read keeps little memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::runtime::Handle;

use super::turn::YieldNow;

/// At this size a chunk is handed on.
pub(super) const CHUNK_SIZE: usize = 7 * 1024;

/// The same for chunks that come after others that a server has not written. It has room for so
/// many, however large they are.
const SMALL_CHUNK_SIZE: usize = 512;

/// Chunks of so many bytes are given in one turn of the task, and more in the next. Nothing else is
/// waited for, since nobody says what a consumer does with its chunks.
pub(super) struct SendBudget {
    in_a_turn: usize,
    given: usize,
    next_turn: Option<YieldNow>,
    polls_twice: bool,
    /// Chunks of this size and more are tracked.
    tracked_from: usize,
    unwritten: Option<Unwritten>,
}

/// How many bytes of the tracked chunks were not dropped yet.
#[derive(Clone, Default)]
pub(super) struct Unwritten(Arc<AtomicUsize>);

impl Unwritten {
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A chunk that is tracked.
struct Tracked<B: AsRef<[u8]>> {
    bytes: B,
    unwritten: Unwritten,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Tracked<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl<B: AsRef<[u8]>> Drop for Tracked<B> {
    fn drop(&mut self) {
        self.unwritten.0.fetch_sub(self.bytes.as_ref().len(), Ordering::Relaxed);
    }
}

impl SendBudget {
    pub(super) fn new(in_a_turn: usize) -> Self {
        Self {
            in_a_turn,
            given: 0,
            next_turn: None,
            polls_twice: false,
            tracked_from: usize::MAX,
            unwritten: None,
        }
    }

    /// Tracks the chunks of at least this size from now on.
    pub(super) fn track_from(&mut self, size: usize) {
        self.tracked_from = size;
    }

    /// Returns how large the next chunk is to be.
    #[inline]
    pub(super) fn chunk_size(&self) -> usize {
        let unwritten = self.unwritten.as_ref().map_or(0, Unwritten::bytes);
        let is_late = unwritten > self.in_a_turn.saturating_sub(CHUNK_SIZE / 2);
        if is_late { SMALL_CHUNK_SIZE } else { CHUNK_SIZE }
    }

    /// Returns the chunk, to be given to the consumer. It counts as so many bytes, or more.
    #[inline]
    pub(super) fn give<B>(&mut self, bytes: B, plain: usize) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let size = bytes.as_ref().len();
        self.given += plain.max(size);
        // Outside of a runtime there are no tasks to give way to.
        if self.given >= self.in_a_turn && Handle::try_current().is_ok() {
            self.next_turn.get_or_insert_default();
        }
        if size < self.tracked_from {
            return bytes.into();
        }
        let unwritten = self.unwritten.get_or_insert_default().clone();
        unwritten.0.fetch_add(size, Ordering::Relaxed);
        Bytes::from_owner(Tracked { bytes, unwritten })
    }

    /// Ready when more may be given.
    #[inline]
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.given < self.in_a_turn { Poll::Ready(()) } else { self.poll_next_turn(cx) }
    }

    #[cold]
    fn poll_next_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(next_turn) = &mut self.next_turn {
            self.polls_twice |= ready!(next_turn.poll(cx));
            self.next_turn = None;
        }
        self.given = 0;
        Poll::Ready(())
    }

    /// Returns what was not written yet.
    pub(super) fn unwritten(&self) -> Unwritten {
        self.unwritten.clone().unwrap_or_default()
    }

    /// Returns whether the server polls twice in a turn if it has flushed, as hyper does.
    pub(super) fn polls_twice(&self) -> bool {
        self.polls_twice
    }
}
