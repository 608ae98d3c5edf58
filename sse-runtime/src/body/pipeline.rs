//! What all responses are made of: events on their way to bytes, step by step.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::hold::Hold;
use crate::block::sink;
use crate::event_stream::StreamItem;
use crate::observe::{EndReason, Observer};
use crate::wire::{Batch, BatchState};
use crate::{Error, EventStream};

#[cfg(feature = "compress")]
type Compressor = crate::compress::Compressor;
#[cfg(not(feature = "compress"))]
type Compressor = std::convert::Infallible;

pin_project! {
    /// The steps in the order in which events pass them.
    #[project = Steps]
    pub(super) struct Pipeline<S> {
        // Before the observer, so that it sees what drops it.
        #[pin]
        events: EventStream<S>,
        // How the last batch ended.
        last: BatchState,
        hold: Option<Box<Hold>>,
        // `None` when there is no end to be written.
        compressor: Option<Compressor>,
        // What the stream failed with. It is returned after all that came before it.
        failure: Option<Error>,
        observer: Observer,
    }
}

/// What is to be sent at once.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// A large event that comes after them.
    pub(super) shared_tail: Option<Bytes>,
    pub(super) stats: BatchStats,
}

/// What a chunk consists of.
#[derive(Clone, Copy, Default)]
pub(super) struct BatchStats {
    pub(super) events: usize,
    pub(super) heartbeats: usize,
    /// The length of its bytes before they are compressed.
    pub(super) plain: usize,
}

impl Chunk {
    pub(super) fn append(&mut self, mut other: Self) {
        if self.bytes.is_empty() {
            self.bytes = other.bytes;
        } else {
            self.bytes.append(&mut other.bytes);
        }
        self.shared_tail = other.shared_tail;
        self.stats.events += other.stats.events;
        self.stats.heartbeats += other.stats.heartbeats;
        self.stats.plain += other.stats.plain;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.shared_tail.is_none()
    }

    fn len(&self) -> usize {
        self.bytes.len() + self.shared_tail.as_ref().map_or(0, Bytes::len)
    }
}

impl<S> Pipeline<S> {
    pub(super) fn new(events: EventStream<S>) -> Self {
        Self {
            last: BatchState::Open,
            hold: Hold::new(events.settings.coalesce),
            #[cfg(feature = "compress")]
            compressor: events.settings.compression.and_then(Compressor::new),
            #[cfg(not(feature = "compress"))]
            compressor: None,
            events,
            failure: None,
            observer: Observer::new(),
        }
    }

    /// Returns whether nothing is left to be returned but the end.
    pub(super) fn is_terminated(&self) -> bool {
        self.events.is_ended() && self.failure.is_none() && self.compressor.is_none()
    }

    /// Returns whether there may be more although nothing has happened since the last poll.
    pub(super) fn has_more(&self) -> bool {
        self.last != BatchState::Open || self.events.is_ended()
    }
}

impl<S: Stream<Item: StreamItem>> Pipeline<S> {
    /// Returns what is to be sent now: whole events, up to `limit` bytes and the event that reaches
    /// it, or what compression makes of them.
    pub(super) fn poll_chunk(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Chunk, Error>>> {
        let mut steps = self.as_mut().project();
        steps.observer.begin();
        let polled = steps.poll(cx, limit);
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
        if let Some(hold) = self.hold {
            chunk = hold.poll(cx, chunk, limit, self.events.is_ended());
            if chunk.is_empty() && *self.last != BatchState::Open {
                cx.waker().wake_by_ref();
            }
        }
        #[cfg(feature = "compress")]
        self.compress(&mut chunk);
        self.hand_over(chunk)
    }

    /// A batch of whole events: all that are ready, up to `limit` bytes, or a heartbeat.
    fn fill(&mut self, cx: &mut Context<'_>, limit: usize) -> Chunk {
        self.events.as_mut().settings_mut().heartbeat.start();
        sink::with_batch(|batch| {
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
            let mut heartbeats = 0;
            if batch.state == BatchState::Open && !self.events.is_ended() {
                let heartbeat = &mut self.events.as_mut().settings_mut().heartbeat;
                heartbeats += usize::from(heartbeat.poll(cx, &mut batch.bytes));
            }
            let stats = BatchStats { events: batch.count, heartbeats, plain: batch.bytes.len() };
            Chunk { shared_tail: batch.shared_tail.take(), bytes: batch.take_bytes(), stats }
        })
    }

    #[cfg(feature = "compress")]
    fn compress(&mut self, chunk: &mut Chunk) {
        let is_last = self.events.is_ended() && self.failure.is_none();
        let Some(compressor) = self.compressor.take_if(|_| is_last || !chunk.is_empty()) else {
            return;
        };
        let tail = chunk.shared_tail.take().unwrap_or_default();
        chunk.stats.plain += tail.len();
        match compressor.compress([&chunk.bytes, &tail], is_last) {
            Ok((bytes, compressor)) => (chunk.bytes, *self.compressor) = (bytes, compressor),
            Err(error) => {
                chunk.bytes.clear();
                self.fail(Error::new(error));
            }
        }
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
            *self.compressor = None;
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
