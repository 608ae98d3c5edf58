//! Adding and removing topics while a subscription lives.

use super::{EventId, Stage, Subscription, TopicsError, give_position};
use crate::event;
use crate::topics::{Names, Topics};

impl Subscription {
    /// Adds topics, while the subscription goes on. Returns the position after which it receives their events, which
    /// is how far it has read. So none of their events after that is lost, however far behind the subscription reads, and
    /// a state of theirs that you read after this call includes everything before. Topics that it already has are
    /// ignored.
    ///
    /// What the new topics [retain](crate::Hub::retain) comes first. The client isn't told of the change: its IDs are
    /// positions in all topics, so when it comes back, subscribe to all that it had and [`resume`](Self::resume). What the
    /// topics retain isn't sent again then, not even to a client that was cut off before it had received it.
    ///
    /// Before the stream is first polled, adding a topic is the same as having subscribed to it: its events are received
    /// from where the subscription will begin, which may be before the returned position. Once the subscription has
    /// ended, nothing changes.
    ///
    /// # Errors
    ///
    /// If the topics are not valid, or if the subscription would have more than 128. It then keeps those that it had.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let mut events = hub.subscribe("lobby").announce(false);
    /// events.add("kitchen")?;
    /// events.remove("lobby");
    ///
    /// hub.publish_all([("lobby", Event::data("1")), ("kitchen", Event::data("2"))]).await?;
    /// assert_eq!(events.next().await.unwrap().fields().data, Some("2"));
    /// # Ok(()) }
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn add(&mut self, topics: impl Topics) -> Result<EventId, TopicsError> {
        let names = Names::new(&topics)?;
        self.pass_over_evicted();
        let position = self.position();
        let Some(membership) = &mut self.membership else { return Ok(position) };
        let new = membership.add(&names)?;
        if self.settings.latest {
            membership.want_latest();
        }
        if let Stage::Reading(_) = self.stage {
            let retained = membership.retained(position, |of| new.contains(&of.topic));
            // After what is still to be sent of the others.
            self.retained.splice(0..0, retained);
        }
        Ok(position)
    }

    /// Removes topics, while the subscription goes on: from now on it receives nothing more of them, not even events
    /// that were published before. Topics that it doesn't have are ignored. A subscription without any topics waits until
    /// some are [added](Self::add).
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn remove(&mut self, topics: impl Topics) {
        let Some(membership) = &mut self.membership else { return };
        let gone = membership.remove(&topics);
        let carries_position = self.retained.first().is_some_and(|(_, last)| event::has_id(last));
        self.retained.retain(|(topic, _)| !gone.contains(topic));
        if carries_position {
            let position = self.position();
            give_position(&mut self.retained, position);
        }
    }

    /// Moves on over evicted events of other topics, which the subscription didn't have to read. Otherwise a topic
    /// that is added now would seem to miss its own among them.
    fn pass_over_evicted(&mut self) {
        if let (Some(membership), Stage::Reading(cursor)) = (&self.membership, &mut self.stage) {
            membership.pass_over_evicted(cursor);
        }
    }

    /// Returns how far it has read, or if it has not begun, the newest position at `subscribe`.
    fn position(&self) -> EventId {
        match &self.stage {
            Stage::Begin { now } => self
                .membership
                .as_ref()
                .map_or(*now, |membership| membership.node().beginning(*now)),
            Stage::Ahead(ahead) => ahead.now(),
            Stage::Reading(cursor) => cursor.position(),
        }
    }
}
