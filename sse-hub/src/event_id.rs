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

/// As long as the longest text: 16 digits, a point, and 20 digits.
type Buffer = [u8; 37];

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl EventId {
    /// Writes the text into the buffer and returns it. Formatting takes several times as long, and each event has an ID.
    pub(crate) fn text(self, buffer: &mut Buffer) -> &str {
        let mut at = buffer.len();
        let mut put = |byte| {
            at -= 1;
            buffer[at] = byte;
        };
        let mut rest = self.sequence;
        loop {
            put(DIGITS[usize::from((rest % 10).to_le_bytes()[0])]);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        put(b'.');
        for byte in self.epoch.to_le_bytes() {
            put(DIGITS[usize::from(byte & 15)]);
            put(DIGITS[usize::from(byte >> 4)]);
        }
        str::from_utf8(&buffer[at..]).expect("digits")
    }

    /// Returns whether this position is in the same history as the other and not before it.
    pub(crate) fn has_reached(self, other: Self) -> bool {
        self.epoch == other.epoch && self.sequence >= other.sequence
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; _]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_all_digits_of_the_epoch_and_those_of_the_sequence_that_it_needs() {
        for (epoch, sequence, text) in [
            (0, 0, "0000000000000000.0"),
            (0x1234_5678_9abc_def0, 10, "123456789abcdef0.10"),
            (u64::MAX, u64::MAX, "ffffffffffffffff.18446744073709551615"),
        ] {
            let id = EventId { epoch, sequence };
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
    }
}
