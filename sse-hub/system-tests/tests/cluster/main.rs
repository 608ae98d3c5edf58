//! Hubs on one Redis, and all that can go wrong: each client receives what was published, or is
//! told.

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

/// Enough for events to pass, on a machine of any speed: nothing is asserted of it.
const A_WHILE: Duration = Duration::from_millis(700);

/// A Redis, if this machine has one.
async fn redis(test: &str, settings: &[&str]) -> Option<RedisServer> {
    if !is_here() {
        left_out(test, "redis-server");
        return None;
    }
    Some(RedisServer::start(settings).await)
}

/// Of what the clients do, shown if the test fails.
fn seed() -> u64 {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    seed
}

async fn text(events: &mut Subscription) -> String {
    let event = timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on");
    event.fields().data.expect("data").to_owned()
}
