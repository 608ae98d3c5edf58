//! Hubs on Redis beside a bare Redis: how long an event takes to a client of another node, how many
//! pass in a second, and what each costs Redis and a node.
//!
//! ```text
//! cargo xtask cluster-bench
//! ```
//!
//! It takes one to three minutes.

mod bare;
mod hubs;
mod server;

use std::time::{Duration, Instant};

use benches::cost::process_time;
use benches::statistics::Summary;
use server::Server;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const RUNS: usize = 3;
/// How many events are published one by one, and how far apart.
const SINGLE: usize = 4_000;
const EVERY: Duration = Duration::from_millis(1);
/// How many are published as fast as they are taken.
const MANY: u32 = 100_000;
const NODES: usize = 3;
/// So many, to tell what each of them costs Redis.
const MANY_NODES: usize = 8;
/// A text of some length.
const BYTES: usize = 100;

/// What a run of many events took.
struct Rate {
    /// Events a second.
    events: f64,
    /// Microseconds of Redis' CPU time per event.
    redis: f64,
    /// And of this process', which is the publisher and all nodes.
    own: f64,
    /// Bytes that Redis sent, per event.
    sent: f64,
}

#[tokio::main]
async fn main() -> Result {
    latency().await?;
    throughput().await?;
    start().await
}

async fn latency() -> Result {
    println!(
        "| one event a millisecond, to a client of another node | p50, µs | p99, µs | Redis' CPU, µs an event |"
    );
    println!("|---|---|---|---|");
    for nodes in [2, MANY_NODES] {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let server = Server::start()?;
            runs.push(Box::pin(paced(&server, hubs::latency(&server.url(), nodes))).await?);
        }
        show_paced(&format!("a hub of {nodes} nodes"), &runs);
    }
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let server = Server::start()?;
        runs.push(paced(&server, bare::latency(&server.url())).await?);
    }
    show_paced("`XADD`, to one `XREAD`", &runs);
    Ok(())
}

/// What a run of events one by one took.
struct Paced {
    times: Vec<Duration>,
    /// Microseconds of Redis' CPU time per event.
    redis: f64,
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
async fn paced(server: &Server, run: impl Future<Output = Result<Vec<Duration>>>) -> Result<Paced> {
    let before = server.cpu().await?;
    let times = run.await?;
    Ok(Paced { times, redis: (server.cpu().await? - before) / SINGLE as f64 })
}

fn show_paced(name: &str, runs: &[Paced]) {
    let of = |value: &dyn Fn(&Paced) -> f64| shown(&runs.iter().map(value).collect::<Vec<_>>());
    let (p50, p99) =
        (of(&|run| percentile(&run.times, 0.5)), of(&|run| percentile(&run.times, 0.99)));
    println!("| {name} | {p50} | {p99} | {} |", of(&|run| run.redis));
}

async fn throughput() -> Result {
    println!(
        "\n| as fast as they pass | events/s | Redis' CPU, µs an event | all others' | bytes sent an event |"
    );
    println!("|---|---|---|---|---|");
    for nodes in [1, NODES] {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(hubs::throughput(&mut Server::start()?, nodes).await?);
        }
        show(&format!("a hub, to {nodes} nodes"), &runs);
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(bare::throughput(&mut Server::start()?, nodes).await?);
        }
        show(&format!("`XADD`, to {nodes} of `XREAD`"), &runs);
    }
    Ok(())
}

fn show(name: &str, runs: &[Rate]) {
    let of = |value: fn(&Rate) -> f64| shown(&runs.iter().map(value).collect::<Vec<_>>());
    let (rate, redis) = (of(|run| run.events), of(|run| run.redis));
    println!("| {name} | {rate} | {redis} | {} | {} |", of(|run| run.own), of(|run| run.sent));
}

/// What an event takes in Redis, and what a node reads back when it starts.
async fn start() -> Result {
    let server = Server::start()?;
    let empty = server.memory().await?;
    bare::publish_many(&server.url(), MANY).await?;
    let bare = (server.memory().await? - empty) / f64::from(MANY);
    let server = Server::start()?;
    hubs::publish_many(&server.url(), MANY).await?;
    let bytes = (server.memory().await? - empty) / f64::from(MANY);
    let begin = Instant::now();
    drop(hubs::node(&server.url()).await?);
    println!(
        "\nan event of {BYTES} bytes takes {bytes:.0} bytes in Redis, and {bare:.0} by `XADD`; a node \
         that starts reads {MANY} of them back in {:?}",
        begin.elapsed()
    );
    Ok(())
}

/// The median, with least and most.
fn shown(runs: &[f64]) -> String {
    let Summary { median, min, max } = Summary::of(runs);
    if median < 100.0 {
        format!("{median:.1} ({min:.1} to {max:.1})")
    } else {
        format!("{median:.0} ({min:.0} to {max:.0})")
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place in a short list"
)]
fn percentile(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() as f64 * share) as usize;
    times[at.min(times.len() - 1)].as_secs_f64() * 1e6
}

/// Measures what a run of many events takes.
async fn rate(server: &mut Server, run: impl Future<Output = Result>) -> Result<Rate> {
    let before = (server.cpu().await?, process_time().as_secs_f64() * 1e6, server.sent().await?);
    let begin = Instant::now();
    run.await?;
    let seconds = begin.elapsed().as_secs_f64();
    let after = (server.cpu().await?, process_time().as_secs_f64() * 1e6, server.sent().await?);
    let each = |after: f64, before: f64| (after - before) / f64::from(MANY);
    Ok(Rate {
        events: f64::from(MANY) / seconds,
        redis: each(after.0, before.0),
        own: each(after.1, before.1),
        sent: each(after.2, before.2),
    })
}
