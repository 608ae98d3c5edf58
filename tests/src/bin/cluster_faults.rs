//! Faults of Redis at random, one after the other, while clients come and go between two nodes:
//! `cargo xtask cluster-faults --minutes 10 --seed 1`.

use std::time::Duration;

use fastrand::Rng;
use tests::cluster::server::RedisServer;
use tests::cluster::world::World;
use tests::patience::until;
use tokio::time::{Instant, sleep};

const CLIENTS: usize = 200;
const A_SECOND: u64 = 1000;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    KillConnections,
    Pause,
    Stop,
    Flush,
    Full,
}

const FAULTS: [Fault; 6] =
    [Fault::Kill, Fault::KillConnections, Fault::Pause, Fault::Stop, Fault::Flush, Fault::Full];

/// The value of an option, or this one.
fn option(name: &str, otherwise: u64) -> u64 {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|word| word == name);
    let value = at.and_then(|at| words.get(at + 1));
    value.map_or(otherwise, |value| value.parse().expect("a number"))
}

/// Lets it happen, for so long where it lasts.
async fn strike(redis: &mut RedisServer, fault: Fault, lasts: Duration) {
    match fault {
        Fault::Kill => {
            redis.kill();
            sleep(lasts).await;
            redis.start_again().await;
        }
        Fault::KillConnections => {
            redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        }
        Fault::Pause => {
            redis.ask(&["CLIENT", "PAUSE", &lasts.as_millis().to_string()]).await;
            sleep(lasts).await;
        }
        Fault::Stop => {
            redis.signal("-STOP");
            sleep(lasts).await;
            redis.signal("-CONT");
        }
        Fault::Flush => {
            redis.ask(&["FLUSHALL"]).await;
        }
        Fault::Full => {
            redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
            sleep(lasts).await;
            redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
        }
    }
}

/// Waits until both nodes have all that there is, and tells how long that took.
async fn all_is_well(world: &World) -> Duration {
    let begin = Instant::now();
    sleep(Duration::from_millis(1100)).await;
    let is_well = |stats: sse_hub::Stats| stats.connected && stats.behind < A_SECOND;
    until("both nodes follow", || world.nodes.iter().all(|node| is_well(node.stats()))).await;
    begin.elapsed()
}

#[tokio::main]
async fn main() {
    let seed = option("--seed", fastrand::u64(..1_000_000));
    let minutes = option("--minutes", 1);
    let pause = Duration::from_secs(option("--every", 20));
    let mut plan = Rng::with_seed(seed);
    let mut redis = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "everysec"]).await;
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed).await;
    println!("seed {seed}: {minutes} minutes, a fault every {} s", pause.as_secs());
    let end = Instant::now() + Duration::from_mins(minutes);
    while Instant::now() + pause < end {
        sleep(pause).await;
        let fault = FAULTS[plan.usize(..FAULTS.len())];
        let lasts = Duration::from_millis(plan.u64(100..8000));
        strike(&mut redis, fault, lasts).await;
        let well = all_is_well(&world).await;
        let epochs: Vec<_> = world.nodes.iter().map(|node| node.stats().epochs).collect();
        println!("{fault:?} for {lasts:?}: well after {well:?}, histories begun {epochs:?}");
    }
    let outcome = world.finish().await;
    let events: usize = outcome.records.iter().map(tests::cluster::record::Record::events).sum();
    println!(
        "{} published, {} with an unknown outcome; {events} received, and {} gaps told",
        outcome.ledger.len(),
        outcome.ledger.unknown,
        outcome.gaps()
    );
    outcome.check();
    println!("every client's record is right");
}
