//! The events that a body sends, whatever their type: so the body itself is compiled once, not for each handler.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::block::sink;
use crate::error::Error;
use crate::event_stream::{EventStream, Settings, StreamItem};
use crate::wire::Batch;

pub(super) trait Source {
    /// Fills the batch with what is ready, and returns whether the stream has ended.
    ///
    /// # Errors
    ///
    /// What the stream fails with.
    fn fill(
        self: Pin<&mut Self>,
        batch: &RefCell<Batch>,
        cx: &mut Context<'_>,
    ) -> Result<bool, Error>;

    /// Drops what the stream holds.
    fn end(self: Pin<&mut Self>);

    fn settings(self: Pin<&mut Self>) -> &mut Settings;
}

impl<S: Stream<Item: StreamItem>> Source for EventStream<S> {
    fn fill(
        mut self: Pin<&mut Self>,
        batch: &RefCell<Batch>,
        cx: &mut Context<'_>,
    ) -> Result<bool, Error> {
        let is_block = self.is_block();
        // Its end may be due.
        self.as_mut().poll_shutdown(cx);
        loop {
            let mut poll = || self.as_mut().poll_item(cx);
            let polled = if is_block { sink::lend_batch(poll) } else { poll() };
            // A block is pending as well when its last event has filled the batch.
            let Poll::Ready(Some(item)) = polled else { return Ok(self.is_ended()) };
            // To convert an error may run any code, so the batch is not borrowed yet.
            let event = item.into_result()?;
            if batch.borrow_mut().push(&event) {
                return Ok(false);
            }
        }
    }

    fn end(self: Pin<&mut Self>) {
        self.end();
    }

    fn settings(self: Pin<&mut Self>) -> &mut Settings {
        self.settings_mut()
    }
}
