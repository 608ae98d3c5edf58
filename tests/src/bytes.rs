//! Streams as the bytes of a body.

use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use sse_runtime::{Event, EventStream, StreamItem};

/// The whole body of these events, which never wait.
pub fn body(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    chunks(EventStream::from(stream::iter(events))).concat()
}

/// The chunks of a body that never waits.
///
/// # Panics
///
/// If it waits, fails, or if no runtime is there.
pub fn chunks<S: Stream<Item: StreamItem>>(events: EventStream<S>) -> Vec<Vec<u8>> {
    let chunks = events.into_bytes().map(|chunk| chunk.expect("the stream does not fail").to_vec());
    chunks.collect().now_or_never().expect("the stream never waits")
}

/// The items of a stream that never waits.
///
/// # Panics
///
/// If it waits.
pub fn items<S: Stream>(stream: S) -> Vec<S::Item> {
    stream.collect().now_or_never().expect("the stream never waits")
}
