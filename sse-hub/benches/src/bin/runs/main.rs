//! What runs cost, compared with what people use instead: `cargo run --release -p hub-benches --bin runs`, on a quiet machine. With
//! `REDIS_URL` set, also what it takes to join a run on another node. Each figure is measured in a process of its own.
//! `peers/resumable-stream` is what Node.js has for that:
//!
//! ```text
//! cd sse-hub/benches/peers/resumable-stream && npm ci && REDIS_URL=redis://127.0.0.1 node bench.mjs
//! ```

mod peers;

use std::error::Error;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use benches::cost::{resident, thread_time};
use benches::process::alone;
use benches::statistics::percentile;
use futures::{Stream, StreamExt as _};
use sse_hub::{Hub, Runs};
use sse_runtime::{Event, EventStream, StreamItem};
use tokio::runtime::Builder;
use tokio::task::JoinHandle;
use tokio::time::sleep;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

pub(crate) const READERS: u32 = 1000;
pub(crate) const EVENTS: u32 = 1000;
const RUNS: u32 = 10_000;
const LONG: usize = 10_000;
pub(crate) const TOKEN: &str = " token";

const PARTS: [&str; 11] = [
    "readers of a run",
    "readers of a hub",
    "readers of a watched Vec",
    "readers of a broadcast",
    "runs",
    "waiting",
    "joining",
    "first event",
    "first event of a plain block",
    "folder",
    "redis",
];

fn main() -> Result {
    let Some(part) = std::env::args().nth(1) else {
        for part in PARTS {
            print!("{}", alone(&[part])?);
        }
        return Ok(());
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &*part {
            "readers of a run" => readers_of_a_run().await,
            "readers of a hub" => readers_of_a_hub().await,
            "readers of a watched Vec" => peers::readers_of_a_watched_vec().await,
            "readers of a broadcast" => peers::readers_of_a_broadcast().await,
            "runs" => runs().await,
            "waiting" => waiting().await,
            "joining" => joining().await,
            "first event" => first_event(&Runs::new(), "in memory", 10_000).await,
            "first event of a plain block" => first_event_of_a_plain_block().await,
            "folder" => in_a_folder().await,
            "redis" => joining_elsewhere().await,
            _ => Err(format!("no part {part}").into()),
        }
    })
}

