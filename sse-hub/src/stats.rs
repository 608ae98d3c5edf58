//! What an operator may want to know.

/// What a hub holds at the moment, and what has happened since it was made: see
/// [`Hub::stats`](crate::Hub::stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Topics with events in the log or with subscriptions of this process.
    pub topics: usize,
    /// Subscriptions of this process.
    pub subscriptions: usize,
    /// Events in the log.
    pub events: usize,
    /// Bytes of the events in the log, about as many as the memory they take.
    pub bytes: usize,
    /// Events that have entered the log of this process.
    pub appended: u64,
    /// Gaps that subscriptions of this process have been told of.
    pub gaps: u64,
}
