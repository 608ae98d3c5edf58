//! Coalescing: chunks that share a write, at most one in a window of time.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// Holds events back until the window ends.
pub(super) struct Hold {
    window: Duration,
    held: Vec<u8>,
    /// The end of the window that the last events began.
    end: Option<Pin<Box<Sleep>>>,
}

impl Hold {
    /// Returns `None` if nothing is to wait.
    pub(super) fn new(window: Duration) -> Option<Box<Self>> {
        (!window.is_zero()).then(|| Box::new(Self { window, held: Vec::new(), end: None }))
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
        self.end = Some(Box::pin(sleep(self.window)));
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.end.as_mut().is_none_or(|end| end.as_mut().poll(cx).is_ready())
    }
}
