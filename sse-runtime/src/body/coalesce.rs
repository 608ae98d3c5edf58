//! Batches that share a write: at most one in a window of time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use super::batches::{Batches, Filled};
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

pin_project! {
    /// The batches of a stream, held back for its window, if it has one.
    pub(crate) struct Coalesced<S> {
        #[pin]
        batches: Batches<S>,
        // Zero if nothing is to wait.
        window: Duration,
        held: Held,
        // After what is held.
        failure: Option<Error>,
    }
}

/// What waits for the window to end.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    filled: Filled,
    /// The end of the window that the last events began.
    until: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Coalesced<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        let window = events.settings.coalesce;
        Self { batches: Batches::new(events), window, held: Held::default(), failure: None }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.batches.is_terminated() && self.held.bytes.is_empty() && self.failure.is_none()
    }

    pub(crate) fn is_shut_down(&self) -> bool {
        self.batches.is_shut_down()
    }
}

impl<S: Stream<Item: StreamItem>> Coalesced<S> {
    /// As that of [`Batches`].
    pub(crate) fn take_large(self: Pin<&mut Self>) -> Option<Bytes> {
        self.project().batches.take_large()
    }

    /// As that of [`Batches`].
    pub(crate) fn poll_ended(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        self.project().batches.poll_ended(cx)
    }

    /// As that of [`Batches`].
    #[inline]
    pub(crate) fn poll_batch(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<Filled, Error>>> {
        if self.window.is_zero() {
            return self.project().batches.poll_batch(cx, limit, out);
        }
        self.poll_held(cx, limit, out)
    }

    fn poll_held(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<Filled, Error>>> {
        let mut this = self.project();
        let held = this.held;
        if let Some(error) = this.failure.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let room = limit.saturating_sub(held.bytes.len()).max(1);
        let is_due = match this.batches.as_mut().poll_batch(cx, room, &mut held.bytes) {
            Poll::Pending => held.poll_due(cx),
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(error))) => {
                *this.failure = Some(error);
                true
            }
            Poll::Ready(Some(Ok(filled))) => {
                held.filled = held.filled.and(filled);
                let is_due = filled.heartbeats > 0
                    || held.bytes.len() >= limit
                    || this.batches.has_large()
                    || this.batches.is_ended()
                    || held.poll_due(cx);
                if !is_due && filled.has_more {
                    cx.waker().wake_by_ref();
                }
                is_due
            }
        };
        if !is_due {
            Poll::Pending
        } else if held.bytes.is_empty() && !this.batches.has_large() {
            Poll::Ready(this.failure.take().map(Err))
        } else {
            Poll::Ready(Some(Ok(held.hand_over(*this.window, out))))
        }
    }
}

impl Held {
    /// Whether what is held has waited for long enough; else the task wakes when it has.
    fn poll_due(&mut self, cx: &mut Context<'_>) -> bool {
        if self.bytes.is_empty() {
            return false;
        }
        let Some(until) = self.until.filter(|&until| until > Instant::now()) else { return true };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(cx).is_ready()
    }

    fn hand_over(&mut self, window: Duration, out: &mut Vec<u8>) -> Filled {
        if out.is_empty() {
            *out = std::mem::take(&mut self.bytes);
        } else {
            out.append(&mut self.bytes);
        }
        let filled = std::mem::take(&mut self.filled);
        if filled.events > 0 {
            self.until = Instant::now().checked_add(window);
        }
        filled
    }
}
