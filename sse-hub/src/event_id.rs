//! A position in the hub's order, which is the ID of the event at it.

use std::fmt;
use std::str::FromStr;

use sse_runtime::LastEventId;

/// The ID of a published event, and so a position in the hub's order: a client that has it
/// resumes after that event.
///
/// As text it is `epoch.sequence`. Clients and pages should take it as it is: what it consists of
/// may change.
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
    /// Which history the sequence belongs to: another one means that nothing is known of it.
    pub(crate) epoch: u64,
    /// The first event's is 1, and each next one's is greater by 1.
    pub(crate) sequence: u64,
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
        // One text for each position: no sign, no zero in front.
        parse().filter(|id| id.to_string() == text).ok_or(NotAnEventId)
    }
}

impl From<EventId> for LastEventId {
    fn from(id: EventId) -> Self {
        Self::new(id.to_string()).expect("an event's ID has text")
    }
}

/// The text isn't an ID that a hub has given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEventId;

impl fmt::Display for NotAnEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the ID of an event of a hub")
    }
}

impl std::error::Error for NotAnEventId {}
