//! Faults of nodes, and of those who publish and subscribe there.

use std::path::Path;
use std::time::Duration;

use futures::future::join_all;
use sse_hub::{EventId, Hub, PublishError, Resumed, Subscription};
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use system_tests::cluster::node::NodeProcess;
use system_tests::cluster::server::RedisServer;
use system_tests::cluster::world::World;
use tests::patience::{PATIENCE, until};
use tokio::time::{sleep, timeout};

use crate::{A_WHILE, redis, seed, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_costs_its_clients_nothing() {
    let Some(redis) = redis("a killed node", &[]).await else { return };
    let program = Path::new(env!("CARGO_BIN_EXE_cluster_node"));
    let mut one = NodeProcess::start(program, &redis.url(), 0).await;
    let other = NodeProcess::start(program, &redis.url(), 0).await;
    let world = World::at(vec![one.site, other.site], 50, 300, seed());
    sleep(A_WHILE).await;
    one.kill().await;
    sleep(A_WHILE).await;
    let one = NodeProcess::start(program, &redis.url(), one.site.0.port()).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
    drop((one, other));
}

async fn publish(hub: &Hub, topic: &str, count: usize) -> Vec<EventId> {
    let outcomes = (0..count).map(|number| hub.publish(topic, Event::data(number.to_string())));
    let ids = join_all(outcomes).await.into_iter().map(|id| id.expect("Redis takes it"));
    ids.collect()
}

pub(crate) async fn commands(redis: &RedisServer) -> usize {
    let calls = redis.info("commandstats").await;
    let calls = calls.lines().filter_map(|line| line.split_once("calls=")?.1.split(',').next());
    calls.map(|calls| calls.parse::<usize>().expect("a number")).sum()
}

/// Redis runs as many commands as the hubs look and read, however many clients there are.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_clients_that_return_to_a_cold_node_do_not_reach_redis() {
    let Some(redis) = redis("a cold node", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let ids = publish(&hub, "a", 500).await;
    let cold = Hub::connect(&redis.url()).await.unwrap();
    let before = commands(&redis).await;
    let clients = (0..10_000).map(|client| {
        let from = client % ids.len();
        let mut events = cold.subscribe("a").resume(Some(ids[from].into())).announce(false);
        tokio::spawn(async move {
            assert_eq!(events.resumed().await, Resumed::Complete);
            for number in from + 1..500 {
                assert_eq!(text(&mut events).await, number.to_string());
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("it has all that came after its position");
    }
    let commands = commands(&redis).await - before;
    assert!(commands < 1000, "{commands} commands for 10,000 clients");
}

/// A node whose Redis can be held back.
async fn behind_a_gate(redis: &RedisServer, window: Duration) -> (Gate, Hub) {
    let gate = Gate::to(redis.address()).await;
    let hub = Hub::builder().replay(window, 64 << 20).connect(&gate.url()).await.unwrap();
    (gate, hub)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_ahead_of_its_node_waits_for_the_node() {
    let Some(redis) = redis("a position ahead", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let (gate, behind) = behind_a_gate(&redis, Duration::from_mins(2)).await;
    gate.close();
    let ids = publish(&hub, "a", 10).await;
    let mut events = behind.subscribe("a").resume(Some(ids[4].into())).announce(false);
    assert!(timeout(A_WHILE, events.resumed()).await.is_err(), "it waits");
    gate.open();
    assert_eq!(timeout(PATIENCE, events.resumed()).await.unwrap(), Resumed::Complete);
    for number in 5..10 {
        assert_eq!(text(&mut events).await, number.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_slower_than_the_trimming_tells_of_a_gap_and_only_where_there_is_one() {
    // So that the log is trimmed to the event.
    let Some(redis) = redis("trimming", &["--stream-node-max-entries", "1"]).await else { return };
    let window = Duration::from_secs(1);
    let hub = Hub::builder().replay(window, 64 << 20).connect(&redis.url()).await.unwrap();
    let (gate, slow) = behind_a_gate(&redis, window).await;
    let first = publish(&hub, "quiet", 1).await;
    until("it has the first event", || slow.position() == first[0]).await;
    let [mut quiet, mut busy] =
        ["quiet", "busy"].map(|topic| slow.subscribe(topic).announce(false));
    gate.close();
    publish(&hub, "busy", 100).await;
    sleep(window * 2).await;
    let publishes = tokio::spawn(async move {
        loop {
            publish(&hub, "busy", 1).await;
            sleep(Duration::from_millis(20)).await;
        }
    });
    sleep(A_WHILE).await;
    gate.open();
    let gap = |event: &Event| event.fields().event == Some("gap");
    while !gap(&next(&mut busy).await) {}
    while gap(&next(&mut busy).await) {}
    publishes.abort();
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let id = publish(&hub, "quiet", 1).await[0];
    assert_eq!(next(&mut quiet).await, Event::data("0").id(id.to_string()), "nothing is missing");
}

async fn next(events: &mut Subscription) -> Event {
    timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_arrives_although_nobody_asks_for_the_outcome() {
    let Some(redis) = redis("dropped futures", &[]).await else { return };
    let (hub, other) = (Hub::connect(&redis.url()).await.unwrap(), redis.url());
    let other = Hub::connect(&other).await.unwrap();
    let mut events = other.subscribe("a").announce(false);
    for number in 0..1000 {
        drop(hub.publish("a", Event::data(number.to_string())));
    }
    // Nor does the end of the hub stop what is on its way.
    drop(hub);
    for number in 0..1000 {
        assert_eq!(text(&mut events).await, number.to_string());
    }
}

/// A million are made up by `cargo xtask cluster-faults`.
#[tokio::test(flavor = "multi_thread")]
async fn topics_that_clients_make_up_are_bounded_in_redis_and_in_the_node() {
    let Some(redis) = redis("made up topics", &[]).await else { return };
    let hub = Hub::builder().max_topics(66_000).connect(&redis.url()).await.unwrap();
    let topics = |event: usize| (0..100).map(move |number| (event * 100 + number).to_string());
    let publish = async |event| loop {
        let topics = topics(event).collect::<Vec<_>>();
        match hub.publish(topics, Event::data("x")).await {
            Ok(id) => return id,
            // A machine at work, and the last event of these topics will be another.
            Err(PublishError::Unknown | PublishError::TimedOut) => {}
            Err(error) => panic!("{error}, within the limit"),
        }
    };
    let (begin, mut ids) = (hub.position(), Vec::new());
    for event in 0..660 {
        ids.push(publish(event).await);
    }
    until("the node has them", || hub.stats().topics == 66_000).await;
    let refused = hub.publish("one more", Event::data("x")).await;
    assert_eq!(refused, Err(PublishError::TooManyTopics));
    let remembered = redis.ask(&["ZCARD", "{sse-hub}:topics"]).await;
    assert_eq!(remembered, ::redis::Value::Int(65_536));
    // A node that starts knows where the last event of each of them was.
    let cold = Hub::builder().replay(Duration::ZERO, 0).connect(&redis.url()).await.unwrap();
    for (event, id) in ids.iter().enumerate() {
        for topic in topics(event).filter(|topic| topic.parse::<usize>().unwrap() >= 464) {
            let resumed =
                async |id: EventId| cold.subscribe(&*topic).resume(Some(id.into())).resumed().await;
            assert_eq!(resumed(*id).await, Resumed::Complete, "{topic}");
            let before = ids[event.saturating_sub(1)];
            assert_eq!(resumed(before).await == Resumed::Gap, before != *id, "{topic}");
        }
    }
    // Of those that are forgotten, it knows no more than that they may have had events.
    let forgotten = cold.subscribe("0").resume(Some(begin.into())).resumed().await;
    assert_eq!(forgotten, Resumed::Gap);
    // Subscriptions to topics that nobody publishes to never reach Redis.
    let before = commands(&redis).await;
    let made_up: Vec<_> = (0..10_000).map(|n| hub.subscribe(format!("made up {n}"))).collect();
    let commands = commands(&redis).await - before;
    assert!(commands < 1000, "{commands} commands for {} subscriptions", made_up.len());
}
