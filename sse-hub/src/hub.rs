//! The hub itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::timeout_at;

use crate::engine::{Engine, Memory, Message};
use crate::event;
use crate::limits::Limits;
use crate::log::History;
use crate::node::Node;
use crate::topics::Names;
use crate::{Builder, ConnectError, EventId, Publish, PublishError, Stats, Subscription, Topics};

/// Events for many clients, by topic: what one publishes, all who subscribe receive.
///
/// A clone is the same hub. The hub lives as long as a clone of it or a subscription.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
/// use futures::StreamExt as _;
/// use sse_hub::Hub;
/// use sse_runtime::Event;
///
/// let hub = Hub::new();
/// let mut news = hub.subscribe("news").announce(false);
/// let id = hub.publish("news", Event::data("hello")).await?;
/// assert_eq!(news.next().await, Some(Event::data("hello").id(id.to_string())));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

/// What a hub and its subscriptions share.
pub(crate) struct Shared {
    pub(crate) node: Arc<Node>,
    pub(crate) engine: Box<dyn Engine>,
    limits: Limits,
}

pub(crate) fn in_memory(limits: Limits) -> Hub {
    let history = History { epoch: fastrand::u64(..), through: 0 };
    let node = Arc::new(Node::new(&limits, history));
    let engine = Memory::new(Arc::clone(&node));
    Hub::with_engine(limits, node, Box::new(engine))
}

impl Hub {
    /// A hub in memory, for the clients of this process, with the settings that a [`Builder`] has
    /// by default.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets what the hub keeps and allows.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// let hub = Hub::builder().max_event_bytes(64 << 10).max_topics(10_000).build();
    /// # assert_eq!(hub.stats().topics, 0);
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A hub on the engine that the URL names, with default settings: see [`Builder::connect`].
    ///
    /// # Errors
    ///
    /// As [`Builder::connect`] says.
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

    pub(crate) fn with_engine(limits: Limits, node: Arc<Node>, engine: Box<dyn Engine>) -> Self {
        Self { shared: Arc::new(Shared { node, engine, limits }) }
    }

    /// Publishes an event to one topic or to several: a client that subscribes to several of
    /// them receives it once.
    ///
    /// It is published at the call. The future tells the outcome, the event's ID, and dropping it
    /// cancels nothing. If few wait for the event, this call wakes them. If these are many, a task
    /// of the Tokio runtime does in which this is called, so that the call takes no longer: a
    /// runtime that is driven only now and then wakes them as late. Without one, this call does.
    ///
    /// # Errors
    ///
    /// If the event has an ID of its own or is too large, if a topic can't be one, or if the hub
    /// has too many: as [`PublishError`] says. Nothing is published then.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use sse_hub::{Hub, PublishError};
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let everywhere = ["lobby", "kitchen"];
    /// assert!(hub.publish(everywhere, Event::data("Dinner!")).await.is_ok());
    ///
    /// let refused = hub.publish("lobby", Event::data("Dinner!").id("7")).await;
    /// assert_eq!(refused, Err(PublishError::HasId));
    /// # }
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn publish(&self, topics: impl Topics, event: Event) -> Publish {
        match self.message(&topics, event) {
            Ok(message) => self.shared.engine.publish(message),
            Err(error) => Publish::known(Err(error)),
        }
    }

    fn message(&self, topics: &impl Topics, event: Event) -> Result<Message, PublishError> {
        let topics = Names::new(topics)?;
        if event::has_id(&event) {
            return Err(PublishError::HasId);
        }
        if event::bytes(&event) > self.shared.limits.max_event_bytes {
            return Err(PublishError::TooLarge);
        }
        Ok(Message { topics, event })
    }

    /// Subscribes to one topic or to several: a stream of their events, to be returned from a
    /// handler as `EventStream::from(…)`.
    ///
    /// Topics that nobody publishes to are topics on which nothing happens; to subscribe to one
    /// takes its memory until the subscription ends. With topics that can't be any, as
    /// [`TopicsError`](crate::TopicsError) says, the stream is a comment that tells what is wrong,
    /// and a reconnection time of a minute, and then ends: it is no error of the server's, and
    /// clients are not to come back at once.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::{EventStream, LastEventId};
    /// fn listen(room: &str, hub: &Hub, last: Option<LastEventId>) -> EventStream![] {
    ///     EventStream::from(hub.subscribe(room).resume(last))
    /// }
    /// # let _ = listen("lobby", &Hub::new(), None);
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn subscribe(&self, topics: impl Topics) -> Subscription {
        match Names::new(&topics) {
            Ok(names) => Subscription::new(Arc::clone(&self.shared), &names),
            Err(error) => Subscription::refused(error),
        }
    }

    /// The position of the newest event, for a page that is made from what has happened so far:
    /// it opens `/events?lastEventId=…`, and misses nothing of what happened meanwhile.
    ///
    /// Take the position first and read the page's state then: what happens in between is told
    /// twice and not lost.
    pub fn position(&self) -> EventId {
        self.shared.node.position()
    }

    /// How many subscriptions of this process the topic has.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.shared.node.log().subscribers(topic)
    }

    /// Ends all subscriptions of this process, spread evenly over this time, so that another
    /// process can take over and is not run down: for a deploy.
    ///
    /// Each sends a reconnection time of 1 to 3 seconds before it ends. A subscription that is made
    /// from now on sends the same, and ends at once. It is over when no subscription is left, or
    /// when the time is over; a client that isn't read from then keeps its subscription until it
    /// is. Once begun, it can't be stopped, and a second call waits for the first.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime with time enabled.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use sse_hub::Hub;
    /// use std::time::Duration;
    ///
    /// # let hub = Hub::new();
    /// hub.drain(Duration::from_secs(20)).await;
    /// # }
    /// ```
    pub async fn drain(&self, over: Duration) {
        let node = &self.shared.node;
        let end = node.drain(over);
        let emptied = node.drain.emptied();
        let is_empty = node.log().subscriptions() == 0;
        if !is_empty {
            // Its end and the time's are the same to whoever waits.
            let _ = timeout_at(end, emptied).await;
        }
    }

    /// What the hub holds, and what has happened since it was made.
    pub fn stats(&self) -> Stats {
        let mut stats = self.shared.node.stats();
        self.shared.engine.complete(&mut stats);
        stats
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("position", &self.position()).finish_non_exhaustive()
    }
}
