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
use benches::report::{head, row};
use benches::statistics::{Summary, percentile};
use server::Server;
use tokio::time::{MissedTickBehavior, interval};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const RUNS: usize = 3;
/// How many events are published one by one, and how far apart.
const SINGLE: u32 = 4_000;
const EVERY: Duration = Duration::from_millis(1);
/// How many are published as fast as they are taken.
const MANY: u32 = 100_000;
const NODES: usize = 3;
/// So many, to tell what each of them costs Redis.
const MANY_NODES: usize = 8;
/// A text of some length.
const BYTES: usize = 100;

#[tokio::main]
async fn main() -> Result {
    latency().await?;
    throughput().await?;
    start().await
}

async fn latency() -> Result {
    let title = "one event a millisecond, to a client of another node";
    print!("{}", head(&[title, "p50, µs", "p99, µs", "Redis' CPU, µs an event"]));
    for nodes in [2, MANY_NODES] {
        let run = async |server: &Server| Box::pin(hubs::latency(&server.url(), nodes)).await;
        show(&format!("a hub of {nodes} nodes"), async |server| paced(server, run(server)).await)
            .await?;
    }
    let run = async |server: &Server| bare::latency(&server.url()).await;
    show("`XADD`, to one `XREAD`", async |server| paced(server, run(server)).await).await
}

async fn throughput() -> Result {
    let columns = ["events/s", "Redis' CPU, µs an event", "all others'", "bytes sent an event"];
    print!("\n{}", head(&[&["as fast as they pass"], &columns[..]].concat()));
    for nodes in [1, NODES] {
        let hubs = async |server: &Server| hubs::throughput(server, nodes).await;
        show(&format!("a hub, to {nodes} nodes"), hubs).await?;
        let bare = async |server: &Server| bare::throughput(server, nodes).await;
        show(&format!("`XADD`, to {nodes} of `XREAD`"), bare).await?;
    }
    Ok(())
}

/// Prints the figures of some runs, each with a Redis of its own.
async fn show<const FIGURES: usize>(
    name: &str,
    run: impl AsyncFn(&Server) -> Result<[f64; FIGURES]>,
) -> Result {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(run(&Server::start()?).await?);
    }
    let mut cells = vec![name.to_owned()];
    cells.extend((0..FIGURES).map(|at| {
        let runs: Vec<_> = runs.iter().map(|run| run[at]).collect();
        Summary::of(&runs).to_string()
    }));
    print!("{}", row(&cells));
    Ok(())
}

/// Measures events one by one: how long they take, and Redis' CPU time.
async fn paced(
    server: &Server,
    run: impl Future<Output = Result<Vec<Duration>>>,
) -> Result<[f64; 3]> {
    let before = server.cpu().await?;
    let mut times = run.await?;
    let redis = (server.cpu().await? - before) / f64::from(SINGLE);
    Ok([percentile(&mut times, 50), percentile(&mut times, 99), redis])
}

/// Publishes one event after the other, with the time since the beginning.
async fn publish_paced(begin: Instant, mut publish: impl FnMut(String)) {
    let mut pace = interval(EVERY);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..SINGLE {
        pace.tick().await;
        publish(format!("{:>BYTES$}", begin.elapsed().as_nanos()));
    }
}

/// Returns how long an event was on its way that has this text.
fn since(begin: Instant, text: &str) -> Result<Duration> {
    Ok(begin.elapsed().saturating_sub(Duration::from_nanos(text.trim().parse()?)))
}

/// Measures what a run of many events takes: events a second, microseconds of Redis' CPU time per event
/// and of this process', which is the publisher and all nodes, and bytes that Redis sent per event.
async fn rate(server: &Server, run: impl Future<Output = Result>) -> Result<[f64; 4]> {
    let costs = async || {
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>([
            server.cpu().await?,
            process_time().as_secs_f64() * 1e6,
            server.sent().await?,
        ])
    };
    let (before, begin) = (costs().await?, Instant::now());
    run.await?;
    let seconds = begin.elapsed().as_secs_f64();
    let after = costs().await?;
    let [redis, own, sent] = [0, 1, 2].map(|at| (after[at] - before[at]) / f64::from(MANY));
    Ok([f64::from(MANY) / seconds, redis, own, sent])
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
