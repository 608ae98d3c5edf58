//! What a hub costs its publisher, and what its subscriptions, topics and slow clients keep in memory, without a server.
//! Compared with `tokio::sync::broadcast` where that does the same.

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::{FutureExt as _, Stream, StreamExt as _};
use sse_hub::{Hub, Subscription};
use sse_runtime::{Event, EventStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::broadcast;
use tokio::task::yield_now;

use benches::Result;
use benches::contender::{Role, Subject};
use benches::cost::resident;
use benches::kind::Kind;
use benches::process::alone;
use benches::report::Results;
use benches::statistics::{per, percentile};

pub(crate) const SUBJECT: Subject =
    Subject { framework: "", name: "the hub alone", role: Role::Ours };

const AUDIENCE: usize = 10_000;
const TOPICS: usize = 100_000;
const PUBLISHED: usize = 500;

type Part = (&'static str, fn() -> Result);

const PARTS: [Part; 11] = [
    ("publish", publish),
    ("waiting", || waiting("a subscription that waits", 0)),
    ("waiting, one tag", || waiting("the same, with a tag of its own", 1)),
    ("waiting, four tags", || waiting("the same, with four", 4)),
    ("end", end),
    ("retained", retained),
    ("events", || topics("events in one topic", |_| 0)),
    ("topics", || topics("events in as many topics", |number| number)),
    ("subscribed", subscribed),
    ("stalled, small events", || stalled(100)),
    ("stalled, large events", || stalled(10_000)),
];

/// Measures each part in a process of its own.
pub(crate) fn measure(results: &mut Results) -> Result {
    results.figures.retain(|figure| figure.of != SUBJECT.name);
    for (part, _) in PARTS {
        for line in alone(&["part", part])?.lines() {
            let [case, unit, value] = line.split('|').collect::<Vec<_>>()[..] else {
                return Err(line.into());
            };
            results.add(SUBJECT, case, unit, value.parse()?);
        }
    }
    Ok(())
}

/// Measures this part here.
pub(crate) fn run(name: &str) -> Result {
    let part = PARTS.into_iter().find(|(part, _)| *part == name).ok_or("no such part")?;
    part.1()
}

fn tell(case: &str, unit: &str, value: f64) {
    println!("{case}|{unit}|{value}");
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn tell_memory(case: &str, unit: &str, before: u64, count: usize) -> Result {
    tell(case, unit, per(resident()?.saturating_sub(before), count));
    Ok(())
}

const MIB: usize = 1 << 20;

fn event() -> Event {
    Event::data(Kind::Token.data())
}

fn publish() -> Result {
    runtime()?.block_on(async {
        for audience in [0, 1, AUDIENCE] {
            let hub = Hub::new();
            for _ in 0..audience {
                tokio::spawn(hub.subscribe("a").for_each(async |event| _ = black_box(event)));
            }
            let sent = median_time(audience, || drop(hub.publish("a", event()))).await;
            tell(&format!("`publish` to {audience} subscriptions that wait"), "µs", sent);
        }
        let (sender, _) = broadcast::channel(64);
        for _ in 0..AUDIENCE {
            let mut receiver = sender.subscribe();
            tokio::spawn(async move { while receiver.recv().await.is_ok() {} });
        }
        let sent = median_time(AUDIENCE, || _ = sender.send(Kind::Token.data())).await;
        tell(&format!("for comparison, `send` of a broadcast channel to {AUDIENCE}"), "µs", sent);
        Ok(())
    })
}

/// Measures the call alone, in microseconds. Everyone waits again before the next one.
async fn median_time(audience: usize, mut call: impl FnMut()) -> f64 {
    let mut times = Vec::new();
    for _ in 0..PUBLISHED {
        // A task that yields comes after all that are ready, and the hub wakes in chunks.
        for _ in 0..audience / 64 + 8 {
            yield_now().await;
        }
        let begin = Instant::now();
        call();
        times.push(begin.elapsed());
    }
    percentile(&mut times, 50)
}

async fn poll_once<S: Stream + Unpin>(stream: &mut S) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *stream).poll_next(cx).is_ready())).await
}

