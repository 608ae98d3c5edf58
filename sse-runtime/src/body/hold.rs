//! Coalescing: chunks that share a write, at most one in a window of time.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use super::chunk::Chunk;

/// Holds events back until the window ends.
pub(super) struct Hold {
    window: Duration,
    held: Chunk,
    /// The end of the window that the last events began.
    end: Option<Pin<Box<Sleep>>>,
}

impl Hold {
    /// Returns `None` if nothing is to wait.
    pub(super) fn new(window: Duration) -> Option<Box<Self>> {
        (!window.is_zero()).then(|| Box::new(Self { window, held: Chunk::default(), end: None }))
    }

    /// Returns how much of the limit is left.
    pub(super) fn room(&self, limit: usize) -> usize {
        limit.saturating_sub(self.held.bytes.len()).max(1)
    }

    /// Adds the chunk to what is held, and returns all of that if it is due. Otherwise returns an empty
    /// chunk, and the task wakes when it is due.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        chunk: Chunk,
        limit: usize,
        is_ended: bool,
    ) -> Chunk {
        let is_due = is_ended || chunk.heartbeats > 0 || chunk.shared_tail.is_some();
        self.held.append(chunk);
        let is_full = self.held.bytes.len() >= limit;
        if self.held.is_empty() || !(is_due || is_full || self.is_over(cx)) {
            return Chunk::default();
        }
        if self.held.events > 0 && !is_ended {
            self.end = Some(Box::pin(sleep(self.window)));
        }
        self.held.bytes.shrink_to_fit();
        std::mem::take(&mut self.held)
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.end.as_mut().is_none_or(|end| end.as_mut().poll(cx).is_ready())
    }
}
