//! Hubs on one Redis, and everything that can go wrong: each client receives what was published, or is told that
//! something is missing.

mod conformance;
mod ends;
mod faults;
mod groups;
mod lazy;
mod metrics;
mod nodes;
mod outcomes;
mod retained;
mod strangers;
mod trimming;
mod use_of_redis;
mod versions;

use std::time::Duration;

use sse_hub::Subscription;
use system_tests::cluster::server::{RedisServer, is_here};
use tests::left_out::left_out;
use tests::patience::PATIENCE;
use tokio::time::timeout;

const CLIENTS: usize = 200;
const A_SECOND: u64 = 1000;

/// Long enough for events to pass. No assertion depends on it, so a slow machine does no harm.
const A_WHILE: Duration = Duration::from_millis(700);

/// Starts a Redis, if this machine has one.
async fn redis(test: &str, settings: &[&str]) -> Option<RedisServer> {
    if !is_here() {
        left_out(test, "redis-server");
        return None;
    }
    Some(RedisServer::start(settings).await)
}

/// Returns a seed for what the clients do, which is shown if the test fails.
fn seed() -> u64 {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    seed
}

async fn text(events: &mut Subscription) -> String {
    let event = timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on");
    event.fields().data.expect("data").to_owned()
}