fn tag(subscription: usize, number: usize) -> String {
    format!("user:{subscription}:{number}")
}

fn waiting(case: &str, tags: usize) -> Result {
    runtime()?.block_on(async {
        let hub = Hub::new();
        let mut all = Vec::with_capacity(AUDIENCE * 10);
        all.resize_with(AUDIENCE * 10, || None);
        let before = resident()?;
        for (at, place) in all.iter_mut().enumerate() {
            // On the heap, where a connection has it.
            let tagged = |events: Subscription, number| events.tag(tag(at, number));
            let mut events = Box::new((0..tags).fold(hub.subscribe("a"), tagged));
            while poll_once(&mut events).await {}
            *place = Some(events);
        }
        tell_memory(case, "bytes", before, all.len())
    })
}

/// Ends one after another of many subscriptions, each of which has a tag of its own and waits.
fn end() -> Result {
    runtime()?.block_on(async {
        let hub = Hub::new();
        let mut all = Vec::new();
        for at in 0..TOPICS {
            let mut events = hub.subscribe("a").tag(tag(at, 0));
            while poll_once(&mut events).await {}
            all.push(events);
        }
        let mut at = 0;
        let took = median_time(0, || {
            at += TOPICS / PUBLISHED - 1;
            _ = hub.end(&tag(at, 0), Event::empty()).now_or_never();
        });
        let took = took.await;
        tell(&format!("`end` of one among {} subscriptions with tags", all.len()), "µs", took);
        Ok(())
    })
}

/// Publishes beside this many topics that retain an event.
fn retained() -> Result {
    runtime()?.block_on(async {
        // Without the memory of the log.
        let hub = Hub::builder().replay(Duration::ZERO, 0).build();
        let before = resident()?;
        for number in 0..TOPICS {
            hub.retain(&topic(number), event()).await?;
        }
        tell_memory(&format!("{TOPICS} events that topics retain"), "MiB", before, MIB)?;
        let published = median_time(0, || hub.publish("a", event()).detach()).await;
        tell(&format!("`publish` beside {TOPICS} retained events"), "µs", published);
        let retained = median_time(0, || hub.retain(&topic(7), event()).detach()).await;
        tell("`retain` beside them", "µs", retained);
        Ok(())
    })
}

fn topic(number: usize) -> String {
    format!("a topic of some length {number}")
}

fn topics(case: &str, which: fn(usize) -> usize) -> Result {
    runtime()?.block_on(async {
        let hub = Hub::new();
        let before = resident()?;
        for number in 0..TOPICS {
            hub.publish(topic(which(number)), event()).await?;
        }
        tell_memory(&format!("{TOPICS} {case}"), "MiB", before, MIB)
    })
}

fn subscribed() -> Result {
    let hub = Hub::new();
    let before = resident()?;
    let all: Vec<_> = (0..TOPICS).map(|number| Box::new(hub.subscribe(topic(number)))).collect();
    let case = format!("{} subscriptions to as many topics", all.len());
    tell_memory(&case, "MiB", before, MIB)
}

/// Publishes a megabyte a second for two and a half minutes, of which nobody reads more than the beginning.
fn stalled(size: usize) -> Result {
    runtime()?.block_on(async {
        let hub = Hub::new();
        let mut bodies = Vec::new();
        for _ in 0..AUDIENCE {
            let mut body = EventStream::from(hub.subscribe("a")).into_bytes();
            while poll_once(&mut body).await {}
            bodies.push(body);
        }
        let idle = resident()?;
        for _ in 0..150 * 1_000_000 / size {
            hub.publish("a", Event::data("x".repeat(size))).await?;
        }
        let case = format!("{AUDIENCE} stalled clients, 150 MB in events of {size} bytes");
        tell_memory(&case, "MiB", idle, MIB)?;
        let mut chunks = Vec::new();
        for body in &mut bodies {
            chunks.push(body.next().await);
        }
        tell_memory(&format!("{case}, with a chunk on its way to each"), "MiB", idle, MIB)
    })
}
