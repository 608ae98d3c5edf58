//! A stream of events as a stream of bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::delivery::Delivery;
use super::outlet::Outlet;
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

/// At this size a chunk is handed on.
const CHUNK_SIZE: usize = 8 * 1024;

pin_project! {
    /// The stream of [`EventStream::into_bytes`].
    #[must_use = "streams do nothing unless polled"]
    pub struct EventBytes<S> {
        #[pin]
        batches: Outlet<S>,
        delivery: Delivery,
        // Never locked: so that the stream is `Sync`, which nothing but the future is not.
        failure: Option<Mutex<Pin<Box<dyn Future<Output = Error> + Send>>>>,
    }
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// The bytes of the response's body, for any framework that takes a stream of them:
    /// each item holds whole events, a heartbeat, or both, never part of one. A failure of the
    /// stream comes last, as [`Error`], a turn after what came before it: servers that drop what
    /// they have queued when a body fails, as hyper does over HTTP/2, want the feature `http-body`,
    /// whose body waits for that.
    ///
    /// To be polled on a Tokio runtime with time enabled.
    ///
    /// # Panics
    ///
    /// When it has to wait outside of such a runtime.
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
        EventBytes { batches: Outlet::new(self), delivery: Delivery::Unknown, failure: None }
    }

    /// The bytes, for a server that drops each chunk when it has written it.
    #[cfg_attr(
        not(any(feature = "actix-web", feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn into_delivered_bytes(self) -> EventBytes<S> {
        let delivery = if S::Item::CAN_FAIL { Delivery::Last(None) } else { Delivery::Unknown };
        EventBytes { delivery, ..self.into_bytes() }
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if let Some(large) = this.batches.as_mut().take_large() {
            return Poll::Ready(Some(Ok(this.delivery.track(large))));
        }
        if this.failure.is_none() {
            let mut chunk = Vec::new();
            let batch = ready!(this.batches.as_mut().poll_batch(cx, CHUNK_SIZE, &mut chunk));
            if chunk.is_empty()
                && let Some(large) = this.batches.take_large()
            {
                return Poll::Ready(Some(Ok(this.delivery.track(large))));
            }
            // A burst that was short leaves most of its room, which queues would keep.
            if chunk.capacity() / 2 > chunk.len() {
                chunk.shrink_to_fit();
            }
            match batch {
                None => return Poll::Ready(None),
                Some(Ok(())) => return Poll::Ready(Some(Ok(this.delivery.track(chunk)))),
                Some(Err(error)) => {
                    let delivered = std::mem::take(this.delivery).done();
                    *this.failure = Some(Mutex::new(Box::pin(async {
                        delivered.await;
                        error
                    })));
                }
            }
        }
        let Some(failure) = this.failure else { return Poll::Ready(None) };
        let failure = failure.get_mut().unwrap_or_else(PoisonError::into_inner);
        let error = ready!(failure.as_mut().poll(cx));
        *this.failure = None;
        Poll::Ready(Some(Err(error)))
    }
}

impl<S: Stream<Item: StreamItem>> FusedStream for EventBytes<S> {
    fn is_terminated(&self) -> bool {
        self.batches.is_terminated() && self.failure.is_none()
    }
}
