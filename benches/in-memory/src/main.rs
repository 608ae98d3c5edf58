//! Makes or reads so many events of one kind, for a look at the cost of each: `cargo xtask
//! bench-gate` counts the instructions and allocations of runs that differ in nothing but the count.

#[cfg(feature = "observed")]
mod observed;
mod reader;

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;
use std::task::Poll;

use futures::channel::mpsc;
use futures::{Stream, StreamExt as _};
use sse_runtime::{Event, EventStream, Text};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local, yield_now};

const TOKEN: &str = concat!(
    "the quick brown fox jumps over the lazy ",
    "dog, and then it sleeps until the autumn",
);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, kind, count] = &arguments[..] else {
        panic!("usage: in-memory <generator|body|metrics|traces|reader> <kind> <count>");
    };
    let count = count.parse().expect("a count");
    #[cfg(feature = "observed")]
    observed::install(part);
    // A batch is cut after a while: here no time passes, so batches are alike on any machine.
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let (part, kind) = (part.clone(), kind.clone());
    // In a task, as in a server.
    let task = async move { run(&part, &kind, count).await };
    LocalSet::new().block_on(&runtime, async { spawn_local(task).await.expect("no panic") });
}

async fn run(part: &str, kind: &str, count: usize) {
    if part == "reader" {
        return reader::read(kind, count).await;
    }
    match kind {
        "ping" => drain(part, events(count, |_| Event::data("ping"))).await,
        "token" => drain(part, events(count, |_| Event::data(Text::from_static(TOKEN)))).await,
        "page" => {
            let page: &'static str = page().leak();
            drain(part, events(count, |_| Event::data(Text::from_static(page)))).await;
        }
        "named" => {
            drain(part, events(count, |_| Event::data("ping").id("42").event("tick"))).await;
        }
        "borrowed 4" => drain(part, borrowed(count, 4)).await,
        "borrowed 80" => drain(part, borrowed(count, 80)).await,
        "borrowed 1000" => drain(part, borrowed(count, 1000)).await,
        "string" => drain(part, events(count, |_| Event::data(TOKEN.to_owned()))).await,
        "alone" => drain(part, alone(count)).await,
        "woken" => woken(count, 0).await,
        "woken, 1 empty poll" => woken(count, 1).await,
        "woken, 2 empty polls" => woken(count, 2).await,
        "number" => drain(part, events(count, |row| Event::data("ping").id(row as u64))).await,
        _ => panic!("no kind {kind}"),
    }
}

/// Of a text that the compiler knows nothing about.
fn borrowed(count: usize, length: usize) -> EventStream![] {
    let text = "x".repeat(length);
    events(count, move |_| Event::data(black_box(text.as_str())))
}

/// 16 lines, 1 KiB in all.
fn page() -> String {
    let line = "0123456789abcdef".repeat(4);
    vec![&line[..63]; 16].join("\n") + "."
}

fn events(count: usize, event: impl Fn(usize) -> Event) -> EventStream![] {
    EventStream!({
        for row in 0..count {
            yield event(row);
        }
    })
}

/// Each in a batch of its own, as when events come one by one.
fn alone(count: usize) -> EventStream![] {
    EventStream!({
        for _ in 0..count {
            yield Event::data("ping");
            yield_now().await;
        }
    })
}

/// Events each of which wakes the task. It polls the body so often when there is none, as servers do.
async fn woken(count: usize, empty_polls: usize) {
    let (mut send, mut receive) = mpsc::channel(1);
    let events = EventStream!({
        while let Some(()) = receive.next().await {
            yield Event::data("ping");
        }
    });
    let mut bytes = pin!(events.into_bytes());
    for _ in 0..count {
        send.try_send(()).expect("room for one");
        black_box(bytes.next().await);
        for _ in 0..empty_polls {
            let polled = poll_fn(|cx| Poll::Ready(bytes.as_mut().poll_next(cx))).await;
            assert!(polled.is_pending());
        }
    }
}

async fn drain(part: &str, events: EventStream<impl Stream<Item = Event>>) {
    match part {
        "generator" => drain_stream(events).await,
        "body" | "metrics" | "traces" => drain_stream(events.into_bytes()).await,
        _ => panic!("no part {part}"),
    }
}

async fn drain_stream(stream: impl Stream) {
    let mut stream = pin!(stream);
    while let Some(item) = stream.next().await {
        black_box(&item);
    }
}
