//! A million topics that clients made up.

use std::time::Instant;

use futures::future::join_all;
use sse_hub::Hub;
use sse_runtime::Event;
use system_tests::cluster::server::RedisServer;
use tests::patience::until;

const TOPICS: usize = 1_000_000;
const AT_A_TIME: usize = 10_000;

/// Publishes to each, subscribes to as many others, and reports what that takes.
pub(crate) async fn topics() {
    let redis = RedisServer::start(&[]).await;
    let hub = Hub::connect(&redis.url()).await.expect("Redis is there");
    let begin = Instant::now();
    for first in (0..TOPICS).step_by(AT_A_TIME) {
        let publish = |number| hub.publish(format!("topic {number}"), Event::data("x"));
        let outcomes = join_all((first..first + AT_A_TIME).map(publish)).await;
        assert!(outcomes.iter().all(Result::is_ok), "within the limit");
    }
    let took = begin.elapsed();
    let position = |hub: &Hub| hub.position().to_string();
    let cold = Hub::connect(&redis.url()).await.expect("Redis is there");
    until("the first node has all", || position(&hub) == position(&cold)).await;
    let remembered: usize =
        redis::from_redis_value(redis.ask(&["ZCARD", "{sse-hub}:topics"]).await).expect("a number");
    assert!(remembered <= 65_536, "{remembered} topics are remembered");
    let memory = redis.info("memory").await;
    let memory = memory.lines().find_map(|line| line.strip_prefix("used_memory_human:"));
    let subscriptions: Vec<_> =
        (0..TOPICS).map(|number| hub.subscribe(format!("made up {number}"))).collect();
    println!(
        "a million topics, each with an event: published in {took:?}; Redis holds {}, and the last \
         sequence of {remembered} topics; {} subscriptions to a million more reach no Redis",
        memory.expect("it says so"),
        subscriptions.len()
    );
}
