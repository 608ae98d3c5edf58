//! What the hub knows of events.

use sse_runtime::{Event, Fields};

use crate::EventId;

/// A name of a field, its colon and space, and the line's end.
const LINE: usize = 8;

pub(crate) fn has_id(event: &Event) -> bool {
    event.fields().id.is_some()
}

/// As many bytes as the event is on the wire, or a few more, without its ID.
pub(crate) fn bytes(event: &Event) -> usize {
    let Fields { comment, retry, event, data, .. } = event.fields();
    let lines = |text: &str| {
        let breaks = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        text.len() + (breaks + 1) * LINE
    };
    let texts = [comment, event, data].into_iter().flatten().map(lines).sum::<usize>();
    texts + retry.map_or(0, |_| 2 * LINE)
}

pub(crate) fn with_id(event: Event, id: EventId) -> Event {
    event.id(id.to_string())
}
