//! A future of a subscription's next event.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream as _;
use futures_core::future::FusedFuture;
use sse_runtime::Event;

use super::Subscription;

/// A future of the next event: see [`Subscription::next`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Next<'a> {
    /// `None` once it has resolved.
    events: Option<&'a mut Subscription>,
}

impl Subscription {
    /// Returns a future of the next event, or of `None` once the stream has ended.
    ///
    /// The future can be dropped at any time, by a `select!` for example, and nothing is lost: it takes no event
    /// before it resolves. Polled again after that, it stays pending.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let mut news = hub.subscribe("news").announce(false);
    /// hub.publish("news", Event::data("hello")).await?;
    /// while let Some(event) = news.next().await {
    ///     println!("{:?}", event.fields().data);
    ///     # break;
    /// }
    /// # Ok(()) }
    /// ```
    #[allow(clippy::should_implement_trait, reason = "an iterator doesn't wait")]
    pub fn next(&mut self) -> Next<'_> {
        Next { events: Some(self) }
    }
}

impl Future for Next<'_> {
    type Output = Option<Event>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let Some(events) = &mut self.events else { return Poll::Pending };
        let event = ready!(Pin::new(&mut **events).poll_next(cx));
        self.events = None;
        Poll::Ready(event)
    }
}

impl FusedFuture for Next<'_> {
    fn is_terminated(&self) -> bool {
        self.events.is_none()
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}
