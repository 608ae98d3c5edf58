//! How much a server is given at a time: so that a client that reads fast leaves the thread to
//! others as well, and one that doesn't read keeps little memory.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::runtime::Handle;

use super::in_flight::{InFlight, Tracked};
use super::turn::NextTurn;

/// Chunks of so many bytes are given in one turn of the task. More follows in a later turn, when
/// the server has dropped those.
pub(super) struct Window {
    size: usize,
    /// In this turn, or in flight from an earlier one.
    given: usize,
    in_flight: InFlight,
    /// To be waited for, if the window is full.
    next_turn: Option<NextTurn>,
    polls_twice: bool,
}

impl Window {
    pub(super) fn new(size: usize, tracked: Tracked) -> Self {
        let in_flight = InFlight::new(tracked);
        Self { size, given: 0, in_flight, next_turn: None, polls_twice: false }
    }

    /// The chunk, to be given to the server, and made of so many bytes of events.
    pub(super) fn give<B>(&mut self, bytes: B, plain: usize) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        self.given += plain.max(bytes.as_ref().len());
        // Outside of a runtime there are no tasks to give way to.
        if self.given >= self.size && Handle::try_current().is_ok() {
            self.next_turn.get_or_insert_default();
        }
        self.in_flight.track(bytes)
    }

    /// Ready when there is room.
    #[inline]
    pub(super) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.given < self.size { Poll::Ready(()) } else { self.poll_next(cx) }
    }

    #[cold]
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(next_turn) = &mut self.next_turn {
            self.polls_twice |= ready!(next_turn.poll(cx));
            self.next_turn = None;
        }
        let dropped = self.in_flight.poll_others_dropped(cx);
        if self.in_flight.has_dropped_any() {
            ready!(dropped);
        }
        self.given = self.in_flight.newest();
        Poll::Ready(())
    }

    /// What is left of it when nothing more is to be given, and whether the server polls twice
    /// in a turn if it has flushed.
    pub(super) fn close(&mut self) -> (InFlight, bool) {
        (std::mem::replace(&mut self.in_flight, InFlight::new(Tracked::Nothing)), self.polls_twice)
    }
}
