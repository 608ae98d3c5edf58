//! Coalescing: chunks that share a write, at most one in a window of time.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// Holds events back until the window ends.
pub(super) struct Hold {
    window: Duration,
    held: Vec<u8>,
    /// When the last events were given, which began a window.
    begun: Option<Instant>,
    /// The end of that window. There is no timer before something waits for it.
    end: Option<Pin<Box<Sleep>>>,
}

impl Hold {
    /// Returns `None` if nothing is to wait.
    pub(super) fn new(window: Duration) -> Option<Box<Self>> {
        (!window.is_zero())
            .then(|| Box::new(Self { window, held: Vec::new(), begun: None, end: None }))
    }

    /// Returns how much of the limit is left.
    pub(super) fn room(&self, limit: usize) -> usize {
        limit.saturating_sub(self.held.len()).max(1)
    }

    /// Adds the bytes to what is held, and returns all of that if it is due or has reached the limit.
    /// Otherwise returns nothing, and the task wakes when it is due.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut bytes: Vec<u8>,
        limit: usize,
        is_due: bool,
    ) -> Vec<u8> {
        self.held.append(&mut bytes);
        if self.held.is_empty() || !(is_due || self.held.len() >= limit || self.is_over(cx)) {
            return Vec::new();
        }
        self.held.shrink_to_fit();
        std::mem::take(&mut self.held)
    }

    /// Begins a window: events were given.
    pub(super) fn begin(&mut self) {
        (self.begun, self.end) = (Some(Instant::now()), None);
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(begun) = self.begun else { return true };
        let left = self.window.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return true;
        }
        let end = self.end.get_or_insert_with(|| Box::pin(sleep(left)));
        end.as_mut().poll(cx).is_ready()
    }
}
