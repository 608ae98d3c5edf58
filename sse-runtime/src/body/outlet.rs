//! Where the bytes of a stream leave it: in batches, coalesced and compressed as its settings say,
//! and observed.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

#[cfg(not(feature = "compress"))]
use super::coalesce::Coalesced as Batches;
#[cfg(feature = "compress")]
use super::compress::Compressed as Batches;
use crate::event_stream::StreamItem;
use crate::observe::{End, Observer};
use crate::{Error, EventStream};

pin_project! {
    /// What all responses are made of.
    pub(crate) struct Outlet<S> {
        // Before the observer, so that it sees what drops them.
        #[pin]
        batches: Batches<S>,
        observer: Observer,
    }
}

impl<S> Outlet<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        Self { batches: Batches::new(events), observer: Observer::new() }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.batches.is_terminated()
    }

    pub(crate) fn is_shut_down(&self) -> bool {
        self.batches.is_shut_down()
    }
}

impl<S: Stream<Item: StreamItem>> Outlet<S> {
    /// What comes after the last batch, before the next is polled for.
    pub(crate) fn take_large(self: Pin<&mut Self>) -> Option<Bytes> {
        let mut this = self.project();
        let large = this.batches.as_mut().take_large()?;
        this.observer.sent(0, 0, large.len());
        see_end(&this.batches, this.observer);
        Some(large)
    }

    /// Whether the stream has ended. It does if its time after a shutdown is over.
    pub(crate) fn poll_ended(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        self.project().batches.poll_ended(cx)
    }

    /// Appends what is to be sent now: whole events of about `limit` bytes, or what compression
    /// makes of them; tells how many bytes the events have. A failure comes after all that was
    /// yielded before it.
    #[inline]
    pub(crate) fn poll_batch(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<usize, Error>>> {
        let mut this = self.project();
        let before = out.len();
        this.observer.begin();
        let polled = this.observer.within(|| this.batches.as_mut().poll_batch(cx, limit, out));
        let polled = match polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(Ok(filled))) => {
                this.observer.sent(filled.events, filled.heartbeats, out.len() - before);
                Poll::Ready(Some(Ok(filled.bytes)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.observer.failed(&error);
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => Poll::Ready(None),
        };
        see_end(&this.batches, this.observer);
        polled
    }
}

/// A server may not poll again after the last batch.
#[inline]
fn see_end<S>(batches: &Batches<S>, observer: &mut Observer) {
    if Observer::ON && batches.is_terminated() {
        observer.ended(if batches.is_shut_down() { End::ShutDown } else { End::Finished });
    }
}
