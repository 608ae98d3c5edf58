//! The limits of runs.

use std::time::Duration;

#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// How long a run can be joined after its end.
    pub(super) keep: Duration,
    /// Of the events of one run.
    pub(super) max_bytes: usize,
    /// Of the events of all runs.
    pub(super) max_total_bytes: usize,
    pub(super) max_event_bytes: usize,
    /// How many may be running.
    pub(super) max_runs: usize,
    pub(super) max_duration: Option<Duration>,
    pub(super) abandon_after: Option<Duration>,
    /// How long a process may be silent before its runs are lost.
    pub(super) lease: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            keep: Duration::from_secs(300),
            max_bytes: 16 << 20,
            max_total_bytes: 1 << 30,
            max_event_bytes: 1 << 20,
            max_runs: 10_000,
            max_duration: None,
            abandon_after: None,
            lease: Duration::from_secs(10),
        }
    }
}
