//! Positions in the hub's order, which are the IDs of the events there.

use std::fmt;
use std::str::FromStr;

use sse_runtime::LastEventId;

/// The ID of a published event, which is its position in the hub's order: a client that sends it
/// back resumes after that event.
///
/// Its text is `epoch.sequence`, but clients and pages should not rely on that: the format may change.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
/// use sse_hub::Hub;
/// use sse_runtime::Event;
///
/// let hub = Hub::new();
/// let id = hub.publish("news", Event::data("hello")).await?;
/// assert_eq!(id, hub.position());
/// let address = format!("/events?lastEventId={id}");
/// # assert!(address.ends_with(".1"));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The history that the sequence belongs to. Nothing is known of positions in other histories.
    pub(crate) epoch: u64,
    /// 1 for the first event, and one more for each that follows.
    pub(crate) sequence: u64,
}

impl EventId {
    /// Returns whether this position is in the same history as the other and not before it.
    pub(crate) fn has_reached(self, other: Self) -> bool {
        self.epoch == other.epoch && self.sequence >= other.sequence
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}.{}", self.epoch, self.sequence)
    }
}

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        let parse = || {
            let (epoch, sequence) = text.split_once('.')?;
            let epoch = u64::from_str_radix(epoch, 16).ok()?;
            Some(Self { epoch, sequence: sequence.parse().ok()? })
        };
        // Each position has exactly one text: without a sign, and without leading zeros.
        parse().filter(|id| id.to_string() == text).ok_or(NotAnEventId)
    }
}

impl From<EventId> for LastEventId {
    fn from(id: EventId) -> Self {
        Self::new(id.to_string()).expect("an event's ID has text")
    }
}

/// The error of parsing a text that is not the ID of an event of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEventId;

impl fmt::Display for NotAnEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the ID of an event of a hub")
    }
}

impl std::error::Error for NotAnEventId {}
