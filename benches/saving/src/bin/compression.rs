//! What compression costs for an event, and what it saves: each algorithm and level, for three
//! kinds of data. Each event is flushed by itself, as when events come one by one.
//!
//! ```text
//! cargo run --release -p saving --bin compression
//! ```

use std::hint::black_box;
use std::pin::Pin;
use std::process::Command;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _, stream};
use saving::{resident, thread_time};
use sse_runtime::{Compression, Event, EventStream};
use tokio::task::yield_now;

const EVENTS: usize = 20_000;
/// Whose memory is measured, after this many events each.
const CONNECTIONS: usize = 40;
const WARM: usize = 100;

type Bytes = Pin<Box<dyn Stream<Item = usize>>>;

/// Each event in a batch of its own.
fn bytes(events: &'static [Event], compression: Compression) -> Bytes {
    let events = stream::iter(events).then(async |event| {
        yield_now().await;
        event.clone()
    });
    let bytes = EventStream::from(events).heartbeat(None).compress(compression).into_bytes();
    Box::pin(bytes.map(|chunk| black_box(chunk.expect("it does not fail")).len()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [data, choice] = &arguments[..] {
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let (_, events) = data_of_each_kind().swap_remove(number(data));
        println!("{}", memory(events, choices()[number(choice)]).await);
        return;
    }
    println!(
        "| data | | bytes an event | ratio | CPU, µs an event | slowest event, µs | KiB a connection |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (data, (name, events)) in data_of_each_kind().into_iter().enumerate() {
        let plain = measure(events, Compression::none()).await;
        let no_compressor = memory_alone(data, 0);
        for (choice, compression) in choices().into_iter().enumerate() {
            let it = measure(events, compression).await;
            let memory = memory_alone(data, choice).saturating_sub(no_compressor);
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
                memory / 1024,
            );
        }
    }
}

/// What a connection takes, measured in a process of its own, since freed memory is used again.
fn memory_alone(data: usize, choice: usize) -> usize {
    let program = std::env::current_exe().expect("this program");
    let arguments = [data, choice].map(|number| number.to_string());
    let output = Command::new(program).args(arguments).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

async fn memory(events: &'static [Event], compression: Compression) -> usize {
    let before = resident();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = bytes(events, compression);
        for _ in 0..WARM {
            connection.next().await;
        }
        connections.push(connection);
    }
    resident().saturating_sub(before) / CONNECTIONS
}

fn data_of_each_kind() -> Vec<(&'static str, &'static [Event])> {
    vec![("JSON", json().leak()), ("tokens", tokens().leak()), ("dashboard", dashboard().leak())]
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
    (1..=22).find(same).expect("a level")
}

struct Figures {
    bytes: f64,
    time: Duration,
    slowest: Duration,
}

#[allow(clippy::cast_precision_loss, reason = "sizes are small")]
async fn measure(events: &'static [Event], compression: Compression) -> Figures {
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
