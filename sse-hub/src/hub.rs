//! Publishing, subscribing, and stopping.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::timeout_at;

use crate::drain::GRACE;
use crate::engine::Shared;
use crate::error::PublishError;
use crate::event;
use crate::event_id::EventId;
use crate::message::{Group, Kind, Message};
use crate::publish::Publish;
use crate::stats::Stats;
use crate::subscription::Subscription;
use crate::topics::Names;
use crate::topics::Topics;

/// Delivers events to many clients, by topic: everyone who subscribes to a topic receives what is
/// published to it.
///
/// Cloning a hub gives another handle to the same hub. It lives as long as there is a handle or a
/// subscription.
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

impl Hub {
    pub(crate) fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Publishes an event to one topic or to several. A client that subscribes to several of them
    /// receives the event once.
    ///
    /// The event is published by the call itself. The returned future resolves to the event's ID
    /// or an error, and dropping it cancels nothing.
    ///
    /// When the future resolves to an ID, this process has the event: [`position`](Self::position) is not before
    /// that ID, and a new subscription begins after it. A process that can publish to Redis at the moment but not read from it
    /// is the exception: there, the future resolves some seconds later, and the process gets the event once it can read again.
    ///
    /// Up to 16 subscriptions that wait for the event are woken by the call. If there are more, a task
    /// wakes them, in the Tokio runtime in which the call was made, so that the call takes no longer
    /// the more there are. A runtime that isn't running at the moment, such as a current-thread
    /// runtime outside of `block_on`, wakes them when it runs again. That may be never if all it runs is
    /// `runtime.block_on(hub.publish(…))`: there, call `publish` before `block_on`. Outside of any
    /// runtime, the call wakes them all.
    ///
    /// # Errors
    ///
    /// If the event has an ID of its own or is too large, if a topic is not valid, or if the hub has
    /// too many topics: see [`PublishError`]. Nothing is published then.
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
        self.publish_as(Kind::Event, &topics, event)
    }

    /// Publishes an event as [`publish`](Self::publish) does, and has the topic retain it: whoever subscribes to
    /// the topic later receives it first, until another takes its place or the topic has to [forget](Self::forget) it.
    ///
    /// A new subscription receives the retained events of its topics before its opening, and without IDs; the opening
    /// carries the position from which the subscription goes on. Events that are retained after that position arrive in
    /// their place, like any event. A client that [resumes](Subscription::resume) already has the retained events, and isn't
    /// sent them again, with one exception: if it has missed something and wants the [`latest`](Subscription::latest), it
    /// receives them after the `gap`. The last of them then carries the position in place of the `gap`, so that a client
    /// which is cut off in between starts over.
    ///
    /// A retained event stays beyond the hub's window, in a folder and on Redis even beyond this process. What is published
    /// to the topic by [`publish`](Self::publish) doesn't replace it.
    ///
    /// # Errors
    ///
    /// The same as those of [`publish`](Self::publish), and
    /// [`TooMuchRetained`](PublishError::TooMuchRetained), if the hub's topics would retain more than
    /// [`max_retained`](crate::Builder::max_retained) allows. Nothing is published then.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// hub.retain("light", Event::data("on")).await?;
    /// let mut light = hub.subscribe("light");
    /// assert_eq!(light.next().await, Some(Event::data("on")));
    /// # Ok(()) }
    /// ```
    pub fn retain(&self, topic: &str, event: Event) -> Publish {
        self.publish_as(Kind::Retained, &topic, event)
    }

    /// Removes the event that the topic [retains](Self::retain), if any. Subscriptions that have received that event
    /// aren't told.
    ///
    /// The future does nothing until it is polled.
    ///
    /// # Errors
    ///
    /// The same as those of [`publish`](Self::publish).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// hub.retain("light", Event::data("on")).await?;
    /// hub.forget("light").await?;
    /// assert_eq!(hub.stats().retained, 0);
    /// # Ok(()) }
    /// ```
    pub async fn forget(&self, topic: &str) -> Result<(), PublishError> {
        Names::new(&topic)?;
        let message = Message::forget(topic);
        self.check(&message, 0)?;
        self.shared.engine.publish(Group::of(message)).await.map(drop)
    }

    /// Publishes several events as one, each to topics of its own: all of them, one directly after another in the
    /// hub's order, or none. The future resolves to the ID of the last one.
    ///
    /// A client receives those of its topics. If the process or the engine fails meanwhile, no client ever receives
    /// only a part of them. Without any events, nothing is published, and the future resolves to the
    /// [position](Self::position).
    ///
    /// # Errors
    ///
    /// The same as those of [`publish`](Self::publish), if any of the events can't be published. Together, they may
    /// have as many bytes as [`max_event_bytes`](crate::Builder::max_event_bytes) allows one of them. In a folder and on Redis,
    /// more than some ten thousand events at once don't fit into the queue ([`QueueFull`](PublishError::QueueFull)).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let moved = [
    ///     ("column:todo", Event::data("card 7").event("removed")),
    ///     ("column:done", Event::data("card 7").event("added")),
    /// ];
    /// hub.publish_all(moved).await?;
    /// # assert_eq!(hub.stats().events, 2);
    /// # Ok(()) }
    /// ```
    pub fn publish_all<T: Topics>(&self, events: impl IntoIterator<Item = (T, Event)>) -> Publish {
        let mut bytes = 0;
        let messages = events.into_iter().map(|(topics, event)| {
            let message = self.message(Kind::Event, &topics, event, bytes);
            bytes += message.as_ref().map_or(0, |message| message.event_bytes);
            message
        });
        match messages.collect::<Result<Vec<_>, _>>() {
            Ok(messages) => {
                let mut rest = messages.into_iter();
                let Some(first) = rest.next() else { return Publish::known(Ok(self.position())) };
                self.publish_group(Ok(Group { first, rest: rest.collect() }))
            }
            Err(error) => self.publish_group(Err(error)),
        }
    }

    fn publish_as(&self, kind: Kind, topics: &impl Topics, event: Event) -> Publish {
        self.publish_group(self.message(kind, topics, event, 0).map(Group::of))
    }

    fn publish_group(&self, group: Result<Group, PublishError>) -> Publish {
        let events = group.as_ref().map_or(1, |group| 1 + group.rest.len() as u64);
        let outcome = match group {
            Ok(group) => self.shared.engine.publish(group),
            Err(error) => Publish::known(Err(error)),
        };
        let Shared { published, refused, .. } = &*self.shared;
        let count = if outcome.is_refused() { refused } else { published };
        count.fetch_add(events, Ordering::Relaxed);
        outcome
    }

    fn message(
        &self,
        kind: Kind,
        topics: &impl Topics,
        event: Event,
        beside: usize,
    ) -> Result<Message, PublishError> {
        let message = Message::new(kind, Names::new(topics)?, event);
        self.check(&message, beside)?;
        Ok(message)
    }

    /// Checks that this may be published together with this many other bytes.
    fn check(&self, message: &Message, beside: usize) -> Result<(), PublishError> {
        if self.shared.is_closed.load(Ordering::Acquire) {
            return Err(PublishError::Closed);
        }
        if event::has_id(&message.event) {
            return Err(PublishError::HasId);
        }
        if message.event_bytes.saturating_add(beside) > self.shared.limits.max_event_bytes {
            return Err(PublishError::TooLarge);
        }
        Ok(())
    }

    /// Ends all subscriptions that have this [tag](Subscription::tag), on every node of the hub: when a user
    /// signs out or loses a right, for example. Each sends `last`, without an ID, and then ends.
    ///
    /// The future succeeds once the end is recorded. Nothing that is published after that reaches any of these
    /// subscriptions, however far behind they read and whether or not their clients read at all. What they had not sent
    /// by then isn't sent either. A node that is cut off from Redis meanwhile ends its own when it is back, before it
    /// sends anything newer. If it was cut off for so long that it can't find out which to end, it ends every
    /// subscription that has any tag, with a reconnection time instead of `last`: those clients come back to your handler.
    ///
    /// Subscriptions that are made later are not affected, and an `EventSource` comes back after the end of a stream. So
    /// refuse the client before you subscribe for it again: answer 204 No Content, after which `EventSource` stays away, and
    /// let the page close it when it sees `last`. On another node, a subscription counts as later once that node has
    /// read of the end, usually a moment after it is recorded.
    ///
    /// The future does nothing until it is polled. If it is dropped after that, the end may be recorded or not.
    /// Ending a tag twice does no harm, so after [`Unknown`](PublishError::Unknown) you can try again.
    ///
    /// # Errors
    ///
    /// The same as those of [`publish`](Self::publish). The tag counts towards
    /// [`max_event_bytes`](crate::Builder::max_event_bytes).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let mut inbox = hub.subscribe("inbox").tag("user:7");
    ///
    /// hub.end("user:7", Event::data("You have signed out.").event("bye")).await?;
    /// assert_eq!(hub.subscribers("inbox"), 0);
    /// assert_eq!(inbox.next().await.unwrap().fields().event, Some("bye"));
    /// assert_eq!(inbox.next().await, None);
    /// # Ok(()) }
    /// ```
    pub async fn end(&self, tag: &str, last: Event) -> Result<(), PublishError> {
        let message = Message::end(tag, last);
        self.check(&message, tag.len())?;
        self.shared.engine.publish(Group::of(message)).await.map(drop)
    }

    /// Subscribes to one topic or to several. The result is a stream of their events, which a
    /// handler returns as `EventStream::from(…)`.
    ///
    /// Topics needn't be created: a subscription to a topic that nobody publishes to waits.
    ///
    /// If the topics are not valid (see [`TopicsError`](crate::TopicsError)), the stream consists of
    /// a comment that says what is wrong and a reconnection time of one minute, and ends. So a
    /// client that asks for an impossible topic doesn't come back at once, again and again.
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

    /// Returns the position of the newest event.
    ///
    /// A page that is rendered on the server opens its stream at `/events?lastEventId=…` with this
    /// position, and so misses nothing that happens while it loads. Take the position first, and then read
    /// the state that the page shows: a change in between is then seen twice instead of never.
    pub fn position(&self) -> EventId {
        self.shared.node.position()
    }

    /// Returns how many subscriptions the topic has in this process. Those of other processes that share the hub
    /// through Redis are not counted.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.shared.node.log().subscribers(topic)
    }

    /// Ends all subscriptions of this process, spread evenly over the given time (at most a day), so that
    /// their clients don't all come to another process at once. Call it before a deploy stops this process.
    ///
    /// Each subscription sends a random reconnection time of 1 to 3 seconds and then ends; if it has
    /// not sent anything yet, it sends its opening or its gap before. A new subscription sends a
    /// reconnection time and ends immediately.
    ///
    /// The future resolves when no subscription is left, and what this process has published has its outcome, as by
    /// [`flush`](Self::flush). A subscription that isn't being polled when its time comes, because its client
    /// doesn't read, ends when it is next polled; for those, the future waits at most a second longer than the
    /// given time. Draining can't be undone: dropping the future doesn't stop it, and a second call waits for the
    /// first to finish, whatever time it is given.
    ///
    /// # Panics
    ///
    /// If it is called outside of a Tokio runtime with time enabled while there are subscriptions.
    /// These need such a runtime too, once the hub is being drained.
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
        let end = self.shared.node.drain(over);
        if !self.shared.node.is_empty() {
            // Either all have left, or the time is over.
            let _ = timeout_at(end + GRACE, self.shared.node.emptied()).await;
        }
        self.flush().await;
    }

    /// Waits until everything that this process has published so far has its outcome.
    ///
    /// In memory, that is at once. In a folder, it takes as long as the disk does. On Redis, the wait ends even if Redis
    /// doesn't answer: about ten seconds after [`publish_timeout`](crate::Builder::publish_timeout), or later if large
    /// events were sent, as long as the runtime in which the hub was connected runs.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// hub.publish("news", Event::data("the last one")).detach();
    /// hub.flush().await;
    /// # assert_eq!(hub.stats().queued, 0);
    /// # }
    /// ```
    pub async fn flush(&self) {
        self.shared.engine.flush().await;
    }

    /// Closes the hub for this process, before the process stops: from then on publishing is an error
    /// ([`PublishError::Closed`]). What has been published gets its outcome, as by [`flush`](Self::flush), and
    /// then the subscriptions end over the given time, as by [`drain`](Self::drain).
    ///
    /// Other processes that share the hub through Redis go on. From the call on, this process isn't
    /// [ready](Self::is_ready). Closing can't be undone. If the future is dropped while it waits for the
    /// outcomes, the subscriptions go on.
    ///
    /// # Panics
    ///
    /// The same as those of [`drain`](Self::drain).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use sse_hub::{Hub, PublishError};
    /// # use sse_runtime::Event;
    /// use std::time::Duration;
    ///
    /// # let hub = Hub::new();
    /// hub.close(Duration::from_secs(20)).await;
    /// assert_eq!(hub.publish("news", Event::data("too late")).await, Err(PublishError::Closed));
    /// # }
    /// ```
    pub async fn close(&self, over: Duration) {
        self.shared.is_closed.store(true, Ordering::Release);
        self.flush().await;
        self.drain(over).await;
    }

    /// Returns whether new clients should come to this process: its engine can be reached, and the hub is neither
    /// being drained nor closed. Let a handler answer a load balancer with it.
    ///
    /// A hub in a folder isn't ready after a write has failed. It tries again every second, even if nobody
    /// publishes.
    ///
    /// Don't restart a process because it isn't ready: its clients miss nothing once the engine is back.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// fn status(hub: &Hub) -> u16 {
    ///     if hub.is_ready() { 200 } else { 503 }
    /// }
    /// # assert_eq!(status(&Hub::new()), 200);
    /// ```
    pub fn is_ready(&self) -> bool {
        let Shared { node, engine, is_closed, .. } = &*self.shared;
        engine.is_connected() && !node.drain.has_begun() && !is_closed.load(Ordering::Acquire)
    }

    /// Returns what the hub holds at the moment, and counts of what has happened since it was created.
    pub fn stats(&self) -> Stats {
        let mut stats = self.shared.node.stats();
        self.shared.engine.fill_stats(&mut stats);
        stats.published = self.shared.published.load(Ordering::Relaxed);
        stats.refused += self.shared.refused.load(Ordering::Relaxed);
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
