//! The length of an event, its ID, and making it of its fields.

use std::time::Duration;

use sse_runtime::{Event, Fields, IntoText};

use crate::event_id::EventId;

pub(crate) fn has_id(event: &Event) -> bool {
    event.fields().id.is_some()
}

/// Returns how many bytes the event has on the wire, without its ID.
pub(crate) fn bytes(event: &Event) -> usize {
    let Fields { comment, retry, event: name, data, .. } = event.fields();
    let comment = comment.map_or(0, |text| lines(": ", text));
    let retry = retry.map_or(0, |_| RETRY);
    let name = name.map_or(0, |name| "event: \n".len() + name.len());
    let data = data.map_or(0, |text| lines("data: ", text));
    comment + retry + name + data + "\n".len()
}

/// The longest reconnection time that is sent.
const RETRY: usize = "retry: 2147483647\n".len();

/// Returns the length of a text, which has a field for each line.
fn lines(field: &str, text: &str) -> usize {
    let breaks = breaks(text);
    let pairs = if breaks > 1 { text.matches("\r\n").count() } else { 0 };
    let lines = breaks - pairs + 1;
    text.len() - breaks + lines * (field.len() + "\n".len())
}

fn breaks(text: &str) -> usize {
    let is_break = |byte: &u8| u8::from(matches!(byte, b'\n' | b'\r'));
    // In chunks whose counts fit into a byte, so that the compiler can use vector instructions.
    let counts = text.as_bytes().chunks(255).map(|chunk| chunk.iter().map(is_break).sum::<u8>());
    counts.map(usize::from).sum()
}

pub(crate) fn with_id(event: Event, id: EventId) -> Event {
    // The IDs of a hub's first ten million events take no allocation.
    event.id(id.text(&mut [0; _]))
}

/// Returns the event without its ID, as it was before [`with_id`].
pub(crate) fn without_id(event: &Event) -> Event {
    let Fields { comment, retry, event: name, data, .. } = event.fields();
    build(comment, retry, name, data)
}

/// Makes an event of its fields, none of which can become another field.
pub(crate) fn build<T: IntoText>(
    comment: Option<T>,
    retry: Option<Duration>,
    name: Option<T>,
    data: Option<T>,
) -> Event {
    let (event, comment, retry) = match (data, comment, retry) {
        (Some(data), comment, retry) => (Event::data(data), comment, retry),
        (None, Some(comment), retry) => (Event::comment(comment), None, retry),
        (None, None, Some(retry)) => (Event::retry(retry), None, None),
        (None, None, None) => (Event::empty(), None, None),
    };
    let event = comment.into_iter().fold(event, Event::with_comment);
    let event = retry.into_iter().fold(event, Event::with_retry);
    name.into_iter().fold(event, Event::event)
}
