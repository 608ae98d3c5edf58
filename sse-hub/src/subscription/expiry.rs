//! Ending a subscription at a set time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sse_runtime::Event;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Subscription;
use crate::event;

pub(super) struct Expiry {
    at: Instant,
    /// `None` until it is first polled, since a handler may run outside of a runtime.
    sleep: Option<Pin<Box<Sleep>>>,
    last: Event,
}

impl Expiry {
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// Resolves to the last event when it is time.
    pub(super) fn poll_last(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if self.at > Instant::now() {
            let at = self.at;
            ready!(self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at))).as_mut().poll(cx));
        }
        Poll::Ready(self.last.clone())
    }
}

impl Subscription {
    /// Ends the stream at this time, for example when a token expires: from then on it sends nothing but
    /// `last`, and ends. Another call replaces both the time and the event.
    ///
    /// `last` is sent without an ID, in place of whatever the client has not been sent by then. If the client comes
    /// back and is let in, it receives that as well. The time is an `Instant` of Tokio or of the standard library. The
    /// subscription then has to be polled in a Tokio runtime with time enabled. If it isn't polled at that time,
    /// because its client doesn't read, it ends when it is next polled.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::{Event, EventStream, LastEventId};
    /// use std::time::Instant;
    ///
    /// struct Token { expires: Instant }
    ///
    /// fn inbox(hub: &Hub, token: &Token, last: Option<LastEventId>) -> EventStream![] {
    ///     let expired = Event::data("Sign in again.").event("expired");
    ///     EventStream::from(hub.subscribe("inbox").resume(last).until(token.expires, expired))
    /// }
    /// # let _ = inbox(&Hub::new(), &Token { expires: Instant::now() }, None);
    /// ```
    pub fn until(mut self, at: impl Into<Instant>, last: Event) -> Self {
        let last = if event::has_id(&last) { event::without_id(&last) } else { last };
        self.expiry = Some(Box::new(Expiry { at: at.into(), sleep: None, last }));
        self
    }
}
