//! Batches that are compressed, if the stream is to be.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::batches::Filled;
use super::coalesce::Coalesced;
use crate::compress::{Compression, Encoder};
use crate::event_stream::StreamItem;
use crate::{Error, EventStream};

pin_project! {
    /// The batches of a stream, each compressed and flushed.
    pub(crate) struct Compressed<S> {
        #[pin]
        batches: Coalesced<S>,
        state: State,
    }
}

enum State {
    Off,
    /// Without memory yet.
    Idle(Compression),
    Running(Box<Encoder>),
    /// All is said, or the stream failed, which the missing end tells as well.
    Over,
}

impl<S> Compressed<S> {
    pub(crate) fn new(events: EventStream<S>) -> Self {
        let state = match events.settings.compression {
            Some(compression) if compression != Compression::none() => State::Idle(compression),
            _ => State::Off,
        };
        Self { batches: Coalesced::new(events), state }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.batches.is_terminated() && matches!(self.state, State::Off | State::Over)
    }

    pub(crate) fn is_shut_down(&self) -> bool {
        self.batches.is_shut_down()
    }
}

impl<S: Stream<Item: StreamItem>> Compressed<S> {
    /// As that of [`Coalesced`].
    pub(crate) fn take_large(self: Pin<&mut Self>) -> Option<Bytes> {
        self.project().batches.take_large()
    }

    /// As that of [`Coalesced`].
    pub(crate) fn poll_ended(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        self.project().batches.poll_ended(cx)
    }

    /// As that of [`Coalesced`].
    #[inline]
    pub(crate) fn poll_batch(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<Filled, Error>>> {
        if let State::Off = self.state {
            return self.project().batches.poll_batch(cx, limit, out);
        }
        self.poll_compressed(cx, limit, out)
    }

    fn poll_compressed(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Poll<Option<Result<Filled, Error>>> {
        let mut this = self.project();
        if let State::Over = this.state {
            return Poll::Ready(None);
        }
        let mut plain = Vec::new();
        let filled = match ready!(this.batches.as_mut().poll_batch(cx, limit, &mut plain)) {
            Some(Ok(filled)) => filled,
            Some(Err(error)) => {
                *this.state = State::Over;
                return Poll::Ready(Some(Err(error)));
            }
            None => Filled::default(),
        };
        let large = this.batches.as_mut().take_large().unwrap_or_default();
        let filled = Filled { bytes: filled.bytes + large.len(), ..filled };
        let is_last = this.batches.is_terminated();
        let encoded = this.state.encode([&plain, &large], is_last, out);
        Poll::Ready(Some(encoded.map(|()| filled).map_err(Error::new)))
    }
}

impl State {
    fn encode(
        &mut self,
        pieces: [&[u8]; 2],
        is_last: bool,
        out: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        let mut encoder = match std::mem::replace(self, Self::Over) {
            Self::Idle(compression) => Box::new(Encoder::new(compression)?),
            Self::Running(encoder) => encoder,
            Self::Off | Self::Over => return Ok(()),
        };
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            encoder.encode(piece, out)?;
        }
        if is_last {
            return encoder.finish(out);
        }
        *self = Self::Running(encoder);
        Ok(())
    }
}
