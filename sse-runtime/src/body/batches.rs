//! Batches of events: the stream is polled while it is ready, and its events share a
//! buffer, so that a burst costs one write and a single event none of its time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::block::sink;
use crate::event_stream::StreamItem;
use crate::wire::Batch;
use crate::{Error, Event, EventStream};

pin_project! {
    /// The events of a stream in batches of bytes.
    pub(crate) struct Batches<S> {
        #[pin]
        events: EventStream<S>,
        // A large event that comes after the last batch, until it is taken.
        large: Option<Bytes>,
        // What the stream failed with, until it is returned.
        failure: Option<Error>,
    }
}

/// What a batch consists of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Filled {
    pub(crate) events: usize,
    pub(crate) heartbeats: usize,
    /// Before they are compressed.
    pub(crate) bytes: usize,
    /// Whether it was done before the stream had to be waited for.
    pub(crate) has_more: bool,
}

impl Filled {
    /// Both as one, of which this comes first.
    pub(crate) fn and(self, next: Self) -> Self {
        Self {
            events: self.events + next.events,
            heartbeats: self.heartbeats + next.heartbeats,
            bytes: self.bytes + next.bytes,
            has_more: next.has_more,
        }
    }
}

impl<S> Batches<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        Self { events, large: None, failure: None }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.events.is_ended() && self.large.is_none() && self.failure.is_none()
    }

    /// Whether there is nothing more to come but what is there.
    pub(crate) fn is_ended(&self) -> bool {
        self.events.is_ended()
    }

    pub(crate) fn has_large(&self) -> bool {
        self.large.is_some()
    }

    pub(crate) fn is_shut_down(&self) -> bool {
        self.events.settings.shutdown.has_begun()
    }
}

impl<S: Stream<Item: StreamItem>> Batches<S> {
    /// What comes after the last batch, before the next is polled for.
    pub(crate) fn take_large(self: Pin<&mut Self>) -> Option<Bytes> {
        self.project().large.take()
    }

    /// Whether the stream has ended. It does if its time after a shutdown is over.
    pub(crate) fn poll_ended(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let mut events = self.project().events;
        events.as_mut().poll_shutdown(cx);
        events.is_ended()
    }

    /// Appends a batch of whole events: all that are ready, up to `limit` bytes and the
    /// event that reaches it, or up to a large one, which may leave the batch empty.
    /// A failure comes after all that was yielded before it.
    pub(crate) fn poll_batch(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<Filled, Error>>> {
        let before = out.len();
        _ = self.as_mut().poll_ended(cx);
        let filled = self.as_mut().fill(cx, limit, out);
        if out.len() > before || self.large.is_some() {
            Poll::Ready(Some(Ok(filled)))
        } else if let Some(error) = self.as_mut().project().failure.take() {
            Poll::Ready(Some(Err(error)))
        } else if self.is_terminated() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }

    fn fill(self: Pin<&mut Self>, cx: &mut Context<'_>, limit: usize, out: &mut Vec<u8>) -> Filled {
        let mut this = self.project();
        let (start, before) = (Instant::now(), out.len());
        this.events.as_mut().settings_mut().heartbeat.start(start);
        let is_block = this.events.is_block();
        let mut heartbeats = 0;
        let mut batch = Batch::new(std::mem::take(out), limit, start);
        while !batch.is_done() {
            let item;
            let mut poll = || catch_panic(|| this.events.as_mut().poll_item(cx));
            (item, batch) = if is_block { sink::poll_into(batch, poll) } else { (poll(), batch) };
            match item {
                Poll::Ready(Some(Ok(event))) => _ = batch.push(&event),
                Poll::Ready(Some(Err(error))) => {
                    *this.failure = Some(error);
                    this.events.end();
                    break;
                }
                Poll::Ready(None) => break,
                Poll::Pending if batch.is_done() => {}
                Poll::Pending => {
                    let heartbeat = &mut this.events.settings_mut().heartbeat;
                    heartbeats += usize::from(heartbeat.poll(cx, &mut batch.bytes));
                    break;
                }
            }
        }
        let bytes = batch.bytes.len() - before;
        let filled = Filled { events: batch.count(), heartbeats, bytes, has_more: batch.is_done() };
        *this.large = batch.large;
        *out = batch.bytes;
        filled
    }
}

/// Makes a panic a failure, so that what was yielded before it still arrives.
#[inline]
fn catch_panic<I: StreamItem>(
    poll: impl FnOnce() -> Poll<Option<I>>,
) -> Poll<Option<Result<Event, Error>>> {
    // Nothing sees the stream again: it is dropped, as after any failure.
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(item) => item.map(|item| item.map(StreamItem::into_result)),
        Err(_) => Poll::Ready(Some(Err(Error::panicked()))),
    }
}
