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
    /// Whether the engine answers. In memory it always does.
    pub connected: bool,
    /// How many events the engine had that this process did not, when it last looked: it looks
    /// about once a second.
    pub behind: u64,
    /// Events that wait for the engine: to be sent, or for its answer.
    pub queued: usize,
    /// How often the engine has lost events, so that all positions were unknown from then on.
    pub epochs: u64,
}
