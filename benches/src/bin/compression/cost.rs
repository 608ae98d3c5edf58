//! What becomes of an event in memory: how many bytes, by how much work.

use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use benches::cost::thread_time;
use futures::{Stream, StreamExt as _, stream};
use sse_runtime::{Compression, Event, EventStream};
use tokio::task::yield_now;

/// The time is the median of as many runs.
const RUNS: usize = 3;

pub(crate) struct Cost {
    /// Of an event.
    pub(crate) bytes: f64,
    /// A processor's, for an event.
    pub(crate) time: Duration,
}

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

pub(crate) async fn of_an_event(events: &'static [Event], compression: Compression) -> Cost {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(run(events, compression).await);
    }
    runs.sort_by_key(|cost| cost.time);
    runs.swap_remove(RUNS / 2)
}

#[allow(clippy::cast_precision_loss, reason = "sizes are small")]
async fn run(events: &'static [Event], compression: Compression) -> Cost {
    let begin = thread_time();
    let bytes: usize = lengths(events, compression).collect::<Vec<_>>().await.into_iter().sum();
    let time = thread_time().saturating_sub(begin);
    let count = u32::try_from(events.len()).expect("few");
    Cost { bytes: bytes as f64 / f64::from(count), time: time / count }
}
