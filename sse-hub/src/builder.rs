//! The settings of a hub.

use std::time::Duration;

#[cfg(feature = "redis")]
use crate::engine::connect_redis;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::{ConnectError, hub};

/// Sets what a hub keeps and allows, and makes it: see [`Hub::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder makes a hub by `build` or `connect`"]
pub struct Builder {
    limits: Limits,
}

impl Builder {
    /// Sets how long, and up to how many bytes in total, the hub keeps events: for clients that
    /// come back, and for those that are slow. The default is 2 minutes and 64 MiB.
    ///
    /// An event counts with about the memory it takes, which is twice its text, as it is kept
    /// and as it is sent.
    ///
    /// An event is dropped when it is older than the window, or when the events take more bytes:
    /// whatever comes first. The newest event stays as long as the window, whatever its size.
    /// It happens as events are published and subscriptions are made; an idle hub drops nothing.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// use std::time::Duration;
    ///
    /// let hub = Hub::builder().replay(Duration::from_secs(600), 16 << 20).build();
    /// # assert_eq!(hub.stats().bytes, 0);
    /// ```
    pub fn replay(mut self, window: Duration, max_bytes: usize) -> Self {
        self.limits.window = window;
        self.limits.max_bytes = max_bytes;
        self
    }

    /// Sets how many bytes an event may have as it is sent, without its ID: a larger one is
    /// refused. The default is 1 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_event_bytes = bytes;
        self
    }

    /// Sets how many topics may have events in the log at a time: an event that would bring
    /// one more is refused. The default is 1,000,000.
    ///
    /// Topics that are subscribed to and have no events don't count, so that no client can keep
    /// others from publishing.
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.limits.max_topics = topics;
        self
    }

    /// Makes a hub in memory, for the clients of this process.
    pub fn build(self) -> Hub {
        hub::in_memory(self.limits)
    }

    /// Makes a hub on the engine that the URL names: `memory:` for this process alone,
    /// `redis://…` or `rediss://…` for many.
    ///
    /// # Errors
    ///
    /// If the URL has another scheme, or one whose feature is off, or if Redis can't be reached.
    ///
    /// # Panics
    ///
    /// With Redis, outside of a Tokio runtime with I/O and time enabled.
    #[allow(clippy::unused_async, reason = "to connect over a network takes time")]
    pub async fn connect(self, url: &str) -> Result<Hub, ConnectError> {
        match url.split_once(':') {
            Some(("memory", _)) => Ok(self.build()),
            #[cfg(feature = "redis")]
            Some(("redis" | "rediss", _)) => connect_redis(self.limits, url).await,
            #[cfg(not(feature = "redis"))]
            Some(("redis" | "rediss", _)) => Err(ConnectError::RedisIsOff),
            _ => Err(ConnectError::Scheme),
        }
    }
}
