//! `http_body::Body` and `http::Response`: hyper, and all that is built on it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue, Response};
use http_body::{Body, Frame};

use crate::body::{Chunks, Delivery};
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};

/// What a server is given in a turn: three chunks. A client that doesn't read costs about as much
/// memory, 12 KB less than with four chunks. A burst takes up to 3 % longer than with four, and 70 %
/// longer with a single one.
const BUDGET: u32 = 21 * 1024;

/// The body of [`EventStream::into_body`].
///
/// It is `Unpin`, and `Sync` whatever its stream is, as some frameworks demand.
#[must_use = "a body does nothing until it is polled or sent"]
pub struct EventBody<S> {
    chunks: Pin<Box<Chunks<S>>>,
}

impl<S> fmt::Debug for EventBody<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ended = self.chunks.is_terminated();
        f.debug_struct("EventBody").field("ended", &is_ended).finish_non_exhaustive()
    }
}

/// Makes the body itself, for a framework that boxes it.
pub(super) fn chunks<S: Stream<Item: StreamItem>>(events: EventStream<S>) -> Chunks<S> {
    Chunks::new(events, BUDGET, Delivery::Unknown)
}

#[cfg(feature = "http-body")]
impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// Makes the body of a response, in frames of whole events, of up to 7 KiB and the event that
    /// reaches it. Nothing is kept while the stream waits.
    ///
    /// Every 21 KiB it is pending once, so that other tasks can run. The server may keep its frames or
    /// drop them. One that hasn't written the frames of the turn before is given up to 16 pieces of 64
    /// bytes, which may be parts of events, before larger frames.
    ///
    /// If the stream fails, so does the body. Servers drop what they have not written when a body
    /// fails, so for one that asks for [`is_end_stream`](Body::is_end_stream), as hyper does, the
    /// failure comes 100 ms after the frames before it were dropped, and within 5 seconds in any
    /// case. For any other consumer it comes at once. A layer that doesn't pass `is_end_stream` on can
    /// cost a client the last events before a failure.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use http_body_util::BodyExt as _;
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let body = EventStream! { yield Event::data("hello"); }.into_body();
    /// assert_eq!(body.collect().await.unwrap().to_bytes(), "data: hello\n\n");
    /// # }
    /// ```
    pub fn into_body(self) -> EventBody<S> {
        EventBody { chunks: Box::pin(chunks(self)) }
    }

    /// Makes the whole response, with its head. At a shutdown, the stream is dropped even if the
    /// server doesn't poll its body: see
    /// [`with_graceful_shutdown`](Self::with_graceful_shutdown). For a stream that borrows or isn't `Send`,
    /// there are [`into_body`](Self::into_body) and [`headers`](Self::headers).
    ///
    /// The response is the same for every request. Answer a `HEAD` without the body, which hyper would
    /// send over HTTP/2.
    ///
    /// ```
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let response = EventStream! { yield Event::data("hello"); }.into_http_response();
    /// assert_eq!(response.headers()["content-type"], "text/event-stream");
    /// ```
    pub fn into_http_response(self) -> Response<EventBody<impl Stream<Item = S::Item> + Send>>
    where
        S: Send + 'static,
    {
        response(self.headers(), self.evictable().into_body())
    }
}

/// Makes a response with these headers. hyper keeps their map for as long as the response, so it has no
/// room for more.
pub(super) fn response<B>(
    headers: impl Iterator<Item = (&'static str, &'static str)>,
    body: B,
) -> Response<B> {
    let mut response = Response::new(body);
    let map = response.headers_mut();
    map.reserve(headers.size_hint().0);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name is a valid one");
        map.append(name, HeaderValue::from_static(value));
    }
    response
}

impl<S: Stream<Item: StreamItem>> Body for Chunks<S> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        // As servers ask that write each frame on its own. Whoever collects frames doesn't.
        self.set_writes();
        self.is_terminated()
    }
}

impl<S: Stream<Item: StreamItem>> Body for EventBody<S> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.chunks.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_end_stream()
    }
}
