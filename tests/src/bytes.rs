//! Streams as the bytes of a body.

use futures::{Stream, StreamExt as _, stream};
use sse_runtime::{Event, EventStream, StreamItem};

use crate::deadline::{MANY_CHUNKS, at_once};

/// The whole body of these events, which never wait.
pub fn body(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    chunks(EventStream::from(stream::iter(events))).concat()
}

/// The chunks of a body that never waits.
pub fn chunks<S: Stream<Item: StreamItem>>(events: EventStream<S>) -> Vec<Vec<u8>> {
    items(events.into_bytes().map(|chunk| chunk.expect("the stream does not fail").to_vec()))
}

/// The items of a stream that never waits.
pub fn items<S: Stream>(stream: S) -> Vec<S::Item> {
    let items: Vec<_> = at_once(stream.take(MANY_CHUNKS).collect());
    assert!(items.len() < MANY_CHUNKS, "the stream never ends");
    items
}
