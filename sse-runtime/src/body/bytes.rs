//! A stream of events as a stream of bytes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::{FusedStream, Stream};

use super::delivery::{after_delivery, unless_unread};
use super::in_flight::Tracked;
use super::outlet::Outlet;
use super::window::Window;
use crate::event_stream::StreamItem;
use crate::exclusive::Exclusive;
use crate::{Error, EventStream};

/// At this size a chunk is handed on.
const CHUNK_SIZE: usize = 7 * 1024;

/// A chunk with more room than this is shrunk before it is handed on.
const MAX_UNUSED: usize = CHUNK_SIZE / 8;

/// What a server is given at a time if it drops each chunk when it has written it. A client that
/// doesn't read costs as much memory, and smaller ones make a burst slower.
#[cfg(any(feature = "axum", feature = "http-body"))]
pub(crate) const WINDOW: usize = 28 * 1024;

/// The same for any other server, of which nothing is known.
const LARGE_WINDOW: usize = 256 * 1024;

/// The stream of [`EventStream::into_bytes`].
///
/// It is `Unpin`, and `Sync` for every stream that is `Send`, as some frameworks demand.
#[must_use = "streams do nothing unless polled"]
pub struct EventBytes<S> {
    outlet: Exclusive<Pin<Box<Outlet<S>>>>,
    window: Window,
    /// The room for the next chunk: none unless the last was full, so that a pause costs nothing.
    room: usize,
    ending: Option<Ending>,
    is_ended: bool,
}

/// What comes after the last chunk, when its time has come.
type Ending = Exclusive<Pin<Box<dyn Future<Output = Option<Error>> + Send>>>;

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
        self.into_bytes_through(Window::new(LARGE_WINDOW, Tracked::Nothing))
    }

    /// The bytes, for a server that drops each chunk when it has written or copied it. It is given
    /// `window` bytes at a time.
    #[cfg_attr(
        not(any(feature = "actix-web", feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn into_delivered_bytes(self, window: usize) -> EventBytes<S> {
        let tracked = if S::Item::CAN_FAIL { Tracked::Everything } else { Tracked::Some };
        self.into_bytes_through(Window::new(window, tracked))
    }

    fn into_bytes_through(self, window: Window) -> EventBytes<S> {
        let is_ended = self.is_ended();
        let outlet = Exclusive::new(Box::pin(Outlet::new(self)));
        EventBytes { outlet, window, room: 0, ending: None, is_ended }
    }
}

impl<S: Stream<Item: StreamItem>> EventBytes<S> {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let mut outlet = self.outlet.get_mut().as_mut();
        if let Some(large) = outlet.as_mut().take_large() {
            return Poll::Ready(Some(Ok(self.window.give(large, 0))));
        }
        // What is left of a stream that has ended is little, and nobody has to wait for it.
        if self.window.poll_room(cx).is_pending() && !outlet.as_mut().poll_ended(cx) {
            return Poll::Pending;
        }
        let mut chunk = Vec::with_capacity(std::mem::take(&mut self.room));
        let batch = ready!(outlet.as_mut().poll_batch(cx, CHUNK_SIZE, &mut chunk));
        if chunk.is_empty()
            && let Some(large) = outlet.take_large()
        {
            return Poll::Ready(Some(Ok(self.window.give(large, 0))));
        }
        if chunk.len() >= CHUNK_SIZE {
            self.room = chunk.len() + MAX_UNUSED / 2;
        }
        // Queues would keep the room that a short burst leaves.
        if chunk.capacity() - chunk.len() > MAX_UNUSED {
            chunk.shrink_to_fit();
        }
        Poll::Ready(batch.map(|batch| batch.map(|plain| self.window.give(chunk, plain))))
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = if this.ending.is_none() { ready!(this.poll_chunk(cx)) } else { None };
        let item = match item {
            Some(Ok(chunk)) => Some(Ok(chunk)),
            Some(Err(error)) => {
                let (in_flight, polls_twice) = this.window.close();
                this.end_with(after_delivery(error, in_flight, polls_twice));
                ready!(this.poll_ending(cx)).map(Err)
            }
            None => {
                if this.ending.is_none() && this.outlet.get_mut().is_shut_down() {
                    let (in_flight, _) = this.window.close();
                    this.end_with(unless_unread(in_flight));
                }
                ready!(this.poll_ending(cx)).map(Err)
            }
        };
        let outlet = this.outlet.get_mut();
        let has_more = matches!(item, Some(Ok(_)));
        this.is_ended = !has_more || outlet.is_terminated() && !outlet.is_shut_down();
        Poll::Ready(item)
    }
}

impl<S> EventBytes<S> {
    fn end_with(&mut self, ending: impl Future<Output = Option<Error>> + Send + 'static) {
        self.ending = Some(Exclusive::new(Box::pin(ending)));
    }

    fn poll_ending(&mut self, cx: &mut Context<'_>) -> Poll<Option<Error>> {
        let Some(ending) = &mut self.ending else { return Poll::Ready(None) };
        let error = ready!(ending.get_mut().as_mut().poll(cx));
        self.ending = None;
        Poll::Ready(error)
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
