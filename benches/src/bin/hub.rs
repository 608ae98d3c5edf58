//! What a hub costs its publisher, and what its subscriptions, topics and slow clients keep in
//! memory: beside `tokio::sync::broadcast` where that does the same.

use std::fs;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use sse_hub::{Hub, Subscription};
use sse_runtime::{Event, EventStream};
use tokio::runtime::Runtime;
use tokio::sync::broadcast;
use tokio::task::yield_now;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const AUDIENCE: usize = 10_000;
const TOPICS: usize = 100_000;
const RUNS: usize = 200;

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // Each in a process of its own, so that none keeps memory of another.
        [] => ["publish", "waiting", "topics", "stalled"].into_iter().try_for_each(again),
        ["publish"] => runtime()?.block_on(publish()),
        ["waiting"] => runtime()?.block_on(waiting()),
        ["topics"] => runtime()?.block_on(topics()),
        ["stalled"] => runtime()?.block_on(stalled()),
        _ => Err("cargo run --release --package benches --bin hub".into()),
    }
}

fn again(what: &str) -> Result {
    let status = std::process::Command::new(std::env::current_exe()?).arg(what).status()?;
    if status.success() { Ok(()) } else { Err(what.into()) }
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Resident, in bytes.
fn memory() -> Result<usize> {
    let status = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = status.split(' ').nth(1).ok_or("no pages")?.parse()?;
    Ok(pages * 4096)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Everyone waits at each publish, and has its event before the next one.
async fn publish() -> Result {
    for audience in [0, 1, AUDIENCE] {
        let hub = Hub::new();
        for _ in 0..audience {
            tokio::spawn(hub.subscribe("a").for_each(async |_| ()));
        }
        let (sender, _) = broadcast::channel(64);
        for _ in 0..audience {
            let mut receiver = sender.subscribe();
            tokio::spawn(async move { while receiver.recv().await.is_ok() {} });
        }
        let (mut ours, mut theirs, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            rest(audience).await;
            let begin = Instant::now();
            drop(hub.publish("a", Event::data("the quick brown fox")));
            ours.push(begin.elapsed());
            rest(audience).await;
            last.push(begin.elapsed());
            let begin = Instant::now();
            _ = sender.send("the quick brown fox");
            theirs.push(begin.elapsed());
        }
        println!(
            "publish to {audience}: {:?}, broadcast's send {:?}; all have it after {:?}",
            median(ours),
            median(theirs),
            median(last)
        );
    }
    Ok(())
}

/// Until all tasks wait again: a task that yields comes after all that are ready, and the hub
/// wakes its audience in chunks.
async fn rest(audience: usize) {
    for _ in 0..audience / 64 + 8 {
        yield_now().await;
    }
}

async fn poll_once<S: Stream + Unpin>(stream: &mut S) -> bool {
    poll_fn(|cx| std::task::Poll::Ready(Pin::new(&mut *stream).poll_next(cx).is_ready())).await
}

async fn waiting() -> Result {
    let hub = Hub::new();
    let before = memory()?;
    let mut all: Vec<Subscription> = Vec::new();
    for _ in 0..AUDIENCE * 10 {
        let mut events = hub.subscribe("a");
        while poll_once(&mut events).await {}
        all.push(events);
    }
    println!("a waiting subscription: {} bytes", (memory()? - before) / all.len());
    Ok(())
}

async fn topics() -> Result {
    let hub = Hub::new();
    let before = memory()?;
    for topic in 0..TOPICS {
        let name = format!("a topic of some length {topic}");
        hub.publish(name, Event::data("the quick brown fox")).await?;
    }
    println!("{TOPICS} topics with an event: {} MiB", (memory()? - before) >> 20);
    let before = memory()?;
    let hub = Hub::new();
    let all: Vec<_> = (0..TOPICS).map(|topic| hub.subscribe(topic.to_string())).collect();
    println!("{TOPICS} topics with a subscription: {} MiB", (memory()? - before) >> 20);
    drop(all);
    Ok(())
}

/// A megabyte a second for two minutes and a half, of which nobody reads more than the beginning.
async fn stalled() -> Result {
    for size in [100, 10_000] {
        let hub = Hub::new();
        let mut bodies = Vec::new();
        for _ in 0..AUDIENCE {
            let mut body = EventStream::from(hub.subscribe("a")).into_bytes();
            while poll_once(&mut body).await {}
            bodies.push(body);
        }
        let idle = memory()?;
        for _ in 0..150_000_000 / size {
            hub.publish("a", Event::data("x".repeat(size))).await?;
        }
        let log = memory()?;
        let mut chunks = Vec::new();
        for body in &mut bodies {
            chunks.push(body.next().await);
        }
        println!(
            "{AUDIENCE} stalled clients, events of {size} bytes: the log {} MiB above idle, and a \
             chunk on its way to each {} MiB more",
            (log - idle) >> 20,
            (memory()? - log) >> 20
        );
    }
    Ok(())
}
