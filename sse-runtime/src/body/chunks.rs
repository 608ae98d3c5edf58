//! Turns events into the bytes of a response, step by step.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::budget::SendBudget;
use super::chunk::Chunk;
use super::delivery::{Delivery, Failure};
use super::hold::Hold;
use super::waking::Waking;
use crate::block::sink;
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};
use crate::observe::{EndReason, Observer};
use crate::wire::{Batch, BatchState};

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
type Compressor = crate::compress::Compressor;
#[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
type Compressor = std::convert::Infallible;

pin_project! {
    /// A stream of events as chunks of bytes.
    #[project = Steps]
    // What each poll reads or writes is together, in few cache lines.
    #[repr(C)]
    pub(crate) struct Chunks<S> {
        waking: Waking,
        budget: SendBudget,
        // What is left of the last chunk, and a large event that comes after it.
        rest: Option<Box<(Bytes, Option<Bytes>)>>,
        // What the stream failed with. It is returned after all that came before it.
        failure: Option<Box<Failure>>,
        hold: Option<Box<Hold>>,
        // How the last batch ended.
        last: BatchState,
        // Before the observer, so that it sees what drops it.
        #[pin]
        events: EventStream<S>,
        // `None` when there is no end to be written.
        compressor: Option<Compressor>,
        observer: Observer,
    }
}

impl<S> Chunks<S> {
    /// Makes the bytes of these events, of which a consumer is given `budget` in a turn.
    pub(crate) fn new(events: EventStream<S>, budget: u32, delivery: Delivery) -> Self {
        Self {
            waking: Waking::new(),
            last: BatchState::Open,
            hold: Hold::new(events.settings.rare().map_or(Duration::ZERO, |rare| rare.coalesce)),
            #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
            compressor: events.settings.compression().and_then(Compressor::new),
            #[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
            compressor: None,
            events,
            observer: Observer::new(),
            budget: SendBudget::new(budget, delivery),
            rest: None,
            failure: None,
        }
    }

    /// Says that the consumer writes the chunks.
    #[cfg(any(feature = "axum", feature = "http-body"))]
    pub(crate) fn set_writes(&self) {
        self.budget.set_writes();
    }

    /// Returns whether nothing is left to be returned but the end.
    pub(crate) fn is_terminated(&self) -> bool {
        let is_empty = self.rest.is_none() && self.compressor.is_none();
        self.events.is_ended() && self.failure.is_none() && is_empty
    }

    /// Returns whether there may be more although nothing has happened since the last poll.
    fn has_more(&self) -> bool {
        let has_events = self.last != BatchState::Open || self.events.is_ended();
        has_events || self.rest.is_some() || self.budget.is_spent()
    }

    /// Notes the end, for which a server need not poll again.
    fn end(self: Pin<&mut Self>) {
        let rare = self.events.settings.rare();
        let is_shut_down = rare.is_some_and(|rare| rare.shutdown.has_begun());
        let reason = if is_shut_down { EndReason::ShutDown } else { EndReason::Finished };
        self.project().observer.ended(reason);
    }
}

impl<S: Stream<Item: StreamItem>> Chunks<S> {
    /// Returns what is to be sent now: whole events, up to `limit` bytes and the event that reaches
    /// it, what compression makes of them, or a piece of that.
    #[inline]
    pub(crate) fn poll_chunk(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(waker) = self.as_mut().project().waking.begin(cx) else { return Poll::Pending };
        if self.is_terminated() {
            return Poll::Ready(None);
        }
        let polled = self.as_mut().project().poll(&mut Context::from_waker(&waker), limit);
        let waits = polled.is_pending() || !self.has_more();
        if Observer::ON && self.is_terminated() {
            self.as_mut().end();
        }
        self.project().waking.end(waits);
        polled
    }
}

