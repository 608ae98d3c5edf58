//! The settings of a hub.

use std::time::Duration;

#[cfg(feature = "file")]
use crate::engine::connect_file;
#[cfg(feature = "redis")]
use crate::engine::connect_redis;
use crate::engine::in_memory;
use crate::error::ConnectError;
use crate::hub::Hub;
use crate::limits::Limits;

/// The shortest window: subscriptions that are woken for an event need time to read it.
const SHORTEST_WINDOW: Duration = Duration::from_millis(100);

/// The settings of a hub: see [`Hub::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` or `connect` is called"]
pub struct Builder {
    limits: Limits,
    lazy: bool,
}

impl Builder {
    /// Sets for how long, and up to how many bytes in total, the hub keeps events for clients that
    /// come back or are slow. The default is 2 minutes and 64 MiB.
    ///
    /// An event is dropped when it is older than the window or when the events take more than
    /// `max_bytes`, whichever comes first. The newest event stays for the whole window, whatever its
    /// size. Events are dropped while others are published and when a subscription is made; an idle
    /// hub drops nothing. If very many are too old at the same time, as after a burst, each of these
    /// calls drops 64 of them, and [`stats`](Hub::stats) drops all. A window of less than 100 milliseconds
    /// counts as 100, since subscriptions that are woken for an event need time to read it.
    ///
    /// Each event counts as about the memory it takes: 300 bytes, and twice its length, since it is
    /// kept both as it was published and as it is sent. Each further topic of an event counts as 24
    /// bytes, and each topic that has events as 200 bytes and the length of its name.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// use std::time::Duration;
    ///
    /// let hub = Hub::builder().replay(Duration::from_secs(600), 16 << 20).build();
    /// # assert_eq!(hub.stats().bytes, 0);
    /// ```
    pub fn replay(mut self, window: Duration, max_bytes: usize) -> Self {
        self.limits.window = window.max(SHORTEST_WINDOW);
        self.limits.max_bytes = max_bytes;
        self
    }

