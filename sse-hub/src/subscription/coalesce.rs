//! Reading the log at most once in a window of time.

use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::Subscription;
use super::membership::Membership;
use crate::waiting::Registrations;

/// Limits how often the log is read.
#[derive(Default)]
pub(super) struct Pace {
    /// Zero if each event is read at once.
    window: Duration,
    /// Whether an event has been read in this window.
    has_read: bool,
    /// The end of the window.
    pause: Option<Pin<Box<Sleep>>>,
    /// Where a drain finds the task in a pause, in which no event wakes it.
    registration: Option<Box<Registrations>>,
}

impl Pace {
    pub(super) fn new(window: Duration) -> Self {
        Self { window, ..Self::default() }
    }

    /// Resolves when the log may be read.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(())
    }

    pub(super) fn register(&mut self, waker: &Waker, membership: &Membership) {
        self.registration
            .get_or_insert_with(|| Box::new(membership.drain_registration()))
            .register(waker);
    }

    pub(super) fn has_read(&mut self) {
        self.has_read = true;
    }

    /// Begins a pause if an event has been read in this window. Call it when everything has been read. Returns
    /// whether to wait for the end of the pause, and not for the next event.
    pub(super) fn begins_pause(&mut self) -> bool {
        if self.window.is_zero() || !std::mem::take(&mut self.has_read) {
            return false;
        }
        let Some(end) = Instant::now().checked_add(self.window) else { return false };
        self.pause = Some(Box::pin(sleep_until(end)));
        true
    }
}

impl Subscription {
    /// Lets an event wait this long for others, to be sent together with them: see
    /// [`Builder::coalesce`](crate::Builder::coalesce), which sets it for all subscriptions of the
    /// hub. Zero sends each event at once.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::EventStream;
    /// use std::time::Duration;
    ///
    /// fn prices(hub: &Hub) -> EventStream![] {
    ///     EventStream::from(hub.subscribe("prices").coalesce(Duration::from_millis(20)))
    /// }
    /// # let _ = prices(&Hub::new());
    /// ```
    pub fn coalesce(mut self, window: Duration) -> Self {
        self.pace = Pace::new(window);
        self
    }
}
