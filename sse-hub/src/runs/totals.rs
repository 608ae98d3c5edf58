//! Counts over all runs of a process.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::RunState;

#[derive(Default)]
pub(super) struct Totals {
    /// Of the events that are held.
    pub(super) bytes: AtomicUsize,
    pub(super) readers: AtomicUsize,
    pub(super) started: AtomicU64,
    pub(super) events: AtomicU64,
    pub(super) gaps: AtomicU64,
    ended: [AtomicU64; 4],
}

impl Totals {
    pub(super) fn count_end(&self, state: RunState) {
        self.counter(state).fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn ended(&self, state: RunState) -> u64 {
        self.counter(state).load(Ordering::Relaxed)
    }

    fn counter(&self, state: RunState) -> &AtomicU64 {
        match state {
            RunState::Finished => &self.ended[0],
            RunState::Failed => &self.ended[1],
            RunState::Stopped => &self.ended[2],
            RunState::Running | RunState::Lost => &self.ended[3],
        }
    }
}
