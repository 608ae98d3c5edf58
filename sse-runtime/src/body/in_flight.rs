//! The chunks that a server was given and has not dropped yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

/// Which chunks are tracked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracked {
    /// The server may keep its chunks.
    Nothing,
    /// One of each few kilobytes.
    Some,
    Everything,
}

/// The least bytes that come between two chunks of which not all are tracked.
const STEP: usize = 2 * 1024;

/// Chunks are dropped in the order in which they were given, if they are dropped. So what came
/// before one that was dropped is not waited for: someone keeps it.
pub(super) struct InFlight {
    tracked: Tracked,
    /// The bytes since the last tracked chunk.
    untracked: usize,
    /// How many chunks are or were tracked.
    count: u64,
    /// The bytes of the newest chunk, if it is.
    newest: Option<usize>,
    progress: Option<Arc<Mutex<Progress>>>,
}

#[derive(Default)]
struct Progress {
    /// The number of the last chunk that was dropped.
    dropped: u64,
    /// Who is to be woken when which one is.
    waiting: Option<(u64, Waker)>,
}

struct Chunk<B> {
    bytes: B,
    number: u64,
    progress: Arc<Mutex<Progress>>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Chunk<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl<B> Drop for Chunk<B> {
    fn drop(&mut self) {
        // Not in one statement, which would hold the lock to its end: to wake may run any code.
        let waiting = lock(&self.progress).dropped(self.number);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}

fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress {
    /// Returns whom to wake.
    fn dropped(&mut self, number: u64) -> Option<Waker> {
        self.dropped = self.dropped.max(number);
        let (_, waker) = self.waiting.take_if(|(until, _)| *until <= self.dropped)?;
        Some(waker)
    }

    /// Ready when this one was dropped. Returns whom to wake no more.
    fn poll_dropped(&mut self, until: u64, cx: &Context<'_>) -> (Poll<()>, Option<(u64, Waker)>) {
        if until <= self.dropped {
            return (Poll::Ready(()), None);
        }
        (Poll::Pending, self.waiting.replace((until, cx.waker().clone())))
    }
}

impl InFlight {
    pub(super) fn new(tracked: Tracked) -> Self {
        Self { tracked, untracked: 0, count: 0, newest: None, progress: None }
    }

    pub(super) fn tracked(&self) -> Tracked {
        self.tracked
    }

    /// The chunk, to be given to the server.
    pub(super) fn track<B>(&mut self, bytes: B) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let size = bytes.as_ref().len();
        self.untracked += size;
        let is_tracked = match self.tracked {
            Tracked::Nothing => false,
            Tracked::Some => self.untracked >= STEP,
            Tracked::Everything => true,
        };
        self.newest = is_tracked.then_some(size);
        if !is_tracked {
            return bytes.into();
        }
        self.untracked = 0;
        self.count += 1;
        let progress = self.progress.get_or_insert_default().clone();
        Bytes::from_owner(Chunk { bytes, number: self.count, progress })
    }

    /// Whether the server was seen to drop a chunk. One that doesn't is no server: it collects them.
    pub(super) fn has_dropped_any(&self) -> bool {
        self.last_dropped() > 0
    }

    /// The bytes of the newest chunk, if it is tracked and was not dropped.
    pub(super) fn newest(&self) -> usize {
        let is_dropped = self.last_dropped() >= self.count;
        if is_dropped { 0 } else { self.newest.unwrap_or_default() }
    }

    fn last_dropped(&self) -> u64 {
        self.progress.as_ref().map_or(0, |progress| lock(progress).dropped)
    }

    /// Ready when the server has dropped all chunks.
    pub(super) fn poll_dropped(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_dropped_until(self.count, cx)
    }

    /// Ready when the server has dropped all chunks but the newest. Some drop a chunk only when
    /// they have the next.
    pub(super) fn poll_others_dropped(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_dropped_until(self.count - u64::from(self.newest.is_some()), cx)
    }

    fn poll_dropped_until(&self, number: u64, cx: &Context<'_>) -> Poll<()> {
        let Some(progress) = &self.progress else { return Poll::Ready(()) };
        let (polled, _old) = lock(progress).poll_dropped(number, cx);
        polled
    }
}
