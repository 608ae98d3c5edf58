//! Runs that several nodes share through Redis, and what can go wrong with them.

mod away;
mod faults;
#[path = "../../../tests/fed/mod.rs"]
mod fed;
mod lost;
mod nodes;
#[path = "../../../tests/fed/read.rs"]
mod read;
mod rights;

use std::time::Duration;

use sse_hub::{Join, RunError, RunState, Runs};
use system_tests::cluster::server::{RedisServer, is_here};
use tests::left_out::left_out;
use tokio::runtime::{Builder, Runtime};

/// Short, so that a test of what happens after it takes little time.
const LEASE: Duration = Duration::from_secs(1);

async fn redis(test: &str) -> Option<RedisServer> {
    if !is_here() {
        left_out(test, "redis-server");
        return None;
    }
    Some(RedisServer::start(&[]).await)
}

async fn node(redis: &RedisServer) -> Runs {
    Runs::connect(&redis.url()).await.expect("it connects")
}

async fn node_with_short_lease(redis: &RedisServer) -> Runs {
    Runs::builder().lease(LEASE).connect(&redis.url()).await.expect("it connects")
}

/// The runtime of a node, which can be stopped without the others.
fn separate() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}
