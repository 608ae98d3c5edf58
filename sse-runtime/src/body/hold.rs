//! Coalescing: chunks that share a write, at most one in a window of time.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::pipeline::Chunk;

/// What waits for the window to end.
pub(super) struct Hold {
    window: Duration,
    held: Chunk,
    /// The end of the window that the last events began.
    until: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Hold {
    /// None if nothing is to wait.
    pub(super) fn new(window: Duration) -> Option<Box<Self>> {
        let hold = || Box::new(Self { window, held: Chunk::default(), until: None, timer: None });
        (!window.is_zero()).then(hold)
    }

    /// Returns how much of the limit is left.
    pub(super) fn room(&self, limit: usize) -> usize {
        limit.saturating_sub(self.held.bytes.len()).max(1)
    }

    /// Adds the chunk to what is held, and returns all of that if it is due, or nothing. Then the
    /// task wakes when it is.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        chunk: Chunk,
        limit: usize,
        is_ended: bool,
        has_more: bool,
    ) -> Chunk {
        let stats = chunk.stats;
        self.add(chunk);
        let is_due = is_ended
            || stats.heartbeats > 0
            || self.held.shared_tail.is_some()
            || self.held.bytes.len() >= limit
            || self.poll_due(cx);
        if is_due {
            return self.hand_over();
        }
        if has_more {
            cx.waker().wake_by_ref();
        }
        Chunk::default()
    }

    fn add(&mut self, mut chunk: Chunk) {
        let held = &mut self.held;
        if held.bytes.is_empty() {
            held.bytes = chunk.bytes;
        } else {
            held.bytes.append(&mut chunk.bytes);
        }
        held.shared_tail = chunk.shared_tail;
        held.stats.events += chunk.stats.events;
        held.stats.heartbeats += chunk.stats.heartbeats;
        held.stats.plain += chunk.stats.plain;
    }

    fn poll_due(&mut self, cx: &mut Context<'_>) -> bool {
        if self.held.is_empty() {
            return false;
        }
        let Some(until) = self.until.filter(|&until| until > Instant::now()) else { return true };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(cx).is_ready()
    }

    fn hand_over(&mut self) -> Chunk {
        if self.held.stats.events > 0 {
            let now = Instant::now();
            // Of a window without end, what Tokio makes of it: some decades.
            let end = || sleep(self.window).deadline();
            self.until = Some(now.checked_add(self.window).unwrap_or_else(end));
        }
        std::mem::take(&mut self.held)
    }
}
