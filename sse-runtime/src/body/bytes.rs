//! A stream of events as a stream of bytes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};

use super::budget::{CHUNK_SIZE, SendBudget};
use super::delivery::{Delivery, Failure};
use super::pipeline::{Chunk, Pipeline};
use super::waking::Waking;
use crate::event_stream::StreamItem;
use crate::exclusive::SyncWrapper;
use crate::{Error, EventStream};

/// What a consumer of which nothing is known is given in a turn.
const LARGE_BUDGET: usize = 256 * 1024;

/// From this size on chunks are tracked, so that to do so costs little.
const TRACKED_FROM: usize = 2 * 1024;

/// The stream of [`EventStream::into_bytes`].
///
/// It is `Unpin`, and `Sync` for every stream that is `Send`, as some frameworks demand.
#[must_use = "streams do nothing unless polled"]
pub struct EventBytes<S> {
    waking: Waking,
    pipeline: SyncWrapper<Pin<Box<Pipeline<S>>>>,
    budget: SendBudget,
    delivery: Delivery,
    /// What is left of the last chunk.
    rest: Option<Bytes>,
    /// What comes after that.
    tail: Option<Bytes>,
    /// What the stream failed with, which comes last.
    failure: Option<Failure>,
    is_ended: bool,
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// Returns the bytes of the response's body, for any framework that takes a stream of them.
    /// Each item holds whole events, a heartbeat, or both, never part of one.
    ///
    /// If the stream fails, an [`Error`] comes last, one turn of the runtime after what came
    /// before it. Servers such as hyper drop what is still queued when a body fails: for those,
    /// use the body of the feature `http-body`, which waits until it was written.
    ///
    /// The stream must be polled on a Tokio runtime with time enabled. After 256 KiB without a
    /// pause it is pending once, so that other tasks can run.
    ///
    /// # Panics
    ///
    /// Panics when it has to wait outside of such a runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::TryStreamExt as _;
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let stream = EventStream! {
    ///     yield Event::data(" the");
    ///     yield Event::data("end").event("done").id("2");
    /// };
    /// let body: Vec<_> = stream.into_bytes().try_collect().await.unwrap();
    /// assert_eq!(body, ["data:  the\n\nid: 2\nevent: done\ndata: end\n\n"]);
    /// # }
    /// ```
    pub fn into_bytes(self) -> EventBytes<S> {
        EventBytes::new(self, LARGE_BUDGET)
    }
}

impl<S> EventBytes<S> {
    /// The bytes of these events, of which a consumer is given `budget` in a turn.
    pub(crate) fn new(events: EventStream<S>, budget: usize) -> Self {
        let pipeline = Pipeline::new(events);
        let is_ended = pipeline.is_terminated();
        Self {
            waking: Waking::new(),
            pipeline: SyncWrapper::new(Box::pin(pipeline)),
            budget: SendBudget::new(budget),
            delivery: Delivery::Unknown,
            rest: None,
            tail: None,
            failure: None,
            is_ended,
        }
    }
}

impl<S: Stream<Item: StreamItem>> EventBytes<S> {
    /// Says what the consumer does with the chunks.
    #[cfg_attr(
        not(any(feature = "actix-web", feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn set_delivery(&mut self, delivery: Delivery) {
        self.delivery = delivery;
        if delivery == Delivery::Writes {
            self.budget.track_from(if S::Item::CAN_FAIL { 0 } else { TRACKED_FROM });
        }
    }

    /// Returns the next chunk, of `limit` bytes and the event that reaches that, or part of one.
    #[inline]
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(waker) = self.waking.begin(cx) else { return Poll::Pending };
        let polled = self.poll(&mut Context::from_waker(&waker), limit);
        let waits = polled.is_pending() || !self.has_more();
        self.waking.end(waker, waits);
        polled
    }

    /// Returns whether there may be more although nothing has happened since the last poll.
    fn has_more(&mut self) -> bool {
        let is_held = self.rest.is_some() || self.failure.is_some();
        is_held || self.budget.is_spent() || self.pipeline.get_mut().has_more()
    }

    fn poll(&mut self, cx: &mut Context<'_>, limit: usize) -> Poll<Option<Result<Bytes, Error>>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        if self.rest.is_none() {
            ready!(self.budget.poll_ready(cx, &mut self.waking));
            if self.failure.is_some() {
                return self.poll_failure(cx);
            }
            let limit = limit.min(self.budget.size());
            match ready!(self.pipeline.get_mut().as_mut().poll_chunk(cx, limit)) {
                Some(Ok(chunk)) => self.take(chunk),
                Some(Err(error)) => {
                    self.failure = Some(Failure::new(error));
                    // It comes in the next turn at the earliest.
                    self.budget.end_turn();
                    return self.poll(cx, limit);
                }
                None => {}
            }
        }
        Poll::Ready(self.next_piece().map(Ok))
    }

    fn take(&mut self, chunk: Chunk) {
        self.tail = chunk.shared_tail.map(|tail| self.budget.give(tail, 0));
        self.rest = if chunk.bytes.is_empty() {
            self.tail.take()
        } else {
            Some(self.budget.give(chunk.bytes, chunk.stats.plain))
        };
    }

    /// Returns what is left of the chunk, or part of it.
    fn next_piece(&mut self) -> Option<Bytes> {
        let size = self.budget.size();
        let mut piece = self.rest.take();
        self.rest = match &mut piece {
            Some(piece) if piece.len() > size => Some(piece.split_off(size)),
            _ => self.tail.take(),
        };
        self.is_ended = self.rest.is_none() && self.pipeline.get_mut().is_terminated();
        piece
    }

    #[cold]
    fn poll_failure(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(failure) = &mut self.failure {
            ready!(failure.poll(cx, self.delivery, &self.budget, &mut self.waking));
        }
        self.is_ended = true;
        Poll::Ready(self.failure.take().map(|failure| Err(failure.into_error())))
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx, CHUNK_SIZE)
    }
}

impl<S> fmt::Debug for EventBytes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBytes").field("ended", &self.is_ended).finish_non_exhaustive()
    }
}

impl<S: Stream<Item: StreamItem>> FusedStream for EventBytes<S> {
    fn is_terminated(&self) -> bool {
        self.is_ended
    }
}
