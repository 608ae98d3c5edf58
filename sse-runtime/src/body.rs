//! Batches of events: the stream is polled while it is ready, and its events share a
//! buffer, so that a burst costs one write and a single event none of its time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::encode::encode;
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

/// How long a batch may take, so that a slow synchronous block does not hold back
/// what it has yielded.
const MAX_BATCH_TIME: Duration = Duration::from_millis(1);

pin_project! {
    /// The events of a stream in batches of bytes: what all responses are made of.
    pub(crate) struct Batches<S> {
        #[pin]
        events: EventStream<S>,
        // What the stream failed with, until it is told.
        failure: Option<Error>,
    }
}

impl<S> Batches<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        Self { events, failure: None }
    }

    pub(crate) fn is_terminated(&self) -> bool {
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
        } else if let Some(error) = self.as_mut().project().failure.take() {
            Poll::Ready(Some(Err(error)))
        } else if self.is_terminated() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
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