/// Sends one event a wake: all readers have it before the next one comes.
fn tokens() -> EventStream![] {
    EventStream! {
        sleep(Duration::from_millis(100)).await;
        for _ in 0..EVENTS {
            yield Event::data(TOKEN);
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Reads the bytes as a server does, and counts the wakes.
fn reader(events: impl Stream<Item: StreamItem> + Send + 'static) -> JoinHandle<u32> {
    count_chunks(EventStream::from(events).heartbeat(None).into_bytes())
}

pub(crate) fn count_chunks(mut bytes: impl Stream + Send + Unpin + 'static) -> JoinHandle<u32> {
    tokio::spawn(async move {
        let mut chunks = 0;
        while bytes.next().await.is_some() {
            chunks += 1;
        }
        chunks
    })
}

async fn readers_of_a_run() -> Result {
    let run = Runs::new().start("a", tokens()).await?;
    let readers: Vec<_> = (0..READERS).map(|_| reader(run.join())).collect();
    deliver(readers, "an event to a reader of a run").await
}

async fn readers_of_a_hub() -> Result {
    let hub = Hub::new();
    let readers: Vec<_> =
        (0..READERS).map(|_| reader(hub.subscribe("a").announce(false))).collect();
    tokio::spawn(async move {
        let mut tokens = std::pin::pin!(tokens());
        while let Some(event) = tokens.next().await {
            hub.publish("a", event).await.expect("published");
        }
        hub.drain(Duration::ZERO).await;
    });
    deliver(readers, "an event to a subscription of a hub").await
}

pub(crate) async fn deliver(readers: Vec<JoinHandle<u32>>, what: &str) -> Result {
    let (before, mut chunks) = (thread_time(), 0);
    for reader in readers {
        chunks += reader.await?;
    }
    let spent = thread_time().saturating_sub(before);
    println!(
        "{what}: {:.0} ns of CPU time ({chunks} chunks)",
        spent.as_secs_f64() * 1e9 / f64::from(chunks)
    );
    Ok(())
}

async fn runs() -> Result {
    let runs = Runs::new();
    for (name, events) in [("without events", 0), ("with 10 events", 10)] {
        let before = resident()?;
        for n in 0..RUNS / 2 {
            let stream = EventStream! {
                for _ in 0..events {
                    yield Event::data(TOKEN);
                }
                pending::<()>().await;
            };
            runs.start(&format!("{name} {n}"), stream).await?;
        }
        sleep(Duration::from_millis(200)).await;
        tell_bytes(&format!("a run {name}"), before, RUNS / 2)?;
    }
    Ok(())
}

async fn waiting() -> Result {
    let stream = EventStream! { pending::<()>().await; yield Event::data(TOKEN); };
    let run = Runs::new().start("a", stream).await?;
    let mut joins = Vec::with_capacity(RUNS as usize);
    let before = resident()?;
    for _ in 0..RUNS {
        let mut join = Box::new(run.join());
        let is_waiting = poll_fn(|cx| Poll::Ready(Pin::new(&mut join).poll_next(cx).is_pending()));
        assert!(is_waiting.await, "it waits");
        joins.push(join);
    }
    tell_bytes("a waiting reader", before, RUNS)
}

fn tell_bytes(what: &str, before: u64, count: u32) -> Result {
    println!("{what}: {} bytes", (resident()? - before) / u64::from(count));
    Ok(())
}

async fn long(runs: &Runs) -> Result {
    let stream = EventStream! {
        for _ in 0..LONG {
            yield Event::data(TOKEN);
        }
    };
    runs.start("a", stream).await?.ended().await;
    Ok(())
}

async fn joining() -> Result {
    let runs = Runs::new();
    long(&runs).await?;
    join(&runs, "in memory").await
}

async fn joining_elsewhere() -> Result {
    let Ok(url) = std::env::var("REDIS_URL") else { return Ok(()) };
    long(&Runs::connect(&url).await?).await?;
    join(&Runs::connect(&url).await?, "on another node").await
}

async fn join(runs: &Runs, place: &str) -> Result {
    let begin = Instant::now();
    let run = runs.find("a").await?.ok_or("it is kept")?;
    let events = run.join().count().await;
    println!(
        "to join a run of {events} events {place}: {:.1} ms",
        begin.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}

async fn first_event(runs: &Runs, place: &str, count: usize) -> Result {
    let mut times = Vec::new();
    for n in 0..count {
        let stream = EventStream! { yield Event::data(TOKEN); };
        let begin = Instant::now();
        let run = runs.start(&n.to_string(), stream).await?;
        let _ = run.join().next().await.ok_or("an event")??;
        times.push(begin.elapsed());
    }
    tell_median(&format!("the first event of a run {place}, after its start"), times);
    Ok(())
}

async fn first_event_of_a_plain_block() -> Result {
    let mut times = Vec::new();
    for _ in 0..10_000 {
        let begin = Instant::now();
        let mut stream = std::pin::pin!(EventStream! { yield Event::data(TOKEN); });
        let _ = stream.next().await.ok_or("an event")?;
        times.push(begin.elapsed());
    }
    tell_median("the first event of a plain block", times);
    Ok(())
}

fn tell_median(what: &str, mut times: Vec<Duration>) {
    println!("{what}: {:.1} µs, in the median", percentile(&mut times, 50));
}

/// Depends on the disk, since each event is synced.
async fn in_a_folder() -> Result {
    let folder = std::env::temp_dir().join(format!("runs-{}", std::process::id()));
    let runs = Runs::connect(&format!("file:{}", folder.display())).await?;
    first_event(&runs, "in a folder", 200).await?;
    long(&runs).await?;
    drop(runs);
    let begin = Instant::now();
    let runs = Runs::connect(&format!("file:{}", folder.display())).await?;
    println!("to open the folder with it again: {:.1} ms", begin.elapsed().as_secs_f64() * 1e3);
    join(&runs, "after a restart").await?;
    Ok(std::fs::remove_dir_all(folder)?)
}
