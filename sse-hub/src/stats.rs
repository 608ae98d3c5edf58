//! What an operator may want to know of a hub.

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
    /// Events that have been added to the log of this process.
    pub appended: u64,
    /// Gaps that subscriptions in this process have met, not counting those that
    /// [`resumed`](crate::Subscription::resumed) reported instead.
    pub gaps: u64,
    /// Whether the engine can be reached. In memory, it always can.
    pub connected: bool,
    /// How many events the engine had that this process had not received yet, when this process
    /// last looked. It looks about once a second.
    pub behind: u64,
    /// Events that are waiting to be sent to the engine, or for its answer.
    pub queued: usize,
    /// How often the engine has lost events, so that all positions became unknown.
    pub epochs: u64,
}
