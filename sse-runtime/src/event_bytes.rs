//! A stream of events as a stream of bytes.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::body::Batches;
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

/// At this size a chunk is handed on.
const CHUNK_SIZE: usize = 8 * 1024;

/// How long a failure waits for a client that does not read, or for a caller that keeps
/// its chunks.
const PATIENCE: Duration = Duration::from_secs(5);

pin_project! {
    /// The stream of [`EventStream::into_bytes`].
    #[must_use = "streams do nothing unless polled"]
    pub struct EventBytes<S> {
        #[pin]
        batches: Batches<S>,
        last_chunk: Option<Dropped>,
        failure: Option<Pin<Box<dyn Future<Output = Error> + Send>>>,
    }
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// The bytes of the response's body, for any framework that takes a stream of them:
    /// each item holds whole events or a heartbeat, never part of one.
    ///
    /// A failure of the stream comes last, as [`Error`]. Servers drop what they have not
    /// written yet when a body fails, so it comes when they have dropped the chunks before it,
    /// which tells that those are written, or 5 seconds later.
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
        EventBytes { batches: Batches::new(self), last_chunk: None, failure: None }
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if this.failure.is_none() {
            let mut chunk = Vec::new();
            match ready!(this.batches.poll_batch(cx, CHUNK_SIZE, &mut chunk)) {
                None => return Poll::Ready(None),
                Some(Ok(())) if S::Item::CAN_FAIL => {
                    let (chunk, dropped) = Chunk::new(chunk);
                    *this.last_chunk = Some(dropped);
                    return Poll::Ready(Some(Ok(Bytes::from_owner(chunk))));
                }
                Some(Ok(())) => return Poll::Ready(Some(Ok(chunk.into()))),
                Some(Err(error)) => {
                    *this.failure = Some(Box::pin(behind(this.last_chunk.take(), error)));
                }
            }
        }
        let Some(failure) = this.failure else { return Poll::Ready(None) };
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

/// A chunk, and the news that it was dropped.
struct Chunk {
    bytes: Vec<u8>,
    _alive: oneshot::Sender<Infallible>,
}

type Dropped = oneshot::Receiver<Infallible>;

impl Chunk {
    fn new(bytes: Vec<u8>) -> (Self, Dropped) {
        let (alive, dropped) = oneshot::channel();
        (Self { bytes, _alive: alive }, dropped)
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The error, when what came before it is written.
async fn behind(last_chunk: Option<Dropped>, error: Error) -> Error {
    // A server that copies chunks drops them at once: it gets a turn to write its copy.
    let mut turns = 0..1;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        turns.next().map_or(Poll::Ready(()), |_| Poll::Pending)
    })
    .await;
    if let Some(dropped) = last_chunk {
        _ = timeout(PATIENCE, dropped).await;
    }
    error
}
