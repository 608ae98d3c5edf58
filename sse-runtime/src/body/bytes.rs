//! A stream of events as a stream of bytes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::delivery::Delivery;
use super::pipeline::Pipeline;
use super::waking::Waking;
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};

/// At this size a chunk is handed on.
const CHUNK_SIZE: usize = 7 * 1024;

/// What a consumer is given in a turn if nothing is known of it.
const LARGE_BUDGET: usize = 256 * 1024;

/// The stream of [`EventStream::into_bytes`].
///
/// It is `Unpin`, and `Sync` for every stream that is `Send`, as some frameworks demand.
#[must_use = "streams do nothing unless polled"]
pub struct EventBytes<S> {
    state: Pin<Box<State<S>>>,
}

pin_project! {
    /// All in one place: with many clients a poll finds little of it in a cache.
    struct State<S> {
        waking: Waking,
        is_terminated: bool,
        #[pin]
        pipeline: SyncWrapper<Pipeline<S>>,
    }
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// Returns the bytes of the response's body, for any framework that takes a stream of them.
    /// Each item holds whole events, a heartbeat, or both, never part of one.
    ///
    /// If the stream fails, an [`Error`] comes last, one turn of the runtime after what came
    /// before it. Servers such as hyper drop what is still queued when a body fails: for those,
    /// use the body of the feature `http-body`, which waits until that has been written.
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
    /// Makes the bytes of these events, of which a consumer is given `budget` in a turn.
    pub(crate) fn new(events: EventStream<S>, budget: usize) -> Self {
        let pipeline = Pipeline::new(events, budget);
        let is_terminated = pipeline.is_terminated();
        let pipeline = SyncWrapper::new(pipeline);
        Self { state: Box::pin(State { waking: Waking::new(), is_terminated, pipeline }) }
    }
}

impl<S: Stream<Item: StreamItem>> EventBytes<S> {
    /// Says what the consumer does with the chunks.
    #[cfg_attr(
        not(any(feature = "actix-web", feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn set_delivery(&mut self, delivery: Delivery) {
        self.state.as_mut().project().pipeline.get_pin_mut().set_delivery(delivery);
    }

    /// Returns the next chunk, of `limit` bytes and the event that reaches that, or a piece of one.
    #[inline]
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let state = self.state.as_mut().project();
        if *state.is_terminated {
            return Poll::Ready(None);
        }
        let Some(waker) = state.waking.begin(cx) else { return Poll::Pending };
        let mut pipeline = state.pipeline.get_pin_mut();
        let cx = &mut Context::from_waker(&waker);
        let polled = pipeline.as_mut().poll(cx, state.waking, limit);
        *state.is_terminated = pipeline.is_terminated();
        state.waking.end(waker, polled.is_pending() || !pipeline.has_more());
        polled
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
        f.debug_struct("EventBytes")
            .field("ended", &self.state.is_terminated)
            .finish_non_exhaustive()
    }
}

impl<S: Stream<Item: StreamItem>> FusedStream for EventBytes<S> {
    fn is_terminated(&self) -> bool {
        self.state.is_terminated
    }
}
