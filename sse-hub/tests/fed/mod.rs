//! A stream that a test feeds.

use sse_runtime::{Event, EventStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Returns a stream of the events that are sent to it. It ends when the sender is dropped.
pub(crate) fn fed() -> (UnboundedSender<Event>, EventStream![]) {
    let (sender, mut events) = unbounded_channel();
    let stream = EventStream! {
        while let Some(event) = events.recv().await {
            yield event;
        }
    };
    (sender, stream)
}
