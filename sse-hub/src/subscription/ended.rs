//! A signal that a subscription has been ended, for those who hold it without polling it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Subscription;

/// A future that resolves when a subscription has been ended: see [`Subscription::ended`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Ended {
    /// `None` once it can't resolve any more.
    signal: Option<oneshot::Receiver<()>>,
    expires: Option<Instant>,
    /// `None` until it is first polled.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Subscription {
    /// Returns a future that resolves when the subscription is ended by one of its [tags](Self::tag), or when its
    /// [time](Self::until) comes, if these were set before this call. Otherwise the future never resolves.
    ///
    /// A server doesn't poll the stream of a client that doesn't read. A subscription that is ended leaves the hub all
    /// the same, but a block around it would keep its variables until the client disconnects. With this future as its
    /// shutdown signal, the block receives the last event as always, and is dropped after the
    /// [grace](sse_runtime::EventStream::shutdown_grace) of a second, whether or not its client reads. Not every framework
    /// allows that: see [`with_graceful_shutdown`](sse_runtime::EventStream::with_graceful_shutdown). Under Rocket, the block
    /// of a client that doesn't read stays until that client leaves.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::EventStream;
    /// # fn lease_a_device() {}
    /// fn inbox(hub: &Hub) -> EventStream![] {
    ///     let events = hub.subscribe("inbox").tag("user:7");
    ///     let ended = events.ended();
    ///     EventStream! {
    ///         let _device = lease_a_device();
    ///         for await event in events {
    ///             yield event;
    ///         }
    ///     }
    ///     .with_graceful_shutdown(ended)
    /// }
    /// # let _ = inbox(&Hub::new());
    /// ```
    pub fn ended(&self) -> Ended {
        Ended {
            signal: self.membership.as_ref().and_then(super::Membership::signal),
            expires: self.expiry.as_ref().map(|expiry| expiry.at()),
            sleep: None,
        }
    }
}

impl Future for Ended {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(signal) = &mut self.signal {
            match Pin::new(signal).poll(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(()),
                // The subscription is gone, and nobody can end it any more.
                Poll::Ready(Err(_)) => self.signal = None,
                Poll::Pending => {}
            }
        }
        let Some(at) = self.expires else { return Poll::Pending };
        self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at))).as_mut().poll(cx)
    }
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended").finish_non_exhaustive()
    }
}
