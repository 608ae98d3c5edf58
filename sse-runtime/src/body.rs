//! Items as bytes: the stream is polled while it is ready, and its events share a
//! buffer, so that a burst costs one write and a single event none of its time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::encode::encode;
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

/// How long a batch may take, so that a slow synchronous block does not hold back
/// what it has yielded.
const MAX_BATCH_TIME: Duration = Duration::from_millis(1);

/// At this size a batch is handed on.
const CHUNK_SIZE: usize = 8 * 1024;

pin_project! {
    /// The events of a stream in batches of bytes: what all responses are made of.
    pub(crate) struct Batches<S> {
        #[pin]
        events: EventStream<S>,
        // What the stream failed with, until it is told.
        failure: Option<Error>,
        paused: bool,
    }
}

impl<S> Batches<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        Self { events, failure: None, paused: false }
    }

    fn is_terminated(&self) -> bool {
        self.events.is_ended() && self.failure.is_none()
    }
}

impl<S: Stream<Item: StreamItem>> Batches<S> {
    /// Appends a batch of whole events: all that are ready, up to `limit` bytes and the
    /// event that reaches it. A failure comes after all that was yielded before it.
    pub(crate) fn poll_batch(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<(), Error>>> {
        let before = out.len();
        self.as_mut().project().events.poll_shutdown(cx);
        self.as_mut().fill(cx, limit, out);
        if out.len() > before {
            Poll::Ready(Some(Ok(())))
        } else if self.is_terminated() {
            Poll::Ready(None)
        } else if self.failure.is_some() {
            self.poll_failure(cx).map(|error| error.map(Err))
        } else {
            Poll::Pending
        }
    }

    /// Servers drop what is still queued when a body fails, so they get one more turn to
    /// write it before they learn of the failure.
    fn poll_failure(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Error>> {
        let this = self.project();
        if std::mem::replace(this.paused, true) {
            return Poll::Ready(this.failure.take());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn fill(self: Pin<&mut Self>, cx: &mut Context<'_>, limit: usize, out: &mut Vec<u8>) {
        let mut this = self.project();
        let full = out.len() + limit;
        let start = Instant::now();
        this.events.as_mut().settings_mut().heartbeat.start(start);
        let mut count = 0_usize;
        while out.len() < full {
            match this.events.as_mut().poll_item(cx).map(|item| item.map(StreamItem::into_result)) {
                Poll::Ready(Some(Ok(event))) => {
                    encode(&event, out);
                    count += 1;
                    if reads_clock(count) && start.elapsed() >= MAX_BATCH_TIME {
                        return;
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    *this.failure = Some(error);
                    this.events.end();
                    return;
                }
                Poll::Ready(None) => return,
                Poll::Pending => {
                    this.events.settings_mut().heartbeat.poll(cx, out);
                    return;
                }
            }
        }
    }
}

/// Reading the clock costs about as much as an event, so it is read ever less often.
fn reads_clock(count: usize) -> bool {
    count.is_multiple_of(32) || (count.is_power_of_two() && count <= 16)
}

pin_project! {
    /// The stream of [`EventStream::into_bytes`].
    #[must_use = "streams do nothing unless polled"]
    pub struct EventBytes<S> {
        #[pin]
        batches: Batches<S>,
    }
}

impl<S: Stream<Item: StreamItem>> EventStream<S> {
    /// The bytes of the response's body, for any framework that takes a stream of them:
    /// each item holds whole events or a heartbeat, never part of one. A failure of the
    /// stream comes last, as [`Error`].
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
        EventBytes { batches: Batches::new(self) }
    }
}

impl<S: Stream<Item: StreamItem>> Stream for EventBytes<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut chunk = Vec::new();
        let batch = ready!(self.project().batches.poll_batch(cx, CHUNK_SIZE, &mut chunk));
        Poll::Ready(batch.map(|batch| batch.map(|()| chunk.into())))
    }
}

impl<S: Stream<Item: StreamItem>> FusedStream for EventBytes<S> {
    fn is_terminated(&self) -> bool {
        self.batches.is_terminated()
    }
}
