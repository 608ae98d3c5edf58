//! What all responses are made of: events on their way to bytes, step by step.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::compress::Compressor;
use super::hold::Hold;
use super::waking::Waking;
use crate::block::sink;
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};
use crate::observe::{EndReason, Observer};
use crate::wire::Batch;

pin_project! {
    /// The steps in the order in which events pass them.
    #[project = Steps]
    pub(crate) struct Pipeline<S> {
        waking: Waking,
        // Before the observer, so that it sees what drops it.
        #[pin]
        events: EventStream<S>,
        // The room for the next batch: none unless the last was full.
        room: usize,
        was_slow: bool,
        // Whether the last batch was done before the stream had to be waited for.
        has_more: bool,
        hold: Option<Box<Hold>>,
        compressor: Compressor,
        // What the stream failed with. It is returned after all that came before it.
        failure: Option<Error>,
        observer: Observer,
    }
}

/// What is to be sent at once.
#[derive(Default)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// A large event that comes after them.
    pub(crate) shared_tail: Option<Bytes>,
    pub(crate) stats: BatchStats,
}

/// What a chunk consists of.
#[derive(Clone, Copy, Default)]
pub(crate) struct BatchStats {
    pub(crate) events: usize,
    pub(crate) heartbeats: usize,
    /// The length of its bytes before they are compressed.
    pub(crate) plain: usize,
}

impl Chunk {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.shared_tail.is_none()
    }

    fn len(&self) -> usize {
        self.bytes.len() + self.shared_tail.as_ref().map_or(0, Bytes::len)
    }
}

impl<S> Pipeline<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        Self {
            waking: Waking::default(),
            hold: Hold::new(events.settings.coalesce),
            #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
            compressor: Compressor::new(events.settings.compression),
            #[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
            compressor: Compressor,
            events,
            room: 0,
            was_slow: false,
            has_more: false,
            failure: None,
            observer: Observer::new(),
        }
    }

    /// Returns whether nothing is left to be returned but the end.
    pub(crate) fn is_terminated(&self) -> bool {
        self.events.is_ended() && self.failure.is_none() && self.compressor.is_done()
    }
}

impl<S: Stream<Item: StreamItem>> Pipeline<S> {
    /// Returns what is to be sent now: whole events, up to `limit` bytes and the event that reaches
    /// it, or what compression makes of them.
    pub(crate) fn poll_chunk(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Chunk, Error>>> {
        let mut steps = self.as_mut().project();
        if steps.waking.is_asleep(cx) {
            return Poll::Pending;
        }
        let waker = steps.waking.begin(cx);
        steps.observer.begin();
        let polled = steps.poll(&mut Context::from_waker(&waker), limit);
        // A failure and an end are still to be returned, and what is held back has a timer.
        let waits = !*steps.has_more && !steps.events.is_ended();
        steps.waking.end(waker, waits);
        // A server need not poll again for the end.
        if Observer::ON && self.is_terminated() {
            let is_shut_down = self.events.settings.shutdown.has_begun();
            let reason = if is_shut_down { EndReason::ShutDown } else { EndReason::Finished };
            self.project().observer.ended(reason);
        }
        polled
    }
}

impl<S: Stream<Item: StreamItem>> Steps<'_, S> {
    fn poll(&mut self, cx: &mut Context<'_>, limit: usize) -> Poll<Option<Result<Chunk, Error>>> {
        let mut chunk = Chunk::default();
        if !self.events.is_ended() {
            let room = self.hold.as_ref().map_or(limit, |hold| hold.room(limit));
            chunk = self.fill(cx, room);
        }
        let is_ended = self.events.is_ended();
        if let Some(hold) = self.hold {
            chunk = hold.poll(cx, chunk, limit, is_ended, *self.has_more);
        }
        #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
        self.compress(&mut chunk);
        self.hand_over(chunk)
    }

    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    fn compress(&mut self, chunk: &mut Chunk) {
        let is_last = self.events.is_ended() && self.failure.is_none();
        if let Err(error) = self.compressor.compress(chunk, is_last) {
            self.fail(Error::new(error));
        }
    }

    /// A batch of whole events: all that are ready, up to `limit` bytes, or a heartbeat.
    fn fill(&mut self, cx: &mut Context<'_>, limit: usize) -> Chunk {
        self.events.as_mut().settings_mut().heartbeat.start();
        let room = std::mem::take(self.room);
        sink::with_batch(|batch| {
            batch.borrow_mut().begin(limit, room, *self.was_slow);
            let filling = || fill(self.events.as_mut(), batch, cx);
            // Nothing sees the stream again after a panic: it is dropped, as after any failure. So
            // what it has yielded before still arrives.
            let filled = self.observer.within(|| catch_unwind(AssertUnwindSafe(filling)));
            if let Err(error) = filled.unwrap_or_else(|_| Err(Error::panicked())) {
                self.fail(error);
            }
            let mut batch = batch.borrow_mut();
            let mut heartbeats = 0;
            if !batch.is_done() && !self.events.is_ended() {
                let heartbeat = &mut self.events.as_mut().settings_mut().heartbeat;
                heartbeats += usize::from(heartbeat.poll(cx, &mut batch.bytes));
            }
            *self.was_slow = batch.is_slow();
            *self.has_more = batch.is_done();
            if batch.bytes.len() >= limit {
                *self.room = batch.bytes.len() + limit / 16;
            }
            let stats = BatchStats { events: batch.count(), heartbeats, plain: batch.bytes.len() };
            Chunk { shared_tail: batch.shared_tail.take(), bytes: batch.take_bytes(), stats }
        })
    }

    fn fail(&mut self, error: Error) {
        *self.failure = Some(error);
        // A panic of what the stream held is no reason to lose what came before.
        _ = catch_unwind(AssertUnwindSafe(|| self.events.as_mut().end()));
    }

    /// A failure comes after all that was yielded before it.
    fn hand_over(&mut self, chunk: Chunk) -> Poll<Option<Result<Chunk, Error>>> {
        if !chunk.is_empty() {
            let BatchStats { events, heartbeats, .. } = chunk.stats;
            self.observer.sent(events, heartbeats, chunk.len());
            Poll::Ready(Some(Ok(chunk)))
        } else if let Some(error) = self.failure.take() {
            // Its missing end tells of the failure as well.
            self.compressor.stop();
            self.observer.failed(&error);
            Poll::Ready(Some(Err(error)))
        } else if self.events.is_ended() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }
}

/// Fills the batch with what is ready, after the end that a shutdown may have brought.
fn fill<S: Stream<Item: StreamItem>>(
    mut events: Pin<&mut EventStream<S>>,
    batch: &RefCell<Batch>,
    cx: &mut Context<'_>,
) -> Result<(), Error> {
    events.as_mut().poll_shutdown(cx);
    let is_block = events.is_block();
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
