//! Limits how much a consumer is given at a time, so that a client that reads fast lets other tasks run,
//! and one that doesn't read takes little memory.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, atomic};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::yield_now;

use super::waking::Waking;

/// From this size on chunks are tracked, so that to do so costs little; all are if there may be a failure.
const TRACKED_FROM: usize = 2 * 1024;

/// The size of a piece. hyper is given pieces over HTTP/1 while it hasn't written what it was given in the
/// turn before, since it takes 16 chunks, however large they are.
const PIECE_SIZE: usize = 64;

/// Whoever has taken so many pieces takes any number. Clients of HTTP/2 refuse many small frames.
const MAX_PIECES: u8 = 16;

/// What a consumer does with its chunks, as far as a failure has to know.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[allow(dead_code, reason = "each adapter knows its own")]
pub(crate) enum Delivery {
    /// It may keep them: there is nothing to wait for.
    #[default]
    Unknown,
    /// It drops each when it has written it, or has copied it and is about to.
    Writes,
    /// It copies all of them at once, and polls when it can write.
    Copies,
}

/// Gives chunks of this many bytes in one turn of the task, and more only in the next. It waits for nothing
/// else, since a consumer may keep its chunks for as long as it likes.
#[derive(Default)]
pub(super) struct SendBudget {
    in_a_turn: u32,
    given: u32,
    can_fail: bool,
    delivery: Delivery,
    /// Set when it is known that the consumer writes its chunks.
    writes: atomic::AtomicBool,
    waits_for_turn: bool,
    /// Whether the server has polled twice in a turn.
    pub(super) polls_twice: bool,
    /// How many pieces are given before larger chunks. Set when a turn begins, until the server has written
    /// all tracked chunks.
    pieces_left: Option<u8>,
    /// Shared with all tracked chunks that have not been dropped yet.
    token: Option<Token>,
}

type Token = Arc<()>;

/// A chunk that is tracked.
struct Tracked<B> {
    bytes: B,
    _token: Token,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Tracked<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl SendBudget {
    pub(super) fn new(in_a_turn: u32, delivery: Delivery, can_fail: bool) -> Self {
        Self { in_a_turn, can_fail, delivery, ..Self::default() }
    }

    /// Says that the consumer writes its chunks.
    #[cfg(any(feature = "axum", feature = "http-body"))]
    pub(super) fn set_writes(&self) {
        self.writes.store(true, atomic::Ordering::Relaxed);
    }

    /// Returns what the consumer does with its chunks.
    #[inline]
    pub(super) fn delivery(&mut self) -> Delivery {
        if *self.writes.get_mut() { Delivery::Writes } else { self.delivery }
    }

    /// Ready when more may be given.
    #[inline]
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>, waking: &mut Waking) -> Poll<()> {
        if self.is_spent() { self.poll_next_turn(cx, waking) } else { Poll::Ready(()) }
    }

    #[cold]
    fn poll_next_turn(&mut self, cx: &mut Context<'_>, waking: &mut Waking) -> Poll<()> {
        // A second poll isn't enough: hyper polls again within the turn if it could flush everything.
        let polled_in_vain = waking.take_polled_in_vain();
        // Outside of a runtime there are no tasks to give way to.
        self.waits_for_turn = !self.waits_for_turn && Handle::try_current().is_ok();
        if self.waits_for_turn {
            // The first poll of `yield_now` passes the waker to the runtime, and no more is needed.
            _ = pin!(yield_now()).poll(cx);
            return Poll::Pending;
        }
        self.polls_twice |= polled_in_vain;
        self.given = 0;
        self.pieces_left.get_or_insert(MAX_PIECES);
        Poll::Ready(())
    }

    /// Returns whether nothing more is given in this turn.
    #[inline]
    pub(super) fn is_spent(&self) -> bool {
        self.given >= self.in_a_turn
    }

    /// Gives nothing more in this turn.
    pub(super) fn end_turn(&mut self) {
        self.given = self.in_a_turn;
    }

    /// Returns the most bytes that may be given next.
    #[inline]
    pub(super) fn size(&mut self) -> usize {
        if self.pieces_left.is_some() && !self.has_unwritten() {
            self.pieces_left = None;
        }
        if self.pieces_left > Some(0) { PIECE_SIZE } else { usize::MAX }
    }

    /// Cuts the chunk to the size that may be given next, and returns the rest.
    #[inline]
    pub(super) fn cut(&mut self, chunk: &mut Bytes) -> Option<Bytes> {
        let size = self.size();
        if let Some(left) = &mut self.pieces_left {
            *left = left.saturating_sub(1);
        }
        (chunk.len() > size).then(|| chunk.split_off(size))
    }

    /// Counts so many bytes as given.
    #[inline]
    pub(super) fn spend(&mut self, bytes: usize) {
        self.given = self.given.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Returns the chunk. If its consumer writes it, and it is large or there may be a failure after it, it
    /// counts as unwritten until it is dropped.
    #[inline]
    pub(super) fn track<B>(&mut self, bytes: B) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let is_tracked = self.can_fail || bytes.as_ref().len() >= TRACKED_FROM;
        if !is_tracked || self.delivery() != Delivery::Writes {
            return bytes.into();
        }
        let token = self.token.get_or_insert_default().clone();
        Bytes::from_owner(Tracked { bytes, _token: token })
    }

    /// Returns whether a tracked chunk was not dropped yet.
    pub(super) fn has_unwritten(&self) -> bool {
        self.token.as_ref().is_some_and(|token| Arc::strong_count(token) > 1)
    }
}
