//! A stream of events as a stream of bytes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use sync_wrapper::SyncWrapper;

use super::budget::{CHUNK_SIZE, SendBudget};
use super::delivery::{Delivery, after_delivery};
use super::pipeline::Pipeline;
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};

/// A chunk with more room than this is shrunk before it is handed on.
const MAX_UNUSED: usize = CHUNK_SIZE / 8;

/// What a consumer of which nothing is known is given in a turn.
const LARGE_BUDGET: usize = 256 * 1024;

/// From this size on chunks are tracked, so that to do so costs little.
const TRACKED_FROM: usize = 2 * 1024;

/// The stream of [`EventStream::into_bytes`].
///
/// It is `Unpin`, and `Sync` for every stream that is `Send`, as some frameworks demand.
#[must_use = "streams do nothing unless polled"]
pub struct EventBytes<S> {
    pipeline: SyncWrapper<Pin<Box<Pipeline<S>>>>,
    budget: SendBudget,
    delivery: Delivery,
    /// A large event that comes after the last chunk.
    shared_tail: Option<Bytes>,
    failure: Option<Failure>,
    is_ended: bool,
}

/// What the stream failed with, when its time has come.
type Failure = SyncWrapper<Pin<Box<dyn Future<Output = Error> + Send>>>;

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
        EventBytes::new(Pipeline::new(self), LARGE_BUDGET)
    }
}

impl<S> EventBytes<S> {
    /// The bytes of these events, of which a consumer is given `budget` in a turn.
    pub(crate) fn new(pipeline: Pipeline<S>, budget: usize) -> Self {
        let is_ended = pipeline.is_terminated();
        Self {
            pipeline: SyncWrapper::new(Box::pin(pipeline)),
            budget: SendBudget::new(budget),
            delivery: Delivery::Unknown,
            shared_tail: None,
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

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(tail) = self.shared_tail.take() {
            return Poll::Ready(Some(Ok(self.budget.give(tail, 0))));
        }
        ready!(self.budget.poll_ready(cx));
        let pipeline = self.pipeline.get_mut().as_mut();
        let Some(chunk) = ready!(pipeline.poll_chunk(cx, self.budget.chunk_size())?) else {
            return Poll::Ready(None);
        };
        let bytes = match chunk.shared_tail {
            Some(tail) if chunk.bytes.is_empty() => self.budget.give(tail, 0),
            tail => {
                self.shared_tail = tail;
                self.budget.give(without_unused(chunk.bytes), chunk.stats.plain)
            }
        };
        Poll::Ready(Some(Ok(bytes)))
    }
}

/// Queues would keep the room that a short burst leaves.
#[inline]
fn without_unused(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.capacity() - bytes.len() > MAX_UNUSED {
        bytes.shrink_to_fit();
    }
    bytes
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.failure.is_none() && !this.is_ended {
            match ready!(this.poll_chunk(cx)) {
                Some(Err(error)) => {
                    let failure = after_delivery(error, this.delivery, &this.budget);
                    this.failure = Some(SyncWrapper::new(Box::pin(failure)));
                }
                item => {
                    let is_last =
                        this.shared_tail.is_none() && this.pipeline.get_mut().is_terminated();
                    this.is_ended = is_last;
                    return Poll::Ready(item);
                }
            }
        }
        let Some(failure) = &mut this.failure else { return Poll::Ready(None) };
        let error = ready!(failure.get_mut().as_mut().poll(cx));
        (this.failure, this.is_ended) = (None, true);
        Poll::Ready(Some(Err(error)))
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
