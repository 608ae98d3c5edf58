//! The limits of a hub.

use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// How long an event stays in the log.
    pub(crate) window: Duration,
    /// How many bytes of events stay in the log.
    pub(crate) max_bytes: usize,
    pub(crate) max_event_bytes: usize,
    pub(crate) max_topics: usize,
    /// How many topics may retain an event, and how many bytes these may take.
    pub(crate) max_retained: usize,
    pub(crate) max_retained_bytes: usize,
    /// How long an event may wait for others, to be sent with them.
    pub(crate) coalesce: Duration,
    /// How long an event may wait to be sent to the engine.
    pub(crate) publish_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(120),
            max_bytes: 64 << 20,
            max_event_bytes: 1 << 20,
            max_topics: 1_000_000,
            max_retained: 100_000,
            max_retained_bytes: 64 << 20,
            coalesce: Duration::ZERO,
            publish_timeout: Duration::from_secs(10),
        }
    }
}
