//! Turns events into the bytes of a response, step by step.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::budget::{Delivery, SendBudget};
use super::delivery::Failure;
use super::hold::Hold;
use super::source::Source;
use super::waking::Waking;
use crate::block::sink;
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};
use crate::observe::{EndReason, Observer};
use crate::wire::BatchState;

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
type Compressor = crate::compress::Compressor;
#[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
type Compressor = std::convert::Infallible;

/// At this size a chunk is handed on.
const CHUNK_SIZE: usize = 7 * 1024;

pin_project! {
    /// A stream of events as chunks of bytes.
    pub(crate) struct Chunks<S> {
        // Before the observer among the steps, so that it sees what drops it.
        #[pin]
        events: EventStream<S>,
        steps: Steps,
    }
}

impl<S: Stream<Item: StreamItem>> Chunks<S> {
    /// Makes the bytes of these events, of which a consumer is given `budget` in a turn.
    pub(crate) fn new(events: EventStream<S>, budget: u32, delivery: Delivery) -> Self {
        let settings = &events.settings;
        let steps = Steps {
            waking: Waking::new(),
            budget: SendBudget::new(budget, delivery, S::Item::CAN_FAIL),
            rest: Vec::new(),
            failure: None,
            hold: Hold::new(settings.rare().map_or(Duration::ZERO, |rare| rare.coalesce)),
            events: 0,
            has_beat: false,
            is_ended: events.is_ended(),
            last: BatchState::Open,
            #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
            compressor: settings.compression().and_then(Compressor::new),
            #[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
            compressor: None,
            observer: Observer::new(),
        };
        Self { events, steps }
    }

    /// Returns what is to be sent now: whole events, up to `limit` bytes and the event that reaches
    /// it, what compression makes of them, or a piece of that.
    #[inline]
    pub(crate) fn poll_chunk(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let this = self.project();
        let Some(waker) = this.steps.waking.begin(cx) else { return Poll::Pending };
        this.steps.poll(this.events, &mut Context::from_waker(&waker), limit)
    }
}

impl<S: Stream<Item: StreamItem>> Stream for Chunks<S> {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx, CHUNK_SIZE)
    }
}

impl<S> Chunks<S> {
    /// Says that the consumer writes the chunks.
    #[cfg(any(feature = "axum", feature = "http-body"))]
    pub(crate) fn set_writes(&self) {
        self.steps.budget.set_writes();
    }

    /// Returns whether nothing is left to be returned but the end.
    pub(crate) fn is_terminated(&self) -> bool {
        self.steps.is_terminated()
    }
}

/// The steps that events pass.
// What each poll reads or writes is together, in few cache lines.
#[repr(C)]
struct Steps {
    waking: Waking,
    budget: SendBudget,
    /// What comes after the last chunk, in reverse: a large event, what a piece was cut from.
    rest: Vec<Bytes>,
    /// What the stream failed with. It is returned after all that came before it.
    failure: Option<Box<Failure>>,
    hold: Option<Box<Hold>>,
    /// How many events have not been given yet.
    events: u32,
    /// Whether a heartbeat has not been given yet.
    has_beat: bool,
    is_ended: bool,
    /// How the last batch ended.
    last: BatchState,
    /// `None` when there is no end to be written.
    compressor: Option<Compressor>,
    observer: Observer,
}

impl Steps {
    fn is_terminated(&self) -> bool {
        let is_empty = self.rest.is_empty() && self.compressor.is_none();
        self.is_ended && self.failure.is_none() && is_empty
    }

    fn poll(
        &mut self,
        mut source: Pin<&mut dyn Source>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        if self.is_terminated() {
            return Poll::Ready(None);
        }
        // The stream isn't looked at when the rest is given, so it may have woken the body in vain.
        let has_rest = !self.rest.is_empty();
        let polled = self.poll_steps(source.as_mut(), cx, limit);
        // A server need not poll again for the end.
        if Observer::ON && self.is_terminated() {
            let rare = source.settings().rare();
            let is_shut_down = rare.is_some_and(|rare| rare.shutdown.has_begun());
            let reason = if is_shut_down { EndReason::ShutDown } else { EndReason::Finished };
            self.observer.ended(reason);
        }
        self.waking.end(polled.is_pending() || !(has_rest || self.has_more()));
        polled
    }

    /// Returns whether there may be more although nothing has happened since the last poll.
    fn has_more(&self) -> bool {
        let has_events = self.last != BatchState::Open || self.is_ended;
        has_events || !self.rest.is_empty() || self.budget.is_spent()
    }

