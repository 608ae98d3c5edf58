//! Figures for operators.

use std::time::Duration;

/// What a hub holds at the moment, and counts of what has happened since it was created: see
/// [`Hub::stats`](crate::Hub::stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Topics that have events in the log, or subscriptions in this process.
    pub topics: usize,
    /// Subscriptions in this process.
    pub subscriptions: usize,
    /// Events in the log.
    pub events: usize,
    /// The memory that the events in the log take, in bytes, approximately.
    pub bytes: usize,
    /// Topics that [retain](crate::Hub::retain) an event.
    pub retained: usize,
    /// The memory that the retained events take, in bytes, approximately.
    pub retained_bytes: usize,
    /// The age of the oldest event in the log; zero if the log is empty.
    pub age: Duration,
    /// Events that this process has published, or handed to the engine.
    pub published: u64,
    /// Events that were not published, for whatever reason, not counting those that timed out. If
    /// [`publish_all`](crate::Hub::publish_all) is given an event that can't be published, it counts as one.
    pub refused: u64,
    /// Events whose outcome is unknown.
    pub unknown: u64,
    /// Events that were not published because the engine couldn't be reached in time.
    pub timed_out: u64,
    /// Events that have been added to the log of this process.
    pub appended: u64,
    /// Gaps that subscriptions in this process have met, not counting those that
    /// [`resumed`](crate::Subscription::resumed) reported instead.
    pub gaps: u64,
    /// Of these gaps, those at positions that the hub didn't know.
    pub gaps_unknown: u64,
    /// Of these gaps, those of clients that were too slow.
    pub gaps_overflow: u64,
    /// How often a subscription was woken for an event. With
    /// [`coalesce`](crate::Builder::coalesce) that is less often than it receives one.
    pub wakes: u64,
    /// Whether the engine can be reached, or the disk be written to. Always `true` in memory.
    pub connected: bool,
    /// How many events Redis had that this process had not read yet, when it last looked, which it does about
    /// once a second.
    pub behind: u64,
    /// Events that are waiting to be sent to the engine, or for its answer.
    pub queued: usize,
    /// How often Redis has lost events, so that all positions became unknown.
    pub epochs: u64,
}
