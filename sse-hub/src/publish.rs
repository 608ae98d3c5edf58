//! The outcome of publishing.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::PublishError;
use crate::event_id::EventId;

type Outcome = Result<EventId, PublishError>;

/// A future of the outcome of [`Hub::publish`](crate::Hub::publish): the event's ID, or why it was
/// not published.
///
/// The event is already on its way when this is returned, and dropping the future cancels nothing. To ignore the
/// outcome, call [`detach`](Self::detach).
#[must_use = "await it to learn whether the event was published, or let it go by `detach`"]
pub struct Publish(State);

enum State {
    Known(Outcome),
    Pending(oneshot::Receiver<Outcome>),
}

impl Publish {
    /// Drops the future, and with it the outcome. The event is published all the same.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// hub.publish("cursors", Event::data("12,7")).detach();
    /// ```
    pub fn detach(self) {}

    pub(crate) fn known(outcome: Outcome) -> Self {
        Self(State::Known(outcome))
    }

    /// Returns whether it is already known that nothing was published.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.0, State::Known(Err(_)))
    }

    /// Returns a sender for the engine to send the outcome. If it is dropped instead, the outcome is unknown.
    pub(crate) fn pending() -> (oneshot::Sender<Outcome>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(State::Pending(receiver)))
    }
}

impl Future for Publish {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        match &mut self.0 {
            State::Known(outcome) => Poll::Ready(*outcome),
            State::Pending(receiver) => Pin::new(receiver)
                .poll(cx)
                .map(|answer| answer.unwrap_or(Err(PublishError::Unknown))),
        }
    }
}

impl fmt::Debug for Publish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publish").finish_non_exhaustive()
    }
}