    fn poll_steps(
        &mut self,
        mut source: Pin<&mut dyn Source>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        self.observer.begin();
        if let Some(rest) = self.rest.pop() {
            if self.rest.is_empty() {
                // Nothing is kept while the stream waits.
                self.rest = Vec::new();
            }
            return Poll::Ready(Some(Ok(self.piece(rest))));
        }
        ready!(self.budget.poll_ready(cx, &mut self.waking));
        let limit = limit.min(self.budget.size());
        let mut bytes = Vec::new();
        if !self.is_ended {
            let room = self.hold.as_ref().map_or(limit, |hold| hold.room(limit));
            bytes = self.fill(source.as_mut(), cx, room);
        }
        if let Some(hold) = &mut self.hold {
            let is_due = self.is_ended || self.has_beat || !self.rest.is_empty();
            bytes = hold.poll(cx, bytes, limit, is_due);
        }
        if bytes.is_empty() && self.rest.is_empty() && self.last != BatchState::Open {
            cx.waker().wake_by_ref();
        }
        #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
        self.compress(source, &mut bytes);
        if bytes.is_empty() && self.rest.is_empty() {
            return self.poll_end(cx);
        }
        Poll::Ready(Some(Ok(self.give(bytes))))
    }

    /// Returns a batch of whole events: all that are ready, up to `limit` bytes, or a heartbeat. A large
    /// event that comes after them is the rest.
    fn fill(
        &mut self,
        mut source: Pin<&mut dyn Source>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Vec<u8> {
        let is_beat_due = self.waking.is_beat_due();
        if is_beat_due {
            source.as_mut().settings().heartbeat.start();
        }
        let mut bytes = sink::with_batch(|batch| {
            batch.borrow_mut().begin(limit, self.last == BatchState::Slow);
            let filling = || source.as_mut().fill(batch, cx);
            // Nothing sees the stream again after a panic: it is dropped, as after any failure. So
            // what it has yielded before still arrives.
            let filled = self.observer.within(|| catch_unwind(AssertUnwindSafe(filling)));
            match filled.unwrap_or_else(|_| Err(Error::panicked())) {
                Ok(is_ended) => self.is_ended = is_ended,
                Err(error) => self.fail(source.as_mut(), error),
            }
            let mut batch = batch.borrow_mut();
            self.last = batch.state;
            self.events += batch.count;
            if let Some(tail) = batch.shared_tail.take() {
                self.budget.spend(tail.len());
                self.rest.push(self.budget.track(tail));
            }
            batch.take_bytes()
        });
        if is_beat_due && self.last == BatchState::Open && !self.is_ended {
            self.beat(source, &mut bytes);
        }
        self.budget.spend(bytes.len());
        bytes
    }

    /// Adds a heartbeat if one is due.
    fn beat(&mut self, source: Pin<&mut dyn Source>, bytes: &mut Vec<u8>) {
        let settings = source.settings();
        if settings.heartbeat.poll(&self.waking.beat_waker()) {
            let beat = settings.heartbeat();
            // Exactly, since queues keep a chunk's room.
            bytes.reserve_exact(beat.len());
            bytes.extend_from_slice(beat);
            self.has_beat = true;
        }
    }

    fn fail(&mut self, source: Pin<&mut dyn Source>, error: Error) {
        self.failure = Some(Box::new(Failure::new(error)));
        (self.is_ended, self.last) = (true, BatchState::Open);
        // A panic of what the stream held is no reason to lose what came before.
        _ = catch_unwind(AssertUnwindSafe(|| source.end()));
    }

    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    fn compress(&mut self, source: Pin<&mut dyn Source>, bytes: &mut Vec<u8>) {
        let is_last = self.is_ended && self.failure.is_none();
        let is_empty = bytes.is_empty() && self.rest.is_empty();
        let Some(compressor) = self.compressor.take_if(|_| is_last || !is_empty) else {
            return;
        };
        let tail = self.rest.pop().unwrap_or_default();
        match compressor.compress([bytes, &tail], is_last) {
            Ok((compressed, compressor)) => (*bytes, self.compressor) = (compressed, compressor),
            Err(error) => {
                bytes.clear();
                self.fail(source, Error::new(error));
            }
        }
    }

    /// Returns the failure, after all that was yielded before it, and then the end.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(failure) = &mut self.failure else {
            return if self.is_ended { Poll::Ready(None) } else { Poll::Pending };
        };
        self.observer.failed(&failure.error);
        ready!(failure.poll(cx, &mut self.budget, &mut self.waking));
        // Its missing end tells of the failure as well.
        self.compressor = None;
        Poll::Ready(self.failure.take().map(|failure| Err(failure.error)))
    }

    /// Returns the bytes, or what is the rest if there are none: all of that, or a piece.
    fn give(&mut self, bytes: Vec<u8>) -> Bytes {
        if let Some(hold) = &mut self.hold
            && self.events > 0
            && !self.is_ended
        {
            hold.begin();
        }
        let tail = self.rest.first().map_or(0, Bytes::len);
        self.observer.sent(self.events as usize, usize::from(self.has_beat), bytes.len() + tail);
        (self.events, self.has_beat) = (0, false);
        let tail = self.rest.pop_if(|_| bytes.is_empty());
        let chunk = tail.unwrap_or_else(|| self.budget.track(bytes));
        self.piece(chunk)
    }

    /// Returns the bytes, or part of them, and keeps the rest.
    #[inline]
    fn piece(&mut self, mut bytes: Bytes) -> Bytes {
        self.rest.extend(self.budget.cut(&mut bytes));
        bytes
    }
}
