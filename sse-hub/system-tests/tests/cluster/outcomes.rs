//! What a publisher is told, whatever happens to Redis, to the connection, or to the runtime.

use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Builder, Hub, Publish, PublishError, Subscription};
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use system_tests::cluster::server::RedisServer;
use tests::patience::{PATIENCE, until};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use crate::{A_WHILE, redis, text};

const AOF: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];
/// Long enough to send an event if there is a connection, and shorter than the wait for an answer.
const SOON: Duration = Duration::from_secs(2);

async fn outcome(publish: Publish) -> Result<sse_hub::EventId, PublishError> {
    timeout(PATIENCE, publish).await.expect("it has an outcome")
}

fn impatient() -> Builder {
    Hub::builder().publish_timeout(SOON)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_sent_in_time_has_timed_out_and_is_never_published() {
    let Some(mut redis) = redis("a deadline", &AOF).await else { return };
    let hub = impatient().connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    outcome(hub.publish("a", Event::data("before"))).await.unwrap();
    redis.kill();
    until("the node sees it", || !hub.stats().connected).await;
    drop(hub.publish("a", Event::data("nobody waits for this one")));
    // The first may have gone down the old connection.
    _ = outcome(hub.publish("a", Event::data("the first"))).await;
    let late = [1, 2, 3].map(|number| hub.publish("a", Event::data(number)));
    for late in late {
        assert_eq!(outcome(late).await, Err(PublishError::TimedOut));
    }
    assert!(hub.stats().timed_out >= 3, "{:?}", hub.stats());
    assert_eq!(hub.stats().queued, 0);
    redis.start_again().await;
    until("it is back", || hub.stats().connected).await;
    outcome(hub.publish("a", Event::data("after"))).await.unwrap();
    assert_eq!([text(&mut events).await, text(&mut events).await], ["before", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_behind_a_lost_answer_times_out_too() {
    let Some(redis) = redis("a deadline behind an answer", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let hub = impatient().connect(&gate.url()).await.unwrap();
    outcome(hub.publish("a", Event::data("0"))).await.unwrap();
    gate.close();
    let sent = hub.publish("a", Event::data("1"));
    let arrived = async || redis.ask(&["XLEN", "{sse-hub}:log"]).await == ::redis::Value::Int(2);
    while !arrived().await {}
    let waits = hub.publish("a", Event::data("2"));
    assert_eq!(outcome(waits).await, Err(PublishError::TimedOut));
    assert_eq!(outcome(sent).await, Err(PublishError::Unknown));
    assert_eq!((hub.stats().timed_out, hub.stats().unknown), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_full_refuses_at_once_and_takes_more_when_redis_is_back() {
    let Some(mut redis) = redis("a full queue", &AOF).await else { return };
    let patient = Hub::builder().max_event_bytes(4 << 20).publish_timeout(PATIENCE);
    let hub = patient.connect(&redis.url()).await.unwrap();
    redis.kill();
    until("the node sees it", || !hub.stats().connected).await;
    let large = || hub.publish("a", Event::data("x".repeat(3 << 20)));
    let mut published = Vec::new();
    let refused = loop {
        let mut publish = large();
        match (&mut publish).now_or_never() {
            Some(refused) => break refused,
            None => published.push(publish),
        }
    };
    assert_eq!((refused, published.len()), (Err(PublishError::QueueFull), 5));
    redis.start_again().await;
    for publish in published {
        // The first may have gone down the old connection.
        let outcome = outcome(publish).await;
        assert!(matches!(outcome, Ok(_) | Err(PublishError::Unknown)), "{outcome:?}");
    }
    outcome(large()).await.unwrap();
}

/// Returns how many connections Redis has accepted, without the one that asks.
async fn connections(redis: &RedisServer) -> usize {
    let stats = redis.info("stats").await;
    let count = stats.lines().find_map(|line| line.strip_prefix("total_connections_received:"));
    count.expect("it counts").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_full_is_asked_on_the_same_connection_and_every_refusal_counts() {
    let Some(redis) = redis("refusals", &["--maxmemory-policy", "noeviction"]).await else {
        return;
    };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let before = connections(&redis).await;
    for refusals in [25, 475] {
        for _ in 0..refusals {
            let refused = outcome(hub.publish("a", Event::data("x"))).await;
            assert_eq!(refused, Err(PublishError::Refused));
        }
        let opened = connections(&redis).await - before;
        assert!(opened < 20, "{opened} connections");
    }
    assert_eq!(hub.stats().refused, 500);
    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    outcome(hub.publish("a", Event::data("x"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_becomes_a_replica_refuses_and_is_left_for_another_without_haste() {
    let Some(redis) = redis("READONLY", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let id = outcome(hub.publish("a", Event::data("1"))).await.unwrap();
    redis.ask(&["REPLICAOF", "127.0.0.1", "1"]).await;
    let before = connections(&redis).await;
    for _ in 0..5 {
        let refused = join_all((0..100).map(|_| hub.publish("a", Event::data("x")))).await;
        assert!(refused.iter().all(|it| *it == Err(PublishError::Refused)), "{refused:?}");
    }
    let opened = connections(&redis).await - before;
    assert!((2..50).contains(&opened), "{opened} connections");
    redis.ask(&["REPLICAOF", "NO", "ONE"]).await;
    outcome(hub.publish("a", Event::data("2"))).await.unwrap();
    let mut events = hub.subscribe("a").resume(Some(id.into())).announce(false);
    assert_eq!(text(&mut events).await, "2");
    assert_eq!(hub.stats().epochs, 0);
}

/// The scripts of a Redis can be flushed at any time, and another node may load them again in between.
#[tokio::test(flavor = "multi_thread")]
async fn no_event_overtakes_another_of_its_publisher_when_redis_forgets_the_script() {
    let Some(redis) = redis("NOSCRIPT", &[]).await else { return };
    let hubs =
        [Hub::connect(&redis.url()).await.unwrap(), Hub::connect(&redis.url()).await.unwrap()];
    let mut events = hubs[0].subscribe(["0", "1"]).announce(false);
    let publishes = hubs.iter().enumerate().map(|(number, hub)| async move {
        for at in 0..50 {
            let many =
                (0..100).map(|it| hub.publish(number.to_string(), Event::data(at * 100 + it)));
            for outcome in join_all(many).await {
                outcome.unwrap();
            }
        }
    });
    let flushes = async {
        loop {
            redis.ask(&["SCRIPT", "FLUSH"]).await;
        }
    };
    tokio::select! {
        _ = join_all(publishes) => {}
        () = flushes => {}
    }
    let mut next = [0, 0];
    for _ in 0..10_000 {
        let event = timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on");
        let number: usize = event.fields().data.expect("data").parse().unwrap();
        let of = next.iter().position(|next| *next == number).expect("the next of a publisher");
        next[of] += 1;
    }
    assert_eq!(next, [5000, 5000]);
}

/// Runs a future in a runtime of its own, which is gone afterwards.
async fn in_another_runtime<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    let thread = std::thread::spawn(|| Runtime::new().expect("a runtime").block_on(work));
    let joined = tokio::task::spawn_blocking(|| thread.join());
    joined.await.expect("it ends").expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_whose_runtime_is_gone_is_closed_and_says_so_at_once() {
    let Some(redis) = redis("a dead runtime", &[]).await else { return };
    let url = redis.url();
    let hub = in_another_runtime(async move { Hub::connect(&url).await.unwrap() }).await;
    let publish = hub.publish("a", Event::data("x")).now_or_never();
    assert_eq!(publish, Some(Err(PublishError::Closed)));
    timeout(PATIENCE, hub.flush()).await.expect("nothing waits");
    let stats = hub.stats();
    assert_eq!((stats.connected, stats.queued, stats.refused), (false, 0, 1));
    let farewell: Vec<_> = timeout(PATIENCE, hub.subscribe("a").collect()).await.expect("it ends");
    assert!(farewell.iter().any(|event| event.fields().retry.is_some()), "{farewell:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dying_runtime_has_not_sent_is_closed_and_what_it_has_sent_is_unknown() {
    let Some(redis) = redis("a dying runtime", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let (url, other) = (gate.url(), Hub::connect(&redis.url()).await.unwrap());
    let (hub, dies) = (tokio::sync::oneshot::channel(), tokio::sync::oneshot::channel::<()>());
    let runs = tokio::spawn(in_another_runtime(async move {
        _ = hub.0.send(Hub::connect(&url).await.unwrap());
        _ = dies.1.await;
    }));
    let hub = hub.1.await.unwrap();
    let mut events: Subscription = hub.subscribe("a").announce(false);
    outcome(hub.publish("a", Event::data("0"))).await.unwrap();
    assert_eq!(text(&mut events).await, "0");
    gate.close();
    let sent = hub.publish("a", Event::data("sent"));
    until("it is sent", || other.stats().appended == 2).await;
    let waits = hub.publish("a", Event::data("waits"));
    drop(dies.0);
    runs.await.unwrap();
    assert_eq!(outcome(sent).await, Err(PublishError::Unknown));
    assert_eq!(outcome(waits).await, Err(PublishError::Closed));
    assert_eq!(timeout(PATIENCE, events.count()).await.expect("it ends"), 1, "a farewell");
    assert_eq!(other.stats().appended, 2);
}

/// Without the right to follow the log, a node can still publish.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_can_not_read_still_tells_of_what_is_published() {
    let Some(redis) = redis("a cut off tail", &[]).await else { return };
    let hub = impatient().connect(&redis.url()).await.unwrap();
    let before = outcome(hub.publish("a", Event::data("1"))).await.unwrap();
    redis.ask(&["ACL", "SETUSER", "default", "-xread"]).await;
    until("the node sees it", || !hub.stats().connected).await;
    let mut publish = hub.publish("a", Event::data("2"));
    assert!(timeout(A_WHILE, &mut publish).await.is_err(), "it waits for its node");
    let id = outcome(publish).await.unwrap();
    assert_eq!(hub.position(), before, "it is published, but not read");
    redis.ask(&["ACL", "SETUSER", "default", "+xread"]).await;
    until("the node has it", || hub.position() == id).await;
    // An event that is published just before the hub is dropped has its outcome, too.
    let last = hub.publish("a", Event::data("3"));
    sleep(A_WHILE).await;
    drop(hub);
    outcome(last).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_redis_has_lost_is_not_given_again_before_its_history_is_over() {
    let Some(mut primary) = redis("a publisher that returns first", &[]).await else { return };
    let gate = Gate::to(primary.address()).await;
    let hub = Hub::builder().publish_timeout(PATIENCE).connect(&gate.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    outcome(hub.publish("a", Event::data("0"))).await.unwrap();
    let replica = primary.replica().await;
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    let lost = outcome(hub.publish("a", Event::data("lost"))).await.unwrap();
    let other = Hub::connect(&replica.url()).await.unwrap();
    for data in ["x", "y"] {
        outcome(other.publish("a", Event::data(data))).await.unwrap();
    }
    assert_eq!([text(&mut events).await, text(&mut events).await], ["0", "lost"]);
    primary.kill();
    until("the node sees it", || !hub.stats().connected).await;
    // Long enough for the tail to wait between its attempts.
    sleep(Duration::from_secs(3)).await;
    gate.lead_to(replica.address());
    let publish = async || loop {
        match outcome(hub.publish("a", Event::data("next"))).await {
            Ok(id) => return id,
            Err(PublishError::Unknown) => {}
            Err(error) => panic!("{error}"),
        }
    };
    let epoch = |id: sse_hub::EventId| id.to_string().split_once('.').unwrap().0.to_owned();
    assert_ne!(epoch(publish().await), epoch(lost));
    assert_eq!(text(&mut events).await, "unknown");
}
