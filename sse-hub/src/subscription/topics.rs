//! Topics that come and go while a subscription lives.

use super::{EventId, Stage, Subscription, TopicsError, give_position};
use crate::event;
use crate::topics::{Names, Topics};

impl Subscription {
    /// Adds topics, while the subscription goes on. Returns the position from which it receives their events: where
    /// it is at the moment. So nothing of theirs is lost after that, however far behind it reads, and what is read
    /// of their state after this call isn't older. Topics that it has already change nothing.
    ///
    /// What the new topics [retain](crate::Hub::retain) comes first. The client isn't told of the change: its IDs are
    /// positions in all topics, so when it comes back, subscribe to all that it had and [`resume`](Self::resume).
    /// What these topics retain isn't sent again then, also to a client that was cut off before it received it.
    ///
    /// Once the subscription has ended, this changes nothing.
    ///
    /// # Errors
    ///
    /// If the topics are not valid, or if it would have more than 128. It then has those that it had.
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
        let Some(seat) = &mut self.seat else { return Ok(position) };
        let new = seat.add(&names)?;
        if self.settings.latest {
            seat.want_latest();
        }
        if let Stage::Reading(_) = self.stage {
            let retained = seat.retained_by(&new, position);
            // After what is still to be sent of the others.
            self.retained.splice(0..0, retained);
        }
        Ok(position)
    }

    /// Removes topics, while the subscription goes on: from now on it receives nothing more of them, not even what
    /// has been published to them before. Topics that it doesn't have are ignored. Without any, it waits until some
    /// are [added](Self::add).
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn remove(&mut self, topics: impl Topics) {
        let Some(seat) = &mut self.seat else { return };
        let gone = seat.remove(&topics);
        let carries_position = self.retained.first().is_some_and(|(_, last)| event::has_id(last));
        self.retained.retain(|(topic, _)| !gone.contains(topic));
        if carries_position {
            let position = self.position();
            give_position(&mut self.retained, position);
        }
    }

    /// One that was quiet for long hasn't read, so what it doesn't miss may be gone. That is not a gap in any
    /// topic that it doesn't have yet.
    fn pass_over_evicted(&mut self) {
        if let (Some(seat), Stage::Reading(cursor)) = (&self.seat, &mut self.stage) {
            seat.pass_over_evicted(cursor);
        }
    }

    /// Where it is, or where the hub was when it was made if it has not begun.
    fn position(&self) -> EventId {
        match &self.stage {
            Stage::Begin { now } => {
                self.seat.as_ref().map_or(*now, |seat| seat.node().beginning(*now))
            }
            Stage::Ahead(ahead) => ahead.now(),
            Stage::Reading(cursor) => cursor.position(),
        }
    }
}
