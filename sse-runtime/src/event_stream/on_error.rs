//! Turns a failure into a last event.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::event::Event;

pin_project! {
    /// The stream of [`EventStream::on_error`].
    pub struct OnError<S, F> {
        #[pin]
        pub(super) stream: S,
        // `None` once the stream failed.
        pub(super) event: Option<F>,
    }
}

impl<S, F> fmt::Debug for OnError<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnError").field("failed", &self.event.is_none()).finish_non_exhaustive()
    }
}

impl<S, E, F> Stream for OnError<S, F>
where
    S: Stream<Item = Result<Event, E>>,
    F: FnOnce(E) -> Event,
{
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = self.project();
        if this.event.is_none() {
            return Poll::Ready(None);
        }
        match ready!(this.stream.poll_next(cx)) {
            Some(Ok(event)) => Poll::Ready(Some(event)),
            Some(Err(error)) => Poll::Ready(this.event.take().map(|event| event(error))),
            None => Poll::Ready(None),
        }
    }
}
