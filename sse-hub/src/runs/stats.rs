//! Figures for operators.

/// What the runs of a process are doing, and counts of what has happened since they were created: see
/// [`Runs::stats`](crate::Runs::stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunsStats {
    /// Runs that are being produced.
    pub running: usize,
    /// Runs that have ended and can still be joined.
    pub kept: usize,
    /// Readers: each [`Join`](crate::Join) that has not reached the end.
    pub readers: usize,
    /// The memory that the events of all runs take, in bytes, approximately.
    pub bytes: usize,
    /// Runs that were started.
    pub started: u64,
    /// Runs that finished.
    pub finished: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Runs that were stopped, or abandoned by their readers.
    pub stopped: u64,
    /// Runs that were lost.
    pub lost: u64,
    /// Events that were recorded.
    pub events: u64,
    /// Gaps that readers were told of.
    pub gaps: u64,
}