/// The steps, in the order in which events pass them.
impl<S: Stream<Item: StreamItem>> Steps<'_, S> {
    fn poll(&mut self, cx: &mut Context<'_>, limit: usize) -> Poll<Option<Result<Bytes, Error>>> {
        self.observer.begin();
        if let Some((bytes, tail)) = self.rest.take().map(|rest| *rest) {
            return Poll::Ready(Some(Ok(self.piece(bytes, tail))));
        }
        ready!(self.budget.poll_ready(cx, self.waking));
        let limit = limit.min(self.budget.size());
        let chunk = self.next_chunk(cx, limit);
        if chunk.is_empty() { self.poll_end(cx) } else { Poll::Ready(Some(Ok(self.give(chunk)))) }
    }

    fn next_chunk(&mut self, cx: &mut Context<'_>, limit: usize) -> Chunk {
        let mut chunk = Chunk::default();
        if !self.events.is_ended() {
            let room = self.hold.as_ref().map_or(limit, |hold| hold.room(limit));
            chunk = self.fill(cx, room);
        }
        if let Some(hold) = self.hold {
            chunk = hold.poll(cx, chunk, limit, self.events.is_ended());
        }
        if chunk.is_empty() && *self.last != BatchState::Open {
            cx.waker().wake_by_ref();
        }
        #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
        self.compress(&mut chunk);
        chunk
    }

    /// Returns a batch of whole events: all that are ready, up to `limit` bytes, or a heartbeat.
    fn fill(&mut self, cx: &mut Context<'_>, limit: usize) -> Chunk {
        let is_beat_due = self.waking.is_beat_due();
        if is_beat_due {
            self.events.as_mut().settings_mut().heartbeat.start();
        }
        let mut chunk = sink::with_batch(|batch| {
            batch.borrow_mut().begin(limit, *self.last == BatchState::Slow);
            let filling = || fill(self.events.as_mut(), batch, cx);
            // Nothing sees the stream again after a panic: it is dropped, as after any failure. So
            // what it has yielded before still arrives.
            let filled = self.observer.within(|| catch_unwind(AssertUnwindSafe(filling)));
            if let Err(error) = filled.unwrap_or_else(|_| Err(Error::panicked())) {
                self.fail(error);
            }
            let mut batch = batch.borrow_mut();
            *self.last = batch.state;
            let (events, shared_tail) = (batch.count, batch.shared_tail.take());
            Chunk { events, bytes: batch.take_bytes(), shared_tail, heartbeats: 0 }
        });
        if is_beat_due && *self.last == BatchState::Open && !self.events.is_ended() {
            self.beat(&mut chunk);
        }
        self.budget.spend(chunk.len());
        chunk
    }

    /// Adds a heartbeat if one is due.
    fn beat(&mut self, chunk: &mut Chunk) {
        let settings = self.events.as_mut().settings_mut();
        if settings.heartbeat.poll(&self.waking.beat_waker()) {
            let beat = settings.heartbeat();
            // Exactly, since queues keep a chunk's room.
            chunk.bytes.reserve_exact(beat.len());
            chunk.bytes.extend_from_slice(beat);
            chunk.heartbeats = 1;
        }
    }

    fn fail(&mut self, error: Error) {
        *self.failure = Some(Box::new(Failure::new(error)));
        // A panic of what the stream held is no reason to lose what came before.
        _ = catch_unwind(AssertUnwindSafe(|| self.events.as_mut().end()));
    }

    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    fn compress(&mut self, chunk: &mut Chunk) {
        let is_last = self.events.is_ended() && self.failure.is_none();
        let Some(compressor) = self.compressor.take_if(|_| is_last || !chunk.is_empty()) else {
            return;
        };
        let tail = chunk.shared_tail.take().unwrap_or_default();
        match compressor.compress([&chunk.bytes, &tail], is_last) {
            Ok((bytes, compressor)) => (chunk.bytes, *self.compressor) = (bytes, compressor),
            Err(error) => {
                chunk.bytes.clear();
                self.fail(Error::new(error));
            }
        }
    }

    /// Returns the failure, after all that was yielded before it, and then the end.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(failure) = self.failure else {
            return if self.events.is_ended() { Poll::Ready(None) } else { Poll::Pending };
        };
        self.observer.failed(&failure.error);
        ready!(failure.poll(cx, self.budget, self.waking));
        // Its missing end tells of the failure as well.
        *self.compressor = None;
        Poll::Ready(self.failure.take().map(|failure| Err(failure.error)))
    }

    fn give(&mut self, chunk: Chunk) -> Bytes {
        self.observer.sent(chunk.events, chunk.heartbeats, chunk.len());
        match chunk.shared_tail.map(|tail| self.budget.track(tail, S::Item::CAN_FAIL)) {
            Some(tail) if chunk.bytes.is_empty() => self.piece(tail, None),
            tail => {
                let bytes = self.budget.track(chunk.bytes, S::Item::CAN_FAIL);
                self.piece(bytes, tail)
            }
        }
    }

    /// Returns the bytes, or part of them, and keeps the rest.
    fn piece(&mut self, mut bytes: Bytes, tail: Option<Bytes>) -> Bytes {
        let (rest, tail) = match self.budget.cut(&mut bytes) {
            Some(rest) => (Some(rest), tail),
            None => (tail, None),
        };
        *self.rest = rest.map(|rest| Box::new((rest, tail)));
        bytes
    }
}

/// Fills the batch with what is ready, after the end that a shutdown may have brought.
fn fill<S: Stream<Item: StreamItem>>(
    mut events: Pin<&mut EventStream<S>>,
    batch: &RefCell<Batch>,
    cx: &mut Context<'_>,
) -> Result<(), Error> {
    let is_block = events.is_block();
    events.as_mut().poll_shutdown(cx);
    loop {
        let mut poll = || events.as_mut().poll_item(cx);
        let polled = if is_block { sink::lend_batch(poll) } else { poll() };
        // A block is pending as well when its last event has filled the batch.
        let Poll::Ready(Some(item)) = polled else { return Ok(()) };
        // To convert an error may run any code, so the batch is not borrowed yet.
        let event = item.into_result()?;
        if batch.borrow_mut().push(&event) {
            return Ok(());
        }
    }
}
