//! What compression costs for an event, and what it saves: each algorithm and level, for three
//! kinds of data. Each event is flushed by itself, as when events come one by one.
//!
//! ```text
//! cargo run --release -p saving --bin compression
//! ```

use std::hint::black_box;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _, stream};
use saving::{resident, thread_time};
use sse_runtime::{Compression, Event, EventStream};
use tokio::task::yield_now;

const EVENTS: usize = 2000;
/// Whose memory is measured, after this many events each.
const CONNECTIONS: usize = 40;
const WARM: usize = 100;

type Bytes = Pin<Box<dyn Stream<Item = usize>>>;

/// Each event in a batch of its own.
fn bytes(events: &[Event], compression: Compression) -> Bytes {
    let events = stream::iter(events.to_vec()).then(async |event| {
        yield_now().await;
        event
    });
    let bytes = EventStream::from(events).heartbeat(None).compress(compression).into_bytes();
    Box::pin(bytes.map(|chunk| black_box(chunk.expect("it does not fail")).len()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "| data | | bytes an event | ratio | CPU, µs an event | slowest event, µs | KiB a connection |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, events) in [("JSON", json()), ("tokens", tokens()), ("dashboard", dashboard())] {
        let plain = measure(&events, Compression::none()).await;
        for compression in choices() {
            let it = measure(&events, compression).await;
            let ratio = plain.bytes / it.bytes;
            let label = match compression.encoding() {
                Some(encoding) => format!("{encoding} {}", level(compression)),
                None => "none".to_owned(),
            };
            println!(
                "| {name} | {label} | {:.1} | {ratio:.2} | {:.1} | {:.0} | {} |",
                it.bytes,
                it.time.as_secs_f64() * 1e6,
                it.slowest.as_secs_f64() * 1e6,
                it.memory / 1024,
            );
        }
    }
}

fn choices() -> Vec<Compression> {
    let mut choices = vec![Compression::none()];
    choices.extend([1, 3, 6, 9].map(|level| Compression::gzip().level(level)));
    choices.extend([2, 4, 5].map(|level| Compression::brotli().level(level)));
    choices.extend([1, 3, 6].map(|level| Compression::zstd().level(level)));
    choices
}

fn level(compression: Compression) -> u8 {
    let same = |level: &u8| compression.level(*level) == compression;
    (0..=22).find(same).expect("a level")
}

struct Figures {
    bytes: f64,
    time: Duration,
    slowest: Duration,
    memory: usize,
}

#[allow(clippy::cast_precision_loss, reason = "sizes are small")]
async fn measure(events: &[Event], compression: Compression) -> Figures {
    let before = resident();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = bytes(events, compression);
        for _ in 0..WARM {
            connection.next().await;
        }
        connections.push(connection);
    }
    let held = resident().saturating_sub(before) / CONNECTIONS;
    // What the events themselves take is not the compressor's.
    let memory = held.saturating_sub(size_of_val(events));
    drop(connections);

    let mut connection = bytes(events, compression);
    let (begin, mut total, mut slowest) = (thread_time(), 0, Duration::ZERO);
    let mut last = Instant::now();
    while let Some(length) = connection.next().await {
        total += length;
        let now = Instant::now();
        slowest = slowest.max(now.saturating_duration_since(last));
        last = now;
    }
    let count = u32::try_from(events.len()).expect("few");
    Figures {
        bytes: total as f64 / events.len() as f64,
        time: thread_time().saturating_sub(begin) / count,
        slowest,
        memory,
    }
}

fn json() -> Vec<Event> {
    let pick = |of: &[&'static str]| of[fastrand::usize(..of.len())];
    let order = |row| {
        let data = format!(
            "{{\"id\":{},\"symbol\":\"{}\",\"side\":\"{}\",\"price\":{}.{:02},\"quantity\":{},\
             \"time\":\"2026-11-25T17:{:02}:{:02}.{:03}Z\",\"status\":\"filled\",\
             \"account\":{{\"id\":{},\"name\":\"desk-{}\"}}}}",
            100_000 + row,
            pick(&["EURUSD", "GBPUSD", "USDJPY", "AUDUSD"]),
            pick(&["buy", "sell"]),
            fastrand::u32(..1000),
            fastrand::u32(..100),
            fastrand::u32(..10_000),
            fastrand::u32(..60),
            fastrand::u32(..60),
            fastrand::u32(..1000),
            fastrand::u32(..500),
            fastrand::u32(..20),
        );
        Event::data(data).event("order").id(row)
    };
    (0..EVENTS).map(order).collect()
}

fn tokens() -> Vec<Event> {
    let text = "the of and to in is that it was for on are as with his they at be this from have or by \
                one had not but what all were when we there can an your which their said if do will each \
                about how up out them then she many some so these would other into has more her two like \
                him see time could no make than first been its who now people my made over did down only";
    let words: Vec<_> = text.split_whitespace().collect();
    // Words that come early come often.
    let word =
        || words[fastrand::usize(..words.len()) * fastrand::usize(..words.len()) / words.len()];
    (0..EVENTS).map(|_| Event::data(format!(" {}", word()))).collect()
}

fn dashboard() -> Vec<Event> {
    let reading = |sensor| {
        let value = f64::from(fastrand::u32(2000..2500)) / 100.0;
        format!("{{\"name\":\"sensor-{sensor}\",\"unit\":\"celsius\",\"value\":{value}}}")
    };
    let readings = || (0..40).map(reading).collect::<Vec<_>>().join(",");
    let event = |row| {
        let data = format!("{{\"readings\":[{}]}}", readings());
        Event::data(data).event("readings").id(row)
    };
    (0..EVENTS / 2).map(event).collect()
}
