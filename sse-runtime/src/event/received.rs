//! An event that was received.

use std::time::Duration;

use super::Event;
use crate::text::{EventStr, IntoText};

/// An event as a client receives it: what [`EventReader`](crate::EventReader) reads.
///
/// The name and the ID are [`EventStr`]s, which can be used as a `&str` and compared with any string.
///
/// # Passing it on
///
/// A relay turns it into an [`Event`] with [`From`]. A client of the relay receives the same name,
/// data and ID, and takes the same reconnection time. The ID is sent again with each event, so it
/// still arrives if the relay leaves out the event that had set it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::{StreamExt as _, stream};
/// use sse_runtime::{Event, EventReader};
///
/// let bytes = stream::iter([Ok::<_, std::io::Error>("id: 7\nevent: tick\ndata: 12:00\n\n")]);
/// let received = EventReader::new(bytes).next().await.unwrap().unwrap();
/// assert_eq!(Event::from(received), Event::data("12:00").event("tick").id("7"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Received {
    /// The event's name, `message` if none was sent.
    pub event: EventStr,
    /// The data: its lines, joined by `\n`.
    pub data: String,
    /// The last event ID: that of this event, or else of the latest event before it that had one.
    /// Empty if there was none.
    pub id: EventStr,
    /// The reconnection time, if the server has set it since the event before this one.
    pub retry: Option<Duration>,
    /// Whether an ID was reset since the event before this one.
    pub(crate) id_is_reset: bool,
}

impl Received {
    /// Makes an event of this name with this data, as a client receives it: for tests of code that
    /// takes one, such as a `TryFrom<Received>`. An event without a name is called `message`.
    ///
    /// It has no ID and no reconnection time. Both can be set.
    ///
    /// ```
    /// # use sse_runtime::{EventStr, Received};
    /// let mut tick = Received::new("tick", "12:00");
    /// tick.id = EventStr::new(7);
    /// assert_eq!((&*tick.event, &*tick.data, &*tick.id), ("tick", "12:00", "7"));
    /// assert_eq!(Received::new("", "12:00").event, "message");
    /// ```
    #[must_use]
    pub fn new(event: impl IntoText, data: impl Into<String>) -> Self {
        let name = Some(EventStr::new(event)).filter(|name| !name.is_empty());
        Self {
            event: name.unwrap_or(EventStr::MESSAGE),
            data: data.into(),
            id: EventStr::EMPTY,
            retry: None,
            id_is_reset: false,
        }
    }

    /// Reads the data as JSON.
    ///
    /// # Errors
    ///
    /// If the data is not the JSON of a `T`.
    ///
    /// ```
    /// # use sse_runtime::Received;
    /// #[derive(serde::Deserialize)]
    /// struct Progress { done: u32, of: u32 }
    ///
    /// fn is_done(received: &Received) -> Result<bool, serde_json::Error> {
    ///     let progress: Progress = received.json()?;
    ///     Ok(progress.done == progress.of)
    /// }
    /// ```
    #[cfg(feature = "json")]
    pub fn json<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.data)
    }
}

/// Makes the event that a client receives in the same way: see [`Received`].
impl From<Received> for Event {
    fn from(received: Received) -> Self {
        let Received { event: name, data, id, retry, id_is_reset } = received;
        let mut event = Self::data(data);
        if name != "message" {
            event = event.event(name);
        }
        if !id.is_empty() || id_is_reset {
            event = event.id(id);
        }
        if let Some(time) = retry {
            event = event.with_retry(time);
        }
        event
    }
}
