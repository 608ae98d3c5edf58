//! What becomes of an event in memory: how many bytes, by how much work.

use std::hint::black_box;
use std::pin::Pin;

use benches::cost::thread_time;
use benches::statistics::{per, percentile};
use futures::{Stream, StreamExt as _, stream};
use sse_runtime::{Compression, Event, EventStream};
use tokio::task::yield_now;

/// The time is the median of as many runs.
const RUNS: usize = 3;

/// The lengths of chunks that hold an event each.
pub(crate) fn lengths(
    events: &'static [Event],
    compression: Compression,
) -> Pin<Box<dyn Stream<Item = usize>>> {
    let events = stream::iter(events).then(async |event| {
        yield_now().await;
        event.clone()
    });
    let bytes = EventStream::from(events).heartbeat(None).compress(compression).into_bytes();
    Box::pin(bytes.map(|chunk| black_box(chunk.expect("it does not fail")).len()))
}

/// Returns the bytes of an event, and a processor's time for it in microseconds.
pub(crate) async fn of_an_event(events: &'static [Event], compression: Compression) -> [f64; 2] {
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let begin = thread_time();
        bytes = lengths(events, compression).collect::<Vec<_>>().await.into_iter().sum();
        times.push(thread_time().saturating_sub(begin));
    }
    let time = percentile(&mut times, 50) / per(events.len() as u64, 1);
    [per(bytes as u64, events.len()), time]
}