    /// Sets how many bytes an event may have as it is sent, not counting its ID. Publishing a
    /// larger one is an error. The default is 1 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_event_bytes = bytes;
        self
    }

    /// Sets how many topics may have events in the log at the same time. Publishing an event that
    /// would exceed this is an error. The default is 1,000,000.
    ///
    /// Topics that have subscriptions but no events don't count, so clients can't keep others from
    /// publishing by subscribing to many topics.
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.limits.max_topics = topics;
        self
    }

    /// Sets how many topics may [retain](Hub::retain) an event, and how many bytes these events may take in
    /// total. Retaining one that would exceed this is an error. The default is 100,000 topics and 64 MiB.
    ///
    /// Each counts as 320 bytes, the length of the topic's name, and twice the event's length. In a folder and on
    /// Redis, events that are still in the queue don't count yet, so the limit can be exceeded by as many. On Redis, each
    /// process applies its own limit, to what it has read so far. Where more is retained than the limit allows, an event
    /// can still be replaced by one that is no larger, and be forgotten.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// let hub = Hub::builder().max_retained(1000, 1 << 20).build();
    /// # assert_eq!(hub.stats().retained, 0);
    /// ```
    pub fn max_retained(mut self, topics: usize, bytes: usize) -> Self {
        self.limits.max_retained = topics;
        self.limits.max_retained_bytes = bytes;
        self
    }

    /// Lets an event wait this long for others, to be sent together with them, on each subscription of the
    /// hub. It is meant for topics with many events a second and many clients, where wake-ups and writes cost far
    /// more than the events. Zero, the default, sends each event at once.
    ///
    /// The first event after a pause of that length is sent at once. The subscription then isn't woken again until
    /// the time has passed, and sends everything that has come meanwhile: so a client costs one wake-up and one
    /// write in that time, however many events there are. [`EventStream::coalesce`](sse_runtime::EventStream::coalesce)
    /// saves the writes but not the wake-ups. Subscriptions then have to be polled in a Tokio runtime with time enabled.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// use std::time::Duration;
    ///
    /// let prices = Hub::builder().coalesce(Duration::from_millis(20)).build();
    /// # assert_eq!(prices.stats().wakes, 0);
    /// ```
    pub fn coalesce(mut self, window: Duration) -> Self {
        self.limits.coalesce = window;
        self
    }

    /// Sets how long an event may wait in the queue while Redis or the disk is slow or doesn't answer. An event that
    /// has not been sent or written by then never is, and its outcome is
    /// [`PublishError::TimedOut`](crate::PublishError::TimedOut). The default is 10 seconds. A hub in
    /// memory publishes at once.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::ConnectError> {
    /// # use sse_hub::Hub;
    /// use std::time::Duration;
    ///
    /// let hub = Hub::builder().publish_timeout(Duration::from_secs(2)).connect("memory:").await?;
    /// # assert_eq!(hub.stats().timed_out, 0);
    /// # Ok(()) }
    /// ```
    pub fn publish_timeout(mut self, timeout: Duration) -> Self {
        self.limits.publish_timeout = timeout;
        self
    }

    /// Sets whether [`connect`](Self::connect) succeeds even if Redis can't be reached at the moment, so that a deploy
    /// can start while Redis is down. The default is `false`: it is an error. In memory and in a folder, this changes
    /// nothing.
    ///
    /// The hub then connects as soon as it can. Until then it isn't [ready](Hub::is_ready), events wait in the queue for
    /// up to [`publish_timeout`](Self::publish_timeout), and subscriptions wait with an open stream. Once the hub has
    /// read back what Redis has, subscriptions that resume continue after their position, and the others begin there.
    /// Those with [tags](crate::Subscription::tag) end, with a reconnection time, since one of them may have been ended
    /// meanwhile. A [`position`](Hub::position) that was taken before is unknown.
    ///
    /// An address that can't be right is an error all the same: one that can't be parsed, for example, or a
    /// password that Redis refuses. An unknown host is no such error, since its name may become known.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::ConnectError> {
    /// # use sse_hub::Hub;
    /// let hub = Hub::builder().lazy(true).connect("memory:").await?;
    /// assert!(hub.is_ready());
    /// # Ok(()) }
    /// ```
    pub fn lazy(mut self, on: bool) -> Self {
        self.lazy = on;
        self
    }

    /// Creates a hub in memory, for the clients of this process.
    ///
    /// # Panics
    ///
    /// If the operating system has no source of randomness. The usual ones always have one.
    pub fn build(self) -> Hub {
        Hub::of(in_memory(self.limits))
    }

    /// Creates a hub on the engine that the URL names: `memory:` for a hub of this process alone,
    /// `file:/var/lib/app/events` for one that keeps its events in that folder, beyond the process, and
    /// `redis://…` or `rediss://…` for one that many processes share.
    ///
    /// # Errors
    ///
    /// If the scheme of the URL is not one of these, if its feature is not enabled, if Redis can't be
    /// reached (unless the hub is [lazy](Self::lazy)), or if the folder can't be used: because it can't be created or
    /// written to, because another hub has it open, or because a file in it is damaged or was written by a later
    /// version. The error names
    /// the folder or the file.
    ///
    /// # Panics
    ///
    /// With Redis, if it is called outside of a Tokio runtime with I/O and time enabled.
    ///
    /// # The runtime
    ///
    /// With Redis, the hub's tasks run in the runtime in which this is called. When that runtime is gone, the
    /// hub is closed: its subscriptions end, as when it is [drained](Hub::drain), and publishing is
    /// [`PublishError::Closed`](crate::PublishError::Closed). A hub in a `static`, for example, doesn't
    /// outlive the `#[tokio::test]` that has connected it.
    ///
    /// # TLS
    ///
    /// `rediss://` needs the feature `redis-tls`, and a cryptography provider for rustls, of which a process has
    /// one. If none is installed yet, this installs that of the crate `ring` for the whole process. To use another,
    /// install it before.
    #[allow(clippy::unused_async, reason = "to connect over a network takes time")]
    pub async fn connect(self, url: &str) -> Result<Hub, ConnectError> {
        match url.split_once(':') {
            Some(("memory", _)) => Ok(self.build()),
            #[cfg(feature = "file")]
            Some(("file", _)) => connect_file(self.limits, url).await.map(Hub::of),
            #[cfg(not(feature = "file"))]
            Some(("file", _)) => Err(ConnectError::FileIsOff),
            #[cfg(feature = "redis")]
            Some(("redis" | "rediss", _)) => {
                connect_redis(self.limits, url, self.lazy).await.map(Hub::of)
            }
            #[cfg(not(feature = "redis"))]
            Some(("redis" | "rediss", _)) => Err(ConnectError::RedisIsOff),
            _ => Err(ConnectError::Scheme),
        }
    }
}

impl Hub {
    /// Creates a hub in memory, for the clients of this process, with the default settings of a
    /// [`Builder`].
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder, to set what the hub keeps and what it allows.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// let hub = Hub::builder().max_event_bytes(64 << 10).max_topics(10_000).build();
    /// # assert_eq!(hub.stats().topics, 0);
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Connects to the engine that the URL names, with default settings: see [`Builder::connect`].
    ///
    /// # Errors
    ///
    /// The same as those of [`Builder::connect`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::ConnectError> {
    /// # use sse_hub::Hub;
    /// let hub = Hub::connect("memory:").await?;
    /// # assert_eq!(hub.subscribers("news"), 0);
    /// # Ok(()) }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder().connect(url).await
    }
}
