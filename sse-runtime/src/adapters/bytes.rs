//! A stream of events as a stream of bytes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};

use crate::body::{Chunks, Delivery};
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};

/// What a consumer is given in a turn if nothing is known of it.
const LARGE_BUDGET: u32 = 256 * 1024;

/// The stream of [`EventStream::into_bytes`].
///
/// It is `Unpin`, and `Sync` whatever its stream is, as some frameworks demand.
#[must_use = "streams do nothing unless polled"]
pub struct EventBytes<S> {
    chunks: Pin<Box<Chunks<S>>>,
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// Returns the bytes of the response's body, for any framework that takes a stream of them.
    /// Each item holds whole events, a heartbeat, or both, never part of one.
    ///
    /// If the stream fails, an [`Error`] comes last, one turn of the runtime after what came
    /// before it. Servers such as hyper drop what is still queued when a body fails: for those,
    /// use the body of the feature `http-body`, which waits until that has been written.
    ///
    /// The stream must be polled on a Tokio runtime with time enabled. Every 256 KiB it is pending once, so
    /// that other tasks can run.
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
        EventBytes { chunks: Box::pin(Chunks::new(self, LARGE_BUDGET, Delivery::Unknown)) }
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(cx)
    }
}

impl<S: Stream<Item: StreamItem>> FusedStream for EventBytes<S> {
    fn is_terminated(&self) -> bool {
        self.chunks.is_terminated()
    }
}

impl<S> fmt::Debug for EventBytes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBytes")
            .field("ended", &self.chunks.is_terminated())
            .finish_non_exhaustive()
    }
}
